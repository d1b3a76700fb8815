"""A table of residents becomes a table of links; faulty rows stay in place, with their reason.

All here is made of generators over what `calsvc.bulk.csv_files` reads: memory does not grow with
the table, and nothing is read or written that the caller did not hand in.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import groupby
from typing import BinaryIO

from calsvc.bulk import csv_files, excel_files
from calsvc.bulk.columns import RENEWAL_ANSWER, Columns, recognise
from calsvc.bulk.csv_files import Row, Survey, Table
from calsvc.errors import InvalidInput, Problem
from calsvc.i18n.catalogs import Catalog, catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE, LANGUAGES
from calsvc.links.content import Link, LinkedCard
from calsvc.links.sealing import Keyring
from calsvc.links.urls import LinkAddresses
from calsvc.municipality.model import Municipality
from calsvc.parsing.card_fields import DATE_FIELDS, TABLE_ANSWERS, read_card
from calsvc.rules.card import Card, Caution
from calsvc.rules.plan import Plan, assess

XLSX = "xlsx"
"""Stands for the encoding of a workbook."""
SHARD = 1000
"""Rows in one part of the output: what is made, written down and vouched for together."""
EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
UNWANTED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Control, direction and line break characters; private ones stay: cities keep names in them."""
LONGEST_NAME = 100

LONGEST_EMAIL = 254
"""RFC 5321."""
_KNOWN = ", ".join(LANGUAGES)

Check = Callable[[str], Problem | None]


@dataclass(frozen=True)
class Office:
    """What every link of a run is made with.

    ``base``: where the service is reached, without a slash. ``today``: the day against which dates
    are checked. ``check_name``: what there is to say of a resident's name, for what is printed.
    ``run_number``: random bytes from which the numbers of the links are derived.
    """

    city: Municipality
    keyring: Keyring
    base: str
    today: date
    check_name: Check = lambda _name: None
    run_number: bytes = b""


@dataclass(frozen=True)
class Issued:
    """A link made for a resident, and what was reckoned.

    ``email`` is empty where none is given or it is faulty; ``words``: the resident's language.
    """

    name: str
    email: str
    words: Catalog
    plan: Plan
    cautions: tuple[Caution, ...]
    number: bytes
    addresses: LinkAddresses


@dataclass(frozen=True)
class Outcome:
    """What became of a row: ``issued``, or ``problems``, or neither where the row is blank.

    ``remarks``: what a clerk should know though the link is good.
    """

    row: Row
    issued: Issued | None = None
    remarks: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def number(self) -> str:
        """The row's number as file names bear it."""
        return f"{self.row.number:07d}"


def survey(file: BinaryIO, encoding: str = "") -> Survey:
    """Look through ``file``, a workbook or text; ``encoding`` settles what would be detected.

    Raises `InvalidInput`.
    """
    if excel_files.is_workbook(file):
        return replace(csv_files.survey(file, XLSX), lines=0)
    return csv_files.survey(file, encoding)


def open_table(file: BinaryIO, encoding: str) -> Table:
    """The table in ``file``, whose ``encoding`` is that of its `survey`. Raises `InvalidInput`."""
    return excel_files.read(file) if encoding == XLSX else csv_files.read(file, encoding)


def columns_of(table: Table, given: Mapping[str, str]) -> Columns:
    """The columns of ``table``; see `recognise`. Raises `InvalidInput`."""
    if table.header.fault:
        raise csv_files.unusable("header")
    return recognise(table.header.cells, given)


def outcomes(table: Table, columns: Columns, office: Office) -> Iterator[Outcome]:
    """What becomes of each row of ``table``, as it is read."""
    reader = _Reader(table, columns, office)
    return map(reader.outcome, table.rows)


def shards(results: Iterator[Outcome]) -> Iterator[tuple[int, list[Outcome]]]:
    """``results`` in parts of up to `SHARD` rows, each with its number, which rows alone decide."""
    for number, part in groupby(results, lambda each: each.row.number // SHARD):
        yield number, list(part)


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

    def outcome(self, row: Row) -> Outcome:
        """What becomes of ``row``."""
        if row.fault:
            return Outcome(row, problems=(Problem("row", row.fault),))
        if row.blank:
            return Outcome(row)
        if len(row.cells) != self._width:
            if "".join(row.cells[self._width :]).strip():
                return Outcome(row, problems=(Problem("row", "row.too_many_cells"),))
            row = lengthened(row, self._width)
        return self._of_resident(row)

    def _of_resident(self, row: Row) -> Outcome:
        """Faults of the dates and the language stand in the way; those of the others do not."""
        texts = {field: self._day_text(row.cells[place]) for field, place in self._dates}
        if answer := self._cell(row, RENEWAL_ANSWER):
            texts["cert_renewed"] = texts.get("cert_renewed", "").strip() or answer
        language = self._cell(row, "lang")
        words = _languages().get(language.casefold())
        faults = () if words else (Problem("lang", "lang.unknown", {"known": _KNOWN}),)
        try:
            card = read_card(texts, self._office.today, TABLE_ANSWERS)
        except InvalidInput as error:
            return Outcome(row, problems=error.problems + faults)
        if words is None:
            return Outcome(row, problems=faults)
        remarks: list[Problem] = []
        return Outcome(row, self._issue(row, card, words, remarks), tuple(remarks))

    def _issue(self, row: Row, card: Card, words: Catalog, remarks: list[Problem]) -> Issued:
        office, (plan, cautions) = self._office, assess(card, self._office.today)
        number = office.keyring.number_for_row(office.run_number, row.number)
        link = Link(number, (LinkedCard(plan),), words.language, office.city.code)
        return Issued(
            name=self._name(self._cell(row, "name"), remarks),
            email=_email(self._cell(row, "email"), remarks),
            words=words,
            plan=plan,
            cautions=cautions,
            number=number,
            addresses=LinkAddresses(office.base, office.keyring.seal(link)),
        )

    def _cell(self, row: Row, field: str) -> str:
        place = self._places.get(field)
        return "" if place is None else row.cells[place].strip()

    def _name(self, text: str, remarks: list[Problem]) -> str:
        name = one_line(text)
        if len(name) > LONGEST_NAME:
            remarks.append(Problem("name", "name.too_long", {"most": LONGEST_NAME}))
            name = name[:LONGEST_NAME]
        if remark := self._office.check_name(name):
            remarks.append(remark)
        return name


def lengthened(row: Row, width: int) -> Row:
    """The row with at least ``width`` cells."""
    return replace(row, cells=[*row.cells, *[""] * (width - len(row.cells))])


def one_line(text: str) -> str:
    """``text`` with each run of white space made one space, and no control characters."""
    spaced = " ".join(text.split())
    if spaced.isprintable():
        return spaced
    return "".join(char for char in spaced if unicodedata.category(char) not in UNWANTED)


def is_email(text: str) -> bool:
    """Whether ``text`` is one e-mail address, as mail programs take it."""
    return len(text) <= LONGEST_EMAIL and text.isascii() and bool(EMAIL.fullmatch(text))


def _email(text: str, remarks: list[Problem]) -> str:
    if not text or is_email(text):
        return text
    remarks.append(Problem("email", "email.malformed"))
    return ""


@cache
def _languages() -> Mapping[str, Catalog]:
    """Each catalog by its language's tag and own name; Japanese where nothing is said."""
    known = [catalog(language) for language in LANGUAGES]
    by_name = {each.text("language.name").casefold(): each for each in known}
    by_tag = {each.language.casefold(): each for each in known}
    return {"": catalog(DEFAULT_LANGUAGE), **by_name, **by_tag}
