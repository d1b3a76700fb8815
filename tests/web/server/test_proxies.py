"""Two copies behind the real nginx and the real Caddy, as examples/ has them."""

import json
import os
import re
import socket
import ssl
import stat
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.clients import send_request
from tests.support.paths import ROOT
from tests.support.programs import require
from tests.support.servers import RunningService, free_port, running_service
from tests.support.waiting import HANG_SECONDS, wait_until

NAME = "calendar.example.jp"
FEED = "/calendar.ics?issued=2020-05-15&born=1990-10-10"


@dataclass(frozen=True)
class Copies:
    """Two running copies."""

    services: tuple[RunningService, RunningService]

    @property
    def ports(self) -> tuple[int, int]:
        first, second = self.services
        return first.port, second.port

    def stop(self, which: int) -> None:
        self.services[which].stop()


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Copies]:
    monkeypatch.setenv("CALSVC_PUBLIC_URL", f"https://{NAME}")
    monkeypatch.setenv("CALSVC_TRUSTED_PROXIES", "127.0.0.1")
    for folder in (first := tmp_path / "first", second := tmp_path / "second"):
        folder.mkdir()
    with running_service(first) as one, running_service(second) as other:
        yield Copies((one, other))


@contextmanager
def ended(process: "subprocess.Popen[bytes]") -> "Iterator[subprocess.Popen[bytes]]":
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=HANG_SECONDS)


@dataclass(frozen=True)
class Front:
    """A proxy that listens for TLS on ``port``, with all that is its own in ``folder``."""

    folder: Path
    port: int = field(default_factory=free_port)
    plain_port: int = field(default_factory=free_port)

    @contextmanager
    def client(self) -> Iterator[httpx2.Client]:
        """Asks for the service by its name, and lies about where it asks from."""
        trusted = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        with httpx2.Client(
            base_url=f"https://{NAME}:{self.port}",
            transport=Here(verify=trusted),
            headers={"X-Forwarded-For": "203.0.113.9"},
            timeout=HANG_SECONDS,
        ) as client:
            yield client

    def logs(self) -> str:
        return "".join(each.read_text(errors="replace") for each in self.folder.glob("*.log"))


class Here(httpx2.HTTPTransport):
    """Finds every name on this machine."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.extensions["sni_hostname"] = request.url.host
        request.headers["Host"] = request.url.host
        request.url = request.url.copy_with(host="127.0.0.1")
        return super().handle_request(request)


def make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "privkey.pem").write_bytes(private)


# --- the proxies ----------------------------------------------------------------------------------

# What Debian's nginx.conf says around it. Neither its logs nor its old TLS must come through.
AROUND = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log {folder}/access.log;
    error_log {folder}/error.log;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/calsvc.conf;
}}
"""


def rewritten(example: str, changes: dict[str, str]) -> str:
    """The text of an example, with what this machine has in place of what a city has."""
    text = (ROOT / "examples" / example).read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


def nginx(front: Front, ports: tuple[int, int]) -> list[str]:
    """The command that runs nginx, which has found its file good."""
    program = require("nginx")
    text = rewritten(
        "nginx.conf",
        {
            "listen [::]:": "#",  # not every machine has IPv6
            "listen 443": f"listen 127.0.0.1:{front.port}",
            "listen 80": f"listen 127.0.0.1:{front.plain_port}",
            "127.0.0.1:8000": f"127.0.0.1:{ports[0]}",
            "127.0.0.1:8001": f"127.0.0.1:{ports[1]}",
            "/var/log/nginx": str(front.folder),
            "/run/calsvc-feeds": str(front.folder / "feeds"),
            f"/etc/ssl/{NAME}": str(front.folder),
        },
    )
    (front.folder / "calsvc.conf").write_text(text, encoding="utf-8")
    user = "user root;" if os.getuid() == 0 else ""
    around = front.folder / "nginx.conf"
    around.write_text(AROUND.format(folder=front.folder, user=user), encoding="utf-8")
    subprocess.run([program, "-t", "-q", "-c", around], check=True)
    return [program, "-c", str(around)]


def caddy(front: Front, ports: tuple[int, int]) -> list[str]:
    """The command that runs Caddy, with a certificate that it need not fetch."""
    text = rewritten(
        "Caddyfile",
        {
            "email webmaster@example.jp": f"admin off\n\tauto_https disable_redirects\n"
            f"\thttp_port {front.plain_port}\n\tdefault_bind 127.0.0.1",
            f"\n{NAME} {{": f"\nhttps://{NAME}:{front.port} {{\n\ttls "
            f"{front.folder}/fullchain.pem {front.folder}/privkey.pem",
            "127.0.0.1:8000 127.0.0.1:8001": f"127.0.0.1:{ports[0]} 127.0.0.1:{ports[1]}",
        },
    )
    configured = front.folder / "Caddyfile"
    configured.write_text(text, encoding="utf-8")
    return [require("caddy"), "run", "--config", str(configured), "--adapter", "caddyfile"]


@contextmanager
def running(
    proxy: Callable[[Front, tuple[int, int]], list[str]], folder: Path, ports: tuple[int, int]
) -> Iterator[Front]:
    folder.mkdir()
    make_certificate(folder)
    front = Front(folder)
    command = proxy(front, ports)
    own = {name: str(folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    with (folder / "said.log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **own}, stdout=log, stderr=log)
    with ended(process):
        wait_until(lambda: process.poll() is not None or listens(front.port), "the proxy listens")
        assert process.poll() is None
        yield front


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


@pytest.fixture(params=[nginx, caddy], ids=["nginx", "caddy"])
def front(request: pytest.FixtureRequest, tmp_path: Path, copies: Copies) -> Iterator[Front]:
    with running(request.param, tmp_path / "front", copies.ports) as made:
        yield made


# --- several copies -------------------------------------------------------------------------------


def directly(port: int, path: str) -> bytes:
    request = f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\n\r\n"
    return send_request(port, request.encode()).body


def test_both_copies_and_the_front_give_the_same_bytes(front: Front, copies: Copies) -> None:
    with front.client() as client:
        answers = {client.get(FEED).content, *(directly(port, FEED) for port in copies.ports)}
    assert len(answers) == 1


def feeds(count: int) -> list[str]:
    """Addresses of as many people's feeds: none is answered from a cache."""
    days = [date(1960, 1, 1) + timedelta(days=number) for number in range(count)]
    return [f"/calendar.ics?issued=2020-05-15&born={day}" for day in days]


def test_a_copy_that_is_stopped_under_requests_loses_none(front: Front, copies: Copies) -> None:
    asked = feeds(240)
    with front.client() as client, ThreadPoolExecutor(4) as people:
        answers = [people.submit(client.get, path) for path in asked]
        answers[len(answers) // 3].result()
        copies.stop(0)
        assert {answer.result().status_code for answer in answers} == {200}
    for path, answer in zip(asked, answers, strict=True):
        assert answer.result().content == directly(copies.ports[1], path)


def test_nothing_in_the_logs_tells_what_was_asked_even_where_all_copies_are_gone(
    front: Front, copies: Copies
) -> None:
    asked = (*feeds(2), "/c/MARKEDTOKEN", "/c/MARKEDTOKEN.ics", "/?born=1990-10-10")
    with front.client() as client, ThreadPoolExecutor(len(asked)) as people:
        assert client.get(FEED, headers={"Referer": FEED}).status_code == 200
        copies.stop(0)
        copies.stop(1)
        assert {each.status_code for each in people.map(client.get, asked)} <= {502, 503}
    for mark in ("2020-05-15", "1990-10-10", "1960-01-0", "MARKEDTOKEN", "203.0.113.9"):
        assert mark not in front.logs()


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


@pytest.mark.parametrize("proxy", [nginx, caddy])
def test_the_service_hears_the_real_address_and_not_what_the_client_says(
    proxy: Callable[[Front, tuple[int, int]], list[str]], tmp_path: Path, echoing: int
) -> None:
    with running(proxy, tmp_path / "front", (echoing, echoing)) as front, front.client() as client:
        heard = client.get("/").json()
    assert heard["X-Forwarded-For"] == "127.0.0.1"
    assert heard["X-Forwarded-Proto"] == "https"
    assert heard["Host"] == NAME


def test_every_front_speaks_tls_1_3_and_says_to_stay_with_it(front: Front) -> None:
    with front.client() as client, client.stream("GET", FEED) as answer:
        spoken = answer.extensions["network_stream"].get_extra_info("ssl_object").version()
    assert spoken == "TLSv1.3"
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_no_front_speaks_old_tls(front: Front) -> None:
    old = ssl.create_default_context(cafile=str(front.folder / "fullchain.pem"))
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    plain = socket.create_connection(("127.0.0.1", front.port))
    with plain, pytest.raises(ssl.SSLError, match="PROTOCOL"):
        old.wrap_socket(plain, server_hostname=NAME)


def test_more_than_the_service_would_read_is_refused_at_the_front(front: Front) -> None:
    with front.client() as client:
        answer = client.post("/api/links", json="x" * 70_000)
    assert answer.status_code in (413, 502)  # 502: Caddy before 2.7


# --- nginx alone ----------------------------------------------------------------------------------


@pytest.fixture
def before(tmp_path: Path, copies: Copies) -> Iterator[Front]:
    """nginx before the copies."""
    with running(nginx, tmp_path / "front", copies.ports) as made:
        yield made


def test_links_are_made_while_a_copy_is_stopped(before: Front, copies: Copies) -> None:
    body = {"cards": [{"born": "1990-10-10", "issued": "2020-05-15"}]}
    with before.client() as client, ThreadPoolExecutor(4) as people:
        answers = [people.submit(client.post, "/api/links", json=body) for _ in range(60)]
        answers[20].result()
        copies.stop(0)
        answers += [people.submit(client.post, "/api/links", json=body) for _ in range(20)]
        assert {answer.result().status_code for answer in answers} == {200}


def test_a_feed_is_kept_for_each_language_and_address_and_a_fault_is_not(before: Front) -> None:
    with before.client() as client:
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
    kept = re.findall(r" (HIT|MISS)$", before.logs(), re.MULTILINE)
    assert sorted(kept) == ["HIT", "HIT", "MISS", "MISS", "MISS", "MISS"]


def test_whoever_has_the_kept_feed_gets_304(before: Front) -> None:
    with before.client() as client:
        tag = client.get(FEED).headers["ETag"]
        for _ in range(2):
            assert client.get(FEED, headers={"If-None-Match": tag}).status_code == 304


def test_what_is_kept_can_be_read_by_nginx_alone(before: Front) -> None:
    with before.client() as client:
        client.get(FEED)
        client.get("/")
    kept = [path for path in (before.folder / "feeds").rglob("*") if path.is_file()]
    assert [stat.S_IMODE(path.stat().st_mode) for path in kept] == [0o600]
    assert stat.S_IMODE((before.folder / "feeds").stat().st_mode) == 0o700


def test_plain_http_leads_to_the_service_itself_and_other_names_lead_nowhere(
    before: Front,
) -> None:
    plain = f"http://127.0.0.1:{before.plain_port}"
    answer = httpx2.get(plain + FEED, headers={"Host": NAME})
    assert (answer.status_code, answer.headers["Location"]) == (301, f"https://{NAME}{FEED}")
    with pytest.raises(httpx2.RemoteProtocolError):
        httpx2.get(plain, headers={"Host": "evil.example"})
    with before.client() as client, pytest.raises(httpx2.ConnectError):
        client.get(f"https://evil.example:{before.port}/")
