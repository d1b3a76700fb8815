"""Access to the staff pages, and the sessions whose forms and jobs they accept."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from calsvc.settings import Settings
from tests.support.staff import (
    CARD,
    EXAMPLE,
    log_in,
    post_form,
    redirect_path,
    staff_client,
    staff_settings,
    upload_table,
)


@pytest.mark.parametrize("path", ["/staff", "/staff/login", "/staff/tables/x"])
def test_without_people_there_are_no_such_pages(tmp_path: Path, path: str) -> None:
    assert staff_client(staff_settings(state_dir=str(tmp_path))).get(path).status_code == 404


def test_a_state_that_cannot_be_written_is_named_in_the_log(
    client: TestClient, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    audit = Path(settings.state_dir) / "audit"
    audit.write_text("no folder", encoding="utf-8")
    assert log_in(client).status_code == 503
    (message,) = (each.getMessage() for each in caplog.records if each.name == "calsvc.staff")
    assert message.startswith(f"staff cannot be served: {audit}/")
    assert message.endswith(": Not a directory")


@pytest.mark.parametrize(
    "path", ["/staff", "/staff/logout", "/staff/tables/x/start", "/staff/tables/x/download"]
)
@pytest.mark.parametrize("token", ["", "0" * 64])
def test_a_form_without_the_session_s_token_is_refused(
    clerk: TestClient, path: str, token: str
) -> None:
    assert clerk.post(path, data={"csrf": token, **CARD}).status_code == 403


def test_a_table_can_be_had_from_its_own_session_alone(clerk: TestClient) -> None:
    job = redirect_path(upload_table(clerk, EXAMPLE))
    assert clerk.get(job).status_code == 200
    log_in(clerk)
    for path in (job, f"{job}/status"):
        assert clerk.get(path).status_code == 404
    for path in ("start", "download", "remove"):
        assert post_form(clerk, f"{job}/{path}").status_code == 404
