"""A response leaves in one write, in order, and not after the connection is gone."""

import asyncio
from collections.abc import Callable

import pytest

from calsvc.web.server.joined_writes import MAX_JOINED_BYTES, JoinedWrites
from tests.support.loops import run_in_own_loop


class RecordingTransport(asyncio.Transport):
    """Records what is written to it, and that it was closed."""

    def __init__(self) -> None:
        super().__init__(extra={"peername": ("192.0.2.1", 1)})
        self.calls: list[bytes | str] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.calls.append(bytes(data))

    def write_eof(self) -> None:
        self.calls.append("eof")

    def close(self) -> None:
        self.calls.append("close")

    def is_closing(self) -> bool:
        return "close" in self.calls


def calls_after(act: Callable[[JoinedWrites], None], iterations: int) -> list[bytes | str]:
    """Return what reaches the transport after ``act`` and so many iterations of the loop."""

    transport = RecordingTransport()

    async def main() -> None:
        act(JoinedWrites(transport, asyncio.get_running_loop()))
        for _ in range(iterations):
            await asyncio.sleep(0)
        seen.extend(transport.calls)

    seen: list[bytes | str] = []
    run_in_own_loop(main())
    return seen


def write_response(writes: JoinedWrites) -> None:
    writes.write(b"head ")
    writes.write(b"body")


def test_head_and_body_are_one_write_of_the_next_iteration() -> None:
    assert calls_after(write_response, iterations=0) == []
    assert calls_after(write_response, iterations=2) == [b"head body"]


def test_large_writes_are_not_held_back() -> None:
    body = b"x" * MAX_JOINED_BYTES

    def act(writes: JoinedWrites) -> None:
        writes.write(b"head ")
        writes.write(body)
        writes.write(b"end")

    assert calls_after(act, iterations=0) == [b"head " + body]
    assert calls_after(act, iterations=2) == [b"head " + body, b"end"]


@pytest.mark.parametrize(("end", "last"), [("close", "close"), ("write_eof", "eof")])
def test_the_end_comes_after_what_was_written(end: str, last: str) -> None:
    def act(writes: JoinedWrites) -> None:
        write_response(writes)
        getattr(writes, end)()

    assert calls_after(act, iterations=2) == [b"head body", last]


def test_nothing_is_written_once_the_connection_is_closed() -> None:
    def act(writes: JoinedWrites) -> None:
        writes.close()
        write_response(writes)

    assert calls_after(act, iterations=2) == ["close"]


def test_other_methods_are_those_of_the_transport() -> None:
    seen = []
    calls_after(lambda writes: seen.append(writes.get_extra_info("peername")), iterations=0)
    assert seen == [("192.0.2.1", 1)]
