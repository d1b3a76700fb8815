"""Holds what a run makes links with, and what became of a row."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from calsvc.bulk.records import Row
from calsvc.errors import Problem
from calsvc.i18n.catalogs import Catalog
from calsvc.letters.postal_address import PostalAddress
from calsvc.links.content import Reminders
from calsvc.links.sealing import Keyring
from calsvc.links.urls import LinkAddresses
from calsvc.municipality.code_list import read_code
from calsvc.municipality.model import Municipality
from calsvc.municipality.served import Municipalities
from calsvc.rules.card import Caution
from calsvc.rules.plan import Plan

TAKEN_AS_STAY = "card_expires.taken_as_stay"


class Wish(NamedTuple):
    """The language of a resident, the choice of alarms, and the municipality."""

    catalog: Catalog
    reminders: Reminders
    city: Municipality


Check = Callable[[str, PostalAddress, Wish], Iterable[Problem]]


@dataclass(frozen=True)
class Office:
    """What every link of a run is made with.

    ``base``: where the service is reached, without a slash. ``today``: the day against which dates
    are checked. ``check_print``: what there is to say of an addressee and address, or None where
    nobody needs an address, which is not read then.
    ``run_number``: random bytes from which the numbers of the links are derived. ``city``: of rows
    without a code. ``cities``: those that a row may name, or none.
    """

    city: Municipality
    keyring: Keyring
    base: str
    today: date
    check_print: Check | None = None
    run_number: bytes = b""
    cities: Municipalities | None = None

    @property
    def params(self) -> bytes:
        """What stands for the facts of all municipalities."""
        return self.city.digest + (self.cities.digest if self.cities else b"")

    def city_of(self, text: str) -> Municipality | None:
        """Returns the municipality whose code is ``text``, `city` for '', or none."""
        if not text:
            return self.city
        code = read_code(text)
        if code == self.city.code:
            return self.city
        return self.cities.find(code) if self.cities else None


class Issued(NamedTuple):
    """A link made for a resident, and what was computed.

    ``email`` and ``mobile`` are empty where none is given or it is faulty. ``addressee``: the name
    on an envelope.
    """

    row_number: int
    name: str
    email: str
    wish: Wish
    plan: Plan
    cautions: tuple[Caution, ...]
    number: bytes
    addresses: LinkAddresses
    addressee: str
    address: PostalAddress
    mobile: str = ""

    @property
    def catalog(self) -> Catalog:
        """The catalog of the resident's language."""
        return self.wish.catalog

    @property
    def city(self) -> Municipality:
        """The resident's municipality."""
        return self.wish.city


class Outcome(NamedTuple):
    """What became of a row: ``issued``, or ``problems``, or neither where the row is blank.

    ``remarks``: what a clerk should know though the link is good. ``skipped``: why the row is no
    resident's, as a message key.
    """

    row: Row
    issued: Issued | None = None
    remarks: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()
    skipped: str = ""

    @property
    def takes_stay(self) -> bool:
        """True if the printed date was taken as the end of a stay that nobody gave."""
        return any(each.key == TAKEN_AS_STAY for each in self.remarks)

    @property
    def number(self) -> str:
        """The row's number as file names bear it."""
        return f"{self.row.number:07d}"
