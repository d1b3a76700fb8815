"""Every number of the law holds for a span of issue dates, and for no day outside it."""

from datetime import date
from itertools import pairwise

import pytest

from calsvc.rules import legal_values
from calsvc.rules.dates import ONE_DAY
from calsvc.rules.legal_values import (
    ADULT_AGE,
    ADULT_CARD_BIRTHDAYS,
    FIRST_CARD_ISSUE,
    KNOWN_ISSUE_DATES,
    LAST_KNOWN_ISSUE,
    RULES,
    Rule,
    RuleNotKnownError,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.number))
def test_the_spans_of_a_rule_have_no_gap_and_no_overlap(rule: Rule[object]) -> None:
    days = [each for each, _ in rule.spans]
    assert days[0].start == FIRST_CARD_ISSUE == date(2016, 1, 1)
    assert days[-1].end == LAST_KNOWN_ISSUE == date(2028, 3, 31)
    assert all(each.start <= each.end for each in days)
    assert all(earlier.end + ONE_DAY == later.start for earlier, later in pairwise(days))


def test_the_rules_are_numbered_as_in_the_readme() -> None:
    assert [rule.number for rule in RULES] == [3, 3, 2, 2, 4, 14, 6, 7, 8, 17, 21]


def test_every_rule_of_the_module_is_among_the_rules() -> None:
    assert {id(each) for each in vars(legal_values).values() if isinstance(each, Rule)} == {
        id(each) for each in RULES
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.number))
@pytest.mark.parametrize("issued", [date(2015, 12, 31), date(2028, 4, 1)])
def test_no_value_exists_outside_its_span(rule: Rule[object], issued: date) -> None:
    with pytest.raises(RuleNotKnownError):
        rule.on(issued)


@pytest.mark.parametrize(
    ("day", "age"),
    [
        (date(2016, 1, 1), 20),
        (date(2022, 3, 31), 20),
        (date(2022, 4, 1), 18),
        (date(2028, 3, 31), 18),
    ],
)
def test_the_threshold_changed_on_1_april_2022(day: date, age: int) -> None:
    assert ADULT_AGE.on(day) == age


def test_a_rule_with_several_values_has_no_single_one() -> None:
    with pytest.raises(ValueError, match="too many values"):
        _ = ADULT_AGE.value


def test_a_rule_with_one_value_has_it_on_every_known_day() -> None:
    found = {
        ADULT_CARD_BIRTHDAYS.on(day) for day in (KNOWN_ISSUE_DATES.start, KNOWN_ISSUE_DATES.end)
    }
    assert found == {ADULT_CARD_BIRTHDAYS.value}
