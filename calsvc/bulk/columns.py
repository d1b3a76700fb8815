"""Which column of a table is which field, by its header."""

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from calsvc.bulk.choices import AS_FOUND, PLACE, Choices
from calsvc.bulk.records import Row
from calsvc.errors import InvalidDateError, InvalidInputError, ParamValue, Problem
from calsvc.links.content import REMINDERS, Reminders
from calsvc.parsing.card_fields import DATE_FIELDS
from calsvc.parsing.dates import parse_date

RENEWAL_ANSWER = "cert_renewed_answer"
"""A column that says that the certificate was renewed, and not when."""
MUNICIPALITY = "municipality"
POSTAL = ("addressee", "postcode", "address", "building", "behind_town")
FIELDS = (
    *(*DATE_FIELDS, RENEWAL_ANSWER, "name", "email", "mobile", "lang", "alarms", MUNICIPALITY),
    *POSTAL,
)
PASSED_OVER = re.compile(r"[\s_\-・\u2010-\u2015*※★☆●○◎■□◆◇:、。]")
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
NOTE = re.compile(r"[(\[【〔](?P<note>[^()\[\]【】〔〕]*)[)\]】〕]")
DATE = "date"
EXPIRY, EXPIRY_OF_WHAT = "card_expires", "expiry_of_what"
MIN_SHARE_OF_DATES = 0.5
"""Of a column's cells that are not blank; with so many dates it is a date column."""


@dataclass(frozen=True)
class Question:
    """A column that is not known but may matter; ``key`` names the question.

    ``must``: nothing is made until it is answered.
    """

    place: int
    header: str
    key: str
    must: bool

    @property
    def problem(self) -> Problem:
        """The question as what is wrong with the table."""
        params: Mapping[str, ParamValue] = {"name": self.header, "place": self.place + 1}
        return Problem("table", f"column.{self.key}", params)


@dataclass(frozen=True)
class Columns:
    """Where each field stands, 0 for the first column, what its header says, and the language.

    ``others``: further columns of a field. ``faults``: why the table cannot be worked on.
    """

    places: Mapping[str, int]
    headers: Sequence[str]
    language: str
    others: Mapping[str, Sequence[int]] = field(default_factory=dict)
    questions: Sequence[Question] = ()
    faults: Sequence[Problem] = ()

    def header(self, field: str) -> str:
        """What the column of ``field`` is called in this table, or else its own name."""
        return self.headers[self.places[field]] if field in self.places else field

    @property
    def all_places(self) -> Mapping[str, Sequence[int]]:
        """Every column of each field."""
        return {field: [at, *self.others.get(field, ())] for field, at in self.places.items()}

    @property
    def used(self) -> Mapping[int, str]:
        """The field of each column that is used."""
        first = {place: field for field, place in self.places.items()}
        return first | {at: field for field, places in self.others.items() for at in places}


@cache
def known_names() -> Mapping[str, Sequence[str]]:
    """What the column of each field may be called: ``columns.toml``."""
    names: Mapping[str, Sequence[str]] = _read("columns.toml")
    return names


@cache
def _questions() -> Mapping[str, Any]:
    return _read("questions.toml")


def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads((files("calsvc.bulk") / name).read_text("utf-8"))


@cache
def _choices_of_alarms() -> Mapping[str, Reminders]:
    names = _questions()["alarms"]
    return {plain(text): REMINDERS[name] for name, texts in names.items() for text in texts}


def reminders_named(text: str) -> Reminders | None:
    """Returns the choice of alarms that a cell names; the standard where it is blank."""
    return _choices_of_alarms().get(plain(text)) if text else Reminders.STANDARD


@cache
def _words_for_no_end() -> frozenset[str]:
    return frozenset(map(plain, _questions()["no_end_of_stay"]))


def has_no_end(text: str) -> bool:
    """Returns whether a cell says that a stay has no end."""
    return plain(text) in _words_for_no_end()


@cache
def _marks_of_empty() -> frozenset[str]:
    return frozenset(unicodedata.normalize("NFKC", each) for each in _questions()["empty_stay"])


def is_left_empty(text: str) -> bool:
    """Returns whether a cell for the end of a stay has no more than a dash or stroke."""
    return unicodedata.normalize("NFKC", text).strip() in _marks_of_empty()


@cache
def _bare_expiries() -> frozenset[str]:
    return frozenset(map(plain, _questions()["bare_expiry"]))


@cache
def _plain_names(field: str) -> frozenset[str]:
    return frozenset(map(plain, known_names()[field]))


@cache
def _ambiguous() -> Mapping[str, str]:
    return {plain(name): key for key, names in _questions()["ambiguous"].items() for name in names}


@cache
def _notes() -> frozenset[str]:
    return frozenset(map(_folded, _questions()["notes"]))


def plain(header: str) -> str:
    """The header as it is compared."""
    return _folded(NOTE.sub(_kept_note, unicodedata.normalize("NFKC", header)))


def _folded(text: str) -> str:
    return PASSED_OVER.sub("", unicodedata.normalize("NFKC", text).casefold())


def _kept_note(match: re.Match[str]) -> str:
    return "" if _folded(match["note"]) in _notes() else match[0]


def field_named(name: str) -> str:
    """Returns the field that a clerk calls ``name``, or ''."""
    return next((each for each in FIELDS if plain(name) in {each, *_plain_names(each)}), "")


def recognise(
    headers: Sequence[str], choices: Choices = AS_FOUND, sample: Iterable[Row] = ()
) -> Columns:
    """Find the columns; see `find`.

    Raises `InvalidInputError` with all that is wrong: ``table.no_column``, ``table.no_born``,
    ``table.no_card_date``, and the questions that must be answered.
    """
    columns = find(headers, choices, sample)
    questions = [each.problem for each in columns.questions if each.must]
    if columns.faults or questions:
        raise InvalidInputError([*columns.faults, *questions])
    return columns


def find(
    headers: Sequence[str], choices: Choices = AS_FOUND, sample: Iterable[Row] = ()
) -> Columns:
    """Find the columns, the questions and the faults; ``sample``: rows to judge columns by."""
    matched = match(headers, choices)
    unclear = _unclear(headers, matched, choices)
    found = {field: [at for at in places if at not in unclear] for field, places in matched.items()}
    places = {field: at[0] for field, at in found.items() if at}
    japanese = any(JAPANESE.search(headers[at]) for at in places.values())
    return Columns(
        places=places,
        headers=headers,
        language="ja" if japanese else "en",
        others={field: at[1:] for field, at in found.items() if at[1:]},
        questions=tuple(_asked(headers, found, choices, [*sample], unclear)),
        faults=tuple(_faults(matched, choices)),
    )


def match(headers: Sequence[str], choices: Choices) -> Mapping[str, Sequence[int]]:
    """Returns the columns of each field."""
    plains = [plain(each) for each in headers]
    chosen = {*choices.ignored, *(name for names in choices.given.values() for name in names)}
    free = [at for at in range(len(plains)) if not _is_among(at, plains, chosen)]
    return {
        field: [at for at in range(len(plains)) if _is_among(at, plains, choices.given[field])]
        if field in choices.given
        else [at for at in free if plains[at] in _plain_names(field)]
        for field in FIELDS
    }


def _is_among(at: int, plains: Sequence[str], names: Iterable[str]) -> bool:
    return any(
        name == f"{PLACE}{at + 1}" or (plains[at] and plain(name) == plains[at]) for name in names
    )


def is_usable(found: Mapping[str, Sequence[int]]) -> bool:
    """Returns whether these columns are enough for a link."""
    return bool(found["born"] and (found["issued"] or found["card_expires"]))


def _faults(found: Mapping[str, Sequence[int]], choices: Choices) -> Iterator[Problem]:
    for name, headers in choices.given.items():
        if not found[name]:
            params = {"field": known_names()[name][0], "name": " ".join(headers)}
            yield Problem("table", "table.no_column", params)
    if not found["born"] and "born" not in choices.given:
        yield Problem("table", "table.no_born")
    given = {"issued", "card_expires"} & {*choices.given}
    if not found["issued"] and not found["card_expires"] and not given:
        yield Problem("table", "table.no_card_date")


# --- columns that are not known -----------------------------------------------------------------


def _unclear(
    headers: Sequence[str], found: Mapping[str, Sequence[int]], choices: Choices
) -> Collection[int]:
    """Returns the columns for an expiry of which one may be the card's, one the certificate's.

    They have one name, as a header of two lines has without the upper one. Or another column is
    named as the card's, such as カード有効期限 beside 有効期限.
    """
    if EXPIRY in choices.given:
        return ()
    names = Counter(plain(headers[at]) for at in found[EXPIRY])
    doubtful = {name for name, number in names.items() if number > 1}
    if len(names) > 1:
        doubtful |= _bare_expiries()
    return {at for at in found[EXPIRY] if plain(headers[at]) in doubtful}


def _asked(
    headers: Sequence[str],
    found: Mapping[str, Sequence[int]],
    choices: Choices,
    sample: Sequence[Row],
    unclear: Collection[int],
) -> Iterator[Question]:
    used = {at for places in found.values() for at in places}
    plains = [plain(each) for each in headers]
    for at, header in enumerate(headers):
        if at in used or _is_among(at, plains, choices.ignored):
            continue
        key = EXPIRY_OF_WHAT if at in unclear else _ambiguous().get(plains[at])
        if key := key or _look(plains[at], at, sample):
            yield Question(at, header, key, must=key == DATE or key in _questions()["ambiguous"])


def _look(name: str, at: int, sample: Sequence[Row]) -> str:
    """Returns what a column looks like, by its values and its name, or ''."""
    cells = [text for row in sample if at < len(row.cells) and (text := row.cells[at].strip())]
    dates = sum(map(is_date, cells))
    if dates and dates >= MIN_SHARE_OF_DATES * len(cells):
        return DATE
    looks = _questions()["looks"]
    by_name = next((key for key, form in looks.items() if re.search(form, name)), "")
    if by_name == DATE and cells and not dates and len(cells) > 1:
        return ""
    return by_name or ("email" if any("@" in cell for cell in cells) else "")


def is_date(text: str) -> bool:
    """Returns whether ``text`` can be read as a date."""
    try:
        parse_date(text)
    except InvalidDateError as error:
        return error.key == "date.two_digit_year"
    return True
