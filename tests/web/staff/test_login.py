"""Signs in and out; attempts are counted, cookies are closed to scripts and other sites."""

import logging
from http.cookies import Morsel, SimpleCookie

import pytest
from starlette.testclient import TestClient

from calsvc.i18n.catalogs import get_catalog
from calsvc.people.session_files import compute_public_id
from calsvc.web.rate_limits import FIRST_DELAY_SECONDS, FREE_ATTEMPTS
from calsvc.web.staff.access import MAX_VERIFICATIONS, StaffState
from calsvc.web.staff.job_store import JobStore
from tests.support.clients import STAFF_PASSWORD, token_in
from tests.support.staff import (
    BASE_URL,
    CLERK,
    EXAMPLE,
    log_in,
    post_form,
    redirect_path,
    staff_client,
    staff_settings,
    upload_table,
)

JA = get_catalog("ja")


def test_right_password_signs_in_and_sign_out_works(client: TestClient) -> None:
    assert redirect_path(log_in(client)) == "/staff"
    assert client.get("/staff").status_code == 200
    assert redirect_path(post_form(client, "/staff/logout")) == "/staff/login"
    assert redirect_path(client.get("/staff")) == "/staff/login"


def test_ended_session_is_invalid(clerk: TestClient) -> None:
    cookie = clerk.cookies["calsvc_staff"]
    post_form(clerk, "/staff/logout")
    response = clerk.get("/staff", headers={"Cookie": f"calsvc_staff={cookie}"})
    assert redirect_path(response) == "/staff/login"
    assert JA.text("staff.log_in.ended") not in clerk.get("/staff/login").text


def test_a_clerk_whose_session_has_ended_reads_why(clerk: TestClient) -> None:
    staff: StaffState = clerk.app.state.staff  # type: ignore[attr-defined]
    staff.authenticator.sessions.end(
        compute_public_id(staff.sessions.session(clerk.cookies["calsvc_staff"]))
    )
    assert redirect_path(clerk.get("/staff")) == "/staff/login"
    assert JA.text("staff.log_in.ended") in clerk.get("/staff/login").text


def test_logging_out_removes_the_session_s_tables(clerk: TestClient, jobs: JobStore) -> None:
    upload_table(clerk, EXAMPLE)
    post_form(clerk, "/staff/logout")
    assert jobs.folders() == []


def test_a_wrong_password_is_refused(client: TestClient) -> None:
    response = log_in(client, "wrong")
    assert response.status_code == 403
    assert JA.text("staff.log_in.wrong") in response.text
    assert f'value="{CLERK}"' in response.text
    assert "wrong" not in response.text
    assert redirect_path(client.get("/staff")) == "/staff/login"


@pytest.mark.parametrize("token", ["", "0" * 64, "ü"])
def test_a_log_in_without_the_page_s_token_is_refused(client: TestClient, token: str) -> None:
    client.get("/staff/login")
    response = client.post(
        "/staff/login", data={"csrf": token, "name": CLERK, "password": STAFF_PASSWORD}
    )
    assert response.status_code == 403
    assert "calsvc_staff" not in client.cookies


def test_a_log_in_without_the_page_s_cookie_is_refused(client: TestClient) -> None:
    token = token_in(client.get("/staff/login").text)
    client.cookies.clear()
    response = client.post(
        "/staff/login", data={"csrf": token, "name": CLERK, "password": STAFF_PASSWORD}
    )
    assert response.status_code == 403


def test_attempts_are_limited_with_retry_after(client: TestClient) -> None:
    said = [log_in(client, "wrong").status_code for _ in range(FREE_ATTEMPTS)]
    assert said == [403] * FREE_ATTEMPTS
    refused = log_in(client)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= FIRST_DELAY_SECONDS


def test_wrong_passwords_nearby_do_not_delay_a_known_browser(clerk: TestClient) -> None:
    """All clients of this test have one address."""
    stranger = TestClient(clerk.app, base_url=BASE_URL, follow_redirects=False)
    while log_in(stranger, "wrong").status_code == 403:
        pass
    assert log_in(stranger).status_code == 429
    assert log_in(clerk).status_code == 303
    assert log_in(stranger).status_code == 429


def test_known_browser_is_delayed_by_its_own_wrong_passwords(clerk: TestClient) -> None:
    said = [log_in(clerk, "wrong").status_code for _ in range(FREE_ATTEMPTS + 1)]
    assert said == [403] * FREE_ATTEMPTS + [429]


def test_known_browser_does_not_queue_behind_strangers(
    client: TestClient, clerk: TestClient
) -> None:
    """Every password of a stranger that may be verified at once is being verified."""
    strangers = client.app.state.staff.password_limiters[False]  # type: ignore[attr-defined]
    assert client.portal
    for _ in range(MAX_VERIFICATIONS):
        client.portal.call(strangers.acquire_on_behalf_of, object())
    assert log_in(clerk).status_code == 303


@pytest.mark.parametrize("mark", ["x", "x.y.z", "AAAA.aWlnaA.c2lnbmF0dXJl"])
def test_invented_mark_of_a_browser_counts_for_nothing(client: TestClient, mark: str) -> None:
    for number in range(FREE_ATTEMPTS):
        client.cookies.set("calsvc_staff_browser", f"{number}{mark}")
        assert log_in(client, "wrong").status_code == 403
    client.cookies.set("calsvc_staff_browser", mark)
    assert log_in(client).status_code == 429


# --- the log --------------------------------------------------------------------------------------


def test_attempts_and_refusals_are_logged_without_input(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "calsvc.access")
    for password in ("wrong", STAFF_PASSWORD):
        log_in(client, password)
    client.post("/staff/logout", data={"csrf": "forged"})
    client.cookies.clear()
    client.get("/staff/tables/x")
    found = [record.getMessage().rpartition(" ")[0] for record in caplog.records]
    assert found == [
        "GET LogIn 200",
        "POST LogIn 403",
        "GET LogIn 200",
        "POST LogIn 303",
        "POST log_out 403",
        "GET show 303",
    ]


# --- cookies --------------------------------------------------------------------------------------

PUBLIC_URL = "https://c.example.jp"


def cookies_of(url: str) -> dict[str, Morsel[str]]:
    """Return the cookies of a log-in at ``url``."""
    client = staff_client(staff_settings(public_url=PUBLIC_URL, staff_plain_http=True), url)
    lines = log_in(client).headers.get_list("set-cookie")
    return {name: each for line in lines for name, each in SimpleCookie(line).items()}


@pytest.mark.parametrize(
    ("scheme", "prefix", "path"), [("http", "", "/staff"), ("https", "__Host-", "/")]
)
def test_cookies_are_secure_by_the_scheme_of_the_request(
    scheme: str, prefix: str, path: str
) -> None:
    cookies = cookies_of(f"{scheme}://c.example.jp")
    assert set(cookies) == {
        f"{prefix}calsvc_staff",
        f"{prefix}calsvc_staff_browser",
        f"{prefix}calsvc_staff_visit",
    }
    for cookie in cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"].lower() == "strict"
        assert bool(cookie["secure"]) is (scheme == "https")
        assert (cookie["path"], cookie["domain"]) == (path, "")
    assert cookies[f"{prefix}calsvc_staff"]["max-age"] == "28800"


def test_cookie_without_the_prefix_is_ignored_over_https() -> None:
    client = staff_client(staff_settings(public_url=PUBLIC_URL), "https://c.example.jp")
    log_in(client)
    assert client.get("/staff").status_code == 200
    session = client.cookies["__Host-calsvc_staff"]
    client.cookies.clear()
    client.cookies.set("calsvc_staff", session)
    assert client.get("/staff").status_code == 303
