"""Two people's calendars lie side by side, and a changed link renames none of its events."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx2
import pytest
from icalendar import Calendar

from calsvc.feed.builder import build_feed
from calsvc.rules.card import Card
from tests.clients.conftest import FeedServer
from tests.clients.desk import empty_desk, synchronised_with
from tests.clients.radicale import CalDavCalendar, running_radicale
from tests.feed.feeds import ADULT, MINOR, NUMBER, linked, options_for
from tests.support.waiting import HANG_SECONDS

ZONES = ("America/Los_Angeles", "Asia/Tokyo", "Pacific/Kiritimati")
TWIN = {"born": "2012-03-15", "issued": "2023-06-01"}


@pytest.fixture(scope="module")
def twins(server: FeedServer) -> list[bytes]:
    """The files of two children with the same dates, each from a link of its own."""
    return [_file_of(server, name) for name in ("はな", "たろう")]


@pytest.fixture
def caldav(tmp_path: Path) -> Iterator[CalDavCalendar]:
    (tmp_path / "server").mkdir()
    with running_radicale(tmp_path / "server") as calendar:
        yield calendar


def _file_of(server: FeedServer, name: str) -> bytes:
    body = {"cards": [{**TWIN, "name": name}], "lang": "ja"}
    answer = httpx2.post(f"{server.base_url}/api/links", json=body, timeout=HANG_SECONDS).json()
    return httpx2.get(answer["feed"], timeout=HANG_SECONDS).content


def _store(calendar: CalDavCalendar, file: bytes) -> None:
    """Store each event as programs do that import a file."""
    for event in Calendar.from_ical(file).walk("VEVENT"):
        single = Calendar()
        single.add("prodid", "-//test//test//EN")
        single.add("version", "2.0")
        single.add_component(event)
        assert calendar.put_event(event["UID"].partition("@")[0], single.to_ical()) in (201, 204)


# --- two people -----------------------------------------------------------------------------------


def test_the_files_of_two_people_lie_in_one_khal_calendar(
    tmp_path: Path, twins: list[bytes]
) -> None:
    desk = empty_desk(tmp_path)
    for file in twins:
        desk.import_file(file)
    shown = desk.listed("Asia/Tokyo")
    expiries = [each for each in shown if each.start == date(2028, 3, 15)]
    assert len(shown) == 8
    assert [each.title for each in expiries] == [
        "カードの期限（今日まで）（たろう）",
        "カードの期限（今日まで）（はな）",
    ]


def test_the_files_of_two_people_lie_on_one_caldav_server(
    tmp_path: Path, twins: list[bytes], caldav: CalDavCalendar
) -> None:
    for file in twins:
        _store(caldav, file)
    assert len(Calendar.from_ical(caldav.content()).walk("VEVENT")) == 8
    home = tmp_path / "home"
    home.mkdir()
    desk = synchronised_with(home, caldav.url)
    for zone in ZONES:
        days = [each.start for each in desk.listed(zone)]
        milestones = [date(2027, 12, 15), date(2027, 12, 16), date(2028, 3, 15), date(2028, 6, 15)]
        assert days == sorted(2 * milestones)


@pytest.mark.large
def test_a_second_import_of_the_same_file_adds_nothing(tmp_path: Path, twins: list[bytes]) -> None:
    desk = empty_desk(tmp_path)
    for _ in range(2):
        desk.import_file(twins[0])
    assert len(desk.listed("Asia/Tokyo")) == 4


# --- one link, changed ----------------------------------------------------------------------------


@pytest.mark.large
def test_a_reordered_household_renames_nothing_in_khal(tmp_path: Path) -> None:
    desk = empty_desk(tmp_path)
    cards = [linked(MINOR, "はな", 0), linked(ADULT, "たろう", 1)]
    desk.import_file(build_feed(cards, options_for(), NUMBER))
    before = desk.listed("Asia/Tokyo")
    desk.import_file(build_feed(cards[::-1], options_for(), NUMBER))
    assert desk.listed("Asia/Tokyo") == before
    assert len(before) == 12


@pytest.mark.large
def test_a_changed_date_moves_its_event_in_khal_and_on_caldav(
    tmp_path: Path, caldav: CalDavCalendar
) -> None:
    desk = empty_desk(tmp_path)
    later = Card(MINOR.born, date(2024, 6, 1))
    for card in (MINOR, later):
        file = build_feed([linked(card)], options_for(), NUMBER)
        desk.import_file(file)
        _store(caldav, file)
    days = [date(2028, 12, 15), date(2028, 12, 16), date(2029, 3, 15), date(2029, 6, 15)]
    assert [each.start for each in desk.listed("Asia/Tokyo")] == days
    stored = Calendar.from_ical(caldav.content()).walk("VEVENT")
    assert sorted(event["DTSTART"].dt for event in stored) == days


def test_no_event_has_a_class(twins: list[bytes]) -> None:
    # Google shows PRIVATE events of a subscribed feed as "busy", without a title.
    assert b"CLASS" not in b"".join(twins)
