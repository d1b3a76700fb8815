"""The day in Japan, and when something is due again."""

from datetime import UTC, datetime, timedelta

from calsvc.clock import throttle, today_in_japan


def test_a_day_in_japan_begins_nine_hours_before_that_of_utc() -> None:
    before = datetime.now(UTC)
    today = today_in_japan()
    after = datetime.now(UTC)
    assert today in {(moment + timedelta(hours=9)).date() for moment in (before, after)}


def test_nothing_is_due_before_its_time() -> None:
    is_due = throttle(1_000_000)
    assert [is_due(), is_due()] == [False, False]


def test_something_without_an_interval_is_always_due() -> None:
    is_due = throttle(0)
    assert [is_due(), is_due()] == [True, True]
