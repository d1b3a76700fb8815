"""Sends hostile input to a real server, each piece with a mark or the name of a strange host."""

import json
import re
import socket
from dataclasses import dataclass

import httpx2

from tests.support.waiting import HANG_SECONDS

MARK = "zqmark"
EVIL = "evil.example"
INJECTED = "x-injected"
GOOD = "born=1985-04-23&issued=2020-06-01"
BORN = {"born": "1985-04-23", "issued": "2020-06-01"}
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class HostileResponse:
    """The bytes that a socket returned: the first response and all that followed it."""

    raw: bytes

    @property
    def status(self) -> int:
        match = re.match(rb"HTTP/1\.1 (\d{3}) ", self.raw)
        assert match, self.raw[:200]
        return int(match[1])

    @property
    def head(self) -> str:
        return self.raw.partition(b"\r\n\r\n")[0].decode("latin-1").lower()

    @property
    def text(self) -> str:
        return self.raw.decode("utf-8", "replace").lower()


@dataclass(frozen=True)
class Server:
    """The server under test: its port for raw bytes, and a well-behaved ``client``."""

    port: int
    client: httpx2.Client

    @property
    def base(self) -> str:
        return f"http://localhost:{self.port}"

    def send(self, request: bytes) -> HostileResponse:
        """Send the bytes of ``request`` and nothing more, and return what the server sends."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=HANG_SECONDS) as line:
            try:
                line.sendall(request)
                line.shutdown(socket.SHUT_WR)
                received = b"".join(iter(lambda: line.recv(65536), b""))
            except ConnectionError:  # The server has rejected the request early.
                received = b""
        return HostileResponse(received)

    def get(self, target: bytes, *headers: bytes, host: bytes = b"localhost") -> HostileResponse:
        lines = [b"GET " + target + b" HTTP/1.1", b"Host: " + host, *headers, b"Connection: close"]
        return self.send(b"\r\n".join(lines) + b"\r\n\r\n")

    def post(self, path: str, content: bytes, media_type: str, **headers: str) -> httpx2.Response:
        return self.client.post(
            self.base + path, content=content, headers={"Content-Type": media_type, **headers}
        )

    def link(self, *names: str) -> dict[str, str]:
        """Return the URLs of a new link of a household with ``names``."""
        body = {"cards": [{**BORN, "name": name} for name in names], "lang": "en"}
        answer = self.client.post(f"{self.base}/api/links", json=body)
        assert answer.status_code == 200
        addresses: dict[str, str] = answer.json()
        return addresses


def household(**more: object) -> bytes:
    """Return the JSON body of a valid household, with the fields ``more``."""
    return json.dumps({"cards": [BORN], **more}).encode()


def assert_harmless(answer: HostileResponse) -> None:
    """Assert that there is no failure, no injected header, and nothing of the request."""
    assert 200 <= answer.status < 500
    assert answer.raw.count(b"HTTP/1.1 ") == 1
    assert not re.search(rf"^({INJECTED}|set-cookie|location)\b", answer.head, re.MULTILINE)
    assert MARK not in answer.text
    assert EVIL not in answer.text


def assert_rejected(answer: httpx2.Response, status: int = 400) -> None:
    assert answer.status_code == status
    text = f"{answer.headers} {answer.text}".lower()
    assert MARK not in text
    assert EVIL not in text
