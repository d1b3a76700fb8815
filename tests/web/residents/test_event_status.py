"""The status of an event relative to today."""

from datetime import date, timedelta

import pytest

from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.rules.card import Subject
from calsvc.rules.milestones import Milestone, MilestoneKind
from calsvc.web.residents.event_status import EventState, EventStatus, event_status, status_before

EXPIRY = date(2025, 4, 23)
OPENS = Milestone(Subject.CARD, MilestoneKind.WINDOW_OPENS, date(2025, 1, 24), date(2025, 1, 24))
NOTICE = Milestone(Subject.CARD, MilestoneKind.NOTICE, date(2025, 1, 23), date(2025, 2, 23))
EXPIRES = Milestone(Subject.CARD, MilestoneKind.EXPIRY, EXPIRY, EXPIRY)


@pytest.mark.parametrize(
    ("milestone", "today", "state", "days"),
    [
        (OPENS, date(2024, 11, 27), EventState.AHEAD, 58),
        (OPENS, date(2025, 1, 22), EventState.AHEAD, 2),
        (OPENS, date(2025, 1, 23), EventState.TOMORROW, 1),
        (OPENS, date(2025, 1, 24), EventState.OPEN, 0),
        (OPENS, date(2025, 4, 23), EventState.OPEN, 0),
        (OPENS, date(2025, 4, 24), EventState.PASSED, 0),
        (NOTICE, date(2025, 1, 22), EventState.TOMORROW, 1),
        (NOTICE, date(2025, 1, 23), EventState.ONGOING, 0),
        (NOTICE, date(2025, 2, 23), EventState.ONGOING, 0),
        (NOTICE, date(2025, 2, 24), EventState.PASSED, 0),
        (EXPIRES, date(2025, 4, 22), EventState.TOMORROW, 1),
        (EXPIRES, date(2025, 4, 23), EventState.TODAY, 0),
        (EXPIRES, date(2025, 4, 24), EventState.PASSED, 0),
    ],
)
def test_an_event_stands_to_today_as_people_say_it(
    milestone: Milestone, today: date, state: EventState, days: int
) -> None:
    assert event_status(milestone, EXPIRY, today) == EventStatus(state, days)


def test_an_open_window_says_how_long_it_stays_open() -> None:
    assert status_before(EXPIRY, EXPIRY - timedelta(days=30)) == EventStatus(EventState.AHEAD, 30)
    assert status_before(EXPIRY, EXPIRY - timedelta(days=1)) == EventStatus(EventState.TOMORROW, 1)
    assert status_before(EXPIRY, EXPIRY) == EventStatus(EventState.TODAY)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_state_has_a_text_and_only_days_ahead_a_count(lang: str) -> None:
    text = {state: EventStatus(state, 58).text(get_catalog(lang)) for state in EventState}
    assert len(set(text.values())) == len(EventState)
    assert [state for state, text in text.items() if "58" in text] == [EventState.AHEAD]
