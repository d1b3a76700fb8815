"""The input that all links of a run share, and the result of each row."""

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
from calsvc.links.urls import LinkUrls
from calsvc.municipality.code_list import parse_code
from calsvc.municipality.model import Municipality
from calsvc.municipality.served import Municipalities
from calsvc.rules.card import Caution
from calsvc.rules.plan import Plan

EXPIRY_READ_AS_STAY = "card_expires.taken_as_stay"


class Preferences(NamedTuple):
    """The language of a resident, the choice of alarms, and the municipality."""

    catalog: Catalog
    reminders: Reminders
    municipality: Municipality


PrintCheck = Callable[[str, PostalAddress, Preferences], Iterable[Problem]]


@dataclass(frozen=True)
class BulkContext:
    """The input that all links of a run share.

    ``base_url``: the URL of the service, without a slash at the end. ``today``: the day against
    which dates are checked. ``check_print``: finds problems of a printed name and address. Without
    it, addresses are not read. ``run_number``: random bytes from which link numbers are derived.
    ``municipality``: of rows without a code. ``municipalities``: those that a row may name.
    """

    municipality: Municipality
    keyring: Keyring
    base_url: str
    today: date
    check_print: PrintCheck | None = None
    run_number: bytes = b""
    municipalities: Municipalities | None = None

    @property
    def municipalities_digest(self) -> bytes:
        """Digest of the data of all municipalities."""
        return self.municipality.digest + (
            self.municipalities.digest if self.municipalities else b""
        )

    def find_municipality(self, text: str) -> Municipality | None:
        """Return the municipality with the code ``text``, the default for '', or None."""
        if not text:
            return self.municipality
        code = parse_code(text)
        if code == self.municipality.code:
            return self.municipality
        return self.municipalities.find(code) if self.municipalities else None


class IssuedLink(NamedTuple):
    """A link of a resident, and the data for letters and messages.

    ``email`` and ``mobile`` are '' if missing or faulty. ``addressee``: the name on the envelope.
    """

    row_number: int
    name: str
    email: str
    preferences: Preferences
    plan: Plan
    cautions: tuple[Caution, ...]
    number: bytes
    urls: LinkUrls
    addressee: str
    address: PostalAddress
    mobile: str = ""

    @property
    def catalog(self) -> Catalog:
        """The catalog of the resident's language."""
        return self.preferences.catalog

    @property
    def municipality(self) -> Municipality:
        """The resident's municipality."""
        return self.preferences.municipality


class Outcome(NamedTuple):
    """The result of a row: ``issued``, or ``problems``, or neither if the row is blank.

    ``warnings``: problems that do not invalidate the link. ``skipped``: the message key of the
    reason why the row is not that of a resident, or ''.
    """

    row: Row
    issued: IssuedLink | None = None
    warnings: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()
    skipped: str = ""

    def has_warning(self, key: str) -> bool:
        """Return True if a warning has the message key ``key``."""
        return any(each.key == key for each in self.warnings)

    @property
    def number(self) -> str:
        """The row number as in file names, with leading zeros."""
        return f"{self.row.number:07d}"
