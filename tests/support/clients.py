"""Clients of the service: raw sockets to a real server, and the application in this process."""

import re
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from starlette.testclient import TestClient

from calsvc.clock import today_in_japan
from calsvc.settings import Settings
from calsvc.web.app import create_app
from tests.support.servers import KEY
from tests.support.waiting import HANG_SECONDS

TODAY = date(2026, 11, 24)
CARD_QUERY = "issued=2020-05-15&born=1990-10-10"
FEED_PATH = f"/calendar.ics?{CARD_QUERY}"
MILESTONES_PATH = f"/api/milestones?{CARD_QUERY}"
PARAMETERS = (
    "born, issued, card_expires, applied, cert_expires, cert_renewed, stay_until, lang, alarms, "
    "municipality"
)
FEED_REQUEST = f"GET {FEED_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
STAFF_PASSWORD = f"horse {secrets.token_hex(8)}"
"""Different in each test process."""


# --- the application in this process --------------------------------------------------------------


def create_client(
    settings: Settings | None = None, *, today: Callable[[], date] = today_in_japan
) -> TestClient:
    """Return a client of a new application that follows no redirects."""
    app = create_app(settings or Settings(keys=KEY), today=today)
    return TestClient(app, follow_redirects=False)


def token_in(page: str) -> str:
    """Return the CSRF token of a page's form."""
    match = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert match
    return match[1]


# --- a real server --------------------------------------------------------------------------------


@dataclass(frozen=True)
class RawResponse:
    """A response that was read from a socket. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class CutOffError(Exception):
    """The connection ended before the response was complete."""


def connect(port: int, address: str = "127.0.0.1") -> socket.socket:
    """Return a connection from ``address`` that sends all data without delay."""
    connection = socket.create_connection(("127.0.0.1", port), HANG_SECONDS, (address, 0))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def send_request(port: int, request: bytes) -> RawResponse:
    """Send ``request`` on a new connection and return the response."""
    with connect(port) as connection:
        connection.sendall(request)
        return read_response(connection)


def read_response(connection: socket.socket) -> RawResponse:
    """Return one response that has a Content-Length or no body."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _receive(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += _receive(connection)
    return RawResponse(int(first.split()[1]), headers, body)


def _receive(connection: socket.socket) -> bytes:
    try:
        data = connection.recv(65536)
    except ConnectionError:
        data = b""
    if not data:
        raise CutOffError
    return data


def read_to_end(connection: socket.socket) -> bytes:
    """Return all bytes until the server closes the connection."""
    data = b""
    while more := connection.recv(65536):
        data += more
    return data


def is_closed(connection: socket.socket) -> bool:
    """Return True if the server closes the connection instead of sending another byte."""
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True
