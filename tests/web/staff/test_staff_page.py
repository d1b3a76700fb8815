"""Every staff page: in every language, never cached or framed, and nothing personal in the log."""

import logging
import re
from itertools import product
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import calsvc
from calsvc.bulk.columns import FIELDS
from calsvc.bulk.formats import FORMATS
from calsvc.i18n.catalogs import catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.web.staff.job import CHECKED, CHOSEN, STATES
from calsvc.web.staff.table_preview import COUNTS
from tests.support.staff import CARD, EXAMPLE, finish, log_in, path_of, post, send


def test_nothing_personal_is_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "calsvc")
    log_in(client, "wrong password")
    log_in(client)
    post(client, "/staff", **CARD, name="髙橋", email="a@example.jp")
    job = finish(client, EXAMPLE)
    post(client, f"{job}/download")
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


def test_no_page_for_staff_is_kept_or_shown_inside_another(clerk: TestClient) -> None:
    job = path_of(send(clerk, EXAMPLE))
    for path in ("/staff/login", "/staff", job):
        headers = clerk.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "script-src 'self'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"


def asked_keys() -> set[str]:
    templates = [each.read_text("utf-8") for each in Path(calsvc.__file__).parent.rglob("*.html")]
    found = {
        f"staff.{key}" for text in templates for key in re.findall(r'\bs\("([\w.]+)"[,)]', text)
    }
    found |= {f"staff.field.{each}" for each in FIELDS}
    found |= {f"staff.format.{each}" for each in FORMATS if each != "links"}
    found |= {f"staff.count.{each}" for each in COUNTS}
    found |= {f"staff.state.{each}" for each in STATES}
    found |= {f"staff.state.{CHECKED}.{each}" for each in CHOSEN}
    return found | {"staff.log_in.wrong", "staff.log_in.stale"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_for_staff_is_there_and_every_one_is_used(lang: str) -> None:
    known = {key for key in catalog(lang).messages if key.startswith("staff.")}
    assert known == asked_keys()


def test_every_page_for_staff_is_had_in_every_language(clerk: TestClient) -> None:
    job = finish(clerk, EXAMPLE)
    for path, lang in product(("/staff/login", "/staff", job), LANGUAGES):
        response = clerk.get(f"{path}?lang={lang}")
        assert response.status_code == 200, (path, lang)
        assert response.headers["content-language"] == lang, (path, lang)
