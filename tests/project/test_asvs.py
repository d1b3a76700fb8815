"""What SECURITY.md says of OWASP ASVS 5.0.0, level 1, and what no other test shows."""

import re

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from calsvc import passwords
from calsvc.cli.main import main
from calsvc.links.keys import new_key
from calsvc.settings import Settings
from calsvc.web.app import create_app
from tests.support.paths import ROOT

SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
LEVEL_1 = """
1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.5.1 2.1.1 2.2.1 2.2.2 2.3.1 3.2.1 3.2.2 3.3.1 3.4.1
3.4.2 3.5.1 3.5.2 3.5.3 4.1.1 4.4.1 5.2.1 5.2.2 5.3.1 5.3.2 6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5
6.2.6 6.2.7 6.2.8 6.3.1 6.3.2 6.4.1 6.4.2 7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 7.4.2 8.1.1 8.2.1 8.2.2
8.3.1 9.1.1 9.1.2 9.1.3 9.2.1 10.4.1 10.4.2 10.4.3 10.4.4 10.4.5 11.3.1 11.3.2 11.4.1 12.1.1
12.2.1 12.2.2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1
"""


def test_every_item_of_level_1_is_answered_once() -> None:
    _, _, answers = SECURITY.partition("## OWASP ASVS 5.0.0, level 1")
    assert sorted(re.findall(r"\b\d+\.\d+\.\d+\b", answers)) == sorted(LEVEL_1.split())


def test_every_test_that_is_named_exists() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    there = set(re.findall(r"^(?:async )?def (test_\w+)", code, re.MULTILINE))
    named = set(re.findall(r"`(test_\w+)`", SECURITY))
    assert named
    assert named <= there


@pytest.mark.parametrize("link", re.findall(r"\]\(([^):#]+)\)", SECURITY))
def test_every_file_that_is_named_is_there(link: str) -> None:
    assert (ROOT / link).exists()


def client(**chosen: str) -> TestClient:
    app = create_app(Settings(keys=new_key(), **chosen))  # type: ignore[arg-type]
    return TestClient(app, base_url="http://localhost")


@pytest.mark.parametrize("path", ["/", "/calendar.ics", "/api/milestones", "/healthz", "/nowhere"])
def test_no_answer_is_for_the_scripts_of_other_sites(path: str) -> None:
    answer = client().get(path, headers={"Origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("password", ["alllowercase", " spaces count ", "パスワードはなんでもよい"])
def test_a_password_holds_any_characters_and_each_counts(password: str) -> None:
    hashed = CliRunner().invoke(main, ["staff-password", "--password", password]).stdout.strip()
    assert passwords.fits(password, hashed)
    for other in (password + "x", password[:-1], password.upper() + " "):
        assert not passwords.fits(other, hashed)


def test_the_password_is_masked_and_may_be_filled_in() -> None:
    page = client(staff_password_hash=passwords.hash_of("correct horse battery"))
    field = re.search(r"<input[^>]*name=\"password\"[^>]*>", page.get("/staff/login").text)
    assert field is not None
    assert 'type="password"' in field[0]
    assert 'autocomplete="current-password"' in field[0]
    assert "onpaste" not in field[0]
