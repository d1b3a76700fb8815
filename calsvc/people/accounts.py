"""Stores the accounts of staff in one file: names, roles and Argon2 hashes of passwords."""

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from calsvc.errors import CalsvcError
from calsvc.links.atomic_files import (
    PRIVATE_FILE_MODE,
    Signature,
    create_file,
    file_signature,
    lock_file,
    replace_file,
)

FILE_NAME = "accounts.json"
MAX_NAME_LENGTH = 40
"""Characters."""


class Role(StrEnum):
    """The rights of an account. A manager also sees all sessions, and may end them."""

    CLERK = "clerk"
    MANAGER = "manager"


class AccountsError(CalsvcError):
    """An account that cannot be created or used. The message has the reason."""


@dataclass(frozen=True)
class Account:
    """A person who may sign in. ``password_hash``: '' for a person whom a proxy authenticates."""

    name: str
    role: Role = Role.CLERK
    password_hash: str = field(default="", repr=False)


class Accounts:
    """The accounts in the file of a folder. They are reread after the file has changed."""

    def __init__(self, folder: Path) -> None:
        """Use the file in ``folder``, which need not exist yet."""
        self.file = folder / FILE_NAME
        self._signature: Signature | None = None
        self._accounts: Mapping[str, Account] = {}

    def all(self) -> Mapping[str, Account]:
        """Return the accounts by name. Raises `AccountsError` if the file cannot be read."""
        with self._readable_errors():
            if (signature := file_signature(self.file)) != self._signature:
                accounts = _parse(self.file.read_text(encoding="ascii")) if signature else {}
                self._signature, self._accounts = signature, accounts
        return self._accounts

    def add(self, account: Account) -> None:
        """Add an account. Raises `AccountsError` for a faulty name, and for one that exists."""
        if account.name != normalize_name(account.name) or not account.name:
            raise AccountsError(f"a name has 1 to {MAX_NAME_LENGTH} characters that can be seen")
        self._change(lambda accounts: _with_account(accounts, account))

    def set_password(self, name: str, password_hash: str) -> None:
        """Replace a password. Raises `AccountsError` if there is no account ``name``."""

        def change(accounts: Mapping[str, Account]) -> Mapping[str, Account]:
            account = replace(_find(accounts, name), password_hash=password_hash)
            return {**accounts, name: account}

        self._change(change)

    def remove(self, name: str) -> None:
        """Remove an account. Raises `AccountsError` if there is no account ``name``."""
        self._change(lambda accounts: _without_account(accounts, _find(accounts, name)))

    def _change(self, change: Callable[[Mapping[str, Account]], Mapping[str, Account]]) -> None:
        """Apply ``change`` to the accounts, and write the file atomically."""
        with self._readable_errors():
            path = self.file.resolve()
            path.parent.mkdir(parents=True, exist_ok=True)
            create_file(path, _format({}), PRIVATE_FILE_MODE)
            with lock_file(path) as status:
                accounts = _parse(path.read_text(encoding="ascii"))
                replace_file(path, _format(change(accounts)), status)

    @contextmanager
    def _readable_errors(self) -> Iterator[None]:
        """Raise `AccountsError` if the file cannot be read, parsed or written."""
        try:
            yield
        except (OSError, ValueError, TypeError, KeyError) as error:
            reason = error.strerror if isinstance(error, OSError) else "is no file of accounts"
            raise AccountsError(f"{self.file}: {reason}") from None


def normalize_name(text: str) -> str:
    """Return the name of an account in NFKC with single spaces, or '' for an invalid name.

    So two accounts cannot have names that look the same.
    """
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    return name if name.isprintable() and len(name) <= MAX_NAME_LENGTH else ""


def _with_account(accounts: Mapping[str, Account], account: Account) -> Mapping[str, Account]:
    if account.name in accounts:
        raise AccountsError(f"{account.name}: there is such an account already")
    return {**accounts, account.name: account}


def _without_account(accounts: Mapping[str, Account], account: Account) -> Mapping[str, Account]:
    return {name: each for name, each in accounts.items() if each != account}


def _find(accounts: Mapping[str, Account], name: str) -> Account:
    if name not in accounts:
        raise AccountsError(f"{name}: there is no such account")
    return accounts[name]


def _format(accounts: Mapping[str, Account]) -> str:
    return json.dumps([asdict(each) for each in accounts.values()], indent=1) + "\n"


def _parse(text: str) -> dict[str, Account]:
    accounts = [Account(**each | {"role": Role(each["role"])}) for each in json.loads(text)]
    return {account.name: account for account in accounts}
