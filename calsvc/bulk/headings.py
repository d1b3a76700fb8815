"""Finds the header of a table, below titles and over one or two lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice

from calsvc.bulk.choices import PLACE, Choices
from calsvc.bulk.columns import is_date, is_usable, known_names, match, plain
from calsvc.bulk.records import MAX_COLUMNS, Row, Table, unusable

MAX_ROWS_ABOVE = 20
"""Rows in which the header is looked for."""
SAMPLE_ROWS = 200
MIN_CELLS = 2
BESIDES_DATES = ("name", "email", "lang", "born")
"""Fields whose name in the second line is enough; an expiry may be of anything."""


def locate(table: Table, choices: Choices) -> Table:
    """Returns ``table`` with the header that is found in its first rows.

    Raises `InvalidInputError`: ``table.no_header``, ``table.fixed_width``, ``table.no_rows``,
    ``table.too_many_columns``.
    """
    rows = chain([table.header], table.rows)
    head = list(islice(rows, MAX_ROWS_ABOVE + SAMPLE_ROWS))
    at, names = find_header(head, choices)
    if not any(match(names, choices).values()):
        _refuse_what_is_no_header(head, names)
    if len(names) > MAX_COLUMNS:
        raise unusable("too_many_columns")
    sample = head[at + 1 :]
    if all(row.blank for row in sample):
        raise unusable("no_rows")
    return replace(
        table,
        header=head[at],
        names=names,
        before=head[:at],
        sample=sample,
        rows=chain(sample, rows),
    )


def find_header(head: Sequence[Row], choices: Choices) -> tuple[int, Sequence[str]]:
    """Returns the place of the header's last line in ``head``, and the headers."""
    by_name = _without_places(choices)
    candidates = [*_candidates(head[:MAX_ROWS_ABOVE])]
    for at, names in candidates:
        found = match(names, by_name)
        if is_usable(found):
            return at, _told_apart(head[:at], names, found)
    if head[0].fault:
        raise unusable("header")
    return max(candidates, key=lambda each: _score(each[1], by_name))


def _told_apart(
    above: Sequence[Row], names: Sequence[str], found: Mapping[str, Sequence[int]]
) -> Sequence[str]:
    """Returns ``names``, joined to the line above if that tells columns of one name apart.

    有効期限 below カード and below 電子証明書 are two fields. Where the joined name is not known,
    the clerk is asked.
    """
    if not above or above[-1].fault or above[-1].blank:
        return names
    joined = _joined(above[-1].cells, names)
    for places in found.values():
        if len({names[at] for at in places}) < len({joined[at] for at in places}):
            return joined
    return names


def has_header(head: Sequence[Row], choices: Choices) -> bool:
    """Returns whether a usable header is in ``head``."""
    by_name = _without_places(choices)
    return any(is_usable(match(names, by_name)) for _, names in _candidates(head[:MAX_ROWS_ABOVE]))


def _without_places(choices: Choices) -> Choices:
    """Returns the choices that name headers; a place such as ``#3`` fits every row."""
    given = {
        field: names
        for field, names in choices.given.items()
        if not any(each.startswith(PLACE) for each in names)
    }
    return replace(choices, given=given, ignored=())


def _candidates(head: Sequence[Row]) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield single lines first, then each with the line above it."""
    yield from ((at, row.cells) for at, row in enumerate(head) if not row.fault)
    for at in range(1, len(head)):
        top, bottom = head[at - 1], head[at]
        if not (top.fault or bottom.fault or top.blank or bottom.blank):
            yield at, _joined(top.cells, bottom.cells)


def _score(names: Sequence[str], choices: Choices) -> tuple[int, bool]:
    """Returns how many columns are known, and whether there are several cells at all."""
    known = sum(map(len, match(names, choices).values()))
    return known, sum(bool(each.strip()) for each in names) >= MIN_CELLS


def _joined(top: Sequence[str], bottom: Sequence[str]) -> Sequence[str]:
    """Returns headers of two lines, of which the upper one may span several columns."""
    width, group, names = max(len(top), len(bottom)), "", []
    for above, below in zip(_padded(top, width), _padded(bottom, width), strict=True):
        group = (above if below else "") if above else group
        names.append(_name(above or (group if below else ""), below))
    return names


def _padded(cells: Sequence[str], width: int) -> Sequence[str]:
    return [*map(str.strip, cells), *[""] * (width - len(cells))]


def _name(above: str, below: str) -> str:
    alone = any(plain(below) in map(plain, known_names()[field]) for field in BESIDES_DATES)
    return below if alone and below else above + below


def _refuse_what_is_no_header(head: Sequence[Row], names: Sequence[str]) -> None:
    filled = [each for each in names if each.strip()]
    if len(filled) < MIN_CELLS and all(len(row.cells) < MIN_CELLS for row in head):
        raise unusable("fixed_width")
    if sum(map(is_date, filled)) or any("@" in each for each in filled):
        raise unusable("no_header")
