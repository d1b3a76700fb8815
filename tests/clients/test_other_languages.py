"""Calendar libraries in JavaScript and PHP show each event on its day in any time zone."""

import json
import os
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from tests.clients.conftest import CARDS, FeedServer
from tests.support.cases import large_except
from tests.support.programs import require, require_file

PROGRAMS = Path(__file__).parent / "programs"
SABRE = Path("/usr/share/php/Sabre/VObject/includes.php")
ONE_DAY = timedelta(days=1)
ZONES = ("America/Los_Angeles", "Asia/Tokyo", "Pacific/Kiritimati")
QUICK = pytest.mark.parametrize("card", large_except(CARDS, ["stay"]))


def run(command: list[str], feed: bytes, zone: str = "Asia/Tokyo") -> str:
    """Return what the program prints of ``feed`` in that time zone."""
    done = subprocess.run(
        command,
        input=feed,
        env={"PATH": os.environ["PATH"], "TZ": zone},
        cwd=PROGRAMS,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def expected(server: FeedServer, card: str) -> list[list[str]]:
    """Return first day, day after the end, and title of each event."""
    shown = server.milestones(card, "ja")
    return [[f"{each.start}", f"{each.end + ONE_DAY}", each.title] for each in shown]


@QUICK
@pytest.mark.parametrize("library", ["ical_js", "node_ical"])
def test_a_javascript_library_shows_each_event_on_its_day(
    server: FeedServer, card: str, library: str
) -> None:
    node = require("node")
    require_file(PROGRAMS / "node_modules")
    for zone in ZONES:
        printed = json.loads(run([node, f"{library}.mjs"], server.feed(card, "ja"), zone))
        assert sorted(printed) == expected(server, card)


@QUICK
def test_sabre_finds_no_fault_and_shows_each_event_on_its_day(
    server: FeedServer, card: str
) -> None:
    php = require("php")
    require_file(SABRE)
    for zone in ZONES:
        command = [php, "-d", f"date.timezone={zone}", "sabre.php"]
        printed = json.loads(run(command, server.feed(card, "ja"), zone))
        assert printed["found"] == []
        assert sorted(printed["shown"]) == expected(server, card)
