"""The access log: route, status and request id of every response, and nothing that was sent."""

import logging
from datetime import date
from typing import Any

import pytest
from starlette.testclient import TestClient

from calsvc.settings import Settings
from calsvc.web.app import create_app
from tests.support.clients import FEED_PATH, MILESTONES_PATH
from tests.support.loops import run_in_own_loop
from tests.support.servers import KEY

# --- nothing that was sent comes back -------------------------------------------------------------


SENT = {"1987-03-29", "1987年3月29日", "19870329", "S62.3.29"}
FORM_FIELDS = [
    "/calendar.ics?issued=2020-05-15&born={day}",
    "/calendar.ics?issued=2020-05-15&born={day}&lang=en",
    "/calendar.ics?issued=2020-05-15&born={day}x",
    "/calendar.ics?issued={day}&born=2020-05-15",
    "/calendar.ics?issued=2020-05-15&born={day}&born={day}",
    "/calendar.ics?issued=2020-05-15&{day}=1",
    "/calendar.ics?issued=2020-05-15&born=1990-10-10&lang={day}&alarms={day}",
    "/calendar.ics?born=1990-10-10&card_expires={day}",
    "/api/milestones?issued=2020-05-15&born={day}",
    "/api/milestones?issued=2020-05-15&birth={day}",
    "/calendar.ics/?issued=2020-05-15&born={day}",
    "/api/milestones/?issued=2020-05-15&born={day}",
    "/{day}",
    "/c/{day}.ics",
    "/c/{day}?born={day}",
]


@pytest.mark.parametrize("asked", FORM_FIELDS)
@pytest.mark.parametrize("day", sorted(SENT))
def test_no_response_and_no_log_line_contains_a_submitted_date(
    api_client: TestClient, caplog: pytest.LogCaptureFixture, asked: str, day: str
) -> None:
    caplog.set_level(logging.INFO, "calsvc")
    response = api_client.get(asked.format(day=day))
    answer = f"{response.headers} {response.text.replace(chr(13) + chr(10) + ' ', '')}"
    logged = [record.getMessage() for record in caplog.records if record.name != "httpx2"]
    assert logged
    for form in {*SENT, "1987%E5%B9%B4", "1987-3-29", "1987年3月29日"}:
        assert form not in answer
        assert form not in " ".join(logged)


def test_a_line_of_the_log_names_the_route_and_not_the_address(
    api_client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "calsvc")
    for address in (FEED_PATH, MILESTONES_PATH, "/nowhere", "/healthz"):
        api_client.get(address)
    lines = [record.getMessage() for record in caplog.records if record.name == "calsvc.access"]
    assert [line.rpartition(" ")[0] for line in lines] == [
        "GET calendar 200",
        "GET milestones 200",
        "GET none 404",
        "GET healthz 200",
    ]
    assert all(line.endswith("ms") for line in lines)


# --- failures -------------------------------------------------------------------------------------


class NoClockError(Exception):
    """An unexpected error."""


def no_clock() -> date:
    raise NoClockError("born 1987-03-29")


@pytest.mark.parametrize("address", [FEED_PATH, MILESTONES_PATH])
def test_an_unexpected_error_is_a_500_without_detail(
    caplog: pytest.LogCaptureFixture, address: str
) -> None:
    caplog.set_level(logging.INFO, "calsvc")
    broken = TestClient(
        create_app(Settings(keys=KEY), today=no_clock), raise_server_exceptions=False
    )
    response = broken.get(address)
    logged = " ".join(record.getMessage() for record in caplog.records if "calsvc" in record.name)
    assert response.status_code == 500
    assert "NoClockError at " in logged
    assert " 500 " in logged
    for told in (response.text, logged):
        assert "1987-03-29" not in told
        assert "1990-10-10" not in told
    assert "NoClockError" not in response.text
    assert not [record for record in caplog.records if record.exc_info]


def test_a_client_that_disconnects_early_is_no_failure(
    api_client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "calsvc")
    messages = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    scope = {
        **{"type": "http", "method": "POST", "path": "/api/links", "query_string": b""},
        **{"headers": [(b"content-type", b"application/json")], "client": ("192.0.2.1", 1)},
    }

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(_message: object) -> None:
        raise AssertionError("nobody is there")

    run_in_own_loop(api_client.app(scope, receive, send))
    lines = [each.getMessage() for each in caplog.records if each.name == "calsvc.access"]
    assert [line.rpartition(" ")[0] for line in lines] == ["POST links 499"]


# --- request ids ----------------------------------------------------------------------------------


def test_an_error_carries_the_id_under_which_the_log_tells_of_it(
    api_client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "calsvc")
    marks = [api_client.get(path).headers["X-Request-Id"] for path in ("/nowhere", "/calendar.ics")]
    logged = [each.__dict__["request_id"] for each in caplog.records if each.name[:6] == "calsvc"]
    assert marks == logged
    assert len({*marks}) == 2
    assert "X-Request-Id" not in api_client.get(FEED_PATH).headers


def test_request_id_of_the_client_is_ignored(api_client: TestClient) -> None:
    answer = api_client.get("/nowhere", headers={"X-Request-Id": "1987-03-29"})
    assert answer.headers["X-Request-Id"] != "1987-03-29"
