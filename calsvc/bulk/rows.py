"""Turns the rows of a table into links or problems, in the order of the table.

These are generators over the rows that `calsvc.bulk.tables` reads, so memory does not grow with the
table. They do not open or write files.
"""

import logging
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby

from calsvc.bulk import date_cells
from calsvc.bulk.choices import NO_CHOICES, Choices
from calsvc.bulk.columns import (
    MUNICIPALITY,
    RENEWAL_ANSWER,
    Columns,
    is_date,
    is_empty_mark,
    is_endless_stay,
    match_columns,
    normalize_header,
    parse_reminders,
)
from calsvc.bulk.outcomes import EXPIRY_READ_AS_STAY, BulkContext, IssuedLink, Outcome, Preferences
from calsvc.bulk.records import XLSX, Number, Row, Table, Uncomputed
from calsvc.errors import InvalidDateError, InvalidInputError, Problem, where
from calsvc.i18n.catalogs import Catalog, get_catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE, LANGUAGES
from calsvc.letters.postal_address import PostalAddress, read_postal_address
from calsvc.links.content import Link, LinkedCard, Reminders
from calsvc.links.urls import LinkAddresses
from calsvc.parsing.card_fields import DATE_FIELDS, DATE_NAMES, RENEWED, TABLE_ANSWERS, read_card
from calsvc.parsing.dates import parse_date
from calsvc.parsing.mobile_numbers import read_mobile_number
from calsvc.rules.card import Card
from calsvc.rules.plan import assess

logger = logging.getLogger("calsvc.bulk")
UNREADABLE = {"date.unreadable", "cert_renewed.unreadable"}
STAY, STAY_UNREADABLE = "stay_until", "stay_until.unreadable"
WISHES = {"lang", "alarms", MUNICIPALITY}
"""The columns of a resident's choices, see `Preferences`."""
NOT_BIRTHDAY = "card_expires.not_birthday"
MISSING = {"table.no_born", "table.no_card_date", "table.no_column"}
SHARD = 1000
"""Rows that are processed and written together. A journal counts them in this unit."""
EMAIL = re.compile(r"(?!.*=\?)[^\s@<>()\[\],;:\\\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
TOTAL = re.compile("合計|総計|小計|計|件数|人数|合計件数|合計人数|総件数|total|sum")
"""The first cell of a row with totals, after `normalize_header`."""
UNWANTED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Control, direction and line break characters. Private use is allowed: names contain it."""
MAX_PRINTED_NAME_LENGTH = 100
NO_ADDRESS = PostalAddress()

MAX_EMAIL_LENGTH = 254
"""RFC 5321."""
_KNOWN = ", ".join(LANGUAGES)


def columns_of(table: Table, choices: Choices = NO_CHOICES) -> Columns:
    """Return the columns of ``table``, see `match_columns`.

    Raises `InvalidInputError`. If a required column is missing, ``table.columns_found`` lists them.
    """
    names = table.headers or table.header.cells
    try:
        return match_columns(names, choices, table.sample)
    except InvalidInputError as error:
        if not MISSING & {each.key for each in error.problems}:
            raise
        shown = ", ".join(name.strip() for name in names if name.strip())
        found = Problem("table", "table.columns_found", {"columns": shown})
        raise InvalidInputError([*error.problems, found]) from None


def outcomes(table: Table, columns: Columns, context: BulkContext) -> Iterator[Outcome]:
    """Yield the outcome of each row of ``table``. A failure makes only its row faulty."""
    reader = _Reader(table, columns, context)
    for row in table.rows:
        try:
            yield reader.outcome(row)
        except Exception as error:  # an error of this program must not stop the other rows
            logger.error("row %d could not be worked on: %s", row.number, where(error))
            yield Outcome(row, problems=(Problem("row", "row.failed"),))


def shards(results: Iterator[Outcome]) -> Iterator[tuple[int, list[Outcome]]]:
    """Yield ``results`` in groups of up to `SHARD` rows, each with its number.

    The number depends only on row numbers, so a resumed run forms the same groups.
    """
    for number, part in groupby(results, lambda each: each.row.number // SHARD):
        yield number, list(part)


def serial_places(table: Table, columns: Columns) -> Sequence[tuple[str, int]]:
    """Return fields and indexes of the date columns in which a workbook may have numbers."""
    if table.table_format.encoding != XLSX:
        return ()
    places = columns.all_indexes.items()
    return [(field, at) for field, found in places if field in DATE_NAMES for at in found]


def with_days(row: Row, places: Sequence[tuple[str, int]], day_text: Callable[[str], str]) -> Row:
    """Return the row with dates as text instead of serial numbers.

    ``places``: from `serial_places`. The output has text because its epoch is always 1900,
    but that of the input may be 1904.
    """
    numbers = [
        at
        for field, at in places
        if at < len(row.cells)
        and type(cell := row.cells[at]) is Number
        and not (field == RENEWED and cell in TABLE_ANSWERS)
    ]
    if not numbers:
        return row
    cells = [*row.cells]
    for at in numbers:
        cells[at] = day_text(cells[at])
    return row._replace(cells=cells)


class _Reader:
    """Processes the rows of one table."""

    def __init__(self, table: Table, columns: Columns, context: BulkContext) -> None:
        self._context = context
        self._width = len(columns.headers)
        self._day_text = table.day_text
        self._indexes = columns.indexes
        self._dates = [
            (name, columns.indexes[name]) for name in DATE_FIELDS if name in columns.indexes
        ]
        self._serial_places = serial_places(table, columns)
        self._further_indexes = columns.further_indexes
        self._all_indexes = columns.all_indexes
        self._standard = Preferences(_languages()[""], Reminders.STANDARD, context.city)
        self._has_wishes = not WISHES.isdisjoint(columns.indexes)

    def outcome(self, row: Row) -> Outcome:
        """Return the outcome of ``row``."""
        if self._serial_places:
            row = with_days(row, self._serial_places, self._day_text)
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
        return self._of_resident(row)

    def _of_resident(self, row: Row) -> Outcome:
        """Return the outcome of a resident's row.

        An invalid date, language, reminder or municipality makes the row faulty.
        An invalid name, e-mail or phone number only adds a remark.
        """
        texts = {field: self._day_text(row.cells[place]) for field, place in self._dates}
        if RENEWED in texts and (cell := row.cells[self._indexes[RENEWED]]) in TABLE_ANSWERS:
            texts[RENEWED] = cell  # here 1 is an answer, not the serial number of a day
        if answer := self._said(row, RENEWAL_ANSWER):
            texts["cert_renewed"] = texts.get("cert_renewed", "").strip() or answer
        preferences, faults = self._wish(row)
        if self._further_indexes:
            faults += self._contradictions(row, texts)
        is_endless = False
        if stay := texts.get(STAY):
            is_endless = is_endless_stay(stay)
            texts[STAY] = "" if is_endless or is_empty_mark(stay) else stay
        warnings: list[Problem] = []
        try:
            card = self._card(texts, warnings, is_endless)
        except InvalidInputError as error:
            if _is_total(row, texts):
                return Outcome(row, skipped="row.total")
            return Outcome(row, problems=(*self._explained(row, error), *faults))
        if faults or preferences is None:
            return Outcome(row, problems=tuple(faults))
        return Outcome(row, self._issue(row, card, preferences, warnings), tuple(warnings))

    def _wish(self, row: Row) -> tuple[Preferences | None, list[Problem]]:
        """Return the resident's choices, or None and the problems of their columns."""
        if not self._has_wishes:
            return self._standard, []
        catalog = _languages().get(self._said(row, "lang").casefold())
        reminders = parse_reminders(self._said(row, "alarms"))
        city = self._context.find_municipality(self._said(row, MUNICIPALITY))
        faults = [] if catalog else [Problem("lang", "lang.unknown", {"known": _KNOWN})]
        if reminders is None:
            faults.append(Problem("alarms", "alarms.unknown"))
        if city is None:
            faults.append(Problem(MUNICIPALITY, "municipality.unknown"))
        if catalog is None or reminders is None or city is None:
            return None, faults
        return Preferences(catalog, reminders, city), faults

    def _card(self, texts: Mapping[str, str], warnings: list[Problem], is_endless: bool) -> Card:
        """Return the card of a row. Raises `InvalidInputError`.

        A printed expiry that is no birthday is the end of the stay (rule 9), because few tables
        have a column for the stay. If ``is_endless``, the row contradicts this and is faulty.
        """
        today = self._context.today
        try:
            return read_card(texts, today, TABLE_ANSWERS)
        except InvalidInputError as error:
            if is_endless or [each.key for each in error.problems] != [NOT_BIRTHDAY]:
                raise
            with_stay = {**texts, "stay_until": texts["card_expires"]}
            try:
                card = read_card(with_stay, today, TABLE_ANSWERS)
            except InvalidInputError:
                raise error from None
        warnings.append(Problem("card_expires", EXPIRY_READ_AS_STAY))
        return card

    def _issue(
        self, row: Row, card: Card, preferences: Preferences, warnings: list[Problem]
    ) -> IssuedLink:
        context, (plan, cautions) = self._context, assess(card, self._context.today)
        number = context.keyring.number_for_row(context.run_number, row.number)
        language, city = preferences.catalog.language, preferences.city
        link = Link(number, (LinkedCard(plan),), language, city.code, preferences.reminders)
        name = self._name(self._said(row, "name"), warnings)
        addressee, address = name, NO_ADDRESS
        if context.check_print:
            addressee = self._name(self._said(row, "addressee"), []) or name
            address = self._address(row)
            warnings += context.check_print(addressee, address, preferences.catalog)
        return IssuedLink(
            row_number=row.number,
            name=name,
            email=_email(self._said(row, "email"), warnings),
            preferences=preferences,
            plan=plan,
            cautions=cautions,
            number=number,
            addresses=LinkAddresses(context.base_url, context.keyring.seal(link)),
            addressee=addressee,
            address=address,
            mobile=_mobile(self._said(row, "mobile"), warnings),
        )

    def _explained(self, row: Row, error: InvalidInputError) -> Iterator[Problem]:
        """Yield the problems, with a more precise message for an unreadable date of a table."""
        for each in error.problems:
            place = self._indexes.get(each.field)
            if place is None and each.field == RENEWED:
                place = self._indexes.get(RENEWAL_ANSWER)
            if place is None or each.key not in UNREADABLE:
                yield each
            else:
                key = STAY_UNREADABLE if each.field == STAY else each.key
                yield replace(each, key=date_cells.precise_problem_key(row.cells[place], key))

    def _contradictions(self, row: Row, texts: dict[str, str]) -> Iterator[Problem]:
        """Yield a problem for each field whose columns differ.

        Also set the dates in ``texts`` to the first filled column of their field.
        """
        for field in self._further_indexes:
            cells = [
                each
                for each in (row.cells[place] for place in self._all_indexes[field])
                if (each.strip() and not (field == STAY and is_empty_mark(each)))
                or isinstance(each, Uncomputed)
            ]
            if field in DATE_NAMES:
                cells = [self._day_text(each) for each in cells]
                texts[field] = cells[0] if cells else ""
            if len({_comparable(field, each) for each in cells}) > 1:
                yield Problem(field, "column.differs")

    def _said(self, row: Row, field: str) -> str:
        """Return the first cell of a field that is not blank, or `NO_RESULT` for an error."""
        text = ""
        for place in self._all_indexes.get(field, ()):
            cell = row.cells[place]
            if type(cell) is Uncomputed:
                return date_cells.NO_RESULT
            text = text or cell.strip()
        return date_cells.unwrap_protected_text(text) if text[:1] == "=" else text

    def _name(self, text: str, warnings: list[Problem]) -> str:
        name = one_line(text)
        if name in date_cells.ERROR_TEXTS:
            warnings.append(Problem("name", "name.uncomputed"))
            name = ""
        if len(name) > MAX_PRINTED_NAME_LENGTH:
            warnings.append(Problem("name", "name.too_long", {"most": MAX_PRINTED_NAME_LENGTH}))
            name = name[:MAX_PRINTED_NAME_LENGTH]
        return name

    def _address(self, row: Row) -> PostalAddress:
        cells = (self._said(row, field) for field in ("postcode", "address"))
        further = (self._said(row, field) for field in ("building", "behind_town"))
        return read_postal_address(*map(one_line, (*cells, *further)))


def _comparable(field: str, text: str) -> object:
    """Return a value that is equal for cells of one field with the same content."""
    if field not in DATE_NAMES:
        return normalize_header(text)
    if field == STAY and is_endless_stay(text):
        return None
    try:
        return parse_date(text)
    except InvalidDateError:
        return text


def _is_total(row: Row, texts: Mapping[str, str]) -> bool:
    """Return True if ``row`` holds totals: its first cell is a word for it, and no cell a date."""
    first = next((cell for cell in row.cells if cell.strip()), "")
    return bool(TOTAL.fullmatch(normalize_header(first))) and not any(map(is_date, texts.values()))


def one_line(text: str) -> str:
    """Return ``text`` with white space collapsed to single spaces and without `UNWANTED`."""
    spaced = " ".join(text.split())
    if spaced.isprintable():
        return spaced
    return "".join(char for char in spaced if unicodedata.category(char) not in UNWANTED)


def is_email(text: str) -> bool:
    """Return True if ``text`` is one e-mail address that mail programs accept."""
    return len(text) <= MAX_EMAIL_LENGTH and text.isascii() and bool(EMAIL.fullmatch(text))


def _email(text: str, warnings: list[Problem]) -> str:
    if not text or is_email(text):
        return text
    warnings.append(Problem("email", "email.malformed"))
    return ""


def _mobile(text: str, warnings: list[Problem]) -> str:
    found = read_mobile_number(text)
    if found.fault:
        warnings.append(Problem("mobile", found.fault))
    return found.digits


@cache
def _languages() -> Mapping[str, Catalog]:
    """Return each catalog by the tag and the names of its language. '' is Japanese."""
    known = [get_catalog(language) for language in LANGUAGES]
    by_name = {each.head.name.casefold(): each for each in known}
    by_tag = {each.language.casefold(): each for each in known}
    of_offices = {name: each for each in known for name in each.head.called}
    return {"": get_catalog(DEFAULT_LANGUAGE), **of_offices, **by_name, **by_tag}
