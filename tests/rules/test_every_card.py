"""Every card that can exist against an oracle that shares no code with the rules.

All issue dates from 2016-01-01 to 2028-03-31: births under 26 to the day, and all 366 birthdays
above. ``make test-large`` asks for all of them, the other tests for a slice of each rule.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from calsvc.rules.card import Card
from calsvc.rules.milestones import renewal_window
from calsvc.rules.plan import assess, check_days
from calsvc.rules.validation import check_card
from tests.rules.oracle import DAYS, INDEX, ISSUES, LAST_ISSUE, Answer, Day, Holder, months_before

DATES = [date(*day) for day in DAYS]
MAX_AGE_TO_THE_DAY = 26


def answer_of(card: Card) -> tuple[date, date, set[tuple[str, date | None]]]:
    check_card(card, None)
    plan, cautions = assess(card)
    assert plan.certificate_expiry <= plan.card_expiry
    if plan.doubts:
        earlier = {each.other for each in cautions if each.other and each.other < plan.card_expiry}
        checks = {renewal_window(each).start for each in earlier}
        assert set(check_days(plan, cautions[0].subject)) == checks
    return plan.card_expiry, plan.certificate_expiry, {(str(c.code), c.other) for c in cautions}


def expected(answer: Answer) -> tuple[date, date, set[tuple[str, date | None]]]:
    card, certificate, doubts = answer
    return DATES[card], DATES[certificate], {(code, DATES[other]) for code, other in doubts}


def last_issue(born: int) -> int:
    """The last issue date before those of 26 or older, of whom only the birthday counts."""
    if DAYS[born] < (1990, 1, 1):
        return LAST_ISSUE
    return min(LAST_ISSUE, months_before(born, -12 * MAX_AGE_TO_THE_DAY) - 1)


def count_right(born: Day) -> int:
    """Compares all cards of a holder who was born on ``born``, and counts them."""
    holder, day, count = Holder(born), date(*born), 0
    for issued, answer in holder.answers(ISSUES[0], last_issue(INDEX[born])):
        found = answer_of(Card(day, DATES[issued]))
        assert found == expected(answer), (born, DAYS[issued])
        count += 1
    return count


def count_all(births: Iterable[Day]) -> int:
    return sum(map(count_right, births))


def around(day: Day, years: Iterable[int], reach: int = 1) -> set[Day]:
    """The births of those who come of an age within ``reach`` days of ``day``."""
    near = range(INDEX[day] - reach, INDEX[day] + reach + 1)
    births = {(DAYS[each][0] - age, *DAYS[each][1:]) for each in near for age in years}
    return {each for each in births if each in INDEX}


SLICES = {
    "threshold of 2022": around((2022, 4, 1), (18, 19, 20)),
    "six months after it": around((2022, 10, 1), (18, 20)),
    "first cards": around((2016, 1, 1), (0, 5, 15, 20)),
    "predecessor of 2016": around((2025, 1, 1), (24, 25, 28, 29, 45)) | around((2020, 1, 1), (5,)),
    "last minors of 20": around((2027, 12, 29), (25, 26)) | around((2027, 3, 31), (24, 25)),
    "leap days": {(1960, 2, 29), (2000, 2, 29), (2004, 2, 29), (2008, 2, 29), (2024, 2, 29)},
    "month ends": {(2005, 5, 31), (2005, 8, 31), (2009, 11, 30), (1970, 5, 29), (1970, 3, 1)},
    "last issue dates": around((2028, 3, 31), (0, 4, 18, 24, 60)),
}


@pytest.mark.parametrize("name", SLICES)
def test_every_card_of_a_slice_has_the_oracles_dates(name: str) -> None:
    assert count_all(SLICES[name]) > 10_000


def test_the_calendar_of_the_oracle_is_correct() -> None:
    assert len(DAYS) == (date(2061, 1, 1) - date(1900, 1, 1)).days
    assert DATES[-1] - DATES[0] == timedelta(days=len(DAYS) - 1)
    assert DAYS[months_before(INDEX[2026, 5, 31], 3)] == (2026, 2, 28)
    assert DAYS[months_before(INDEX[2026, 1, 15], 6)] == (2025, 7, 15)


YOUNG = [day for day in DAYS if (1990, 1, 1) <= day <= (2028, 3, 31)]
ALL_BIRTHDAYS = [day for day in DAYS if day[0] == 1960]
PARTS = 40
"""Every 40th birth is in one part, so that parts are alike and can run side by side."""


def number_of_cards(births: Iterable[Day]) -> int:
    """The issue dates of each birth, counted without any card."""
    born = (INDEX[day] for day in births)
    return sum(max(0, last_issue(day) + 1 - max(ISSUES[0], day)) for day in born)


@pytest.mark.large
@pytest.mark.parametrize("part", range(PARTS))
def test_every_card_that_can_exist_has_the_oracles_dates(part: int) -> None:
    births = (YOUNG + ALL_BIRTHDAYS)[part::PARTS]
    assert count_all(births) == number_of_cards(births)


def test_the_number_of_all_cards_is_44_124_810() -> None:
    assert len(ALL_BIRTHDAYS) == 366
    assert number_of_cards(YOUNG + ALL_BIRTHDAYS) == 44_124_810
