"""Plans against two tables, one that offices published and one computed by hand, and properties.

``golden/published.csv`` and ``golden/published-rules.csv`` hold what an office has printed; they
are never edited to make a test pass. ``golden/derived.csv`` was computed from the rules by hand.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from calsvc.errors import InvalidInput
from calsvc.rules.card import LATEST_ISSUE, Card, CautionCode, Subject, Term
from calsvc.rules.dates import ONE_DAY, nth_birthday
from calsvc.rules.milestones import GraceRule, Kind, grace_end, renewal_window
from calsvc.rules.plan import Assessment, Plan, check_and_assess, plan_milestones
from tests.rules.golden_tables import Row, card_of, rows
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


def milestones_of(plan: Plan, grace: GraceRule) -> Iterator[str]:
    for each in plan_milestones(plan, grace):
        days = f"{each.start}" if each.start == each.end else f"{each.start}/{each.end}"
        yield f"{each.subject}.{each.kind}={days}"


def cautions_of(assessment: Assessment) -> Iterator[str]:
    for each in assessment.cautions:
        yield f"{each.code}={each.other}" if each.other else str(each.code)


def day_of(found: Plan, subject: Subject, kind: Kind) -> date:
    return next(
        each.start
        for each in plan_milestones(found, GraceRule.ANNIVERSARY)
        if (each.subject, each.kind) == (subject, kind)
    )


# --- the tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize("row", rows("published.csv"), ids=lambda row: row["source"])
def test_a_published_example_comes_out_as_published(row: Row) -> None:
    if not row["born"]:  # a page that shows no card, only its dates: any adult of that birthday
        row = {**row, "born": "1980-04-23", "card_expires": row["card_expires_in"]}
    found = check_and_assess(card_of(row), TODAY).plan
    certificate = Subject.CARD if found.expire_together else Subject.CERTIFICATE
    shown = {
        "cert_expiry": found.certificate_expiry,
        "cert_window": day_of(found, certificate, Kind.WINDOW_OPENS),
        "card_expiry": found.card_expiry,
        "card_window": day_of(found, Subject.CARD, Kind.WINDOW_OPENS),
        "grace_end": day_of(found, certificate, Kind.GRACE_ENDS),
    }
    published = {name: row[name] for name in shown if row[name]}
    assert {name: shown[name].isoformat() for name in published} == published


@pytest.mark.parametrize("row", rows("published-rules.csv"), ids=lambda row: row["source"])
def test_a_published_rule_comes_out_as_published(row: Row) -> None:
    assert shown_of(row["what"], row["given"]) == date.fromisoformat(row["expected"])


def shown_of(what: str, text: str) -> date:
    if what == "window_opens":
        return renewal_window(date.fromisoformat(text)).start
    if what == "grace_ends_anniversary":
        return grace_end(date.fromisoformat(text), GraceRule.ANNIVERSARY)
    if what == "grace_ends_month_end":
        return grace_end(date.fromisoformat(text), GraceRule.MONTH_END)
    card = card_of(dict(part.split("=") for part in text.split()))
    found = check_and_assess(card, TODAY).plan
    shown = {
        "card_expiry": found.card_expiry,
        "certificate_of_card_expires": found.certificate_expiry,
    }
    return shown[what]


ACCEPTED = [row for row in rows("derived.csv") if not row["error_field"]]
REFUSED = [row for row in rows("derived.csv") if row["error_field"]]


@pytest.mark.parametrize("row", ACCEPTED, ids=lambda row: row["case"])
def test_a_card_of_the_table_has_the_dates_of_the_table(row: Row) -> None:
    found = check_and_assess(card_of(row), TODAY)
    plan, grace = found.plan, GraceRule(row["grace_rule"])
    assert plan.card_expiry.isoformat() == row["card_expiry"]
    assert plan.certificate_expiry.isoformat() == row["certificate_expiry"]
    assert list(milestones_of(plan, grace)) == row["milestones"].split()
    assert sorted(cautions_of(found)) == sorted(filter(None, row["caution"].split("+")))


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row["case"])
def test_a_card_of_the_table_that_cannot_exist_is_refused(row: Row) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_and_assess(card_of(row), TODAY)
    assert [problem.field for problem in caught.value.problems] == row["error_field"].split("+")


def test_the_tables_hold_what_they_should() -> None:
    derived = rows("derived.csv")
    assert len(derived) >= 60
    assert len({row["case"] for row in derived}) == len(derived)
    assert {row["grace_rule"] for row in derived} == set(GraceRule)
    told = {part.partition("=")[0] for row in derived for part in row["caution"].split("+") if part}
    assert told == set(CautionCode)


# --- what a plan says besides its dates -----------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "leap"),
    [
        (date(2000, 2, 29), True),
        (date(2000, 2, 28), False),
        (date(2000, 3, 29), False),
    ],
)
def test_a_plan_says_whether_the_holder_was_born_on_a_leap_day(born: date, leap: bool) -> None:
    card = Card(born, date(2023, 7, 1))
    assert check_and_assess(card, TODAY).plan.leap_day_birth is leap


@pytest.mark.parametrize(
    ("card", "together"),
    [
        (Card(date(1985, 4, 23), date(2020, 6, 1)), False),
        (Card(date(2012, 3, 15), date(2023, 6, 1)), True),
    ],
)
def test_a_plan_knows_if_card_and_certificate_expire_together(card: Card, together: bool) -> None:
    assert check_and_assess(card, TODAY).plan.expire_together is together


def test_a_plan_cannot_be_changed_once_it_is_made() -> None:
    found = check_and_assess(Card(date(1985, 4, 23), date(2020, 6, 1)), None).plan
    with pytest.raises(AttributeError):
        found.card_expiry = date(2031, 4, 23)


# --- properties of every card ---------------------------------------------------------------------


@given(issued_cards() | doubtful_cards(), GRACE)
def test_the_printed_expiry_gives_the_plan_of_the_issue_date(card: Card, grace: GraceRule) -> None:
    reckoned = check_and_assess(card, TODAY).plan
    read = check_and_assess(Card(card.born, card_expires=reckoned.card_expiry), TODAY)
    both = check_and_assess(card._replace(card_expires=reckoned.card_expiry), TODAY)
    expected = reckoned.term, plan_milestones(reckoned, grace)
    assert (read.plan.term, plan_milestones(read.plan, grace)) == expected
    assert (both.plan.term, plan_milestones(both.plan, grace)) == expected
    assert not read.cautions
    assert not both.cautions


@given(doubtful_cards())
def test_the_other_date_of_a_caution_is_accepted_if_printed(card: Card) -> None:
    found = check_and_assess(card, TODAY)
    assume(found.cautions)
    (caution,) = found.cautions
    settled = Card(card.born, card.issued, caution.other, card.applied)
    other = check_and_assess(settled, TODAY)
    assert other.plan.card_expiry == caution.other != found.plan.card_expiry
    assert not other.cautions


@given(stay_cards(), GRACE)
def test_printed_dates_of_a_stay_card_give_the_same_plan(card: Card, grace: GraceRule) -> None:
    reckoned = check_and_assess(card, TODAY).plan
    assume(reckoned.term is Term.STAY)
    printed = Card(
        card.born,
        card_expires=reckoned.card_expiry,
        cert_expires=reckoned.certificate_expiry,
        stay_until=card.stay_until,
    )
    assume(reckoned.card_expiry > date(2016, 1, 1))
    assume(reckoned.certificate_expiry > card.born)
    read = check_and_assess(printed, TODAY).plan
    assert read.term is reckoned.term
    assert plan_milestones(read, grace) == plan_milestones(reckoned, grace)


@given(BORN, st.integers(2020, 2035))
def test_no_caution_names_the_date_that_is_shown_already(born: date, year: int) -> None:
    birthday = nth_birthday(born, date(year, 1, 1), 1)
    for expires in (birthday - ONE_DAY, birthday, birthday + ONE_DAY):
        with suppress(InvalidInput):
            card = Card(born, card_expires=expires, stay_until=expires)
            found = check_and_assess(card, TODAY)
            assert expires not in {each.other for each in found.cautions}


@given(ANY_CARD, st.none() | ANY_DAY)
def test_any_card_at_all_is_planned_or_refused(card: Card, today: date | None) -> None:
    with suppress(InvalidInput):
        found = check_and_assess(card, today).plan
        assert date(2016, 1, 1) <= found.card_expiry < date(2099, 1, 1)
        assert found.certificate_expiry <= found.card_expiry


@given(BORN, st.none() | ISSUED, EXPIRY, st.none() | EXPIRY, st.none() | EXPIRY)
def test_any_printed_dates_are_planned_or_refused(
    born: date, issued: date | None, printed: date, written: date | None, stay: date | None
) -> None:
    for expires in (printed, nth_birthday(born, printed, 1), stay or printed):
        with suppress(InvalidInput):
            card = Card(born, issued, expires, cert_expires=written, stay_until=stay)
            found = check_and_assess(card, TODAY).plan
            assert found.card_expiry == expires
            assert found.certificate_expiry == (written or found.certificate_expiry)
            assert found.certificate_expiry <= expires


@given(CARDS, st.dates(TODAY, date(2079, 1, 1)))
def test_a_plan_does_not_depend_on_the_clock(card: Card, later: date) -> None:
    without = check_and_assess(card, None).plan
    assert check_and_assess(card, TODAY).plan == without
    assert check_and_assess(card, later).plan == without


def test_the_latest_issue_leaves_room_for_card_and_grace() -> None:
    found = check_and_assess(Card(date(1985, 1, 1), LATEST_ISSUE), None).plan
    assert plan_milestones(found, GraceRule.MONTH_END)[-1].end == date(2090, 4, 30)
