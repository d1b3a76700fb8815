"""Two copies of the service behind the real nginx and the real Caddy, set up as in examples/."""

import os
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.paths import EXAMPLES
from tests.support.programs import require
from tests.support.servers import RunningService, free_port, running_service
from tests.support.waiting import HANG_SECONDS, wait_until

NAME = "calendar.example.jp"


@dataclass(frozen=True)
class RunningCopies:
    """Two running copies."""

    services: tuple[RunningService, RunningService]

    @property
    def ports(self) -> tuple[int, int]:
        first, second = self.services
        return first.port, second.port

    def stop(self, index: int) -> None:
        self.services[index].stop()


@contextmanager
def running_copies(folder: Path) -> Iterator[RunningCopies]:
    """Run two copies with the settings of examples/ until the block ends."""
    settings = {"CALSVC_PUBLIC_URL": f"https://{NAME}", "CALSVC_TRUSTED_PROXIES": "127.0.0.1"}
    for each in (first := folder / "first", second := folder / "second"):
        each.mkdir()
    with running_service(first, **settings) as one, running_service(second, **settings) as other:
        yield RunningCopies((one, other))


@contextmanager
def terminated(process: "subprocess.Popen[bytes]") -> "Iterator[subprocess.Popen[bytes]]":
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=HANG_SECONDS)


@dataclass(frozen=True)
class RunningProxy:
    """A proxy that listens for TLS on ``port``, with its files in ``folder``."""

    folder: Path
    port: int = field(default_factory=free_port)
    plain_port: int = field(default_factory=free_port)

    @contextmanager
    def client(self) -> Iterator[httpx2.Client]:
        """Yield a client that uses the service's name and sends a false X-Forwarded-For."""
        trusted = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        with httpx2.Client(
            base_url=f"https://{NAME}:{self.port}",
            transport=LocalTransport(verify=trusted),
            headers={"X-Forwarded-For": "203.0.113.9"},
            timeout=HANG_SECONDS,
        ) as client:
            yield client

    def logs(self) -> str:
        return "".join(each.read_text(errors="replace") for each in self.folder.glob("*.log"))


class LocalTransport(httpx2.HTTPTransport):
    """A transport that connects to this machine for every host name."""

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

# Debian's nginx.conf around it. Neither its logs nor its old TLS versions must apply.
NGINX_MAIN_CONFIG = """
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


def adapt_example(example: str, changes: dict[str, str]) -> str:
    """Return the text of an example, with values of this machine in place of a city's."""
    text = (EXAMPLES / example).read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


Proxy = Callable[["RunningProxy", tuple[int, int]], list[str]]
"""Writes the configuration of a proxy for copies on two ports, and returns its command."""


def nginx(proxy: RunningProxy, ports: tuple[int, int]) -> list[str]:
    """Write the configuration of nginx, check it, and return the command."""
    program = require("nginx")
    text = adapt_example(
        "nginx.conf",
        {
            "listen [::]:": "#",  # not every machine has IPv6
            "listen 443": f"listen 127.0.0.1:{proxy.port}",
            "listen 80": f"listen 127.0.0.1:{proxy.plain_port}",
            "127.0.0.1:8000": f"127.0.0.1:{ports[0]}",
            "127.0.0.1:8001": f"127.0.0.1:{ports[1]}",
            "/var/log/nginx": str(proxy.folder),
            "/run/calsvc-feeds": str(proxy.folder / "feeds"),
            f"/etc/ssl/{NAME}": str(proxy.folder),
        },
    )
    (proxy.folder / "calsvc.conf").write_text(text, encoding="utf-8")
    user = "user root;" if os.getuid() == 0 else ""
    around = proxy.folder / "nginx.conf"
    around.write_text(NGINX_MAIN_CONFIG.format(folder=proxy.folder, user=user), encoding="utf-8")
    subprocess.run([program, "-t", "-q", "-c", around], check=True)
    return [program, "-c", str(around)]


def caddy(proxy: RunningProxy, ports: tuple[int, int]) -> list[str]:
    """Write the configuration of Caddy, with our certificate, and return the command."""
    text = adapt_example(
        "Caddyfile",
        {
            "email webmaster@example.jp": f"admin off\n\tauto_https disable_redirects\n"
            f"\thttp_port {proxy.plain_port}\n\tdefault_bind 127.0.0.1",
            f"\n{NAME} {{": f"\nhttps://{NAME}:{proxy.port} {{\n\ttls "
            f"{proxy.folder}/fullchain.pem {proxy.folder}/privkey.pem",
            "127.0.0.1:8000 127.0.0.1:8001": f"127.0.0.1:{ports[0]} 127.0.0.1:{ports[1]}",
        },
    )
    settings = proxy.folder / "Caddyfile"
    settings.write_text(text, encoding="utf-8")
    return [require("caddy"), "run", "--config", str(settings), "--adapter", "caddyfile"]


@contextmanager
def running(configure: Proxy, folder: Path, ports: tuple[int, int]) -> Iterator[RunningProxy]:
    """Run the proxy of ``configure`` before the copies on ``ports`` until the block ends."""
    folder.mkdir()
    make_certificate(folder)
    proxy = RunningProxy(folder)
    command = configure(proxy, ports)
    own = {name: str(folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    with (folder / "output.log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **own}, stdout=log, stderr=log)
    with terminated(process):
        wait_until(lambda: process.poll() is not None or listens(proxy.port), "the proxy listens")
        assert process.poll() is None
        yield proxy


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
