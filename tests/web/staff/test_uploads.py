"""Uploads: accepted after the token, up to the limit, and nothing of a broken one is kept."""

import pytest
from starlette.testclient import TestClient

from calsvc.web.staff.job_store import JobStore
from tests.support.clients import token_in
from tests.support.loops import run_in_own_loop
from tests.support.staff import job_store_of, log_in, staff_client, staff_settings, upload_table

MEGABYTE = 1 << 20


@pytest.mark.parametrize("token", ["0" * 64, "x" * 1000])
def test_a_table_without_the_session_s_token_is_refused(
    clerk: TestClient, jobs: JobStore, token: str
) -> None:
    assert upload_table(clerk, b"x", token).status_code == 403
    assert jobs.folders() == []


def test_a_table_that_comes_before_the_token_is_refused(clerk: TestClient, jobs: JobStore) -> None:
    token = token_in(clerk.get("/staff").text)
    parts = {"table": ("r.csv", b"x"), "csrf": (None, token)}
    assert clerk.post("/staff/tables", files=parts).status_code == 403
    assert jobs.folders() == []


@pytest.mark.parametrize("times", [1, 3, 6])
def test_a_too_large_table_is_refused(times: int) -> None:
    settings = staff_settings(max_upload_mb=1)
    with staff_client(settings) as client:
        log_in(client)
        response = upload_table(client, b"x" * (times * MEGABYTE + 1))
        assert response.status_code == 413
        assert job_store_of(settings).folders() == []


def test_table_of_exactly_the_limit_is_accepted() -> None:
    with staff_client(staff_settings(max_upload_mb=1)) as client:
        log_in(client)
        assert upload_table(client, b"x" * MEGABYTE).status_code == 303


def no_file(token: str) -> bytes:
    """Return a form in which no file is."""
    part = f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{token}\r\n--x--\r\n'
    return part.encode()


def test_other_bodies_than_uploads_are_rejected(clerk: TestClient, jobs: JobStore) -> None:
    token = token_in(clerk.get("/staff").text)
    assert clerk.post("/staff/tables", data={"csrf": token}).status_code == 415
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    assert clerk.post("/staff/tables", content=b"nonsense", headers=kind).status_code == 400
    assert clerk.post("/staff/tables", content=no_file(token), headers=kind).status_code == 400
    assert jobs.folders() == []


def test_a_browser_that_goes_away_in_the_middle_leaves_nothing(
    clerk: TestClient, jobs: JobStore
) -> None:
    token = token_in(clerk.get("/staff").text)
    start = (
        f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{token}\r\n'
        '--x\r\nContent-Disposition: form-data; name="table"; filename="r.csv"\r\n\r\nabc'
    )
    seen: list[int] = []
    messages = [
        {"type": "http.request", "body": start.encode(), "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, object]:
        if len(messages) == 1:
            seen.append(len(jobs.folders()))
        return messages.pop(0)

    async def forget(_message: object) -> None:
        pass

    cookie = f"calsvc_staff={clerk.cookies['calsvc_staff']}".encode()
    kind = b"multipart/form-data; boundary=x"
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/staff/tables",
        "query_string": b"",
        "headers": [(b"cookie", cookie), (b"content-type", kind), (b"host", b"localhost")],
        "scheme": "http",
        "http_version": "1.1",
        "server": ("localhost", 8000),
        "client": ("127.0.0.1", 1),
    }
    run_in_own_loop(clerk.app(scope, receive, forget))  # type: ignore[arg-type]
    assert seen == [1]
    assert jobs.folders() == []
