"""Every staff page: in every language, never cached or framed, and nothing personal in the log."""

import logging
from itertools import product

import pytest
from starlette.testclient import TestClient

from calsvc.i18n.languages import LANGUAGES
from tests.support.staff import (
    CARD,
    EXAMPLE,
    log_in,
    post_form,
    redirect_path,
    run_job,
    upload_table,
)


def test_nothing_personal_is_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "calsvc")
    log_in(client, "wrong password")
    log_in(client)
    post_form(client, "/staff", **CARD, name="髙橋", email="a@example.jp")
    job = run_job(client, EXAMPLE)
    post_form(client, f"{job}/download")
    said = "\n".join(
        record.getMessage() for record in caplog.records if record.name[:6] == "calsvc"
    )
    assert "download 200" in said
    secrets = [
        "髙橋",
        "example.jp",
        "1985",
        "2020",
        job.split("/")[-1],
        "password",
        "r.csv",
        "小樽",
    ]
    assert [each for each in secrets if each in said] == []


def test_staff_pages_are_neither_cached_nor_framed(clerk: TestClient) -> None:
    job = redirect_path(upload_table(clerk, EXAMPLE))
    for path in ("/staff/login", "/staff", job):
        headers = clerk.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "script-src 'self'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"


def test_every_page_for_staff_is_had_in_every_language(clerk: TestClient) -> None:
    job = run_job(clerk, EXAMPLE)
    for path, lang in product(("/staff/login", "/staff", job), LANGUAGES):
        response = clerk.get(f"{path}?lang={lang}")
        assert response.status_code == 200, (path, lang)
        assert response.headers["content-language"] == lang, (path, lang)
