"""No header and no request line sent to the server breaks an answer or comes back."""

import pytest

from tests.support.hostile_client import (
    EVIL,
    FORM,
    GOOD,
    INJECTED,
    MARK,
    Server,
    assert_harmless,
)

BREAKS = (
    "%0d%0a",
    "%0a",
    "%0d",
    "%E5%98%8A%E5%98%8D",
    "%c0%8d%c0%8a",
    "%00",
    "%e2%80%a8",
    "\\r\\n",
)
PLACES = (
    "/{}",
    "/c/{}",
    "/c/{}.ics",
    "/static/{}",
    "/calendar.ics?{}",
    "/calendar.ics?born={}",
    f"/calendar.ics?{GOOD}&lang={{}}",
    f"/api/milestones?{GOOD}&alarms={{}}",
    f"/api/milestones?{GOOD}&{{}}=1",
    "/?lang={}",
    "/static/page.css?v={}",
)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("line_break", BREAKS)
@pytest.mark.parametrize("accept", [b"*/*", b"text/html"])
def test_no_line_break_in_an_address_makes_a_header(
    server: Server, place: str, line_break: str, accept: bytes
) -> None:
    injection = f"{MARK}{line_break}{INJECTED}:1{line_break}{line_break}{MARK}"
    assert_harmless(server.get(place.format(injection).encode(), b"Accept: " + accept))


@pytest.mark.parametrize(
    "name",
    [
        *("Accept", "Accept-Language", "Accept-Encoding", "User-Agent", "Cookie", "Origin"),
        *("If-None-Match", "If-Modified-Since", "X-Forwarded-Host", "X-Forwarded-For", "Referer"),
        *("X-Request-Id", "Range", "Expect"),
    ],
)
@pytest.mark.parametrize(
    "value",
    [
        MARK.encode() + each
        for each in (
            b"\r X-Injected: 1",
            b"\n X-Injected: 1",
            b"\r\nX-Injected: 1",
            b"\r\n X-Injected: 1",
            b"\0",
            b"\x80\xff",
            b"\x1b[31m",
            b'"<script>',
            b"," * 5000,
            b"a" * 20000,
            b";q=1e999",
            b";q=\xd9\xa3",
        )
    ],
)
@pytest.mark.parametrize("target", [b"/", f"/calendar.ics?{GOOD}".encode()])
def test_no_value_of_a_header_comes_back(
    server: Server, name: str, value: bytes, target: bytes
) -> None:
    assert_harmless(server.get(target, name.encode() + b": " + value))


SMUGGLED = f"GET /{MARK} HTTP/1.1\r\nHost: localhost\r\n{INJECTED}: 1\r\n\r\n".encode()


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Content-Length: 4\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked, identity",
        b"Transfer-Encoding: xchunked",
        b"Transfer-Encoding : chunked",
        b"Transfer-Encoding: \x0bchunked",
        b"Content-Length: -1",
        b"Content-Length: +5",
        b"Content-Length: 0x10",
        b"Content-Length: 99999999999999999999",
        b"Content-Length: 5 5",
        b"Content-Length: zqmark",
        b"X Y: zqmark",
        b": zqmark",
        b"zqmark",
        b"\x00: zqmark",
        b"X-Long: " + b"zqmark" * 20000,
        b"\r\n".join(b"X-%d: zqmark" % number for number in range(3000)),
    ],
)
@pytest.mark.parametrize("path", [b"/", b"/api/links"])
def test_no_second_request_is_smuggled_in(server: Server, lines: bytes, path: bytes) -> None:
    head = b"POST " + path + b" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    answer = server.send(head + lines + b"\r\nConnection: close\r\n\r\n0\r\n\r\n" + SMUGGLED)
    if answer.raw:
        assert_harmless(answer)
        assert answer.status >= 400


@pytest.mark.parametrize("path", [b"/", b"/api/links"])
@pytest.mark.parametrize("sent", [0, 1, 30_000])
def test_client_disconnecting_within_a_body_is_no_failure(
    server: Server, path: bytes, sent: int
) -> None:
    media_type = b"application/json" if path == b"/api/links" else FORM.encode()
    head = b"POST %b HTTP/1.1\r\nHost: localhost\r\nContent-Type: %b\r\nContent-Length: 60000"
    server.send(head % (path, media_type) + b"\r\n\r\n" + b"z" * sent)


@pytest.mark.parametrize(
    "request_line",
    [
        b"",
        b"\r\n\r\n",
        b"\0\0\0\0",
        b"GET",
        b"GET /zqmark",
        b"GET /zqmark HTTP/9.9",
        b"GET  /zqmark  HTTP/1.1",
        b"G\xc3\x8bT /zqmark HTTP/1.1",
        b"ZQMARK / HTTP/1.1",
        b"GET\t/zqmark\tHTTP/1.1",
        b"GET /zq mark HTTP/1.1",
        b"GET " + b"/zqmark" * 20000 + b" HTTP/1.1",
        b"PRI * HTTP/2.0",
        b"CONNECT evil.example:443 HTTP/1.1",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_a_broken_request_line_is_refused(server: Server, request_line: bytes) -> None:
    answer = server.send(request_line + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    if answer.raw:
        assert answer.status < 500
        assert MARK not in answer.text
        assert EVIL not in answer.text
