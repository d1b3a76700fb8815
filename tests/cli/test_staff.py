"""``calsvc staff`` adds, lists and removes people."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from calsvc import passwords
from calsvc.cli.main import main
from calsvc.people.accounts import Accounts, Role
from calsvc.people.session_files import SessionFiles

GOOD = "雪の坂道を歩く猫三匹です"


def run(folder: Path, *arguments: str, input_text: str = "") -> Result:
    environ = {"CALSVC_STATE_DIR": str(folder)}
    return CliRunner().invoke(main, ["staff", *arguments], input=input_text, env=environ)


def logged_actions(folder: Path) -> list[str]:
    (file,) = (folder / "audit").iterdir()
    return [json.loads(line)["act"] for line in file.read_text("utf-8").splitlines()]


def test_a_person_is_added_listed_changed_and_removed(tmp_path: Path) -> None:
    added = run(tmp_path, "add", "小樽　花子", "--role", "manager", input_text=f"{GOOD}\n{GOOD}\n")
    assert added.exit_code == 0
    assert GOOD not in added.output
    account = Accounts(tmp_path).all()["小樽 花子"]
    assert account.role is Role.MANAGER
    assert passwords.verify_password(GOOD, account.password_hash)
    assert run(tmp_path, "list").output == "manager  小樽 花子\n"

    SessionFiles(tmp_path).start("s", "小樽 花子", "")
    changed = run(tmp_path, "password", "小樽 花子", "--password", f"{GOOD}！")
    assert "Sessions ended: 1." in changed.output
    account = Accounts(tmp_path).all()["小樽 花子"]
    assert passwords.verify_password(f"{GOOD}！", account.password_hash)

    SessionFiles(tmp_path).start("t", "小樽 花子", "")
    assert "Sessions ended: 1." in run(tmp_path, "remove", "小樽 花子").output
    assert Accounts(tmp_path).all() == {}
    assert logged_actions(tmp_path) == ["account_added", "password_set", "account_removed"]


@pytest.mark.parametrize("password", ["short", "password1234", "qwertyuiop12"])
def test_a_short_or_weak_password_is_rejected(tmp_path: Path, password: str) -> None:
    result = run(tmp_path, "add", "hanako", "--password", password)
    assert result.exit_code == 1
    assert password not in result.output
    assert Accounts(tmp_path).all() == {}


def test_a_person_signed_in_by_a_proxy_has_no_password(tmp_path: Path) -> None:
    assert run(tmp_path, "add", "hanako", "--no-password").exit_code == 0
    assert Accounts(tmp_path).all()["hanako"].password_hash == ""


def test_an_impossible_change_is_reported(tmp_path: Path) -> None:
    run(tmp_path, "add", "hanako", "--no-password")
    for arguments in (("add", "hanako", "--no-password"), ("remove", "ichiro")):
        result = run(tmp_path, *arguments)
        assert result.exit_code == 1
        assert arguments[1] in result.output
