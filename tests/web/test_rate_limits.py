"""How often a client may send something; feeds it may fetch as often as it likes."""

from datetime import date

import pytest
from starlette.testclient import TestClient

from calsvc.links.keys import new_key
from calsvc.settings import Settings
from calsvc.web.app import create_app
from calsvc.web.rate_limits import OF_ALL, OF_ONE, Attempts, Posts, network

CARD = {"cards": [{"issued": "2020-05-15", "born": "1990-10-10"}]}
FEED = "/calendar.ics?issued=2020-05-15&born=1990-10-10"
ADDRESS = ("192.0.2.1", 50000)


def client_of(per_minute: int, address: tuple[str, int] = ADDRESS) -> TestClient:
    app = create_app(
        Settings(keys=new_key(), posts_per_minute=per_minute), today=lambda: date(2026, 11, 24)
    )
    return TestClient(
        app, base_url="http://localhost", client=address, headers={"Accept-Language": "en"}
    )


@pytest.mark.parametrize("path", ["/", "/api/links"])
def test_who_sends_too_much_is_told_when_to_come_back(path: str) -> None:
    client = client_of(2)
    assert [client.post(path).status_code for _ in range(2)] == [415, 415]
    answer = client.post(path, json=CARD)
    assert answer.status_code == 429
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["title"] == "Too many attempts. Wait a while and try again"
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_forms_and_links_count_together() -> None:
    client = client_of(1)
    assert client.post("/").status_code == 415
    assert client.post("/api/links", json=CARD).status_code == 429


def test_looking_is_never_limited() -> None:
    client = client_of(1)
    client.post("/")
    assert client.post("/").status_code == 429
    for path in ("/", FEED, "/api/milestones?issued=2020-05-15&born=1990-10-10", "/healthz"):
        assert {client.get(path).status_code for _ in range(5)} == {200}


def test_each_client_has_a_count_of_its_own_and_an_ipv6_network_has_one() -> None:
    posts = Posts(1)
    assert [posts.wait("192.0.2.1"), posts.wait("192.0.2.2"), posts.wait("2001:db8::1")] == [0] * 3
    assert posts.wait("192.0.2.1") > 0
    assert posts.wait("2001:db8::2") > 0
    assert posts.wait("2001:db8:0:1::2") == 0


def test_attempts_of_all_together_are_limited() -> None:
    attempts = Attempts()
    assert not any(attempts.wait(f"192.0.2.{number}") for number in range(OF_ALL.amount))
    assert attempts.wait("192.0.2.200")


def test_whoever_knew_the_password_has_no_attempts_against_him() -> None:
    attempts = Attempts()
    for _ in range(OF_ONE.amount * 2):
        assert attempts.wait("192.0.2.1") == 0
        attempts.forget("192.0.2.1")


def test_addresses_of_one_home_count_as_one_client() -> None:
    assert network("2001:db8::1") == network("2001:db8::ffff") != network("2001:db8:0:1::1")
    assert network("192.0.2.1") == "192.0.2.1"
    assert network("testclient") == "testclient"
