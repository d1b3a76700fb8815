"""The present day in Japan, and the throttle."""

from datetime import UTC, datetime, timedelta

from calsvc.clock import throttle, today_in_japan


def test_a_day_in_japan_begins_nine_hours_before_that_of_utc() -> None:
    before = datetime.now(UTC)
    today = today_in_japan()
    after = datetime.now(UTC)
    assert today in {(moment + timedelta(hours=9)).date() for moment in (before, after)}


def test_a_throttle_is_not_due_before_its_interval() -> None:
    is_due = throttle(1_000_000)
    assert [is_due(), is_due()] == [False, False]


def test_a_throttle_of_0_seconds_is_always_due() -> None:
    is_due = throttle(0)
    assert [is_due(), is_due()] == [True, True]
