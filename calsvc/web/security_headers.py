"""Headers that keep a browser from doing more than a page asks for."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)
FOR_STAFF = POLICY.format(ancestors="'none'") + "; connect-src 'self'"
"""No other site may show these pages inside its own. A script requests the state of a job."""
EVERYWHERE: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]
ON_PAGES: Headers = [
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
]


def page_headers(frame_ancestors: str) -> Headers:
    """Return the headers of a page. ``frame_ancestors``: sites that may show it in a frame."""
    policy = POLICY.format(ancestors=frame_ancestors).encode()
    return [*EVERYWHERE, *ON_PAGES, (b"content-security-policy", policy)]


class SecurityHeaders:
    """Middleware that adds missing security headers to responses. Pages get more than others."""

    def __init__(self, app: ASGIApp, frame_ancestors: str) -> None:
        """``frame_ancestors``: see `page_headers`."""
        self.app = app
        self._on_pages = page_headers(frame_ancestors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._lacking(message["headers"])]
            await send(message)

        await self.app(scope, receive, add)

    def _lacking(self, headers: Headers) -> Headers:
        given = dict(headers)
        is_page = given.get(b"content-type", b"").startswith(b"text/html")
        wanted = self._on_pages if is_page else EVERYWHERE
        return [(name, value) for name, value in wanted if name not in given]
