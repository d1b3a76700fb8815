"""One file sent by a form, written down as it comes in, and never more of it than allowed."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import Request

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MULTIPART = b"multipart/form-data"
TOKEN, FILE = "csrf", "table"
"""The fields of the form, in the order in which they must come."""
MAX_TOKEN_LENGTH = 200
FRAMING = 64 * 1024
"""Bytes that fields and boundaries may take besides the file."""
DRAINED = 4
"""Up to this many times the limit is taken in and thrown away: browsers do not read the answer
before they have sent everything."""


async def receive(
    request: Request, file: BinaryIO, most: int, is_token: Callable[[str], bool]
) -> None:
    """Write to ``file`` the file that ``request`` brings, at most ``most`` bytes.

    Raises `HTTPException`: 415, 413, 400 where there is no file, and 403 unless ``is_token`` says
    yes to what comes before the file; and ``ClientDisconnect``.
    """
    form = _Form(_boundary(request), file, most, is_token)
    length, taken = _content_length(request), 0
    if length > DRAINED * most + FRAMING:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    async for chunk in request.stream():
        taken += len(chunk)
        if taken > DRAINED * most + FRAMING:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if taken <= most + FRAMING and not form.too_large:
            form.take(chunk)
    if taken > most + FRAMING or form.too_large:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if not form.complete:
        raise HTTPException(HTTPStatus.BAD_REQUEST)


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != MULTIPART or not options.get(b"boundary"):
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    return options[b"boundary"]


def _content_length(request: Request) -> int:
    text = request.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else 0


class _Form:
    """The parts of a form, as they come."""

    def __init__(
        self, boundary: bytes, file: BinaryIO, most: int, is_token: Callable[[str], bool]
    ) -> None:
        self._file, self._most, self._is_token = file, most, is_token
        self._header, self._value, self._part = b"", b"", ""
        self._token, self._allowed = b"", False
        self._size = 0
        self._found = self._ended = False
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._begin,
            "on_header_begin": self._begin_header,
            "on_header_field": self._take_header,
            "on_header_value": self._take_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._admit,
            "on_part_data": self._take_data,
            "on_part_end": self._end_part,
            "on_end": self._end,
        }
        self._parser = MultipartParser(boundary, callbacks)

    @property
    def too_large(self) -> bool:
        """Whether more came than is allowed."""
        return self._size > self._most

    @property
    def complete(self) -> bool:
        """Whether there was a file, if only an empty one, and an end."""
        return self._ended and self._found

    def take(self, chunk: bytes) -> None:
        """The next bytes. Raises `HTTPException` 400 or 403."""
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise HTTPException(HTTPStatus.BAD_REQUEST) from None

    def _begin(self) -> None:
        self._part = ""

    def _begin_header(self) -> None:
        self._header, self._value = b"", b""

    def _take_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _take_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            self._part = options.get(b"name", b"").decode(errors="replace")

    def _admit(self) -> None:
        if self._part != TOKEN and not self._allowed:
            raise HTTPException(HTTPStatus.FORBIDDEN)
        self._found = self._found or self._part == FILE

    def _take_data(self, data: bytes, start: int, end: int) -> None:
        if self._part == TOKEN:
            self._token = (self._token + data[start:end])[:MAX_TOKEN_LENGTH]
        elif self._part == FILE:
            self._size += end - start
            if not self.too_large:
                self._file.write(data[start:end])

    def _end_part(self) -> None:
        if self._part == TOKEN:
            self._allowed = self._is_token(self._token.decode(errors="replace"))

    def _end(self) -> None:
        self._ended = True
