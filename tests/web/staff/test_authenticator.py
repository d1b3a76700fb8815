"""Refuses whoever is not signed in, by whatever way they come, and writes it down."""

import json

import pytest
from starlette.testclient import TestClient

from calsvc.people.session_files import compute_public_id
from calsvc.settings import Settings
from tests.support.clients import STAFF_PASSWORD, token_in
from tests.support.staff import (
    BASE_URL,
    BROWSER,
    CLERK,
    EXAMPLE,
    MANAGER,
    log_in,
    post_form,
    redirect_path,
    run_job,
    staff_client,
    staff_settings,
    upload_table,
)
from tests.support.staff_entrance import (
    PROXY,
    acts,
    client_of,
    settings_behind_proxy,
    sign_in_by_name,
)

ROWS, FAULTY = 21, 6
"""Of the example."""


# --- without a session, with one that has ended ---------------------------------------------------


def test_a_session_lasts_over_a_restart(clerk: TestClient, settings: Settings) -> None:
    restarted = staff_client(settings)
    restarted.cookies.update(clerk.cookies)
    assert restarted.get("/staff").status_code == 200


def test_a_table_of_another_session_is_refused_and_written_down(
    clerk: TestClient, settings: Settings
) -> None:
    job = redirect_path(upload_table(clerk, EXAMPLE))
    other = TestClient(clerk.app, base_url=BASE_URL, headers=BROWSER, follow_redirects=False)
    log_in(other, name=MANAGER)
    assert other.get(job).status_code == 404
    last = acts(settings)[-1]
    assert (last["act"], last["who"], last["reason"]) == ("refused", MANAGER, "no_such_table")
    assert job.rpartition("/")[2] not in json.dumps(last)


def test_a_removed_account_ends_its_sessions(clerk: TestClient, settings: Settings) -> None:
    staff_client(settings).app.state.staff.authenticator.accounts.remove(CLERK)  # type: ignore[attr-defined]
    assert redirect_path(clerk.get("/staff")) == "/staff/login"


# --- a name that a proxy passes on ----------------------------------------------------------------


@pytest.fixture
def behind_proxy() -> Settings:
    return settings_behind_proxy()


def test_a_name_from_a_trusted_proxy_signs_in(behind_proxy: Settings) -> None:
    client = client_of(behind_proxy, PROXY, "otaru-hanako")
    assert redirect_path(client.get("/staff")) == "/staff/login"
    assert sign_in_by_name(client) == 303
    assert client.get("/staff").status_code == 200
    assert client.get("/staff/sessions").status_code == 403
    assert (acts(behind_proxy)[-2]["act"], acts(behind_proxy)[-2]["who"]) == (
        "sign_in",
        "otaru-hanako",
    )


def test_a_session_is_of_the_name_that_the_proxy_passes(behind_proxy: Settings) -> None:
    mine = client_of(behind_proxy, PROXY, "hanako")
    sign_in_by_name(mine)
    theirs = client_of(behind_proxy, PROXY, "ichiro")
    theirs.cookies.update(mine.cookies)
    assert redirect_path(theirs.get("/staff")) == "/staff/login"


def test_missing_proxy_name_prevents_sign_in(behind_proxy: Settings) -> None:
    client = client_of(behind_proxy, PROXY)
    token = token_in(client.get("/staff/login").text)
    fields = {"csrf": token, "name": CLERK, "password": STAFF_PASSWORD}
    assert client.post("/staff/login", data=fields).status_code == 403


# --- managers -------------------------------------------------------------------------------------


def test_a_manager_sees_and_ends_sessions(clerk: TestClient, settings: Settings) -> None:
    job = redirect_path(upload_table(clerk, EXAMPLE))
    manager = TestClient(clerk.app, base_url=BASE_URL, headers=BROWSER, follow_redirects=False)
    log_in(manager, name=MANAGER)
    page = manager.get("/staff/sessions").text
    assert CLERK in page
    session = clerk.app.state.staff.sessions.session(clerk.cookies["calsvc_staff"])  # type: ignore[attr-defined]
    assert (
        redirect_path(post_form(manager, "/staff/sessions", session=compute_public_id(session)))
        == "/staff/sessions"
    )
    assert redirect_path(clerk.get(job)) == "/staff/login"
    assert CLERK not in manager.get("/staff/sessions").text
    ended = next(each for each in acts(settings) if each["act"] == "session_ended")
    assert (ended["who"], ended["of"]) == (MANAGER, CLERK)
    assert clerk.app.state.staff.jobs.folders() == []  # type: ignore[attr-defined]


def test_a_clerk_neither_sees_nor_ends_sessions(clerk: TestClient) -> None:
    assert clerk.get("/staff/sessions").status_code == 403
    assert post_form(clerk, "/staff/sessions", session="x").status_code == 403


# --- what is written down -------------------------------------------------------------------------


def test_a_table_is_written_down_from_upload_to_download(
    clerk: TestClient, settings: Settings
) -> None:
    job = run_job(clerk, EXAMPLE, "ics")
    post_form(clerk, f"{job}/download")
    post_form(clerk, "/staff/logout")
    found = acts(settings)
    assert [each["act"] for each in found] == ["sign_in", "upload", "run", "download", "sign_out"]
    assert {each["who"] for each in found} == {CLERK}
    _, upload, run, download, _ = found
    assert upload["table"] == run["table"] == download["table"] != ""
    assert (run["formats"], run["rows"], run["faulty"]) == (["ics"], ROWS, FAULTY)
    text = json.dumps(found, ensure_ascii=False)
    for secret in ("小樽 花子", "1985", "r.csv", "example.jp"):
        assert secret not in text


def test_the_digest_of_a_table_is_keyed(settings: Settings) -> None:
    """Otherwise whoever guesses a table could find out who sent it."""
    found = []
    for each in (settings, staff_settings()):
        with staff_client(each) as client:
            log_in(client)
            upload_table(client, EXAMPLE)
        found.append(acts(each)[-1]["table"])
    assert found[0] != found[1]


def test_failed_attempts_name_a_person_only_if_there_is_one(
    client: TestClient, settings: Settings
) -> None:
    """The name may be a password that was typed into the wrong field."""
    log_in(client, "wrong")
    log_in(client, "wrong", name="my secret password")
    failed = [each for each in acts(settings) if each["act"] == "sign_in_failed"]
    assert [each["who"] for each in failed] == [CLERK, ""]
    assert "secret" not in json.dumps(acts(settings))


def test_the_same_refusal_is_written_down_once_a_minute(
    client: TestClient, settings: Settings
) -> None:
    for _ in range(50):
        client.get("/staff")
    assert len(acts(settings)) == 1


# --- plain http -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "changed", "status"),
    [
        ("http://calsvc.city.lg.jp", {}, 403),
        ("http://calsvc.city.lg.jp", {"staff_plain_http": True}, 200),
        ("https://calsvc.city.lg.jp", {}, 200),
        ("http://localhost:8000", {}, 200),
    ],
)
def test_sign_in_over_plain_http_needs_the_setting(
    url: str, changed: dict[str, bool], status: int
) -> None:
    client = staff_client(staff_settings(public_url="https://calsvc.example.jp", **changed), url)
    page = client.get("/staff/login")
    assert page.status_code == status
    assert ("CALSVC_STAFF_PLAIN_HTTP" in page.text) is (status == 403)
    assert ('name="password"' in page.text) is (status == 200)
