"""How the days of an event stand to today."""

from datetime import date, timedelta

import pytest

from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.rules.card import Subject
from calsvc.rules.milestones import Kind, Milestone
from calsvc.web.residents.event_status import Standing, State, standing, until

EXPIRY = date(2025, 4, 23)
OPENS = Milestone(Subject.CARD, Kind.WINDOW_OPENS, date(2025, 1, 24), date(2025, 1, 24))
NOTICE = Milestone(Subject.CARD, Kind.NOTICE, date(2025, 1, 23), date(2025, 2, 23))
EXPIRES = Milestone(Subject.CARD, Kind.EXPIRY, EXPIRY, EXPIRY)


@pytest.mark.parametrize(
    ("milestone", "today", "state", "days"),
    [
        (OPENS, date(2024, 11, 27), State.AHEAD, 58),
        (OPENS, date(2025, 1, 22), State.AHEAD, 2),
        (OPENS, date(2025, 1, 23), State.TOMORROW, 1),
        (OPENS, date(2025, 1, 24), State.OPEN, 0),
        (OPENS, date(2025, 4, 23), State.OPEN, 0),
        (OPENS, date(2025, 4, 24), State.PASSED, 0),
        (NOTICE, date(2025, 1, 22), State.TOMORROW, 1),
        (NOTICE, date(2025, 1, 23), State.UNDER_WAY, 0),
        (NOTICE, date(2025, 2, 23), State.UNDER_WAY, 0),
        (NOTICE, date(2025, 2, 24), State.PASSED, 0),
        (EXPIRES, date(2025, 4, 22), State.TOMORROW, 1),
        (EXPIRES, date(2025, 4, 23), State.TODAY, 0),
        (EXPIRES, date(2025, 4, 24), State.PASSED, 0),
    ],
)
def test_an_event_stands_to_today_as_people_say_it(
    milestone: Milestone, today: date, state: State, days: int
) -> None:
    assert standing(milestone, EXPIRY, today) == Standing(state, days)


def test_an_open_window_says_how_long_it_stays_open() -> None:
    assert until(EXPIRY, EXPIRY - timedelta(days=30)) == Standing(State.AHEAD, 30)
    assert until(EXPIRY, EXPIRY - timedelta(days=1)) == Standing(State.TOMORROW, 1)
    assert until(EXPIRY, EXPIRY) == Standing(State.TODAY)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_standing_is_said_and_only_days_ahead_are_counted(lang: str) -> None:
    said = {state: Standing(state, 58).said(get_catalog(lang)) for state in State}
    assert len(set(said.values())) == len(State)
    assert [state for state, text in said.items() if "58" in text] == [State.AHEAD]
