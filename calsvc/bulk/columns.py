"""Matches the columns of a table to fields, by their headers."""

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from calsvc.bulk.choices import COLUMN_NUMBER_PREFIX, NO_CHOICES, Choices
from calsvc.bulk.records import Row
from calsvc.errors import InvalidDateError, InvalidInputError, ParamValue, Problem
from calsvc.links.content import REMINDERS_BY_NAME, Reminders
from calsvc.parsing.card_fields import DATE_FIELDS
from calsvc.parsing.dates import parse_date

RENEWAL_ANSWER_FIELD = "cert_renewed_answer"
"""A field for yes or no: the certificate was renewed on an unknown day."""
MUNICIPALITY_FIELD = "municipality"
POSTAL_FIELDS = ("addressee", "postcode", "address", "building", "behind_town")
FIELDS = (
    *(*DATE_FIELDS, RENEWAL_ANSWER_FIELD, "name", "email", "mobile", "lang", "alarms"),
    MUNICIPALITY_FIELD,
    *POSTAL_FIELDS,
)
IGNORED_CHARACTERS_PATTERN = re.compile(r"[\s_\-・\u2010-\u2015*※★☆●○◎■□◆◇:、。]")
JAPANESE_PATTERN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
NOTE_PATTERN = re.compile(r"[(\[【〔](?P<note>[^()\[\]【】〔〕]*)[)\]】〕]")
DATE_QUESTION = "date"
EXPIRY_FIELD, AMBIGUOUS_EXPIRY_QUESTION = "card_expires", "expiry_of_what"
MIN_SHARE_OF_DATES = 0.5
"""A column is a date column if this share of its cells that are not blank are dates."""


@dataclass(frozen=True)
class Question:
    """A question about a column that matches no field but may matter.

    ``index``: the index of the column, from 0. ``key``: the last part of the message key.
    ``is_required``: no file is made until the clerk answers.
    """

    index: int
    header: str
    key: str
    is_required: bool

    @property
    def problem(self) -> Problem:
        """The question as a problem of the table."""
        params: Mapping[str, ParamValue] = {"name": self.header, "place": self.index + 1}
        return Problem("table", f"column.{self.key}", params)


@dataclass(frozen=True)
class Columns:
    """The columns of a table that hold fields.

    ``indexes``: of each field's first column, from 0. ``further_indexes``: of its other columns.
    ``language``: that of the headers, ja or en. ``problems``: reasons to reject the table.
    """

    indexes: Mapping[str, int]
    headers: Sequence[str]
    language: str
    further_indexes: Mapping[str, Sequence[int]] = field(default_factory=dict)
    questions: Sequence[Question] = ()
    problems: Sequence[Problem] = ()

    def label(self, field: str) -> str:
        """Return the header of the column of ``field``, or ``field`` if it has no column."""
        return self.headers[self.indexes[field]] if field in self.indexes else field

    @property
    def all_indexes(self) -> Mapping[str, Sequence[int]]:
        """Every column of each field."""
        return {
            field: [index, *self.further_indexes.get(field, ())]
            for field, index in self.indexes.items()
        }

    @property
    def fields_by_index(self) -> Mapping[int, str]:
        """The field of each column that is used."""
        first = {index: field for field, index in self.indexes.items()}
        return first | {
            index: field for field, indexes in self.further_indexes.items() for index in indexes
        }


@cache
def header_aliases() -> Mapping[str, Sequence[str]]:
    """Return the headers that each field's column may have, from ``columns.toml``."""
    names: Mapping[str, Sequence[str]] = _load_toml("columns.toml")
    return names


@cache
def _question_rules() -> Mapping[str, Any]:
    return _load_toml("questions.toml")


def _load_toml(name: str) -> Mapping[str, Any]:
    return tomllib.loads((files("calsvc.bulk") / name).read_text("utf-8"))


@cache
def _reminders_by_name() -> Mapping[str, Reminders]:
    names = _question_rules()["alarms"]
    return {
        normalize_header(text): REMINDERS_BY_NAME[name]
        for name, texts in names.items()
        for text in texts
    }


def parse_reminders(text: str) -> Reminders | None:
    """Return the reminders that a cell names, or None if unknown. Blank means the standard."""
    return _reminders_by_name().get(normalize_header(text)) if text else Reminders.STANDARD


@cache
def _endless_stay_words() -> frozenset[str]:
    return frozenset(map(normalize_header, _question_rules()["no_end_of_stay"]))


def is_endless_stay(text: str) -> bool:
    """Return True if the text of a cell means a stay without an end."""
    return normalize_header(text) in _endless_stay_words()


@cache
def _empty_marks() -> frozenset[str]:
    return frozenset(
        unicodedata.normalize("NFKC", each) for each in _question_rules()["empty_stay"]
    )


def is_empty_mark(text: str) -> bool:
    """Return True if a cell for the end of a stay holds only a dash or stroke."""
    return unicodedata.normalize("NFKC", text).strip() in _empty_marks()


@cache
def _bare_expiry_headers() -> frozenset[str]:
    return frozenset(map(normalize_header, _question_rules()["bare_expiry"]))


@cache
def _normalized_aliases(field: str) -> frozenset[str]:
    return frozenset(map(normalize_header, header_aliases()[field]))


@cache
def question_by_header() -> Mapping[str, str]:
    """Return the key of the question that each ambiguous header raises."""
    return {
        normalize_header(name): key
        for key, names in _question_rules()["ambiguous"].items()
        for name in names
    }


@cache
def _known_notes() -> frozenset[str]:
    return frozenset(map(_normalize_text, _question_rules()["notes"]))


def normalize_header(header: str) -> str:
    """Return ``header`` for comparison: NFKC, lower case, without marks and known notes."""
    return _normalize_text(
        NOTE_PATTERN.sub(_drop_known_note, unicodedata.normalize("NFKC", header))
    )


def _normalize_text(text: str) -> str:
    return IGNORED_CHARACTERS_PATTERN.sub("", unicodedata.normalize("NFKC", text).casefold())


def _drop_known_note(match: re.Match[str]) -> str:
    return "" if _normalize_text(match["note"]) in _known_notes() else match[0]


def find_field(name: str) -> str:
    """Return the field that has ``name`` as its name or alias, or ''."""
    return next(
        (each for each in FIELDS if normalize_header(name) in {each, *_normalized_aliases(each)}),
        "",
    )


def match_columns(
    headers: Sequence[str], choices: Choices = NO_CHOICES, sample: Iterable[Row] = ()
) -> Columns:
    """Return the columns as `find_columns` does, if they suffice to make files.

    Raises `InvalidInputError` with all problems (``table.no_column``, ``table.no_born``,
    ``table.no_card_date``) and the questions that must be answered.
    """
    columns = find_columns(headers, choices, sample)
    questions = [each.problem for each in columns.questions if each.is_required]
    if columns.problems or questions:
        raise InvalidInputError([*columns.problems, *questions])
    return columns


def find_columns(
    headers: Sequence[str], choices: Choices = NO_CHOICES, sample: Iterable[Row] = ()
) -> Columns:
    """Find columns, questions and problems. ``sample``: rows whose cells show the kind of data."""
    matches = match_headers(headers, choices)
    unclear = _unclear_expiries(headers, matches, choices)
    clear = {
        field: [index for index in indexes if index not in unclear]
        for field, indexes in matches.items()
    }
    first = {field: indexes[0] for field, indexes in clear.items() if indexes}
    is_japanese = any(JAPANESE_PATTERN.search(headers[index]) for index in first.values())
    return Columns(
        indexes=first,
        headers=headers,
        language="ja" if is_japanese else "en",
        further_indexes={field: indexes[1:] for field, indexes in clear.items() if indexes[1:]},
        questions=tuple(_find_questions(headers, clear, choices, [*sample], unclear)),
        problems=tuple(_find_problems(matches, choices)),
    )


def match_headers(headers: Sequence[str], choices: Choices) -> Mapping[str, Sequence[int]]:
    """Return the indexes of each field's columns. Chosen headers come before aliases."""
    normalized = [normalize_header(each) for each in headers]
    chosen = {*choices.ignored, *(name for names in choices.overrides.values() for name in names)}
    free = [
        index for index in range(len(normalized)) if not _is_named_by(index, normalized, chosen)
    ]
    return {
        field: [
            index
            for index in range(len(normalized))
            if _is_named_by(index, normalized, choices.overrides[field])
        ]
        if field in choices.overrides
        else [index for index in free if normalized[index] in _normalized_aliases(field)]
        for field in FIELDS
    }


def _is_named_by(index: int, normalized: Sequence[str], names: Iterable[str]) -> bool:
    return any(
        name == f"{COLUMN_NUMBER_PREFIX}{index + 1}"
        or (normalized[index] and normalize_header(name) == normalized[index])
        for name in names
    )


def has_required_fields(matches: Mapping[str, Sequence[int]]) -> bool:
    """Return True if the columns suffice for a link: birth date, and issue or expiry date."""
    return bool(matches["born"] and (matches["issued"] or matches["card_expires"]))


def _find_problems(matches: Mapping[str, Sequence[int]], choices: Choices) -> Iterator[Problem]:
    for name, headers in choices.overrides.items():
        if not matches[name]:
            params = {"field": header_aliases()[name][0], "name": " ".join(headers)}
            yield Problem("table", "table.no_column", params)
    if not matches["born"] and "born" not in choices.overrides:
        yield Problem("table", "table.no_born")
    card_dates = {"issued", "card_expires"}
    if not any(matches[name] or name in choices.overrides for name in card_dates):
        yield Problem("table", "table.no_card_date")


# --- columns that are not known -----------------------------------------------------------------


def _unclear_expiries(
    headers: Sequence[str], matches: Mapping[str, Sequence[int]], choices: Choices
) -> Collection[int]:
    """Return the expiry columns that may belong to the card or to the certificate.

    Several columns may have the same header, for example if the upper of two header lines is lost.
    Or one of them names the card, such as カード有効期限 beside 有効期限.
    """
    if EXPIRY_FIELD in choices.overrides:
        return ()
    names = Counter(normalize_header(headers[index]) for index in matches[EXPIRY_FIELD])
    doubtful = {name for name, number in names.items() if number > 1}
    if len(names) > 1:
        doubtful |= _bare_expiry_headers()
    return {
        index for index in matches[EXPIRY_FIELD] if normalize_header(headers[index]) in doubtful
    }


def _find_questions(
    headers: Sequence[str],
    matches: Mapping[str, Sequence[int]],
    choices: Choices,
    sample: Sequence[Row],
    unclear: Collection[int],
) -> Iterator[Question]:
    used = {index for indexes in matches.values() for index in indexes}
    normalized = [normalize_header(each) for each in headers]
    for index, header in enumerate(headers):
        if index in used or _is_named_by(index, normalized, choices.ignored):
            continue
        key = (
            AMBIGUOUS_EXPIRY_QUESTION
            if index in unclear
            else question_by_header().get(normalized[index])
        )
        if key := key or _guess_question(normalized[index], index, sample):
            yield Question(
                index,
                header,
                key,
                is_required=key == DATE_QUESTION or key in _question_rules()["ambiguous"],
            )


def _guess_question(name: str, index: int, sample: Sequence[Row]) -> str:
    """Return the key of the question about a column, guessed from its cells and name, or ''."""
    cells = [
        text for row in sample if index < len(row.cells) and (text := row.cells[index].strip())
    ]
    dates = sum(map(is_date, cells))
    if dates and dates >= MIN_SHARE_OF_DATES * len(cells):
        return DATE_QUESTION
    name_patterns = _question_rules()["looks"]
    guessed = next((key for key, pattern in name_patterns.items() if re.search(pattern, name)), "")
    if guessed == DATE_QUESTION and cells and not dates and len(cells) > 1:
        return ""  # The header suggests dates, but none of the cells is one.
    return guessed or ("email" if any("@" in cell for cell in cells) else "")


def is_date(text: str) -> bool:
    """Return True if ``text`` can be read as a date."""
    try:
        parse_date(text)
    except InvalidDateError as error:
        # The year is ambiguous, but the cell is certainly meant as a date.
        return error.key == "date.two_digit_year"
    return True
