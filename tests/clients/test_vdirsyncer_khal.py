"""A feed is subscribed to by vdirsyncer and listed by khal, as a person would do it."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path

import httpx2
import pytest

from calsvc.i18n.catalogs import catalog
from tests.clients.conftest import FeedServer, Shown

BIN = Path(sys.executable).parent
VDIRSYNCER = """
[general]
status_path = "{home}/status/"

[pair cards]
a = "remote"
b = "local"
collections = null

[storage remote]
type = "http"
url = "{address}"

[storage local]
type = "filesystem"
path = "{home}/calendar/"
fileext = ".ics"
"""
KHAL = """
[calendars]
[[cards]]
path = {home}/calendar/
readonly = True

[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M

[sqlite]
path = {home}/khal.db
"""


@dataclass(frozen=True)
class Desk:
    """A person's home with both programs set up."""

    home: Path

    def run(self, program: str, *arguments: str, zone: str = "Asia/Tokyo") -> str:
        """What the program writes; it must end well."""
        done = subprocess.run(
            [BIN / program, *arguments],
            env={
                "HOME": str(self.home),
                "PATH": os.environ["PATH"],
                "TZ": zone,
                "LC_ALL": "C.UTF-8",
                "VDIRSYNCER_CONFIG": str(self.home / "vdirsyncer.ini"),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def sync(self) -> None:
        """Fetch what has changed."""
        self.run("vdirsyncer", "sync")

    def listed(self, zone: str) -> list[Shown]:
        """What khal shows to a person in that time zone, until 2040."""
        fields = ("start-date-long", "end-date-long", "title")
        asked = [part for field in fields for part in ("--json", field)]
        config = ("-c", str(self.home / "khal.ini"))
        text = self.run(
            *("khal", *config, "list", "--once", *asked, "2016-01-01", "2040-01-01"), zone=zone
        )
        events = [event for line in text.splitlines() for event in json.loads(line)]
        return sorted(
            Shown(
                date.fromisoformat(event["start-date-long"]),
                date.fromisoformat(event["end-date-long"]),
                event["title"],
            )
            for event in events
        )

    def files(self) -> dict[str, tuple[int, bytes]]:
        """Every file of the calendar, with the moment in which it was written."""
        paths = sorted((self.home / "calendar").iterdir())
        return {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in paths}


@pytest.fixture
def desk(tmp_path: Path, server: FeedServer, card: str, lang: str) -> Desk:
    return subscribed(tmp_path, server.feed_url(card, lang))


def subscribed(tmp_path: Path, address: str) -> Desk:
    """A desk whose calendar comes from ``address``."""
    (tmp_path / "calendar").mkdir()
    (tmp_path / "vdirsyncer.ini").write_text(
        VDIRSYNCER.format(home=tmp_path, address=address), encoding="utf-8"
    )
    (tmp_path / "khal.ini").write_text(KHAL.format(home=tmp_path), encoding="utf-8")
    desk = Desk(tmp_path)
    desk.run("vdirsyncer", "discover")
    desk.sync()
    return desk


@pytest.mark.parametrize(
    ("card", "lang"),
    [
        *(("adult", "ja"), ("stay", "en")),
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
    form = {"cards": "1", "c1-have": "card_expires", **fields}
    page = unescape(httpx2.post(f"{server.base_url}/", data=form, follow_redirects=True).text)
    (webcal,) = set(re.findall(r'href="(webcal://[^"]+)"', page))
    listed = subscribed(tmp_path, webcal.replace("webcal://", "http://")).listed("Asia/Tokyo")
    assert [each.start for each in listed if "の期限（今日まで）" in each.title] == [
        date(2027, 3, 20),
        date(2032, 3, 20),
    ]
    assert len(listed) == 8
    for each in listed:
        assert catalog("ja").day(each.start) in page


def test_the_server_writes_no_date_down(server: FeedServer) -> None:
    server.feed("adult", "ja")
    server.milestones("minor", "en")
    log = server.log.read_text(encoding="utf-8")
    assert "GET calendar 200" in log
    assert "GET milestones 200" in log
    for sent in ("1985-04-23", "2020-06-01", "2012-03-15", "2023-06-01", "born="):
        assert sent not in log
