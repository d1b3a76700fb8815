"""Saves the file of a form while it arrives, up to a maximum size."""

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
CSRF_FIELD, FILE_FIELD = "csrf", "table"
"""The fields of the form, in their required order."""
MAX_TOKEN_LENGTH = 200
MULTIPART_OVERHEAD_BYTES = 64 * 1024
"""The maximum size of the fields and boundaries besides the file."""
DRAIN_FACTOR = 4
"""A body up to this many times the limit is read and discarded.

Browsers read the response only after they have sent the whole body.
"""


async def save_upload(
    request: Request, file: BinaryIO, max_bytes: int, is_token: Callable[[str], bool]
) -> None:
    """Write the uploaded file of ``request`` to ``file``, at most ``max_bytes`` bytes.

    Raises `HTTPException` 415, 413, 400 without a file, 403 if the token before the file is wrong.
    Raises ``ClientDisconnect``.
    """
    form = _UploadParser(_boundary(request), file, max_bytes, is_token)
    length, received = _content_length(request), 0
    if length > DRAIN_FACTOR * max_bytes + MULTIPART_OVERHEAD_BYTES:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    async for chunk in request.stream():
        received += len(chunk)
        if received > DRAIN_FACTOR * max_bytes + MULTIPART_OVERHEAD_BYTES:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if received <= max_bytes + MULTIPART_OVERHEAD_BYTES and not form.is_too_large:
            form.feed(chunk)
    if received > max_bytes + MULTIPART_OVERHEAD_BYTES or form.is_too_large:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if not form.is_complete:
        raise HTTPException(HTTPStatus.BAD_REQUEST)


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != MULTIPART or not options.get(b"boundary"):
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    return options[b"boundary"]


def _content_length(request: Request) -> int:
    text = request.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else 0


class _UploadParser:
    """The parser of a multipart form, fed with chunks of the body."""

    def __init__(
        self, boundary: bytes, file: BinaryIO, max_bytes: int, is_token: Callable[[str], bool]
    ) -> None:
        self._file, self._max_bytes, self._is_token = file, max_bytes, is_token
        self._header, self._value, self._part = b"", b"", ""
        self._token, self._is_token_valid = b"", False
        self._size = 0
        self._has_file = self._ended = False
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._on_part_begin,
            "on_header_begin": self._on_header_begin,
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._require_token,
            "on_part_data": self._on_part_data,
            "on_part_end": self._on_part_end,
            "on_end": self._on_end,
        }
        self._parser = MultipartParser(boundary, callbacks)

    @property
    def is_too_large(self) -> bool:
        """True if the file is larger than allowed."""
        return self._size > self._max_bytes

    @property
    def is_complete(self) -> bool:
        """True if there was a file, even an empty one, and the end of the form."""
        return self._ended and self._has_file

    def feed(self, chunk: bytes) -> None:
        """Parse the next bytes. Raises `HTTPException` 400 or 403."""
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise HTTPException(HTTPStatus.BAD_REQUEST) from None

    def _on_part_begin(self) -> None:
        self._part = ""

    def _on_header_begin(self) -> None:
        self._header, self._value = b"", b""

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            self._part = options.get(b"name", b"").decode(errors="replace")

    def _require_token(self) -> None:
        if self._part != CSRF_FIELD and not self._is_token_valid:
            raise HTTPException(HTTPStatus.FORBIDDEN)
        self._has_file = self._has_file or self._part == FILE_FIELD

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._part == CSRF_FIELD:
            self._token = (self._token + data[start:end])[:MAX_TOKEN_LENGTH]
        elif self._part == FILE_FIELD:
            self._size += end - start
            if not self.is_too_large:
                self._file.write(data[start:end])

    def _on_part_end(self) -> None:
        if self._part == CSRF_FIELD:
            self._is_token_valid = self._is_token(self._token.decode(errors="replace"))

    def _on_end(self) -> None:
        self._ended = True
