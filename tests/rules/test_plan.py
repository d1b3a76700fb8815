"""Plans: what they say besides their dates, and properties that hold for every card."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from calsvc.errors import InvalidInputError
from calsvc.links.content import MAX_OTHER_DATES
from calsvc.rules.card import Card, CautionCode, Subject, Term
from calsvc.rules.dates import ONE_DAY, nth_birthday
from calsvc.rules.milestones import GraceRule
from calsvc.rules.plan import (
    CertificateSource,
    Doubt,
    Plan,
    check_and_assess,
    check_days,
    plan_milestones,
)
from tests.rules.strategies import (
    ANY_CARD,
    ANY_DAY,
    BORN,
    CARDS,
    EXPIRY,
    GRACE,
    ISSUED,
    TODAY,
    doubtful_cards,
    issued_cards,
    stay_cards,
)

# --- what a plan says besides its dates -----------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "leap"),
    [
        (date(2000, 2, 29), True),
        (date(2000, 2, 28), False),
        (date(2000, 3, 29), False),
    ],
)
def test_a_plan_flags_a_birth_on_a_leap_day(born: date, leap: bool) -> None:
    card = Card(born, date(2023, 7, 1))
    assert check_and_assess(card, TODAY).plan.leap_day_birth is leap


@pytest.mark.parametrize(
    ("card", "together"),
    [
        (Card(date(1985, 4, 23), date(2020, 6, 1)), False),
        (Card(date(2012, 3, 15), date(2023, 6, 1)), True),
    ],
)
def test_a_plan_reports_if_card_and_certificate_expire_together(card: Card, together: bool) -> None:
    assert check_and_assess(card, TODAY).plan.expire_together is together


def test_plan_is_immutable() -> None:
    plan = check_and_assess(Card(date(1985, 4, 23), date(2020, 6, 1)), None).plan
    with pytest.raises(AttributeError):
        plan.card_expiry = date(2031, 4, 23)


def test_a_plan_has_defaults_for_optional_fields() -> None:
    plan = Plan(date(2030, 4, 23), date(2025, 4, 23), Term.TEN_BIRTHDAYS)
    assert (plan.leap_day_birth, plan.card_is_read, plan.doubts) == (False, False, ())
    assert plan.certificate_source is CertificateSource.COMPUTED


def test_the_sources_of_a_certificate_have_the_numbers_of_links() -> None:
    assert [(each.name, each.value) for each in CertificateSource] == [
        ("COMPUTED", 0),
        ("READ", 1),
        ("RENEWED", 2),
    ]


@pytest.mark.parametrize(
    ("card", "is_read"),
    [
        (Card(date(1985, 4, 23), date(2020, 6, 1)), False),
        (Card(date(1985, 4, 23), card_expires=date(2030, 4, 23)), True),
    ],
)
def test_a_plan_flags_an_expiry_that_was_read_from_the_card(card: Card, is_read: bool) -> None:
    assert check_and_assess(card, TODAY).plan.card_is_read is is_read


def test_doubts_are_sorted_as_links_store_them() -> None:
    card = Card(date(1995, 7, 7), card_expires=date(2027, 1, 30), stay_until=date(2026, 11, 30))
    assert check_and_assess(card, TODAY).plan.doubts == (
        Doubt(Subject.CARD),
        Doubt(Subject.CERTIFICATE, date(2026, 7, 7)),
        Doubt(Subject.CERTIFICATE, date(2027, 1, 30)),
    )


def test_only_earlier_possible_expiries_have_check_days() -> None:
    expiry = date(2030, 4, 23)
    days = [expiry - ONE_DAY, expiry, expiry + ONE_DAY]
    doubts = tuple(Doubt(Subject.CARD, day) for day in days)
    plan = Plan(expiry, date(2025, 4, 23), Term.TEN_BIRTHDAYS, doubts=doubts)
    assert list(check_days(plan, Subject.CARD)) == [date(2030, 1, 23)]


# --- properties of every card ---------------------------------------------------------------------


@given(issued_cards() | doubtful_cards(), GRACE)
def test_the_printed_expiry_gives_the_plan_of_the_issue_date(card: Card, grace: GraceRule) -> None:
    computed = check_and_assess(card, TODAY).plan
    read = check_and_assess(Card(card.born, card_expires=computed.card_expiry), TODAY)
    both = check_and_assess(card._replace(card_expires=computed.card_expiry), TODAY)
    expected = computed.term, plan_milestones(computed, grace)
    assert (read.plan.term, plan_milestones(read.plan, grace)) == expected
    assert (both.plan.term, plan_milestones(both.plan, grace)) == expected
    codes = {each.code for each in read.cautions}
    assert codes <= {CautionCode.NEXT_CARD}
    assert not both.cautions


@given(issued_cards() | doubtful_cards())
def test_the_other_date_of_a_caution_is_accepted_if_printed(card: Card) -> None:
    assessment = check_and_assess(card, TODAY)
    assume(assessment.cautions)
    for caution in assessment.cautions:
        settled = card._replace(card_expires=caution.other)
        other = check_and_assess(settled, TODAY)
        assert other.plan.card_expiry == caution.other != assessment.plan.card_expiry
        assert not other.cautions


@given(stay_cards(), GRACE)
def test_printed_dates_of_a_stay_card_give_the_same_plan(card: Card, grace: GraceRule) -> None:
    computed = check_and_assess(card, TODAY).plan
    assume(computed.term is Term.STAY)
    printed = Card(
        card.born,
        card_expires=computed.card_expiry,
        cert_expires=computed.certificate_expiry,
        stay_until=card.stay_until,
    )
    assume(computed.card_expiry > date(2016, 1, 1))
    assume(computed.certificate_expiry > card.born)
    read = check_and_assess(printed, TODAY).plan
    assert read.term is computed.term
    assert plan_milestones(read, grace) == plan_milestones(computed, grace)


@given(BORN, st.integers(2020, 2035))
def test_no_caution_names_the_computed_date(born: date, year: int) -> None:
    birthday = nth_birthday(born, date(year, 1, 1), 1)
    for expires in (birthday - ONE_DAY, birthday, birthday + ONE_DAY):
        with suppress(InvalidInputError):
            card = Card(born, card_expires=expires, stay_until=expires)
            assessment = check_and_assess(card, TODAY)
            assert expires not in {each.other for each in assessment.cautions}


@given(ANY_CARD, st.none() | ANY_DAY)
def test_any_card_is_planned_or_rejected(card: Card, today: date | None) -> None:
    with suppress(InvalidInputError):
        assessment = check_and_assess(card, today).plan
        assert date(2016, 1, 1) <= assessment.card_expiry < date(2099, 1, 1)
        assert assessment.certificate_expiry <= assessment.card_expiry


@given(BORN, st.none() | ISSUED, EXPIRY, st.none() | EXPIRY, st.none() | EXPIRY)
def test_any_printed_dates_are_planned_or_rejected(
    born: date, issued: date | None, printed: date, written: date | None, stay: date | None
) -> None:
    for expires in (printed, nth_birthday(born, printed, 1), stay or printed):
        with suppress(InvalidInputError):
            card = Card(born, issued, expires, cert_expires=written, stay_until=stay)
            assessment = check_and_assess(card, TODAY).plan
            assert assessment.card_expiry == expires
            assert assessment.certificate_expiry == (written or assessment.certificate_expiry)
            assert assessment.certificate_expiry <= expires


@given(CARDS, st.dates(TODAY, date(2079, 1, 1)))
def test_a_plan_does_not_depend_on_today(card: Card, later: date) -> None:
    without = check_and_assess(card, None).plan
    assert check_and_assess(card, TODAY).plan == without
    assert check_and_assess(card, later).plan == without


@given(ANY_CARD)
def test_doubts_are_unique_ordered_and_few(card: Card) -> None:
    with suppress(InvalidInputError):
        doubts = check_and_assess(card, TODAY).plan.doubts
        order = [(each.subject is Subject.CERTIFICATE, each.other or date.min) for each in doubts]
        assert order == sorted(set(order))
        for subject in Subject:
            dated = [each for each in doubts if each.subject is subject and each.other]
            assert len(dated) <= MAX_OTHER_DATES
