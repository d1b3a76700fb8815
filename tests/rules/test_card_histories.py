"""Card histories under every reading of the rules: what an office prints is never rejected.

Hypothesis draws each history: a birth, applications, issues, early renewals, reissues, renewed
certificates, stays and their extensions, often near the days on which a rule changes.
"""

from datetime import date

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calsvc.rules.card import Card, Renewed, Subject
from calsvc.rules.dates import ONE_DAY
from calsvc.rules.milestones import GraceRule, renewal_window
from calsvc.rules.plan import Plan, check_and_assess, check_days
from calsvc.rules.standings import StandingState, compute_standings
from tests.rules.office import Issued, Office, Reading, is_known
from tests.rules.oracle import CHANGE, DAYS, FIRST_ISSUE, INDEX, LAST_ISSUE, Holder, months_before
from tests.rules.problems import problem_keys

NEEDS_ISSUE_DATE = {"card_expires.impossible_age", "card_expires.not_known_yet"}
READINGS = st.builds(Reading, st.booleans(), st.booleans(), st.booleans())
DAY_OF_ISSUE = st.one_of(
    st.integers(FIRST_ISSUE, LAST_ISSUE), st.integers(CHANGE - 10, CHANGE + 200)
)
LAG = st.one_of(st.integers(0, 5), st.integers(0, 180))


@st.composite
def births(draw: st.DrawFn, issued: int) -> int:
    """A birth on any day, or one whose holder comes of an age that matters near ``issued``."""
    if draw(st.booleans()):
        return draw(st.integers(INDEX[1930, 1, 1], issued))
    age = draw(st.sampled_from([4, 5, 17, 18, 19, 20, 23, 24, 25, 28, 29, 30]))
    near = issued + draw(st.integers(-200, 100))
    return max(INDEX[1930, 1, 1], min(issued, months_before(near, 12 * age)))


@st.composite
def offices(draw: st.DrawFn) -> tuple[Office, Issued]:
    """An office and the first card that it issues to somebody."""
    issued = draw(DAY_OF_ISSUE)
    office = Office(Holder(DAYS[draw(births(issued))]), draw(READINGS))
    applied = max(issued - draw(LAG), months_before(issued, 6), office.holder.born)
    card = office.issue(applied, issued, None)
    assume(is_known(card))
    return office, card


@st.composite
def histories(draw: st.DrawFn) -> tuple[Office, Issued]:
    """A holder's latest card: the first, or one that replaced it, with or without renewals."""
    office, card = draw(offices())
    for _ in range(draw(st.integers(0, 2))):
        first = draw(st.sampled_from([card.issued, months_before(card.expiry, 3), card.expiry]))
        issued = first + draw(st.integers(0, 95))
        applied = max(issued - draw(LAG), months_before(issued, 6), card.issued)
        replacement = office.issue(applied, issued, card)
        if is_known(replacement):
            card = replacement
    if draw(st.booleans()):
        day = draw(st.sampled_from([card.issued, months_before(card.certificate, 3)]))
        day += draw(st.integers(0, 120))
        assume(day <= card.expiry)
        card = office.renew_certificate(card, day)
    return office, card


@st.composite
def stays(draw: st.DrawFn) -> tuple[Office, Issued, int]:
    """A holder whose stay is limited, the latest card, and the end of the stay as it stands."""
    office, card = draw(offices())
    stay = card.issued + draw(st.integers(0, 1826))
    card = office.issue(card.applied, card.issued, None, stay)
    for _ in range(draw(st.integers(0, 2))):
        day = max(card.issued, stay - draw(st.integers(0, 90)))
        if day > card.expiry:
            break
        stay += draw(st.integers(90, 1826))
        card = office.extend(card, day, stay)
    return office, card, stay


def day(index: int) -> date:
    return date(*DAYS[index])


def born(office: Office) -> date:
    return day(office.holder.born)


def assert_settled_by(card: Card, issued: Issued, plan: Plan) -> None:
    assert plan.card_expiry == day(issued.expiry), card
    assert plan.certificate_expiry <= plan.card_expiry


def assert_never_late(plan: Plan, printed: date) -> None:
    """The computed expiry is not later than the printed one, or a check event covers it."""
    if plan.card_expiry <= printed:
        return
    card_only = plan._replace(doubts=plan.doubts_of(Subject.CARD))
    assert printed in {each.other for each in card_only.doubts}
    assert renewal_window(printed).start in check_days(card_only, Subject.CARD)
    result = compute_standings(
        plan,
        today=printed + ONE_DAY,
        grace=GraceRule.ANNIVERSARY,
        last_open_day=lambda each: each,
    )
    assert result[-1].state is StandingState.UNSURE


@settings(max_examples=300)
@given(histories())
def test_a_printed_card_is_accepted_and_decides_the_date(history: tuple[Office, Issued]) -> None:
    office, issued = history
    printed = day(issued.expiry)
    both = Card(born(office), day(issued.issued), printed)
    assert_settled_by(both, issued, check_and_assess(both, None).plan)
    with_application = both._replace(applied=day(issued.applied))
    assert_settled_by(both, issued, check_and_assess(with_application, None).plan)
    alone = Card(born(office), card_expires=printed)
    if not NEEDS_ISSUE_DATE.intersection(problem_keys(alone)):
        assert_settled_by(alone, issued, check_and_assess(alone, None).plan)


@settings(max_examples=300)
@given(histories())
def test_plan_from_an_issue_date_is_never_late(history: tuple[Office, Issued]) -> None:
    office, issued = history
    card = Card(born(office), day(issued.issued))
    assert_never_late(check_and_assess(card, None).plan, day(issued.expiry))
    card = card._replace(applied=day(issued.applied))
    assert_never_late(check_and_assess(card, None).plan, day(issued.expiry))


@settings(max_examples=300)
@given(histories())
def test_the_day_of_a_renewal_gives_the_certificates_date(history: tuple[Office, Issued]) -> None:
    office, issued = history
    assume(issued.renewed is not None)
    assert issued.renewed is not None
    card = Card(
        born(office), day(issued.issued), day(issued.expiry), cert_renewed=day(issued.renewed)
    )
    plan = check_and_assess(card, None).plan
    assert plan.certificate_expiry == day(issued.certificate)


@st.composite
def renewed_histories(draw: st.DrawFn) -> tuple[Office, Issued]:
    """A holder's latest card, whose certificate was renewed, often near a window of its own."""
    office, card = draw(histories())
    if card.renewed is None:
        first = draw(st.sampled_from([card.issued, months_before(card.certificate, 15)]))
        day = first + draw(st.integers(0, 500))
        assume(card.issued <= day <= card.expiry)
        card = office.renew_certificate(card, day)
    return office, card


def assert_certificate_never_late(plan: Plan, ends: date) -> None:
    """The computed expiry is not later than the certificate's, or a doubt names one that is not."""
    if plan.certificate_expiry > ends:
        assert min(each.other for each in plan.doubts if each.other) <= ends


def answers(card: Card, renewed: date) -> list[date | Renewed]:
    """The true answers of the holder of ``card`` about a renewal on ``renewed``."""
    first = check_and_assess(card, None).plan.certificate_expiry
    is_in_window = renewed >= renewal_window(first).start
    return [renewed, Renewed.SOMETIME, *([Renewed.IN_WINDOW] if is_in_window else [])]


@settings(max_examples=500)
@given(renewed_histories())
def test_plan_from_a_renewal_is_never_late(
    history: tuple[Office, Issued],
) -> None:
    office, issued = history
    assert issued.renewed is not None
    computed = Card(born(office), day(issued.issued))
    for answer in answers(computed, day(issued.renewed)):
        card = computed._replace(cert_renewed=answer)
        for each in (card, card._replace(applied=day(issued.applied))):
            plan = check_and_assess(each, None).plan
            assert_never_late(plan, day(issued.expiry))
            assert_certificate_never_late(plan, day(issued.certificate))
        written = card._replace(cert_expires=day(issued.certificate))
        plan = check_and_assess(written, None).plan
        assert plan.certificate_expiry == day(issued.certificate)
        assert_never_late(plan, day(issued.expiry))


@settings(max_examples=250)
@given(stays())
def test_a_card_with_a_stay_is_accepted_and_never_late(history: tuple[Office, Issued, int]) -> None:
    office, issued, stay = history
    computed = Card(born(office), day(issued.issued), stay_until=day(stay))
    assert_never_late(check_and_assess(computed, None).plan, day(issued.expiry))
    for card in (
        computed._replace(card_expires=day(issued.expiry)),
        Card(born(office), card_expires=day(issued.expiry), stay_until=day(stay)),
    ):
        assert_settled_by(card, issued, check_and_assess(card, None).plan)


@settings(max_examples=250)
@given(stays())
def test_a_renewal_with_a_stay_is_accepted_and_never_late(
    history: tuple[Office, Issued, int],
) -> None:
    office, issued, stay = history
    assume(issued.renewed is not None and stay < LAST_ISSUE)
    assert issued.renewed is not None
    known = Card(born(office), day(issued.issued), stay_until=day(stay))
    for printed in (None, day(issued.expiry)):
        card = known._replace(card_expires=printed)
        for answer in answers(card, day(issued.renewed)):
            plan = check_and_assess(card._replace(cert_renewed=answer), None).plan
            assert_never_late(plan, day(issued.expiry))
            assert_certificate_never_late(plan, day(issued.certificate))


@settings(max_examples=250)
@given(stays(), st.integers(1, 59))
def test_an_extended_card_is_accepted(history: tuple[Office, Issued, int], days: int) -> None:
    """The permit is pending, so only the card was extended."""
    office, issued, stay = history
    assume(issued.expiry == stay and stay + days < issued.birthday)
    printed = day(stay + days)
    for card in (
        Card(born(office), day(issued.issued), printed, stay_until=day(stay)),
        Card(born(office), card_expires=printed, stay_until=day(stay)),
    ):
        plan = check_and_assess(card, None).plan
        assert plan.card_expiry == printed
        assert plan.certificate_expiry <= day(stay)
