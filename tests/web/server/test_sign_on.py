"""Behind the real nginx, names of staff come from the office's sign-on and from nobody else."""

import json
import threading
from collections.abc import Iterator
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest

from tests.support.clients import token_in
from tests.support.proxies import NAME, RunningProxy, nginx, running
from tests.support.servers import RunningService, running_service
from tests.support.waiting import HANG_SECONDS

CLEARED = '    proxy_set_header X-Calsvc-User "";\n'
FORGED = {"X-Calsvc-User": "forger"}


class SignOn(BaseHTTPRequestHandler):
    """Lets in whoever sends the cookie ``pass``, as Hanako."""

    def do_GET(self) -> None:
        known = "pass=yes" in self.headers.get("Cookie", "")
        self.send_response(200 if known else 401)
        if known:
            self.send_header("X-User", "hanako")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def sign_on() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), SignOn) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RunningService]:
    with running_service(
        tmp_path,
        CALSVC_STATE_DIR=str(tmp_path / "state"),
        CALSVC_PUBLIC_URL=f"https://{NAME}",
        CALSVC_TRUSTED_PROXIES="127.0.0.1",
        CALSVC_STAFF_HEADER="X-Calsvc-User",
    ) as service:
        yield service


@pytest.fixture
def front(tmp_path: Path, service: RunningService, sign_on: int) -> Iterator[RunningProxy]:
    """An nginx in which the lines of the sign-on count."""

    def proxy(front: RunningProxy, ports: tuple[int, int]) -> list[str]:
        command, path = nginx(front, ports), front.folder / "calsvc.conf"
        text = path.read_text(encoding="utf-8")
        assert CLEARED in text
        text = text.replace(CLEARED, "").replace("#sso ", "").replace(":9091", f":{sign_on}")
        path.write_text(text, encoding="utf-8")
        return command

    with running(proxy, tmp_path / "front", (service.port, service.port)) as front:
        yield front


def who_signed_in(folder: Path) -> list[str]:
    files = (folder / "state").glob("audit/*.jsonl")
    acts = [json.loads(line) for each in files for line in each.read_text("utf-8").splitlines()]
    return [each["who"] for each in acts if each["act"] == "sign_in"]


def begin(client: httpx2.Client, cookies: dict[str, str]) -> httpx2.Response:
    """Sign in; ``cookies`` are sent, and take up what the service sets."""
    page = client.get("/staff/login", headers=sent(cookies))
    keep(page, cookies)
    fields = {"csrf": token_in(page.text)}
    answer = client.post("/staff/login", data=fields, headers=sent(cookies))
    keep(answer, cookies)
    return answer


def sent(cookies: dict[str, str]) -> dict[str, str]:
    """Return the header; the client's own jar does not know to which host it talks."""
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


def keep(answer: httpx2.Response, cookies: dict[str, str]) -> None:
    for line in answer.headers.get_list("set-cookie"):
        cookies |= {name: each.value for name, each in SimpleCookie(line).items()}


def test_the_sign_on_names_people_whatever_they_say_of_themselves(
    front: RunningProxy, tmp_path: Path
) -> None:
    with front.client() as client:
        client.headers.update(FORGED)
        assert client.get("/staff/login").status_code == 401
        cookies = {"pass": "yes"}
        assert begin(client, cookies).status_code == 303
        assert client.get("/staff", headers=sent(cookies)).status_code == 200
    assert who_signed_in(tmp_path) == ["hanako"]


def test_without_a_sign_on_no_client_names_itself(tmp_path: Path, service: RunningService) -> None:
    ports = (service.port, service.port)
    with running(nginx, tmp_path / "front", ports) as front, front.client() as client:
        client.headers.update(FORGED)
        assert "hanako" not in client.get("/staff/login").text
        assert client.get("/staff").headers["location"].startswith("/staff/login")
    assert who_signed_in(tmp_path) == []


def test_a_name_from_another_network_is_refused(tmp_path: Path) -> None:
    with running_service(
        tmp_path,
        CALSVC_STATE_DIR=str(tmp_path / "state"),
        CALSVC_TRUSTED_PROXIES="192.0.2.1",
        CALSVC_STAFF_HEADER="X-Calsvc-User",
    ) as service:
        assert (
            httpx2.get(
                f"{service.base_url}/staff/login", headers=FORGED, timeout=HANG_SECONDS
            ).status_code
            == 403
        )
