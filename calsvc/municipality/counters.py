"""Defines the counters and the phones of a municipality."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from calsvc.municipality.hours import OpeningRule
from calsvc.municipality.opening_days import NEVER_CLOSED, Closure, Timetable


class Task(StrEnum):
    """A service of a counter: for the certificate, a new card, a stay or a PIN."""

    CERTIFICATE = "certificate"
    APPLY = "apply"
    COLLECT = "collect"
    STAY = "stay"
    PIN = "pin"


class Answer(StrEnum):
    """A fact that a profile affirms, denies or leaves open."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Reservation(StrEnum):
    """The need to reserve a visit. ``UNKNOWN`` if the profile does not state it."""

    NONE = "none"
    WELCOME = "welcome"
    REQUIRED = "required"
    UNKNOWN = "unknown"


class Photo(StrEnum):
    """The photo service at the counter. ``UNKNOWN`` if the profile does not state it."""

    FREE = "free"
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class CounterKind(StrEnum):
    """Kinds of counter. The catalogs have a noun for each in every language."""

    CITY_HALL = "city-hall"
    WARD_OFFICE = "ward-office"
    TOWN_HALL = "town-hall"
    VILLAGE_OFFICE = "village-office"
    BRANCH = "branch"
    CARD_CENTRE = "card-centre"
    POST_OFFICE = "post-office"
    TEMPORARY = "temporary"
    MUNICIPAL_OFFICE = "municipal-office"


class RequiredItem(StrEnum):
    """An item to bring for renewing a certificate. All counters need the first two."""

    CARD = "card"
    PINS = "pins"
    NOTICE = "notice"
    REPLY_FORM = "reply-form"
    ID = "id"


class PhoneKind(StrEnum):
    """The purpose of a phone number."""

    OFFICE = "office"
    CALL_CENTRE = "call-centre"
    RESERVATION = "reservation"
    NATIONAL = "national"


class ExcludedVisitor(StrEnum):
    """A group of visitors that a counter does not serve."""

    PROXY = "proxy"
    LIMITED_STAY = "limited-stay"
    UNDER_15 = "under-15"


@dataclass(frozen=True)
class Phone:
    """A phone number. ``alternative``: the number for phones that cannot dial ``number``.

    ``languages``: the spoken languages. Empty if unknown.
    """

    id: str
    number: str
    kind: PhoneKind
    alternative: str = ""
    extension: str = ""
    fax: str = ""
    hours: tuple[OpeningRule, ...] = ()
    languages: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ReservationWays:
    """Ways to reserve a visit. ``days_ahead``: the most and the least days before the visit."""

    phone: str = ""
    web: str = ""
    line: str = ""
    days_ahead: tuple[int, int] | None = None


@dataclass(frozen=True)
class Counter:
    """A counter. A task that a mapping does not contain is unknown.

    ``phone``: a number, or the id of a `Phone`. ``closed``: None for the closure of the
    municipality. ``closed_for``: further closures of single tasks. ``openings``: days on which it
    is open in spite of closures. ``begins`` and ``ends``: the first and the last day of a temporary
    counter. ``is_card_posted``: True if a card that is applied for here comes by post.
    """

    id: str
    kind: CounterKind
    tasks: frozenset[Task]
    names: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    district: str = ""
    phone: str = ""
    hours: tuple[OpeningRule, ...] = ()
    closed: Closure | None = None
    closed_for: Mapping[Task, Closure] = field(default_factory=dict)
    openings: tuple[date, ...] = ()
    begins: date | None = None
    ends: date | None = None
    reservation: Mapping[Task, Reservation] = field(default_factory=dict)
    reservation_ways: ReservationWays = ReservationWays()
    not_for: tuple[ExcludedVisitor, ...] = ()
    photo: Photo = Photo.UNKNOWN
    minutes: Mapping[Task, int] = field(default_factory=dict)
    is_card_posted: bool = False

    def needs_reservation(self, task: Task) -> bool:
        """Return True if the counter serves only visitors with a reservation."""
        return self.reservation.get(task) is Reservation.REQUIRED

    def timetable(
        self, task: Task, default: Closure, closed_weekdays: frozenset[int], national: Closure
    ) -> Timetable:
        """Return the open days for ``task``.

        ``default`` and ``closed_weekdays``: the closures of the municipality. ``national``: the
        closure of the task in all of Japan.
        """
        closed = default if self.closed is None else self.closed
        return Timetable(
            rules=self.hours,
            closures=(closed, self.closed_for.get(task, NEVER_CLOSED), national),
            closed_weekdays=closed_weekdays,
            openings=frozenset(self.openings),
            begins=self.begins,
            ends=self.ends,
        )
