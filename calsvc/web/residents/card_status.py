"""Says first of all where a card stands and what its holder does next.

As the item of an event, the box is rendered once for each state and then filled in.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup, escape

from calsvc.errors import ParamValue
from calsvc.i18n.blanks import CLOSED, OPENED, as_format, blank, blanks
from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.contact_texts import number_to_call
from calsvc.i18n.distance_texts import distance
from calsvc.i18n.event_texts import DAYS, Topic
from calsvc.i18n.place_texts import errand, local_key
from calsvc.i18n.visits import cost_lines, short_counters
from calsvc.links.content import LinkedCard
from calsvc.municipality.model import Municipality
from calsvc.rules.card import Subject
from calsvc.rules.plan import CertificateSource, Plan
from calsvc.rules.standings import Standing, State, standings
from calsvc.web.pages import unbroken
from calsvc.web.residents.event_item import byte_template, holder_label
from calsvc.web.residents.questions import Telling, renewed_since
from calsvc.web.ruby import with_ruby
from calsvc.web.templating import environment

MAX_BOXES = 2048
"""One for each state, language and municipality; 3 kB each."""


class Tone(StrEnum):
    """The colour and the sign of a state. Its words are ``page.status.…`` in the catalogs."""

    LAPSED = "lapsed"
    OPEN = "open"
    HURRY = "hurry"
    EXTEND = "extend"
    FAR = "far"
    ASK = "ask"
    CHECK = "check"


TONES: Mapping[State, Tone] = {
    State.NOT_YET: Tone.FAR,
    State.RENEWAL_OPEN: Tone.OPEN,
    State.APPLY_NOW: Tone.HURRY,
    State.EXTEND_NOW: Tone.EXTEND,
    State.LAST_DAY: Tone.HURRY,
    State.IN_GRACE: Tone.LAPSED,
    State.LAPSED: Tone.LAPSED,
}
"""`State.UNSURE` is `Tone.ASK` or `Tone.CHECK`."""
Days = tuple[Topic, Mapping[bytes, bytes]]
"""A topic and its days in words."""
OVER = (State.IN_GRACE, State.LAPSED)


class Advice(NamedTuple):
    """All that decides the words of a box, apart from its dates.

    ``variant``: see `Topic`. ``has_one_tap``: the answer that the certificate was renewed needs no
    date.
    """

    variant: str
    tone: Tone
    state: str
    opens_late: bool
    closes_early: bool
    has_one_tap: bool
    is_built_in: bool

    @property
    def button(self) -> str:
        """Returns the class of the button that leads. In an app's browser another one does."""
        return "button-quiet" if self.is_built_in else "button"

    @property
    def errand(self) -> str:
        """Returns what the holder comes for: certificate, stay or card."""
        return errand(self.variant)

    @property
    def visit(self) -> str:
        """Returns what to come for now. A stay that has lapsed needs a new card."""
        is_over = self.tone is Tone.LAPSED and self.variant == "stay"
        return "card" if is_over else self.errand

    @property
    def subject(self) -> str:
        """Returns the key of what expires."""
        return "card" if self.variant == "stay" else self.variant


class CardStatus(NamedTuple):
    """Where a card stands. ``box``: HTML. The others are its line in a household's list.

    ``asks_besides``: the certificate may have been renewed, and the box is not about it.
    """

    tone: Tone
    word: str
    expiry: str
    left: str
    box: bytes
    asks_besides: bool


def card_status(
    card: LinkedCard, place: int, holder: str, found: Mapping[Subject, Days], telling: Telling
) -> CardStatus:
    """Returns where ``card``, the one at ``place``, stands. ``found``: the days of its events."""
    plan, catalog, today = card.plan, telling.catalog, telling.today
    first, others = _by_urgency(plan, telling)
    topic, days = found[first.subject]
    since = renewed_since(plan, today) if first.subject is Subject.CERTIFICATE else None
    advice = _advice(plan, topic, first, telling, has_one_tap=since is not None)
    left = distance(first.expiry, today, catalog)
    box = _box(advice, telling.city.voice, catalog) % {
        **days,
        b"n": str(place).encode(),
        b"slot": str(card.slot).encode(),
        b"edit": telling.edit.encode(),
        b"holder": holder_label(holder, catalog),
        b"left": with_ruby(escape(left), catalog).encode(),
        b"also": with_ruby(_also(others, catalog), catalog).encode(),
        b"since": b"" if since is None else catalog.day(since).encode(),
    }
    return CardStatus(
        tone=advice.tone,
        word=catalog.text(f"page.status.{advice.tone}"),
        expiry=days[b"expiry"].decode(),
        left=left,
        box=box,
        asks_besides=any(each.state is State.UNSURE for each in others),
    )


def _by_urgency(plan: Plan, telling: Telling) -> tuple[Standing, Sequence[Standing]]:
    """Returns the standing to act on, then the other if there is one.

    A new card brings a new certificate, so the card comes first once anything is to be done about
    it.
    """
    city = telling.city
    *certificates, card = standings(
        _without_certificates_doubts(plan),
        today=telling.today,
        grace=city.grace,
        last_open_day=city.last_day_to_apply,
    )
    if card.state is State.NOT_YET and certificates:
        return certificates[0], (card,)
    return card, certificates


def _without_certificates_doubts(plan: Plan) -> Plan:
    """Returns ``plan`` without doubts that the card has only because both expire together.

    They do not keep the card from being renewed or extended, and the cautions ask about them.
    """
    if not plan.expire_together:
        return plan
    return plan._replace(doubts=tuple(e for e in plan.doubts if e.subject is Subject.CARD))


def _advice(
    plan: Plan, topic: Topic, first: Standing, telling: Telling, *, has_one_tap: bool
) -> Advice:
    state, tone = str(first.state), TONES.get(first.state)
    if tone is None:
        computed = plan.certificate_source is CertificateSource.COMPUTED
        is_past = first.subject is Subject.CERTIFICATE and telling.today > first.expiry
        tone = Tone.ASK if computed and is_past else Tone.CHECK
        state = tone
    is_over = first.state in (*OVER, State.UNSURE)
    return Advice(
        variant=topic.variant,
        tone=tone,
        state=state,
        opens_late=first.state is State.NOT_YET and topic.opens_on_closed_day,
        closes_early=not is_over and topic.last_open_day != topic.days.expiry,
        has_one_tap=has_one_tap,
        is_built_in=telling.is_built_in,
    )


def _also(others: Sequence[Standing], catalog: Catalog) -> str:
    """Returns the expiry of what the box is not about, unless it is past or may be."""
    shown = [each for each in others if each.state not in (*OVER, State.UNSURE)]
    return "".join(_line(each, catalog) for each in shown)


def _line(other: Standing, catalog: Catalog) -> str:
    subject = catalog.text(f"page.subject.{other.subject}")
    context = {"subject": subject, "expiry": catalog.day(other.expiry)}
    line = unbroken(catalog.text("page.status.also", context), [context["expiry"]])
    return f'<p class="also">{line}</p>\n'


@lru_cache(maxsize=MAX_BOXES)
def _box(advice: Advice, city: Municipality, catalog: Catalog) -> bytes:
    """Returns the box with placeholders for everything that is one card's."""
    number, extension = number_to_call(city, catalog)
    context = {
        "advice": advice,
        "subject": catalog.text(f"page.subject.{advice.subject}"),
        "word": catalog.text(f"page.status.{advice.tone}"),
        "todo": _with_days(_todo(advice, catalog, city)),
        "where": as_format(_where(advice, catalog, city)),
        "cost": [as_format(each) for each in cost_lines(advice.visit, city, catalog)],
        "phone": {"number": number, "extension": extension},
        "extension": catalog.text("page.extension", {"extension": extension}),
        "apply": city.link("apply", catalog.language) if advice.visit == "card" else "",
        "renewed_field": "cert_renewed" if advice.variant == "certificate" else "card_expires",
        "since": _with_days(catalog.text("page.do.renewed.since", {"since": blank("since")})),
    }
    template = environment(catalog.language).get_template("card_status.html")
    return byte_template(with_ruby(template.render(context), catalog))


def _with_days(text: str) -> Markup:
    """Returns ``text`` with blanks that are marked so that no line breaks inside a day."""
    opened = str(escape(text)).replace(OPENED, f'<span class="day">{OPENED}')
    return Markup(as_format(opened.replace(CLOSED, f"{CLOSED}</span>")))  # noqa: S704 - escaped


def _todo(advice: Advice, catalog: Catalog, city: Municipality) -> str:
    context: Mapping[str, ParamValue] = {**blanks(DAYS)}
    keys = [f"page.todo.{advice.errand}.{advice.state}"]
    if advice.opens_late:
        keys.append(local_key("event.first_open_day", city))
    if advice.closes_early and advice.tone is not Tone.FAR:
        keys.append(local_key("event.last_open_day", city))
    return " ".join(catalog.text(key, context) for key in keys)


def _where(advice: Advice, catalog: Catalog, city: Municipality) -> str:
    counters = short_counters(advice.visit, city, catalog)
    if advice.visit != "card":
        return counters
    return catalog.text("page.todo.ways", {"counters": counters})
