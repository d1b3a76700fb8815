"""States of card and certificate, day by day."""

from datetime import date

import pytest

from calsvc.municipality import loader
from calsvc.rules.card import Card, Renewed, Subject
from calsvc.rules.milestones import GraceRule
from calsvc.rules.plan import Plan, check_and_assess
from calsvc.rules.standings import Standing, StandingState, compute_standings

OTARU = loader.load_municipality("012033")
ADULT = Card(date(1985, 4, 23), card_expires=date(2030, 4, 23))
MINOR = Card(date(2012, 2, 3), card_expires=date(2027, 2, 3))
STAY = Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2026, 5, 31))


def plan_of(card: Card) -> Plan:
    return check_and_assess(card, None).plan


def seen(card: Card, today: date, grace: GraceRule = GraceRule.ANNIVERSARY) -> list[Standing]:
    result = compute_standings(
        plan_of(card), today=today, grace=grace, last_open_day=OTARU.last_day_to_apply
    )
    return list(result)


def states(card: Card, today: date) -> list[tuple[str, str, date | None]]:
    return [(each.subject, each.state, each.until) for each in seen(card, today)]


@pytest.mark.parametrize(
    ("today", "state", "until"),
    [
        (date(2022, 1, 1), "not_yet", date(2025, 1, 23)),
        (date(2025, 1, 23), "not_yet", date(2025, 1, 23)),
        (date(2025, 1, 24), "renewal_open", date(2025, 4, 22)),
        (date(2025, 4, 22), "renewal_open", date(2025, 4, 22)),
        (date(2025, 4, 23), "last_day", date(2025, 4, 23)),
        (date(2025, 4, 24), "unsure", date(2030, 4, 23)),
        (date(2030, 4, 23), "unsure", date(2030, 4, 23)),
        (date(2030, 4, 24), "in_grace", date(2030, 7, 23)),
        (date(2030, 7, 23), "in_grace", date(2030, 7, 23)),
        (date(2030, 7, 24), "lapsed", None),
    ],
)
def test_a_computed_certificate_is_unsure_after_its_expiry(
    today: date, state: str, until: date | None
) -> None:
    certificate, _ = seen(ADULT, today)
    assert certificate == Standing(
        Subject.CERTIFICATE, StandingState(state), date(2025, 4, 23), until
    )


@pytest.mark.parametrize(
    ("today", "state", "until"),
    [
        (date(2030, 1, 23), "not_yet", date(2030, 1, 23)),
        (date(2030, 1, 24), "renewal_open", date(2030, 2, 21)),
        (date(2030, 2, 21), "renewal_open", date(2030, 2, 21)),
        # 2030-02-23 is a Saturday and a holiday.
        (date(2030, 2, 22), "apply_now", date(2030, 4, 22)),
        (date(2030, 4, 22), "apply_now", date(2030, 4, 22)),
        (date(2030, 4, 23), "last_day", date(2030, 4, 23)),
        (date(2030, 4, 24), "in_grace", date(2030, 7, 23)),
        (date(2030, 7, 24), "lapsed", None),
    ],
)
def test_apply_now_begins_on_the_last_day_to_apply(
    today: date, state: str, until: date | None
) -> None:
    _, card = seen(ADULT, today)
    assert card == Standing(Subject.CARD, StandingState(state), date(2030, 4, 23), until)


@pytest.mark.parametrize(
    ("today", "state", "until"),
    [
        (date(2026, 2, 27), "not_yet", date(2026, 2, 27)),
        (date(2026, 2, 28), "extend_now", date(2026, 5, 30)),
        (date(2026, 5, 30), "extend_now", date(2026, 5, 30)),
        (date(2026, 5, 31), "last_day", date(2026, 5, 31)),
        (date(2026, 6, 1), "in_grace", date(2026, 8, 31)),
        (date(2026, 9, 1), "lapsed", None),
    ],
)
def test_a_stay_is_extended_from_three_months_before(
    today: date, state: str, until: date | None
) -> None:
    assert states(STAY, today) == [("card", state, until)]


def test_card_and_certificate_ending_together_have_one_standing() -> None:
    assert states(MINOR, date(2026, 11, 25)) == [("card", "renewal_open", date(2026, 12, 2))]
    assert states(MINOR, date(2026, 12, 3)) == [("card", "apply_now", date(2027, 2, 2))]


def test_a_certificate_with_a_read_expiry_lapses() -> None:
    card = ADULT._replace(cert_expires=date(2025, 4, 23))
    assert [seen(card, day)[0].state for day in (date(2025, 7, 23), date(2025, 7, 24))] == [
        StandingState.IN_GRACE,
        StandingState.LAPSED,
    ]


def test_a_renewed_certificate_ends_with_the_card() -> None:
    card = ADULT._replace(cert_renewed=Renewed.IN_WINDOW)
    assert states(card, date(2026, 11, 25)) == [("card", "not_yet", date(2030, 1, 23))]


def test_a_past_possible_expiry_makes_the_card_unsure() -> None:
    card = Card(date(2003, 5, 10), date(2022, 6, 1))  # may have expired on 2027-05-10
    assert seen(card, date(2027, 5, 10))[1].state is StandingState.NOT_YET
    assert states(card, date(2027, 5, 11))[1] == ("card", "unsure", date(2032, 5, 9))
    assert seen(card, date(2032, 5, 10))[1].state is StandingState.LAST_DAY


def test_a_past_possible_expiry_makes_the_certificate_unsure() -> None:
    sometime = ADULT._replace(cert_renewed=Renewed.SOMETIME)
    assert states(sometime, date(2026, 11, 25)) == [("card", "unsure", date(2030, 4, 22))]
    extended = Card(date(1995, 7, 7), card_expires=date(2027, 1, 30), stay_until=date(2026, 11, 30))
    assert states(extended, date(2026, 11, 25)) == [
        ("certificate", "unsure", date(2026, 11, 29)),
        ("card", "extend_now", date(2027, 1, 29)),
    ]


def test_a_later_possible_expiry_changes_no_state() -> None:
    card = Card(date(1980, 1, 20), date(2025, 12, 10))  # may live to 2036-01-20
    assert seen(card, date(2034, 10, 20))[1].state is StandingState.NOT_YET


def test_the_grace_period_depends_on_the_municipality() -> None:
    (standing,) = seen(STAY, date(2026, 6, 1), GraceRule.MONTH_END)
    assert standing.until == date(2026, 8, 31)
    certificate, _ = seen(
        ADULT._replace(cert_expires=date(2025, 4, 23)), date(2025, 7, 31), GraceRule.MONTH_END
    )
    assert certificate.state is StandingState.IN_GRACE


def test_a_recalled_plan_keeps_its_state() -> None:
    plan = plan_of(ADULT)._replace(check_on=date(2026, 1, 1))
    result = compute_standings(
        plan,
        today=date(2026, 11, 25),
        grace=GraceRule.ANNIVERSARY,
        last_open_day=OTARU.last_day_to_apply,
    )
    assert result[1].state is StandingState.NOT_YET
