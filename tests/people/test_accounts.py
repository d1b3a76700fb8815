"""Accounts are stored atomically in one file that only its owner may read."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from calsvc.people.accounts import Account, Accounts, AccountsError, Role, normalize_name

HANAKO = Account("小樽 花子", Role.MANAGER, "hash")


def test_an_added_account_is_visible_to_another_process(tmp_path: Path) -> None:
    one, other = Accounts(tmp_path / "new"), Accounts(tmp_path / "new")
    assert other.all() == {}
    one.add(HANAKO)
    assert other.all() == {HANAKO.name: HANAKO}
    one.set_password(HANAKO.name, changed := "another")
    assert other.all()[HANAKO.name].password_hash == changed
    one.remove(HANAKO.name)
    assert other.all() == {}


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    (accounts := Accounts(tmp_path)).add(HANAKO)
    assert accounts.file.stat().st_mode & 0o777 == 0o600
    assert "hash" not in repr(HANAKO)


def test_accounts_that_are_added_together_are_all_stored(tmp_path: Path) -> None:
    names = {f"clerk {number}" for number in range(20)}
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda name: Accounts(tmp_path).add(Account(name)), sorted(names)))
    assert Accounts(tmp_path).all().keys() == names


@pytest.mark.parametrize("name", ["", " a", "a" * 41, "a\nb", "ａ", "a\u200b"])
def test_an_invalid_name_is_rejected(tmp_path: Path, name: str) -> None:
    with pytest.raises(AccountsError):
        Accounts(tmp_path).add(Account(name))
    assert Accounts(tmp_path).all() == {}


def test_names_that_look_the_same_are_equal() -> None:
    assert normalize_name(" Ｏｔａｒｕ　花子 ") == "Otaru 花子"
    assert normalize_name("か\u3099") == "が"


def test_removing_without_accounts_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(AccountsError):
        Accounts(tmp_path).remove("nobody")


def test_adding_twice_and_removing_an_unknown_are_rejected(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path)
    accounts.add(HANAKO)
    with pytest.raises(AccountsError):
        accounts.add(Account(HANAKO.name))
    for change in (accounts.remove, lambda name: accounts.set_password(name, "x")):
        with pytest.raises(AccountsError):
            change("nobody")
    assert accounts.all() == {HANAKO.name: HANAKO}


@pytest.mark.parametrize(
    "text", ["", "{}x", '[{"name": "a"}]', '[{"name": "a", "role": "king", "password_hash": ""}]']
)
def test_a_damaged_file_is_reported_and_unchanged(tmp_path: Path, text: str) -> None:
    accounts = Accounts(tmp_path)
    accounts.file.write_text(text)
    for use in (accounts.all, lambda: accounts.add(HANAKO)):
        with pytest.raises(AccountsError, match=str(accounts.file)):
            use()
    assert accounts.file.read_text() == text


def test_the_file_contains_names_roles_and_hashes_only(tmp_path: Path) -> None:
    (accounts := Accounts(tmp_path)).add(HANAKO)
    found = json.loads(accounts.file.read_text(encoding="ascii"))
    assert found == [{"name": "小樽 花子", "role": "manager", "password_hash": "hash"}]
