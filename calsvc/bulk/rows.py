"""A table of residents becomes a table of links; faulty rows stay in place, with their reason.

All here is made of generators over what `calsvc.bulk.tables` reads: memory does not grow with the
table, and nothing is read or written that the caller did not hand in.
"""

import logging
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby

from calsvc.bulk import date_cells
from calsvc.bulk.choices import AS_FOUND, Choices
from calsvc.bulk.columns import (
    MUNICIPALITY,
    RENEWAL_ANSWER,
    Columns,
    has_no_end,
    is_date,
    is_left_empty,
    plain,
    recognise,
    reminders_named,
)
from calsvc.bulk.outcomes import TAKEN_AS_STAY, Issued, Office, Outcome, Wish
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
"""The columns of a `Wish`."""
NOT_BIRTHDAY = "card_expires.not_birthday"
MISSING = {"table.no_born", "table.no_card_date", "table.no_column"}
SHARD = 1000
"""Rows in one part of the output: what is made, written down and vouched for together."""
EMAIL = re.compile(r"(?!.*=\?)[^\s@<>()\[\],;:\\\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
TOTAL = re.compile("合計|総計|小計|計|件数|人数|合計件数|合計人数|総件数|total|sum")
"""What stands at the head of a row of sums."""
UNWANTED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Control, direction and line break characters; private ones stay: cities keep names in them."""
MAX_PRINTED_NAME_LENGTH = 100
NO_ADDRESS = PostalAddress()

MAX_EMAIL_LENGTH = 254
"""RFC 5321."""
_KNOWN = ", ".join(LANGUAGES)


def columns_of(table: Table, choices: Choices = AS_FOUND) -> Columns:
    """The columns of ``table``; see `recognise`.

    Raises `InvalidInputError`, also with ``table.columns_found`` where a needed one is not found.
    """
    names = table.names or table.header.cells
    try:
        return recognise(names, choices, table.sample)
    except InvalidInputError as error:
        if not MISSING & {each.key for each in error.problems}:
            raise
        shown = ", ".join(name.strip() for name in names if name.strip())
        found = Problem("table", "table.columns_found", {"columns": shown})
        raise InvalidInputError([*error.problems, found]) from None


def outcomes(table: Table, columns: Columns, office: Office) -> Iterator[Outcome]:
    """What becomes of each row of ``table``, as it is read."""
    reader = _Reader(table, columns, office)
    for row in table.rows:
        try:
            yield reader.outcome(row)
        except Exception as error:  # of the program: the other rows go on
            logger.error("row %d could not be worked on: %s", row.number, where(error))
            yield Outcome(row, problems=(Problem("row", "row.failed"),))


def shards(results: Iterator[Outcome]) -> Iterator[tuple[int, list[Outcome]]]:
    """``results`` in parts of up to `SHARD` rows, each with its number, which rows alone decide."""
    for number, part in groupby(results, lambda each: each.row.number // SHARD):
        yield number, list(part)


def serial_places(table: Table, columns: Columns) -> Sequence[tuple[str, int]]:
    """Returns the columns of dates in which a workbook may have numbers, with their fields."""
    if table.form.encoding != XLSX:
        return ()
    places = columns.all_places.items()
    return [(field, at) for field, found in places if field in DATE_NAMES for at in found]


def with_days(row: Row, places: Sequence[tuple[str, int]], day_text: Callable[[str], str]) -> Row:
    """Returns the row with days in place of their numbers.

    ``places``: see `serial_places`. The table that comes back counts from 1900, whatever the
    workbook does.
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
    """From rows to outcomes."""

    def __init__(self, table: Table, columns: Columns, office: Office) -> None:
        self._office = office
        self._width = len(columns.headers)
        self._day_text = table.day_text
        self._places = columns.places
        self._dates = [
            (name, columns.places[name]) for name in DATE_FIELDS if name in columns.places
        ]
        self._serial_places = serial_places(table, columns)
        self._others = columns.others
        self._all_places = columns.all_places
        self._standard = Wish(_languages()[""], Reminders.STANDARD, office.city)
        self._has_wishes = not WISHES.isdisjoint(columns.places)

    def outcome(self, row: Row) -> Outcome:
        """What becomes of ``row``, with days in place of their numbers."""
        if self._serial_places:
            row = with_days(row, self._serial_places, self._day_text)
        if row.skipped:
            return Outcome(row, skipped=row.skipped)
        if row.fault:
            return Outcome(row, problems=(Problem("row", row.fault),))
        if row.blank:
            return Outcome(row)
        if len(row.cells) != self._width:
            if "".join(row.cells[self._width :]).strip():
                return Outcome(row, problems=(Problem("row", "row.too_many_cells"),))
            row = row.lengthened(self._width)
        return self._of_resident(row)

    def _of_resident(self, row: Row) -> Outcome:
        """Faults of the dates and the language stand in the way; those of the others do not."""
        texts = {field: self._day_text(row.cells[place]) for field, place in self._dates}
        if RENEWED in texts and (cell := row.cells[self._places[RENEWED]]) in TABLE_ANSWERS:
            texts[RENEWED] = cell  # 1 is an answer here, and no day of a workbook
        if answer := self._said(row, RENEWAL_ANSWER):
            texts["cert_renewed"] = texts.get("cert_renewed", "").strip() or answer
        wish, faults = self._wish(row)
        if self._others:
            faults += self._contradictions(row, texts)
        is_endless = False
        if stay := texts.get(STAY):
            is_endless = has_no_end(stay)
            texts[STAY] = "" if is_endless or is_left_empty(stay) else stay
        remarks: list[Problem] = []
        try:
            card = self._card(texts, remarks, is_endless)
        except InvalidInputError as error:
            if _is_total(row, texts):
                return Outcome(row, skipped="row.total")
            return Outcome(row, problems=(*self._explained(row, error), *faults))
        if faults or wish is None:
            return Outcome(row, problems=tuple(faults))
        return Outcome(row, self._issue(row, card, wish, remarks), tuple(remarks))

    def _wish(self, row: Row) -> tuple[Wish | None, list[Problem]]:
        """Returns what the resident wishes, or the faults of its columns."""
        if not self._has_wishes:
            return self._standard, []
        catalog = _languages().get(self._said(row, "lang").casefold())
        reminders = reminders_named(self._said(row, "alarms"))
        city = self._office.city_of(self._said(row, MUNICIPALITY))
        faults = [] if catalog else [Problem("lang", "lang.unknown", {"known": _KNOWN})]
        if reminders is None:
            faults.append(Problem("alarms", "alarms.unknown"))
        if city is None:
            faults.append(Problem(MUNICIPALITY, "municipality.unknown"))
        if catalog is None or reminders is None or city is None:
            return None, faults
        return Wish(catalog, reminders, city), faults

    def _card(self, texts: Mapping[str, str], remarks: list[Problem], is_endless: bool) -> Card:
        """Returns the card of a row. Raises `InvalidInputError`.

        A printed date that is no birthday ends the stay (rule 9), which few tables have. A row
        that says that the stay ``is_endless`` contradicts that.
        """
        today = self._office.today
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
        remarks.append(Problem("card_expires", TAKEN_AS_STAY))
        return card

    def _issue(self, row: Row, card: Card, wish: Wish, remarks: list[Problem]) -> Issued:
        office, (plan, cautions) = self._office, assess(card, self._office.today)
        number = office.keyring.number_for_row(office.run_number, row.number)
        language, city = wish.catalog.language, wish.city
        link = Link(number, (LinkedCard(plan),), language, city.code, wish.reminders)
        name = self._name(self._said(row, "name"), remarks)
        addressee, address = name, NO_ADDRESS
        if office.check_print:
            addressee = self._name(self._said(row, "addressee"), []) or name
            address = self._address(row)
            remarks += office.check_print(addressee, address, wish)
        return Issued(
            row_number=row.number,
            name=name,
            email=_email(self._said(row, "email"), remarks),
            wish=wish,
            plan=plan,
            cautions=cautions,
            number=number,
            addresses=LinkAddresses(office.base, office.keyring.seal(link)),
            addressee=addressee,
            address=address,
            mobile=_mobile(self._said(row, "mobile"), remarks),
        )

    def _explained(self, row: Row, error: InvalidInputError) -> Iterator[Problem]:
        """Yield the problems, with what a table adds to a date that cannot be read."""
        for each in error.problems:
            place = self._places.get(each.field)
            if place is None and each.field == RENEWED:
                place = self._places.get(RENEWAL_ANSWER)
            if place is None or each.key not in UNREADABLE:
                yield each
            else:
                key = STAY_UNREADABLE if each.field == STAY else each.key
                yield replace(each, key=date_cells.reason(row.cells[place], key))

    def _contradictions(self, row: Row, texts: dict[str, str]) -> Iterator[Problem]:
        """Fill the dates of ``texts`` from further columns; yield fields whose columns differ."""
        for field in self._others:
            cells = [
                each
                for each in (row.cells[place] for place in self._all_places[field])
                if (each.strip() and not (field == STAY and is_left_empty(each)))
                or isinstance(each, Uncomputed)
            ]
            if field in DATE_NAMES:
                cells = [self._day_text(each) for each in cells]
                texts[field] = cells[0] if cells else ""
            if len({_comparable(field, each) for each in cells}) > 1:
                yield Problem(field, "column.differs")

    def _said(self, row: Row, field: str) -> str:
        """Returns the first cell of a field that is not blank; one without a result is not."""
        text = ""
        for place in self._all_places.get(field, ()):
            cell = row.cells[place]
            if type(cell) is Uncomputed:
                return date_cells.NO_RESULT
            text = text or cell.strip()
        return date_cells.unprotected(text) if text[:1] == "=" else text

    def _name(self, text: str, remarks: list[Problem]) -> str:
        name = one_line(text)
        if name in date_cells.ERRORS:
            remarks.append(Problem("name", "name.uncomputed"))
            name = ""
        if len(name) > MAX_PRINTED_NAME_LENGTH:
            remarks.append(Problem("name", "name.too_long", {"most": MAX_PRINTED_NAME_LENGTH}))
            name = name[:MAX_PRINTED_NAME_LENGTH]
        return name

    def _address(self, row: Row) -> PostalAddress:
        cells = (self._said(row, field) for field in ("postcode", "address"))
        further = (self._said(row, field) for field in ("building", "behind_town"))
        return read_postal_address(*map(one_line, (*cells, *further)))


def _comparable(field: str, text: str) -> object:
    """Returns what two cells of one field have in common: the day, or the text without spaces."""
    if field not in DATE_NAMES:
        return plain(text)
    if field == STAY and has_no_end(text):
        return None
    try:
        return parse_date(text)
    except InvalidDateError:
        return text


def _is_total(row: Row, texts: Mapping[str, str]) -> bool:
    """Returns whether ``row`` sums up others: a word for a sum comes first, and no date."""
    first = next((cell for cell in row.cells if cell.strip()), "")
    return bool(TOTAL.fullmatch(plain(first))) and not any(map(is_date, texts.values()))


def one_line(text: str) -> str:
    """``text`` with each run of white space made one space, and no control characters."""
    spaced = " ".join(text.split())
    if spaced.isprintable():
        return spaced
    return "".join(char for char in spaced if unicodedata.category(char) not in UNWANTED)


def is_email(text: str) -> bool:
    """Whether ``text`` is one e-mail address, as mail programs take it."""
    return len(text) <= MAX_EMAIL_LENGTH and text.isascii() and bool(EMAIL.fullmatch(text))


def _email(text: str, remarks: list[Problem]) -> str:
    if not text or is_email(text):
        return text
    remarks.append(Problem("email", "email.malformed"))
    return ""


def _mobile(text: str, remarks: list[Problem]) -> str:
    found = read_mobile_number(text)
    if found.fault:
        remarks.append(Problem("mobile", found.fault))
    return found.digits


@cache
def _languages() -> Mapping[str, Catalog]:
    """Each catalog by its language's tag and names; Japanese where nothing is said."""
    known = [get_catalog(language) for language in LANGUAGES]
    by_name = {each.head.name.casefold(): each for each in known}
    by_tag = {each.language.casefold(): each for each in known}
    of_offices = {name: each for each in known for name in each.head.called}
    return {"": get_catalog(DEFAULT_LANGUAGE), **of_offices, **by_name, **by_tag}
