"""Rate limits of forms. Feeds have none."""

from datetime import date

import pytest
from starlette.testclient import TestClient

from calsvc.links.keys import generate_key
from calsvc.settings import Settings
from calsvc.web.app import create_app
from calsvc.web.rate_limits import (
    FIRST_DELAY_SECONDS,
    FREE_ATTEMPTS,
    MAX_COUNTED_NETWORKS,
    MAX_DELAY_SECONDS,
    RETENTION_SECONDS,
    AttemptLimiter,
    PostLimiter,
)

CARD = {"cards": [{"issued": "2020-05-15", "born": "1990-10-10"}]}
FEED = "/calendar.ics?issued=2020-05-15&born=1990-10-10"
ADDRESS = ("192.0.2.1", 50000)


def client_of(per_minute: int, address: tuple[str, int] = ADDRESS) -> TestClient:
    app = create_app(
        Settings(keys=generate_key(), posts_per_minute=per_minute), today=lambda: date(2026, 11, 24)
    )
    return TestClient(
        app, base_url="http://localhost", client=address, headers={"Accept-Language": "en"}
    )


@pytest.mark.parametrize("path", ["/", "/api/links"])
def test_too_many_posts_get_429_with_retry_after(path: str) -> None:
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


def test_posts_are_counted_per_client_and_per_ipv6_network() -> None:
    post_limiter = PostLimiter(1)
    assert [
        post_limiter.hit("192.0.2.1"),
        post_limiter.hit("192.0.2.2"),
        post_limiter.hit("2001:db8::1"),
    ] == [0] * 3
    assert post_limiter.hit("192.0.2.1") > 0
    assert post_limiter.hit("2001:db8::2") > 0
    assert post_limiter.hit("2001:db8:0:1::2") == 0


def test_larger_ipv6_networks_have_larger_allowances() -> None:
    post_limiter = PostLimiter(1)
    homes = [f"2001:db8:1:{number << 8:x}::1" for number in range(17)]
    assert [post_limiter.hit(home) > 0 for home in homes] == [False] * 16 + [True]
    rooms = [f"2001:db8:2:{number:x}::1" for number in range(5)]
    assert [post_limiter.hit(room) > 0 for room in rooms] == [False] * 4 + [True]
    assert post_limiter.hit("2001:db8:3::1") == 0


def test_mapped_ipv4_clients_are_counted_separately() -> None:
    post_limiter = PostLimiter(1)
    assert [post_limiter.hit(f"::ffff:192.0.2.{number}") for number in range(3)] == [0] * 3
    assert post_limiter.hit("192.0.2.1") > 0


# --- attempts to log in ---------------------------------------------------------------------------


class Clock:
    """A clock that stands still until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def attempts(clock: Clock) -> AttemptLimiter:
    return AttemptLimiter(clock)


def exhaust(attempts: AttemptLimiter, client: str) -> None:
    """Make all attempts of ``client`` that have no delay."""
    assert [attempts.hit(client) for _ in range(FREE_ATTEMPTS)] == [0] * FREE_ATTEMPTS


def test_each_wrong_password_doubles_the_delay_up_to_its_maximum(
    attempts: AttemptLimiter, clock: Clock
) -> None:
    exhaust(attempts, "192.0.2.1")
    delays = []
    for _ in range(6):
        delays.append(attempts.hit("192.0.2.1"))
        assert attempts.hit("192.0.2.1") == delays[-1]
        clock.now += delays[-1]
        assert attempts.hit("192.0.2.1") == 0
    assert delays == [30, 60, 120, 240, 300, 300]
    assert (delays[0], delays[-1]) == (FIRST_DELAY_SECONDS, MAX_DELAY_SECONDS)


def test_wrong_passwords_delay_no_other_client(attempts: AttemptLimiter) -> None:
    for number in range(200):
        client = f"::ffff:192.0.2.{number}"
        exhaust(attempts, client)
        assert attempts.hit(client) == FIRST_DELAY_SECONDS
    assert attempts.hit("192.0.2.200") == 0


def test_attempts_of_one_ipv6_network_count_together(attempts: AttemptLimiter) -> None:
    homes = 4
    for number in range(homes):
        exhaust(attempts, f"2001:db8:0:{number}::1")
    assert attempts.hit("2001:db8:0:ff::1") == FIRST_DELAY_SECONDS
    assert attempts.hit("2001:db8:0:100::1") == 0


def test_right_password_resets_the_attempts(attempts: AttemptLimiter) -> None:
    for client in ("192.0.2.1", "2001:db8::1"):
        for _ in range(FREE_ATTEMPTS * 20):
            assert attempts.hit(client) == 0
            attempts.reset(client)


def test_attempts_are_forgotten_in_time(attempts: AttemptLimiter, clock: Clock) -> None:
    exhaust(attempts, "192.0.2.1")
    clock.now += RETENTION_SECONDS
    exhaust(attempts, "192.0.2.1")


def test_remembered_networks_are_bounded(attempts: AttemptLimiter) -> None:
    exhaust(attempts, "0.0.0.1")
    for number in range(MAX_COUNTED_NETWORKS):
        attempts.hit(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert attempts.hit("0.0.0.1") == 0
