"""Sends the head and the body of a response with one system call instead of two."""

import asyncio
from typing import Any

MAX_JOINED_BYTES = 64 * 1024
"""The default high-water mark of asyncio, above which it pauses a writer."""


class JoinedWrites:
    """A transport that buffers writes until the next iteration of the event loop.

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
        """Buffer ``data``, and write the buffer in the next iteration of the event loop."""
        if not self._parts:
            self._loop.call_soon(self.flush)
        self._parts.append(data)
        self._size += len(data)
        if self._size > MAX_JOINED_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write the buffer at once, unless the connection is closed."""
        parts, self._parts, self._size = self._parts, [], 0
        if parts and not self._transport.is_closing():
            self._transport.write(b"".join(parts))

    def is_closing(self) -> bool:
        """Return True if the connection is closed or closing."""
        return self._transport.is_closing()

    def write_eof(self) -> None:
        """Write the buffer, then close the sending direction of the connection."""
        self.flush()
        self._transport.write_eof()

    def close(self) -> None:
        """Write the buffer, then close the connection."""
        self.flush()
        self._transport.close()
