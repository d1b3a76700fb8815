"""OWASP ASVS 5.0.0: every item is listed with existing tests. Tests of items without others."""

import re
from pathlib import Path

import pytest
from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from starlette.testclient import TestClient

from calsvc import passwords
from calsvc.links.keys import generate_key
from calsvc.settings import Settings
from calsvc.web.app import create_app
from tests.support.paths import ROOT
from tests.support.staff import state_with_people

SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
LEVEL_2_PAGE = (ROOT / "docs/asvs-level-2.md").read_text(encoding="utf-8")
LEVEL_1 = """
1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.5.1 2.1.1 2.2.1 2.2.2 2.3.1 3.2.1 3.2.2 3.3.1 3.4.1
3.4.2 3.5.1 3.5.2 3.5.3 4.1.1 4.4.1 5.2.1 5.2.2 5.3.1 5.3.2 6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5
6.2.6 6.2.7 6.2.8 6.3.1 6.3.2 6.4.1 6.4.2 7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 7.4.2 8.1.1 8.2.1 8.2.2
8.3.1 9.1.1 9.1.2 9.1.3 9.2.1 10.4.1 10.4.2 10.4.3 10.4.4 10.4.5 11.3.1 11.3.2 11.4.1 12.1.1
12.2.1 12.2.2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1
"""

LEVEL_2 = """
1.1.1 1.1.2 1.2.6 1.2.7 1.2.8 1.2.9 1.3.3 1.3.4 1.3.5 1.3.6 1.3.7 1.3.8 1.3.9 1.3.10 1.3.11
1.4.1 1.4.2 1.4.3 1.5.2 2.1.2 2.1.3 2.2.3 2.3.2 2.3.3 2.3.4 2.4.1 3.3.2 3.3.3 3.3.4 3.4.3 3.4.4
3.4.5 3.4.6 3.5.4 3.5.5 3.7.1 3.7.2 4.1.2 4.1.3 4.2.1 4.3.1 4.3.2 4.4.2 4.4.3 4.4.4 5.1.1 5.2.3
5.4.1 5.4.2 5.4.3 6.1.2 6.1.3 6.2.9 6.2.10 6.2.11 6.2.12 6.3.3 6.3.4 6.4.3 6.4.4 6.5.1 6.5.2
6.5.3 6.5.4 6.5.5 6.6.1 6.6.2 6.6.3 6.8.1 6.8.2 6.8.3 6.8.4 7.1.1 7.1.2 7.1.3 7.3.1 7.3.2 7.4.3
7.4.4 7.4.5 7.5.1 7.5.2 7.6.1 7.6.2 8.1.2 8.2.3 8.4.1 9.2.2 9.2.3 9.2.4 10.1.1 10.1.2 10.2.1
10.2.2 10.3.1 10.3.2 10.3.3 10.3.4 10.4.6 10.4.7 10.4.8 10.4.9 10.4.10 10.4.11 10.5.1 10.5.2
10.5.3 10.5.4 10.5.5 10.6.1 10.6.2 10.7.1 10.7.2 10.7.3 11.1.1 11.1.2 11.2.1 11.2.2 11.2.3
11.3.3 11.4.2 11.4.3 11.4.4 11.5.1 11.6.1 12.1.2 12.1.3 12.3.1 12.3.2 12.3.3 12.3.4 13.1.1
13.2.1 13.2.2 13.2.3 13.2.4 13.2.5 13.3.1 13.3.2 13.4.2 13.4.3 13.4.4 13.4.5 14.1.1 14.1.2
14.2.2 14.2.3 14.2.4 14.3.2 14.3.3 15.1.2 15.1.3 15.2.2 15.2.3 15.3.2 15.3.3 15.3.4 15.3.5
15.3.6 15.3.7 16.1.1 16.2.1 16.2.2 16.2.3 16.2.4 16.2.5 16.3.1 16.3.2 16.3.3 16.3.4 16.4.1
16.4.2 16.4.3 16.5.1 16.5.2 16.5.3 17.1.1 17.2.1 17.2.2 17.2.3 17.2.4 17.3.1 17.3.2
"""
"""All items of level 2, with the numbers of the standard."""


def items_in(text: str) -> list[str]:
    return sorted(re.findall(r"\b\d+\.\d+\.\d+\b", text))


def test_every_asvs_level_1_item_is_listed_once() -> None:
    _, _, answers = SECURITY.partition("## OWASP ASVS 5.0.0, level 1")
    assert items_in(answers) == sorted(LEVEL_1.split())


def test_every_asvs_level_2_item_is_listed_once() -> None:
    _, _, answers = LEVEL_2_PAGE.partition("## Met")
    assert items_in(answers) == sorted(LEVEL_2.split())


def test_every_test_named_in_the_asvs_tables_exists() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    existing = set(re.findall(r"^(?:async )?def (test_\w+)", code, re.MULTILINE))
    named = set(re.findall(r"`(test_\w+)`", SECURITY + LEVEL_2_PAGE))
    assert named
    assert named <= existing


@pytest.mark.parametrize("link", re.findall(r"\]\(([^):#]+)\)", SECURITY))
def test_every_file_in_the_security_policy_exists(link: str) -> None:
    assert (ROOT / link).exists()


def client(**settings: str) -> TestClient:
    app = create_app(Settings(keys=generate_key(), **settings))  # type: ignore[arg-type]
    return TestClient(app, base_url="http://localhost")


@pytest.mark.parametrize("path", ["/", "/calendar.ics", "/api/milestones", "/healthz", "/nowhere"])
def test_no_response_has_cors_headers(path: str) -> None:
    response = client().get(path, headers={"Origin": "https://evil.example"})
    assert not [name for name in response.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    "password", ["alllowercase", " spaces count ", "パスワードはなんでもよい", "x" * 64]
)
def test_a_password_holds_any_characters_and_each_counts(password: str) -> None:
    hashed = passwords.hash_password(password)
    assert passwords.verify_password(password, hashed)
    for other in (password + "x", password[:-1], password.upper() + " "):
        assert not passwords.verify_password(other, hashed)


def test_password_hash_has_the_cost_of_rfc_9106() -> None:
    parameters = extract_parameters(passwords.hash_password("correct horse battery"))
    assert parameters == RFC_9106_LOW_MEMORY


@pytest.mark.parametrize("script", sorted((ROOT / "calsvc/web/static").glob("*.js")))
def test_scripts_use_no_storage_and_no_messages(script: Path) -> None:
    code = script.read_text(encoding="utf-8")
    for word in ("Storage", "indexedDB", "cookie", "postMessage", '"message"', "__proto__"):
        assert word not in code


def test_password_field_is_masked_and_allows_autofill() -> None:
    page = client(state_dir=state_with_people())
    field = re.search(r"<input[^>]*name=\"password\"[^>]*>", page.get("/staff/login").text)
    assert field is not None
    assert 'type="password"' in field[0]
    assert 'autocomplete="current-password"' in field[0]
    assert "onpaste" not in field[0]
