"""No strange host and no header of a proxy gets into a link or a redirection."""

import re
from collections.abc import Mapping

import pytest

from tests.support.hostile_client import (
    EVIL,
    FORM,
    GOOD,
    Server,
    assert_harmless,
    assert_rejected,
    household,
)

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
    assert_rejected(server.post("/api/links", household(), "application/json", Host=host), 421)
    assert_rejected(server.post("/", b"c1-born-year=1985", FORM, Host=host), 421)


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
    "cards=1&c1-born-era=&c1-born-year=1985&c1-born-month=4&c1-born-day=23"
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
