"""Describes the counters and the phones of a municipality, as its profile says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from calsvc.municipality.hours import Rule
from calsvc.municipality.opening_days import NEVER_CLOSED, Closure, Timetable


class Task(StrEnum):
    """Something that a counter does: for the certificate, a new card, a stay or a PIN."""

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
    """The need to reserve a visit: required, possible, not needed, or not said by the profile."""

    NONE = "none"
    WELCOME = "welcome"
    REQUIRED = "required"
    UNKNOWN = "unknown"


class Photo(StrEnum):
    """A photo for the application at the counter: free, possible, not possible, or not said."""

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


class Brought(StrEnum):
    """What the holder brings to renew the certificate. The first two are needed everywhere."""

    CARD = "card"
    PINS = "pins"
    NOTICE = "notice"
    REPLY_FORM = "reply-form"
    ID = "id"


class PhoneKind(StrEnum):
    """What a phone number is for."""

    OFFICE = "office"
    CALL_CENTRE = "call-centre"
    RESERVATION = "reservation"
    NATIONAL = "national"


class Excluded(StrEnum):
    """Those whom a counter does not serve."""

    PROXY = "proxy"
    LIMITED_STAY = "limited-stay"
    UNDER_15 = "under-15"


@dataclass(frozen=True)
class Phone:
    """A phone number. ``alternative``: the number for phones that cannot dial the first.

    ``languages``: those that are spoken, if they are known.
    """

    id: str
    number: str
    kind: PhoneKind
    alternative: str = ""
    extension: str = ""
    fax: str = ""
    hours: tuple[Rule, ...] = ()
    languages: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reserving:
    """Ways to reserve a visit, and how many days ahead at most and at least."""

    phone: str = ""
    web: str = ""
    line: str = ""
    days_ahead: tuple[int, int] | None = None


@dataclass(frozen=True)
class Counter:
    """A counter. Facts by task that are left out are not known.

    ``phone``: a number, or the id of a `Phone`. ``closed``: none for the closure of the
    municipality. ``closed_for``: what closes one task besides. ``then_posted``: the card that is
    applied for here comes by post.
    """

    id: str
    kind: CounterKind
    tasks: frozenset[Task]
    names: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    district: str = ""
    phone: str = ""
    hours: tuple[Rule, ...] = ()
    closed: Closure | None = None
    closed_for: Mapping[Task, Closure] = field(default_factory=dict)
    openings: tuple[date, ...] = ()
    begins: date | None = None
    ends: date | None = None
    reservation: Mapping[Task, Reservation] = field(default_factory=dict)
    reserving: Reserving = Reserving()
    not_for: tuple[Excluded, ...] = ()
    photo: Photo = Photo.UNKNOWN
    minutes: Mapping[Task, int] = field(default_factory=dict)
    then_posted: bool = False

    def needs_reservation(self, task: Task) -> bool:
        """Return whether nobody is served without a reservation."""
        return self.reservation.get(task) is Reservation.REQUIRED

    def timetable(
        self, task: Task, usual: Closure, closed_weekdays: frozenset[int], national: Closure
    ) -> Timetable:
        """Return the days for ``task``.

        ``usual`` and ``closed_weekdays``: of the municipality. ``national``: what closes the task
        everywhere.
        """
        closed = usual if self.closed is None else self.closed
        return Timetable(
            rules=self.hours,
            closures=(closed, self.closed_for.get(task, NEVER_CLOSED), national),
            closed_weekdays=closed_weekdays,
            openings=frozenset(self.openings),
            begins=self.begins,
            ends=self.ends,
        )
