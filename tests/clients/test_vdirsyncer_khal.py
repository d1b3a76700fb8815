"""A feed is subscribed to by vdirsyncer and listed by khal, as a person would do it."""

import re
from datetime import date
from html import unescape
from pathlib import Path

import httpx2
import pytest

from calsvc.i18n.catalogs import get_catalog
from calsvc.links.ended import end_links
from tests.clients.conftest import FeedServer, Shown
from tests.clients.desk import Desk, subscribed
from tests.support.links import NUMBER
from tests.support.pages import ADULT_TOKEN
from tests.support.servers import running_service


@pytest.fixture
def desk(tmp_path: Path, server: FeedServer, card: str, lang: str) -> Desk:
    return subscribed(tmp_path, server.feed_url(card, lang))


@pytest.mark.parametrize(
    ("card", "lang"),
    [
        ("adult", "ja"),
        pytest.param("stay", "en", marks=pytest.mark.large),
        pytest.param("adult", "en", marks=pytest.mark.large),
        pytest.param("minor", "ja", marks=pytest.mark.large),
    ],
    indirect=True,
)
def test_khal_shows_what_the_service_says_wherever_its_owner_is(
    desk: Desk, server: FeedServer, card: str, lang: str
) -> None:
    said = server.milestones(card, lang)
    assert len(desk.files()) == len(said)
    for zone in ("Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati"):
        assert desk.listed(zone) == said


@pytest.mark.parametrize(("card", "lang"), [("adult", "ja")], indirect=True)
def test_a_second_synchronisation_changes_nothing(desk: Desk) -> None:
    before = desk.files()
    desk.sync()
    assert desk.files() == before


def test_khal_shows_the_dates_of_the_page_with_its_url(server: FeedServer, tmp_path: Path) -> None:
    typed = {"c1-card_expires": (2032, 3, 20), "c1-born": (1987, 3, 20)}
    fields = {
        f"{name}-{part}": number
        for name, date_ in typed.items()
        for part, number in zip(("year", "month", "day"), date_, strict=True)
    }
    form = {"cards": "1", **fields}
    page = unescape(httpx2.post(f"{server.base_url}/", data=form, follow_redirects=True).text)
    (webcal,) = set(re.findall(r'href="(webcal://[^"]+)"', page))
    listed = subscribed(tmp_path, webcal.replace("webcal://", "http://")).listed("Asia/Tokyo")
    assert [each.start for each in listed if "の期限（今日まで）" in each.title] == [
        date(2027, 3, 20),
        date(2032, 3, 20),
    ]
    assert len(listed) == 8
    for each in listed:
        assert get_catalog("ja").format_date(each.start) in page


@pytest.mark.large
def test_khal_shows_nothing_of_an_ended_link_but_its_end(tmp_path: Path) -> None:
    (home := tmp_path / "home").mkdir()
    ended, path = tmp_path / "ended", f"/c/{ADULT_TOKEN}.ics"
    with running_service(tmp_path, CALSVC_ENDED_LINKS=str(ended)) as service:
        desk = subscribed(home, f"{service.base_url}{path}")
        assert len(desk.listed("Asia/Tokyo")) == 8
        end_links(str(ended), [NUMBER])
        service.wait_for_log("Read the ended links again")
        desk.sync()
    assert desk.listed("Asia/Tokyo") == [
        Shown(date(2026, 11, 1), date(2026, 11, 1), get_catalog("ja").text("ended.title"))
    ]


def test_the_server_writes_no_date_down(server: FeedServer) -> None:
    server.feed("adult", "ja")
    server.milestones("minor", "en")
    log = server.log.read_text(encoding="utf-8")
    assert "GET calendar 200" in log
    assert "GET milestones 200" in log
    for sent in ("1985-04-23", "2020-06-01", "2012-03-15", "2023-06-01", "born="):
        assert sent not in log
