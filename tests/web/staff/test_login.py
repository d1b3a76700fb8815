"""Signs in and out; attempts are counted, cookies are closed to scripts and other sites."""

from http.cookies import SimpleCookie

import pytest
from starlette.testclient import TestClient

from calsvc.i18n.catalogs import catalog
from calsvc.web.rate_limits import OF_ONE
from calsvc.web.staff.job_store import Jobs
from tests.support.clients import STAFF_PASSWORD, token_in
from tests.support.staff import (
    BASE_URL,
    EXAMPLE,
    log_in,
    path_of,
    post,
    send,
    staff_client,
    staff_settings,
)


def test_whoever_knows_the_password_gets_in_and_out_again(client: TestClient) -> None:
    assert path_of(log_in(client)) == "/staff"
    assert client.get("/staff").status_code == 200
    assert path_of(post(client, "/staff/logout")) == "/staff/login"
    assert path_of(client.get("/staff")) == "/staff/login"


def test_a_session_that_was_ended_is_not_taken_again(clerk: TestClient) -> None:
    cookie = clerk.cookies["calsvc_staff"]
    post(clerk, "/staff/logout")
    response = clerk.get("/staff", headers={"Cookie": f"calsvc_staff={cookie}"})
    assert path_of(response) == "/staff/login"


def test_logging_out_removes_the_session_s_tables(clerk: TestClient, jobs: Jobs) -> None:
    send(clerk, EXAMPLE)
    post(clerk, "/staff/logout")
    assert jobs.folders() == []


def test_a_wrong_password_is_refused(client: TestClient) -> None:
    response = log_in(client, "wrong")
    assert response.status_code == 403
    assert catalog("ja").text("staff.log_in.wrong") in response.text
    assert path_of(client.get("/staff")) == "/staff/login"


@pytest.mark.parametrize("token", ["", "0" * 64, "ü"])
def test_a_log_in_without_the_page_s_token_is_refused(client: TestClient, token: str) -> None:
    client.get("/staff/login")
    response = client.post("/staff/login", data={"csrf": token, "password": STAFF_PASSWORD})
    assert response.status_code == 403
    assert "calsvc_staff" not in client.cookies


def test_a_log_in_without_the_page_s_cookie_is_refused(client: TestClient) -> None:
    token = token_in(client.get("/staff/login").text)
    client.cookies.clear()
    response = client.post("/staff/login", data={"csrf": token, "password": STAFF_PASSWORD})
    assert response.status_code == 403


def test_attempts_are_limited_and_told_when_to_come_back(client: TestClient) -> None:
    said = [log_in(client, "wrong").status_code for _ in range(OF_ONE.amount)]
    assert said == [403] * OF_ONE.amount
    refused = log_in(client)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= OF_ONE.get_expiry()


@pytest.mark.parametrize(("url", "secure"), [(BASE_URL, False), ("https://c.example.jp", True)])
def test_the_cookie_is_for_no_script_no_other_site_and_no_open_line(url: str, secure: bool) -> None:
    client = staff_client(staff_settings(public_url=url), url)
    first = log_in(client).headers.get_list("set-cookie")[0]
    cookie = SimpleCookie(first)["calsvc_staff"]
    assert cookie["httponly"]
    assert cookie["samesite"].lower() == "strict"
    assert bool(cookie["secure"]) is secure
    assert cookie["path"] == "/staff"
    assert cookie["max-age"] == "28800"
