"""Turns the rows of a table into links or problems, in the order of the table.

These are generators over the rows that `calsvc.bulk.tables` reads, so memory does not grow with the
table. They do not open or write files.
"""

import logging
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import groupby

from calsvc.bulk import date_cells
from calsvc.bulk.choices import NO_CHOICES, Choices
from calsvc.bulk.columns import (
    MUNICIPALITY_FIELD,
    RENEWAL_ANSWER_FIELD,
    Columns,
    is_date,
    is_empty_mark,
    is_endless_stay,
    match_columns,
    normalize_header,
    parse_reminders,
)
from calsvc.bulk.outcomes import EXPIRY_READ_AS_STAY, BulkContext, IssuedLink, Outcome, Preferences
from calsvc.bulk.records import Row, Table, Uncomputed
from calsvc.bulk.repeated_rows import REPEATED
from calsvc.bulk.serial_numbers import serial_number_columns, with_dates_as_text
from calsvc.errors import InvalidDateError, InvalidInputError, Problem, error_location
from calsvc.i18n.catalogs import Catalog, get_catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE, LANGUAGES
from calsvc.letters.postal_address import PostalAddress, parse_postal_address
from calsvc.links.content import Link, LinkedCard, Reminders
from calsvc.links.urls import LinkUrls
from calsvc.parsing.card_fields import DATE_FIELDS, RENEWAL_FIELD, TABLE_ANSWERS, parse_card
from calsvc.parsing.dates import parse_date
from calsvc.parsing.mobile_numbers import parse_mobile_number
from calsvc.rules.card import Card
from calsvc.rules.plan import assess

logger = logging.getLogger("calsvc.bulk")
UNREADABLE_DATE_KEYS = {"date.unreadable", "cert_renewed.unreadable"}
STAY_FIELD, UNREADABLE_STAY_KEY = "stay_until", "stay_until.unreadable"
PREFERENCE_FIELDS = {"lang", "alarms", MUNICIPALITY_FIELD}
"""The columns of a resident's choices, see `Preferences`."""
NOT_BIRTHDAY_KEY = "card_expires.not_birthday"
MISSING_COLUMN_KEYS = {"table.no_born", "table.no_card_date", "table.no_column"}
CHUNK_ROWS = 1000
"""Rows that are processed and written together. A checkpoint counts them in this unit."""
EMAIL_PATTERN = re.compile(r"(?!.*=\?)[^\s@<>()\[\],;:\\\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
TOTAL_PATTERN = re.compile(
    "(合計|総計|小計|計|件数|人数|合計件数|合計人数|総件数|total|sum)([0-9,]+(件|人|名|行)?)?"
)
"""The first cell of a row with totals, after `normalize_header`."""
STRIPPED_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Control, direction and line break characters. Private use is allowed: names contain it."""
MAX_PRINTED_NAME_LENGTH = 100
NO_ADDRESS = PostalAddress()

MAX_EMAIL_LENGTH = 254
"""RFC 5321."""


def match_table_columns(table: Table, choices: Choices = NO_CHOICES) -> Columns:
    """Return the columns of ``table``, see `match_columns`.

    Raises `InvalidInputError`. If a required column is missing, ``table.columns_found`` lists them.
    """
    names = table.headers or table.header.cells
    try:
        return match_columns(names, choices, table.sample)
    except InvalidInputError as error:
        if not MISSING_COLUMN_KEYS & {each.key for each in error.problems}:
            raise
        shown = ", ".join(name.strip() for name in names if name.strip())
        headers = Problem("table", "table.columns_found", {"columns": shown})
        raise InvalidInputError([*error.problems, headers]) from None


def process_rows(table: Table, columns: Columns, context: BulkContext) -> Iterator[Outcome]:
    """Yield the outcome of each row of ``table``. A failure makes only its row faulty."""
    processor = _RowProcessor(table, columns, context)
    for row in table.rows:
        try:
            yield processor.process(row)
        except Exception as error:  # an error of this program must not stop the other rows
            logger.error("row %d could not be worked on: %s", row.number, error_location(error))
            yield Outcome(row, problems=(Problem("row", "row.failed"),))


def split_into_chunks(results: Iterator[Outcome]) -> Iterator[tuple[int, list[Outcome]]]:
    """Yield ``results`` in groups of up to `CHUNK_ROWS` rows, each with its number.

    The number depends only on row numbers, so a resumed run forms the same groups.
    """
    for number, part in groupby(results, lambda each: each.row.number // CHUNK_ROWS):
        yield number, list(part)


class _RowProcessor:
    """Processes the rows of one table."""

    def __init__(self, table: Table, columns: Columns, context: BulkContext) -> None:
        self._context = context
        self._width = len(columns.headers)
        self._day_text = table.read_day_text
        self._indexes = columns.indexes
        self._date_columns = [
            (name, columns.indexes[name]) for name in DATE_FIELDS if name in columns.indexes
        ]
        self._serial_number_columns = serial_number_columns(table, columns)
        self._further_indexes = columns.further_indexes
        self._all_indexes = columns.all_indexes
        self._default_preferences = Preferences(
            _catalog_by_language()[""], Reminders.STANDARD, context.municipality
        )
        self._has_preferences = not PREFERENCE_FIELDS.isdisjoint(columns.indexes)

    def process(self, row: Row) -> Outcome:
        """Return the outcome of ``row``."""
        if self._serial_number_columns:
            row = with_dates_as_text(row, self._serial_number_columns, self._day_text)
        if row.skipped:
            return Outcome(row, skipped=row.skipped)
        if row.problem_key:
            return Outcome(row, problems=(Problem("row", row.problem_key),))
        if row.is_blank:
            return Outcome(row)
        if len(row.cells) != self._width:
            if "".join(row.cells[self._width :]).strip():
                return Outcome(row, problems=(Problem("row", "row.too_many_cells"),))
            row = row.padded(self._width)
        return self._process_resident(row)

    def _process_resident(self, row: Row) -> Outcome:
        """Return the outcome of a resident's row.

        An invalid date, language, reminder or municipality makes the row faulty.
        An invalid name, e-mail or phone number only adds a warning.
        """
        texts = {field: self._day_text(row.cells[index]) for field, index in self._date_columns}
        if (
            RENEWAL_FIELD in texts
            and (cell := row.cells[self._indexes[RENEWAL_FIELD]]) in TABLE_ANSWERS
        ):
            texts[RENEWAL_FIELD] = cell  # here 1 is an answer, not the serial number of a day
        if answer := self._cell_text(row, RENEWAL_ANSWER_FIELD):
            texts["cert_renewed"] = texts.get("cert_renewed", "").strip() or answer
        preferences, problems = self._parse_preferences(row)
        if self._further_indexes:
            problems += self._merge_columns(row, texts)
        is_endless = False
        if stay := texts.get(STAY_FIELD):
            is_endless = is_endless_stay(stay)
            texts[STAY_FIELD] = "" if is_endless or is_empty_mark(stay) else stay
        warnings: list[Problem] = []
        try:
            card = self._parse_card(texts, warnings, is_endless)
        except InvalidInputError as error:
            if _is_total_row(row, texts):
                return Outcome(row, skipped="row.total")
            return Outcome(row, problems=(*self._precise_problems(row, error), *problems))
        if problems or preferences is None:
            return Outcome(row, problems=tuple(problems))
        if row.repeats and self._cell_text(row, "name"):  # without names, it may be another person
            warnings.append(Problem("row", REPEATED, {"first": row.repeats}))
        return Outcome(row, self._issue_link(row, card, preferences, warnings), tuple(warnings))

    def _parse_preferences(self, row: Row) -> tuple[Preferences | None, list[Problem]]:
        """Return the resident's choices, or None and the problems of their columns."""
        if not self._has_preferences:
            return self._default_preferences, []
        catalog = _catalog_by_language().get(self._cell_text(row, "lang").casefold())
        reminders = parse_reminders(self._cell_text(row, "alarms"))
        municipality = self._context.find_municipality(self._cell_text(row, MUNICIPALITY_FIELD))
        problems = (
            [] if catalog else [Problem("lang", "lang.unknown", {"known": _known_languages()})]
        )
        if reminders is None:
            problems.append(Problem("alarms", "alarms.unknown"))
        if municipality is None:
            problems.append(Problem(MUNICIPALITY_FIELD, "municipality.unknown"))
        if catalog is None or reminders is None or municipality is None:
            return None, problems
        return Preferences(catalog, reminders, municipality), problems

    def _parse_card(
        self, texts: Mapping[str, str], warnings: list[Problem], is_endless: bool
    ) -> Card:
        """Return the card of a row. Raises `InvalidInputError`.

        A printed expiry that is no birthday counts as the end of the stay (rule 9). Few tables
        have a column for the stay. If ``is_endless``, such an expiry makes the row faulty.
        """
        today = self._context.today
        try:
            return parse_card(texts, today, TABLE_ANSWERS)
        except InvalidInputError as error:
            if is_endless or [each.key for each in error.problems] != [NOT_BIRTHDAY_KEY]:
                raise
            with_stay = {**texts, "stay_until": texts["card_expires"]}
            try:
                card = parse_card(with_stay, today, TABLE_ANSWERS)
            except InvalidInputError:
                raise error from None
        warnings.append(Problem("card_expires", EXPIRY_READ_AS_STAY))
        return card

    def _issue_link(
        self, row: Row, card: Card, preferences: Preferences, warnings: list[Problem]
    ) -> IssuedLink:
        context, (plan, cautions) = self._context, assess(card, self._context.today)
        number = context.keyring.derive_link_number(context.run_number, row.number)
        language, municipality = preferences.catalog.language, preferences.municipality
        link = Link(number, (LinkedCard(plan),), language, municipality.code, preferences.reminders)
        name = self._clean_name(self._cell_text(row, "name"), warnings)
        addressee, address = name, NO_ADDRESS
        if context.check_print:
            addressee = self._clean_name(self._cell_text(row, "addressee"), []) or name
            address = self._parse_address(row)
            warnings += context.check_print(addressee, address, preferences)
        return IssuedLink(
            row_number=row.number,
            name=name,
            email=_parse_email(self._cell_text(row, "email"), warnings),
            preferences=preferences,
            plan=plan,
            cautions=cautions,
            number=number,
            urls=LinkUrls(context.base_url, context.keyring.seal(link)),
            addressee=addressee,
            address=address,
            mobile=_parse_mobile(self._cell_text(row, "mobile"), warnings),
        )

    def _precise_problems(self, row: Row, error: InvalidInputError) -> Iterator[Problem]:
        """Yield the problems, with a more precise message for an unreadable date of a table."""
        for problem in error.problems:
            index = self._indexes.get(problem.field)
            if index is None and problem.field == RENEWAL_FIELD:
                index = self._indexes.get(RENEWAL_ANSWER_FIELD)
            if index is None or problem.key not in UNREADABLE_DATE_KEYS:
                yield problem
            else:
                key = UNREADABLE_STAY_KEY if problem.field == STAY_FIELD else problem.key
                yield replace(problem, key=date_cells.find_date_problem_key(row.cells[index], key))

    def _merge_columns(self, row: Row, texts: dict[str, str]) -> Iterator[Problem]:
        """Yield a problem for each field whose columns differ.

        Also set the dates in ``texts`` to the first filled column of their field.
        """
        for field in self._further_indexes:
            cells = [
                each
                for each in (row.cells[index] for index in self._all_indexes[field])
                if (each.strip() and not (field == STAY_FIELD and is_empty_mark(each)))
                or isinstance(each, Uncomputed)
            ]
            if field in DATE_FIELDS:
                cells = [self._day_text(each) for each in cells]
                texts[field] = cells[0] if cells else ""
            if len({_comparison_value(field, each) for each in cells}) > 1:
                yield Problem(field, "column.differs")

    def _cell_text(self, row: Row, field: str) -> str:
        """Return the first cell of a field that is not blank, or `NO_RESULT` for an error."""
        text = ""
        for index in self._all_indexes.get(field, ()):
            cell = row.cells[index]
            if type(cell) is Uncomputed:
                return date_cells.NO_RESULT
            text = text or cell.strip()
        return date_cells.unwrap_protected_text(text) if text[:1] == "=" else text

    def _clean_name(self, text: str, warnings: list[Problem]) -> str:
        name = collapse_whitespace(text)
        if name in date_cells.ERROR_TEXTS:
            warnings.append(Problem("name", "name.uncomputed"))
            name = ""
        if len(name) > MAX_PRINTED_NAME_LENGTH:
            warnings.append(Problem("name", "name.too_long", {"most": MAX_PRINTED_NAME_LENGTH}))
            name = name[:MAX_PRINTED_NAME_LENGTH]
        return name

    def _parse_address(self, row: Row) -> PostalAddress:
        cells = (self._cell_text(row, field) for field in ("postcode", "address"))
        further = (self._cell_text(row, field) for field in ("building", "behind_town"))
        return parse_postal_address(*map(collapse_whitespace, (*cells, *further)))


def _comparison_value(field: str, text: str) -> object:
    """Return a value that is equal for cells of one field with the same content."""
    if field not in DATE_FIELDS:
        return normalize_header(text)
    if field == STAY_FIELD and is_endless_stay(text):
        return None
    try:
        return parse_date(text)
    except InvalidDateError:
        return text


def _is_total_row(row: Row, texts: Mapping[str, str]) -> bool:
    """Return True if the first cell of ``row`` is a word for totals, and no cell is a date."""
    first = next((cell for cell in row.cells if cell.strip()), "")
    return bool(TOTAL_PATTERN.fullmatch(normalize_header(first))) and not any(
        map(is_date, texts.values())
    )


def collapse_whitespace(text: str) -> str:
    """Return ``text`` with single spaces and without characters of `STRIPPED_CATEGORIES`."""
    spaced = " ".join(text.split())
    if spaced.isprintable():
        return spaced
    return "".join(char for char in spaced if unicodedata.category(char) not in STRIPPED_CATEGORIES)


def is_email(text: str) -> bool:
    """Return True if ``text`` is one e-mail address that mail programs accept."""
    return len(text) <= MAX_EMAIL_LENGTH and text.isascii() and bool(EMAIL_PATTERN.fullmatch(text))


def _parse_email(text: str, warnings: list[Problem]) -> str:
    if not text or is_email(text):
        return text
    warnings.append(Problem("email", "email.malformed"))
    return ""


def _parse_mobile(text: str, warnings: list[Problem]) -> str:
    number = parse_mobile_number(text)
    if number.problem_key:
        warnings.append(Problem("mobile", number.problem_key))
    return number.digits


@cache
def _catalog_by_language() -> Mapping[str, Catalog]:
    """Return each catalog by the tag and the names of its language. '' is Japanese."""
    known = [get_catalog(language) for language in LANGUAGES]
    by_name = {each.head.name.casefold(): each for each in known}
    by_tag = {each.language.casefold(): each for each in known}
    of_offices = {name: each for each in known for name in each.head.aliases}
    return {"": get_catalog(DEFAULT_LANGUAGE), **of_offices, **by_name, **by_tag}


@cache
def _known_languages() -> str:
    """Return the languages by their Japanese names, each with its tag."""
    heads = ((get_catalog(each).head, each) for each in LANGUAGES)
    return ", ".join(f"{(*head.aliases, head.name)[0]} ({tag})" for head, tag in heads)
