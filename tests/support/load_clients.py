"""Callers of a real server that notice everything: what came whole, was wrong, or was lost."""

import socket
import time
from dataclasses import dataclass, field
from threading import Event, Thread

CARD = "issued=2020-05-15&born=1990-10-10"
FEED = f"GET /calendar.ics?{CARD} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
PATIENCE = 30


def connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class CutOffError(Exception):
    """The connection ended before the answer did."""


def read(connection: socket.socket) -> Answer:
    """One answer with a Content-Length, or without a body."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += _more(connection)
    return Answer(int(first.split()[1]), headers, body)


def _more(connection: socket.socket) -> bytes:
    try:
        data = connection.recv(65536)
    except ConnectionError:
        data = b""
    if not data:
        raise CutOffError
    return data


def everything(connection: socket.socket) -> bytes:
    """All that comes until the connection ends."""
    data = b""
    while more := connection.recv(65536):
        data += more
    return data


def ask(port: int, request: bytes) -> Answer:
    """One answer on a connection of its own."""
    with connect(port) as connection:
        connection.sendall(request)
        return read(connection)


@dataclass
class Callers:
    """Several that ask for one feed again and again.

    Each keeps its connection unless they are ``restless``: then each makes one for each request.
    """

    port: int
    expected: bytes
    restless: bool = False
    right: int = 0
    wrong: int = 0
    cut_off: int = 0
    refused: int = 0
    seconds: list[float] = field(default_factory=list)
    """In which each answer came."""
    threads: list[Thread] = field(default_factory=list)
    enough: Event = field(default_factory=Event)

    def start(self, number: int, *, stubborn: bool) -> None:
        """``stubborn``: connect again after a connection has ended."""
        for _ in range(number):
            thread = Thread(target=self._call, args=(stubborn,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def stop(self) -> None:
        self.enough.set()
        self.join()

    def join(self) -> None:
        for each in self.threads:
            each.join(PATIENCE)
            assert not each.is_alive()

    def _call(self, stubborn: bool) -> None:
        while not self.enough.is_set():
            try:
                with connect(self.port) as connection:
                    self._use(connection)
            except ConnectionRefusedError:
                self.refused += 1
                return
            except CutOffError:
                self.cut_off += 1
            if not stubborn:
                return

    def _use(self, connection: socket.socket) -> None:
        while not self.enough.is_set():
            start = time.perf_counter()
            try:
                connection.sendall(FEED)
            except ConnectionError:
                raise CutOffError from None
            answer = read(connection)
            self.seconds.append(time.perf_counter() - start)
            good = (answer.status, answer.body) == (200, self.expected)
            self.right += good
            self.wrong += not good
            if self.restless or answer.headers.get("connection") == "close":
                return
