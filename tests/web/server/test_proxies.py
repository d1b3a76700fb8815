"""Two copies behind the real nginx and the real Caddy, as examples/ has them."""

import json
import re
import socket
import ssl
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest

from tests.support.clients import send_request
from tests.support.proxies import (
    NAME,
    Proxy,
    RunningCopies,
    RunningProxy,
    caddy,
    nginx,
    running,
    running_copies,
)
from tests.support.waiting import HANG_SECONDS

FEED = "/calendar.ics?issued=2020-05-15&born=1990-10-10"
either_proxy = pytest.mark.parametrize(
    "proxy", [nginx, pytest.param(caddy, marks=pytest.mark.large)]
)


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCopies]:
    """Two copies for the tests that stop none."""
    with running_copies(tmp_path_factory.mktemp("copies")) as running:
        yield running


@pytest.fixture(scope="module", params=[nginx, caddy], ids=["nginx", "caddy"])
def front(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, copies: RunningCopies
) -> Iterator[RunningProxy]:
    """A proxy for the tests that stop no copy and read no log."""
    with running(request.param, tmp_path_factory.mktemp("proxy") / "front", copies.ports) as front:
        yield front


@pytest.fixture
def own_copies(tmp_path: Path) -> Iterator[RunningCopies]:
    """Two copies for a test that stops them."""
    with running_copies(tmp_path) as running:
        yield running


@pytest.fixture
def own_front(proxy: Proxy, tmp_path: Path, own_copies: RunningCopies) -> Iterator[RunningProxy]:
    with running(proxy, tmp_path / "front", own_copies.ports) as front:
        yield front


@pytest.fixture
def new_nginx(tmp_path: Path, copies: RunningCopies) -> Iterator[RunningProxy]:
    """An nginx with an empty cache and empty logs."""
    with running(nginx, tmp_path / "front", copies.ports) as front:
        yield front


# --- several copies -------------------------------------------------------------------------------


def directly(port: int, path: str) -> bytes:
    request = f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\n\r\n"
    return send_request(port, request.encode()).body


def test_both_copies_and_the_front_give_the_same_bytes(
    front: RunningProxy, copies: RunningCopies
) -> None:
    with front.client() as client:
        answers = {client.get(FEED).content, *(directly(port, FEED) for port in copies.ports)}
    assert len(answers) == 1


def feeds(count: int) -> list[str]:
    """Addresses of as many people's feeds: none is answered from a cache."""
    days = [date(1960, 1, 1) + timedelta(days=number) for number in range(count)]
    return [f"/calendar.ics?issued=2020-05-15&born={day}" for day in days]


@either_proxy
def test_a_copy_that_is_stopped_under_requests_loses_none(
    own_front: RunningProxy, own_copies: RunningCopies
) -> None:
    asked = feeds(240)
    with own_front.client() as client, ThreadPoolExecutor(4) as people:
        answers = [people.submit(client.get, path) for path in asked]
        answers[len(answers) // 3].result()
        own_copies.stop(0)
        assert {answer.result().status_code for answer in answers} == {200}
    for path, answer in zip(asked, answers, strict=True):
        assert answer.result().content == directly(own_copies.ports[1], path)


@either_proxy
def test_logs_hold_no_request_even_if_all_copies_are_down(
    own_front: RunningProxy, own_copies: RunningCopies
) -> None:
    asked = (*feeds(2), "/c/MARKEDTOKEN", "/c/MARKEDTOKEN.ics", "/?born=1990-10-10")
    with own_front.client() as client, ThreadPoolExecutor(len(asked)) as people:
        assert client.get(FEED, headers={"Referer": FEED}).status_code == 200
        own_copies.stop(0)
        own_copies.stop(1)
        assert {each.status_code for each in people.map(client.get, asked)} <= {502, 503}
    for mark in ("2020-05-15", "1990-10-10", "1960-01-0", "MARKEDTOKEN", "203.0.113.9"):
        assert mark not in own_front.logs()


@pytest.fixture
def echoing() -> Iterator[int]:
    """The port of a service that answers with the headers that reached it."""

    class Echo(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(dict(self.headers)).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@either_proxy
def test_service_gets_the_client_ip_from_the_proxy_only(
    proxy: Proxy, tmp_path: Path, echoing: int
) -> None:
    with running(proxy, tmp_path / "front", (echoing, echoing)) as front, front.client() as client:
        heard = client.get("/").json()
    assert heard["X-Forwarded-For"] == "127.0.0.1"
    assert heard["X-Forwarded-Proto"] == "https"
    assert heard["Host"] == NAME


def test_every_front_speaks_tls_1_3_and_says_to_stay_with_it(front: RunningProxy) -> None:
    with front.client() as client, client.stream("GET", FEED) as answer:
        spoken = answer.extensions["network_stream"].get_extra_info("ssl_object").version()
    assert spoken == "TLSv1.3"
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_no_front_speaks_old_tls(front: RunningProxy) -> None:
    old = ssl.create_default_context(cafile=str(front.folder / "fullchain.pem"))
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    plain = socket.create_connection(("127.0.0.1", front.port))
    with plain, pytest.raises(ssl.SSLError, match="PROTOCOL"):
        old.wrap_socket(plain, server_hostname=NAME)


@pytest.mark.parametrize("ciphers", ["ECDHE+SHA1", "ECDHE+SHA256+AES:!AESGCM"])
def test_every_front_takes_only_authenticated_ciphers(front: RunningProxy, ciphers: str) -> None:
    weak = ssl.create_default_context(cafile=str(front.folder / "fullchain.pem"))
    weak.maximum_version = ssl.TLSVersion.TLSv1_2
    plain = socket.create_connection(("127.0.0.1", front.port))
    with plain, weak.wrap_socket(plain, server_hostname=NAME) as spoken:
        assert spoken.version() == "TLSv1.2"
    weak.set_ciphers(ciphers)
    plain = socket.create_connection(("127.0.0.1", front.port))
    with plain, pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
        weak.wrap_socket(plain, server_hostname=NAME)


def test_more_than_the_service_would_read_is_refused_at_the_front(front: RunningProxy) -> None:
    with front.client() as client:
        answer = client.post("/api/links", json="x" * 70_000)
    assert answer.status_code in (413, 502)  # 502: Caddy before 2.7


# --- nginx alone ----------------------------------------------------------------------------------


@pytest.mark.large
@pytest.mark.parametrize("proxy", [nginx])
def test_links_are_made_while_a_copy_is_stopped(
    own_front: RunningProxy, own_copies: RunningCopies
) -> None:
    body = {"cards": [{"born": "1990-10-10", "issued": "2020-05-15"}]}
    with own_front.client() as client, ThreadPoolExecutor(4) as people:
        answers = [people.submit(client.post, "/api/links", json=body) for _ in range(60)]
        answers[20].result()
        own_copies.stop(0)
        answers += [people.submit(client.post, "/api/links", json=body) for _ in range(20)]
        assert {answer.result().status_code for answer in answers} == {200}


def test_pages_of_one_client_are_limited_and_feeds_are_not(new_nginx: RunningProxy) -> None:
    with new_nginx.client() as client:
        pages = [client.get("/c/x").status_code for _ in range(200)]
        assert set(pages) == {404, 429}
        assert pages[:50] == [404] * 50
        assert client.get(FEED).status_code == 200
        feeds = {client.get("/c/x.ics").status_code for _ in range(200)}
        assert feeds == {404}
    assert "/c/x" not in new_nginx.logs()


@dataclass
class SlowUpstream:
    """A service that answers nothing until it is told to."""

    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    released: threading.Event = field(default_factory=threading.Event)
    port: int = 0


@pytest.fixture
def slow_upstream() -> Iterator[SlowUpstream]:
    upstream = SlowUpstream()

    class Slow(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            upstream.arrived.release()
            upstream.released.wait(HANG_SECONDS)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        upstream.port = server.server_port
        yield upstream
        upstream.released.set()
        server.shutdown()


def with_two_connections(front: RunningProxy, ports: tuple[int, int]) -> list[str]:
    """The command of an nginx that allows each client two connections."""
    command, settings = nginx(front, ports), front.folder / "calsvc.conf"
    text = settings.read_text(encoding="utf-8")
    assert "calsvc_connections 100;" in text
    narrow = text.replace("calsvc_connections 100;", "calsvc_connections 2;")
    settings.write_text(narrow, encoding="utf-8")
    return command


def test_connections_of_one_client_are_limited(tmp_path: Path, slow_upstream: SlowUpstream) -> None:
    ports = (slow_upstream.port, slow_upstream.port)
    with (
        running(with_two_connections, tmp_path / "front", ports) as front,
        front.client() as client,
        ThreadPoolExecutor(2) as people,
    ):
        waiting = [people.submit(client.get, "/") for _ in range(2)]
        assert all(slow_upstream.arrived.acquire(timeout=HANG_SECONDS) for _ in waiting)
        assert client.get("/").status_code == 429
        slow_upstream.released.set()
        assert {each.result().status_code for each in waiting} == {200}


def test_proxy_caches_feeds_by_language_and_host_but_no_errors(
    new_nginx: RunningProxy,
) -> None:
    with new_nginx.client() as client:
        japanese, vietnamese = (
            [client.get(FEED, headers={"Accept-Language": lang}) for _ in range(2)]
            for lang in ("ja", "vi")
        )
        faults = [client.get("/calendar.ics?born=1990-10-10") for _ in range(2)]
        client.get("/healthz")  # the lines of all before it are written now
    assert japanese[0].content == japanese[1].content != vietnamese[0].content
    assert vietnamese[0].content == vietnamese[1].content
    assert {answer.headers["Cache-Control"] for answer in japanese} == {"private, max-age=3600"}
    assert [answer.status_code for answer in faults] == [400, 400]
    kept = re.findall(r" (HIT|MISS)$", new_nginx.logs(), re.MULTILINE)
    assert sorted(kept) == ["HIT", "HIT", "MISS", "MISS", "MISS", "MISS"]


def test_whoever_has_the_kept_feed_gets_304(new_nginx: RunningProxy) -> None:
    with new_nginx.client() as client:
        tag = client.get(FEED).headers["ETag"]
        for _ in range(2):
            assert client.get(FEED, headers={"If-None-Match": tag}).status_code == 304


def test_what_is_kept_can_be_read_by_nginx_alone(new_nginx: RunningProxy) -> None:
    with new_nginx.client() as client:
        client.get(FEED)
        client.get("/")
    kept = [path for path in (new_nginx.folder / "feeds").rglob("*") if path.is_file()]
    assert [stat.S_IMODE(path.stat().st_mode) for path in kept] == [0o600]
    assert stat.S_IMODE((new_nginx.folder / "feeds").stat().st_mode) == 0o700


def test_http_redirects_to_https_and_other_hosts_are_rejected(
    new_nginx: RunningProxy,
) -> None:
    plain = f"http://127.0.0.1:{new_nginx.plain_port}"
    answer = httpx2.get(plain + FEED, headers={"Host": NAME}, timeout=HANG_SECONDS)
    assert (answer.status_code, answer.headers["Location"]) == (301, f"https://{NAME}{FEED}")
    with pytest.raises(httpx2.RemoteProtocolError):
        httpx2.get(plain, headers={"Host": "evil.example"}, timeout=HANG_SECONDS)
    with new_nginx.client() as client, pytest.raises(httpx2.ConnectError):
        client.get(f"https://evil.example:{new_nginx.port}/")
