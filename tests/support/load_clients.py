"""Clients that request one feed without pause and count what they receive."""

import socket
from dataclasses import dataclass, field
from threading import Event, Thread

from tests.support.clients import FEED_REQUEST, CutOffError, connect, read_response
from tests.support.waiting import HANG_SECONDS


@dataclass
class LoadClients:
    """Several clients. Each reuses its connection unless ``connect_for_each_request`` is set."""

    port: int
    expected: bytes
    connect_for_each_request: bool = False
    correct: int = 0
    wrong: int = 0
    cut_off: int = 0
    refused: int = 0
    overtaken: list[int] = field(default_factory=list)
    """For each response, the number of other responses that were received before it."""
    threads: list[Thread] = field(default_factory=list)
    stopped: Event = field(default_factory=Event)

    def start(self, number: int, *, reconnect: bool) -> None:
        """Start ``number`` clients. ``reconnect``: connect again after a connection has ended."""
        for _ in range(number):
            thread = Thread(target=self._run, args=(reconnect,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Stop all clients after their current request."""
        self.stopped.set()
        self.join()

    def join(self) -> None:
        """Wait until all clients have ended."""
        for thread in self.threads:
            thread.join(HANG_SECONDS)
            assert not thread.is_alive()

    def _run(self, reconnect: bool) -> None:
        while not self.stopped.is_set():
            try:
                with connect(self.port) as connection:
                    self._use(connection)
            except ConnectionRefusedError:
                self.refused += 1
                return
            except CutOffError:
                self.cut_off += 1
            if not reconnect:
                return

    def _use(self, connection: socket.socket) -> None:
        while not self.stopped.is_set():
            before = self.correct
            try:
                connection.sendall(FEED_REQUEST)
            except ConnectionError:
                raise CutOffError from None
            answer = read_response(connection)
            self.overtaken.append(self.correct - before)
            is_correct = (answer.status, answer.body) == (200, self.expected)
            self.correct += is_correct
            self.wrong += not is_correct
            if self.connect_for_each_request or answer.headers.get("connection") == "close":
                return
