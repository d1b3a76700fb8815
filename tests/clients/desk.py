"""A person's home with vdirsyncer and khal set up."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.clients.conftest import Shown

BIN = Path(sys.executable).parent
VDIRSYNCER = """
[general]
status_path = "{home}/status/"

[pair cards]
a = "remote"
b = "local"
collections = null

[storage remote]
{remote}

[storage local]
type = "filesystem"
path = "{home}/calendar/"
fileext = ".ics"
"""
KHAL = """
[calendars]
[[cards]]
path = {home}/calendar/

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
        """Return the output of the program, which must exit with 0."""
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

    def import_file(self, content: bytes) -> None:
        """Import a calendar file as a person does who opens it."""
        file = self.home / "file.ics"
        file.write_bytes(content)
        self.run("khal", "-c", str(self.home / "khal.ini"), "import", "--batch", str(file))

    def listed(self, zone: str) -> list[Shown]:
        """Return the output of khal in that time zone, until 2040."""
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


def empty_desk(home: Path) -> Desk:
    """Return a desk with an empty calendar."""
    (home / "calendar").mkdir()
    (home / "khal.ini").write_text(KHAL.format(home=home), encoding="utf-8")
    return Desk(home)


def subscribed(home: Path, address: str) -> Desk:
    """Return a desk whose calendar comes from ``address``."""
    return _synchronised(home, f'type = "http"\nurl = "{address}"')


def synchronised_with(home: Path, collection: str) -> Desk:
    """Return a desk whose calendar is the CalDAV collection at that address."""
    login = 'username = "hanako"\npassword = "x"'
    return _synchronised(home, f'type = "caldav"\nurl = "{collection}"\n{login}')


def _synchronised(home: Path, remote: str) -> Desk:
    desk = empty_desk(home)
    (home / "vdirsyncer.ini").write_text(
        VDIRSYNCER.format(home=home, remote=remote), encoding="utf-8"
    )
    desk.run("vdirsyncer", "discover")
    desk.sync()
    return desk
