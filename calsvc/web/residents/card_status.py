"""Builds the box at the top of the link page: the state of a card and the next step.

The box is rendered once for each state. Then the dates and the name are filled in.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup, escape

from calsvc.errors import ParamValue
from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.contact_texts import number_to_call
from calsvc.i18n.distance_texts import format_distance
from calsvc.i18n.event_texts import DATE_PARAMS, EventGroup
from calsvc.i18n.place_texts import errand_of, local_key
from calsvc.i18n.placeholders import (
    END_MARK,
    START_MARK,
    placeholder,
    placeholders,
    to_format_string,
)
from calsvc.i18n.visits import cost_lines, format_short_counters
from calsvc.links.content import LinkedCard
from calsvc.municipality.model import Municipality
from calsvc.rules.card import Subject
from calsvc.rules.plan import CertificateSource, Plan
from calsvc.rules.standings import Standing, StandingState, compute_standings
from calsvc.web.pages import no_wrap
from calsvc.web.residents.event_item import byte_template, holder_label
from calsvc.web.residents.questions import PageContext, renewed_since
from calsvc.web.ruby import with_ruby
from calsvc.web.templating import get_environment

BOX_CACHE_SIZE = 2048
"""Entries of about 3 kB: one for each state, language and municipality."""


class Tone(StrEnum):
    """The colour and the icon of a state. Its texts are ``page.status.…`` in the catalogs."""

    LAPSED = "lapsed"
    OPEN = "open"
    HURRY = "hurry"
    EXTEND = "extend"
    FAR = "far"
    ASK = "ask"
    CHECK = "check"


TONES: Mapping[StandingState, Tone] = {
    StandingState.NOT_YET: Tone.FAR,
    StandingState.RENEWAL_OPEN: Tone.OPEN,
    StandingState.APPLY_NOW: Tone.HURRY,
    StandingState.EXTEND_NOW: Tone.EXTEND,
    StandingState.LAST_DAY: Tone.HURRY,
    StandingState.IN_GRACE: Tone.LAPSED,
    StandingState.LAPSED: Tone.LAPSED,
}
"""`StandingState.UNSURE` is `Tone.ASK` or `Tone.CHECK`."""
Days = tuple[EventGroup, Mapping[bytes, bytes]]
"""A group of events, and its days as text."""
PAST_STATES = (StandingState.IN_GRACE, StandingState.LAPSED)


class Advice(NamedTuple):
    """The cache key of a box: all properties that determine its text, except dates.

    ``variant``: see `EventGroup`. ``has_renewed_button``: True if a button confirms a renewal of
    the certificate without its date.
    """

    variant: str
    tone: Tone
    state: str
    opens_late: bool
    closes_early: bool
    has_renewed_button: bool
    is_app_browser: bool

    @property
    def button(self) -> str:
        """The CSS class of the button. In an app's browser, another button is the main one."""
        return "button-quiet" if self.is_app_browser else "button"

    @property
    def errand(self) -> str:
        """The reason for the visit: certificate, stay or card."""
        return errand_of(self.variant)

    @property
    def visit(self) -> str:
        """The reason for the visit on that day. After a lapsed stay, it is a new card."""
        is_over = self.tone is Tone.LAPSED and self.variant == "stay"
        return "card" if is_over else self.errand

    @property
    def subject(self) -> str:
        """The key of the subject that expires."""
        return "card" if self.variant == "stay" else self.variant


class CardStatus(NamedTuple):
    """The state of a card. ``box``: HTML. The other fields are for the list of a household.

    ``may_be_renewed``: True if the certificate may have been renewed and the box has no question
    about it.
    """

    tone: Tone
    word: str
    expiry: str
    left: str
    box: bytes
    may_be_renewed: bool


def build_card_status(
    card: LinkedCard,
    position: int,
    holder: str,
    days_by_subject: Mapping[Subject, Days],
    context: PageContext,
) -> CardStatus:
    """Build the state of ``card``, the one at ``position``, from the days of its events."""
    plan, catalog, today = card.plan, context.catalog, context.today
    main, others = _standings_by_urgency(plan, context)
    group, days = days_by_subject[main.subject]
    since = renewed_since(plan, today) if main.subject is Subject.CERTIFICATE else None
    advice = _build_advice(plan, group, main, context, has_renewed_button=since is not None)
    left = format_distance(main.expiry, today, catalog)
    box = _render_box(advice, context.municipality.text_source, catalog) % {
        **days,
        b"n": str(position).encode(),
        b"slot": str(card.slot).encode(),
        b"edit": context.edit.encode(),
        b"holder": holder_label(holder, catalog),
        b"left": with_ruby(escape(left), catalog).encode(),
        b"also": with_ruby(_other_expiry(others, catalog), catalog).encode(),
        b"since": b"" if since is None else catalog.format_date(since).encode(),
    }
    return CardStatus(
        tone=advice.tone,
        word=catalog.text(f"page.status.{advice.tone}"),
        expiry=days[b"expiry"].decode(),
        left=left,
        box=box,
        may_be_renewed=any(each.state is StandingState.UNSURE for each in others),
    )


def _standings_by_urgency(plan: Plan, context: PageContext) -> tuple[Standing, Sequence[Standing]]:
    """Return the standing that needs the next action, and the other one if it exists.

    A new card includes a new certificate. So a card that needs an action comes first.
    """
    municipality = context.municipality
    *certificates, card = compute_standings(
        plan.of_card,
        today=context.today,
        grace=municipality.grace_rule,
        last_open_day=municipality.last_day_to_apply,
    )
    if card.state is StandingState.NOT_YET and certificates:
        return certificates[0], (card,)
    return card, certificates


def _build_advice(
    plan: Plan, group: EventGroup, main: Standing, context: PageContext, *, has_renewed_button: bool
) -> Advice:
    state, tone = str(main.state), TONES.get(main.state)
    if tone is None:
        computed = plan.certificate_source is CertificateSource.COMPUTED
        is_past = main.subject is Subject.CERTIFICATE and context.today > main.expiry
        tone = Tone.ASK if computed and is_past else Tone.CHECK
        state = tone
    is_over = main.state in (*PAST_STATES, StandingState.UNSURE)
    return Advice(
        variant=group.variant,
        tone=tone,
        state=state,
        opens_late=main.state is StandingState.NOT_YET and group.opens_on_closed_day,
        closes_early=not is_over and group.last_open_day != group.days.expiry,
        has_renewed_button=has_renewed_button,
        is_app_browser=context.is_app_browser,
    )


def _other_expiry(others: Sequence[Standing], catalog: Catalog) -> str:
    """Return the line about the other expiry, or '' if it may be past."""
    visible = [each for each in others if each.state not in (*PAST_STATES, StandingState.UNSURE)]
    return "".join(_expiry_line(each, catalog) for each in visible)


def _expiry_line(other: Standing, catalog: Catalog) -> str:
    subject = catalog.text(f"page.subject.{other.subject}")
    params = {"subject": subject, "expiry": catalog.format_date(other.expiry)}
    line = no_wrap(catalog.text("page.status.also", params), [params["expiry"]])
    return f'<p class="also">{line}</p>\n'


@lru_cache(maxsize=BOX_CACHE_SIZE)
def _render_box(advice: Advice, municipality: Municipality, catalog: Catalog) -> bytes:
    """Return the box with placeholders for everything that depends on one card."""
    number, extension = number_to_call(municipality, catalog)
    context = {
        "advice": advice,
        "subject": catalog.text(f"page.subject.{advice.subject}"),
        "word": catalog.text(f"page.status.{advice.tone}"),
        "todo": _with_days(_format_next_step(advice, catalog, municipality)),
        "where": to_format_string(_format_places(advice, catalog, municipality)),
        "cost": [
            to_format_string(each) for each in cost_lines(advice.visit, municipality, catalog)
        ],
        "phone": {"number": number, "extension": extension},
        "extension": catalog.text("page.extension", {"extension": extension}),
        "apply": municipality.page_url("apply", catalog.language) if advice.visit == "card" else "",
        "renewed_field": "cert_renewed" if advice.variant == "certificate" else "card_expires",
        "since": _with_days(catalog.text("page.do.renewed.since", {"since": placeholder("since")})),
    }
    template = get_environment(catalog.language).get_template("card_status.html")
    return byte_template(with_ruby(template.render(context), catalog))


def _with_days(text: str) -> Markup:
    """Return ``text`` with each placeholder in a span, so that no line breaks inside a date."""
    opened = str(escape(text)).replace(START_MARK, f'<span class="day">{START_MARK}')
    return Markup(to_format_string(opened.replace(END_MARK, f"{END_MARK}</span>")))  # noqa: S704 - escaped


def _format_next_step(advice: Advice, catalog: Catalog, municipality: Municipality) -> str:
    params: Mapping[str, ParamValue] = {**placeholders(DATE_PARAMS)}
    keys = [f"page.todo.{advice.errand}.{advice.state}"]
    if advice.opens_late:
        keys.append(local_key("event.first_open_day", municipality))
    if advice.closes_early and advice.tone is not Tone.FAR:
        keys.append(local_key("event.last_open_day", municipality))
    return " ".join(catalog.text(key, params) for key in keys)


def _format_places(advice: Advice, catalog: Catalog, municipality: Municipality) -> str:
    counters = format_short_counters(advice.visit, municipality, catalog)
    if advice.visit != "card":
        return counters
    return catalog.text("page.todo.ways", {"counters": counters})
