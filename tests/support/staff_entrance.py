"""Comes to the staff pages by a proxy or without one, and reads what was written down of it."""

import json
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from calsvc.settings import Settings
from calsvc.web.client_networks import PEER
from tests.support.clients import token_in
from tests.support.staff import BASE_URL, BROWSER, staff_client, staff_settings

HEADER = "X-Remote-User"
PROXY, STRANGER = "10.0.0.7", "192.0.2.9"


def acts(settings: Settings) -> list[dict[str, Any]]:
    """Return all lines of the audit log, the oldest first."""
    files = sorted(Path(settings.state_dir, "audit").glob("*.jsonl"))
    return [json.loads(line) for each in files for line in each.read_text("utf-8").splitlines()]


def settings_behind_proxy() -> Settings:
    return staff_settings(staff_header=HEADER.lower(), trusted_proxies=("10.0.0.0/24",))


class FromPeer:
    """The application as the server hands it requests that ``peer`` sends."""

    def __init__(self, app: Starlette, peer: str) -> None:
        self.app, self.peer, self.state = app, peer, app.state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app({**scope, PEER: (self.peer, 1)}, receive, send)


def client_of(settings: Settings, peer: str, *names: str) -> TestClient:
    """Return a client at the address ``peer`` that sends ``names`` in the header."""
    app = FromPeer(staff_client(settings).app, peer)  # type: ignore[arg-type]
    headers = [*BROWSER.items(), *((HEADER, name) for name in names)]
    return TestClient(app, base_url=BASE_URL, headers=dict(headers), follow_redirects=False)


def sign_in_by_name(client: TestClient) -> int:
    """Sign in with the name that the client sends in the header, and return the status."""
    token = token_in(client.get("/staff/login").text)
    return client.post("/staff/login", data={"csrf": token}).status_code
