"""Finds the header of a table, which may be below titles and have one or two lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice

from calsvc.bulk.choices import COLUMN_NUMBER_PREFIX, Choices
from calsvc.bulk.columns import (
    has_required_fields,
    header_aliases,
    is_date,
    match_headers,
    normalize_header,
)
from calsvc.bulk.records import MAX_COLUMNS, Row, Table, table_error

MAX_ROWS_ABOVE = 20
"""Number of rows in which the header may be."""
SAMPLE_ROWS = 200
MIN_HEADER_CELLS = 2
STANDALONE_FIELDS = ("name", "email", "lang", "born")
"""Fields for which the second line is enough. An expiry also needs the line above."""


def with_header(table: Table, choices: Choices) -> Table:
    """Return ``table`` with the header from its first rows.

    Raises `InvalidInputError`: ``table.no_header``, ``table.fixed_width``, ``table.no_rows``,
    ``table.too_many_columns``.
    """
    rows = chain([table.header], table.rows)
    head = list(islice(rows, MAX_ROWS_ABOVE + SAMPLE_ROWS))
    index, names = find_header(head, choices)
    if not any(match_headers(names, choices).values()):
        _reject_rows_without_header(head, names)
    if len(names) > MAX_COLUMNS:
        raise table_error("too_many_columns")
    sample = head[index + 1 :]
    if all(row.is_blank for row in sample):
        raise table_error("no_rows")
    return replace(
        table,
        header=head[index],
        headers=names,
        rows_above=head[:index],
        sample=sample,
        rows=chain(sample, rows),
    )


def find_header(head: Sequence[Row], choices: Choices) -> tuple[int, Sequence[str]]:
    """Return the index in ``head`` of the header's last line, and the headers.

    Without a usable header, return the line that names the most fields.
    """
    by_name = _without_column_numbers(choices)
    candidates = [*_header_candidates(head[:MAX_ROWS_ABOVE])]
    for index, names in candidates:
        matches = match_headers(names, by_name)
        if has_required_fields(matches):
            return index, _distinguish_columns(head[:index], names, matches)
    if head[0].problem_key:
        raise table_error("header")
    return max(candidates, key=lambda each: _score(each[1], by_name))


def _distinguish_columns(
    above: Sequence[Row], names: Sequence[str], matches: Mapping[str, Sequence[int]]
) -> Sequence[str]:
    """Return ``names``, joined to the line above if that distinguishes columns of one name.

    有効期限 below カード and below 電子証明書 are two fields. A joined name that is not known
    becomes a question.
    """
    if not above or above[-1].problem_key or above[-1].is_blank:
        return names
    joined = _join_lines(above[-1].cells, names)
    for indexes in matches.values():
        if len({names[index] for index in indexes}) < len({joined[index] for index in indexes}):
            return joined
    return names


def has_header(head: Sequence[Row], choices: Choices) -> bool:
    """Return True if a usable header is in ``head``."""
    by_name = _without_column_numbers(choices)
    return any(
        has_required_fields(match_headers(names, by_name))
        for _, names in _header_candidates(head[:MAX_ROWS_ABOVE])
    )


def _without_column_numbers(choices: Choices) -> Choices:
    """Return ``choices`` without column numbers such as ``#3``, because those match every row."""
    overrides = {
        field: names
        for field, names in choices.overrides.items()
        if not any(each.startswith(COLUMN_NUMBER_PREFIX) for each in names)
    }
    return replace(choices, overrides=overrides, ignored=())


def _header_candidates(head: Sequence[Row]) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the index and headers of each single line, then of each line with the one above."""
    yield from ((index, row.cells) for index, row in enumerate(head) if not row.problem_key)
    for index in range(1, len(head)):
        top, bottom = head[index - 1], head[index]
        if not (top.problem_key or bottom.problem_key or top.is_blank or bottom.is_blank):
            yield index, _join_lines(top.cells, bottom.cells)


def _score(names: Sequence[str], choices: Choices) -> tuple[int, bool]:
    """Return the number of known columns, and True if at least `MIN_HEADER_CELLS` have a header."""
    known_columns = sum(map(len, match_headers(names, choices).values()))
    return known_columns, sum(bool(each.strip()) for each in names) >= MIN_HEADER_CELLS


def _join_lines(top: Sequence[str], bottom: Sequence[str]) -> Sequence[str]:
    """Return the headers of two lines. A cell of the upper line may span several columns."""
    width, span, names = max(len(top), len(bottom)), "", []
    for above, below in zip(_pad(top, width), _pad(bottom, width), strict=True):
        span = (above if below else "") if above else span
        names.append(_join_cells(above or (span if below else ""), below))
    return names


def _pad(cells: Sequence[str], width: int) -> Sequence[str]:
    return [*map(str.strip, cells), *[""] * (width - len(cells))]


def _join_cells(above: str, below: str) -> str:
    is_standalone = any(
        normalize_header(below) in map(normalize_header, header_aliases()[field])
        for field in STANDALONE_FIELDS
    )
    return below if is_standalone and below else above + below


def _reject_rows_without_header(head: Sequence[Row], names: Sequence[str]) -> None:
    cells = [each for each in names if each.strip()]
    if len(cells) < MIN_HEADER_CELLS and all(len(row.cells) < MIN_HEADER_CELLS for row in head):
        raise table_error("fixed_width")
    if sum(map(is_date, cells)) or any("@" in each for each in cells):
        raise table_error("no_header")
