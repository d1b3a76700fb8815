"""Adds headers that restrict what a browser may do for a page."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

RawHeaders = list[tuple[bytes, bytes]]
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)
STAFF_POLICY = CONTENT_SECURITY_POLICY.format(ancestors="'none'") + "; connect-src 'self'"
"""The policy of staff pages. No site may frame them. Their script requests the state of a job."""
COMMON_SECURITY_HEADERS: RawHeaders = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]
PAGE_HEADERS: RawHeaders = [
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
]


def page_headers(frame_ancestors: str) -> RawHeaders:
    """Return the headers of a page. ``frame_ancestors``: sites that may show it in a frame."""
    policy = CONTENT_SECURITY_POLICY.format(ancestors=frame_ancestors).encode()
    return [*COMMON_SECURITY_HEADERS, *PAGE_HEADERS, (b"content-security-policy", policy)]


class SecurityHeaders:
    """Middleware that adds missing security headers to responses. Pages get more than others."""

    def __init__(self, app: ASGIApp, frame_ancestors: str) -> None:
        """``frame_ancestors``: see `page_headers`."""
        self.app = app
        self._page_headers = page_headers(frame_ancestors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._missing(message["headers"])]
            await send(message)

        await self.app(scope, receive, add)

    def _missing(self, headers: RawHeaders) -> RawHeaders:
        present = dict(headers)
        is_page = present.get(b"content-type", b"").startswith(b"text/html")
        required = self._page_headers if is_page else COMMON_SECURITY_HEADERS
        return [(name, value) for name, value in required if name not in present]
