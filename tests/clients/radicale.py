"""A CalDAV server: Radicale, in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from tests.support.servers import free_port
from tests.support.waiting import HANG_SECONDS, wait_until

LOGIN = ("hanako", "x")


class CalDavCalendar:
    """One calendar of a user on the server."""

    def __init__(self, url: str) -> None:
        """Make the calendar at ``url``."""
        self.url = url
        self._client = httpx2.Client(auth=LOGIN, timeout=HANG_SECONDS)
        assert self._client.request("MKCALENDAR", url).status_code == 201

    def put_event(self, name: str, content: bytes) -> int:
        """Return the status of storing one event under ``name``."""
        headers = {"Content-Type": "text/calendar; charset=utf-8"}
        return self._client.put(
            f"{self.url}{name}.ics", content=content, headers=headers
        ).status_code

    def content(self) -> bytes:
        """Return all events in one file."""
        return self._client.get(self.url).content


@contextmanager
def running_radicale(folder: Path) -> Iterator[CalDavCalendar]:
    """Yield an empty calendar on a new server."""
    port = free_port()
    command = [sys.executable, "-m", "radicale", f"--server-hosts=127.0.0.1:{port}"]
    options = ["--auth-type=none", f"--storage-filesystem-folder={folder / 'collections'}"]
    with (folder / "radicale.log").open("wb") as log:
        process = subprocess.Popen([*command, *options], stdout=log, stderr=log, cwd=folder)
        try:
            wait_until(lambda: process.poll() is not None or _answers(port), "Radicale is ready")
            yield CalDavCalendar(f"http://127.0.0.1:{port}/hanako/cards/")
        finally:
            process.terminate()
            process.wait(HANG_SECONDS)


def _answers(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/.web/", timeout=HANG_SECONDS).status_code < 500
    except httpx2.TransportError:
        return False
