"""Sends the head and the body of a response with one system call instead of two."""

import asyncio
from typing import Any

MAX_JOINED_BYTES = 64 * 1024
"""asyncio's own bound from which a writer is told to wait. So nothing beyond it is held back."""


class JoinedWrites:
    """A transport that holds back what is written until the event loop is free.

    All other methods and attributes are those of the transport that it wraps.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """``transport``: to write to. ``loop``: the event loop that runs it."""
        self._transport, self._loop = transport, loop
        self._parts: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the transport has
        """Return an attribute of the wrapped transport."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write ``data`` with all that is written before the event loop is free."""
        if not self._parts:
            self._loop.call_soon(self.flush)
        self._parts.append(data)
        self._size += len(data)
        if self._size > MAX_JOINED_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write at once what is held back, unless the connection is gone."""
        parts, self._parts, self._size = self._parts, [], 0
        if parts and not self._transport.is_closing():
            self._transport.write(b"".join(parts))

    def is_closing(self) -> bool:
        """Return True once the connection is closed or being closed."""
        return self._transport.is_closing()

    def write_eof(self) -> None:
        """Close the direction to the client after what is held back."""
        self.flush()
        self._transport.write_eof()

    def close(self) -> None:
        """Close the connection after what is held back."""
        self.flush()
        self._transport.close()
