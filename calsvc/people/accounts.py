"""Keeps who may sign in: names, roles and Argon2 hashes of passwords, in one file."""

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from calsvc.errors import CalsvcError
from calsvc.links.atomic_files import (
    Signature,
    create_file,
    file_signature,
    lock_file,
    replace_file,
)

FILE = "accounts.json"
MODE = 0o600
MAX_NAME = 40
"""Characters of a name."""


class Role(StrEnum):
    """What a person may do. A manager also sees who is signed in, and ends sessions."""

    CLERK = "clerk"
    MANAGER = "manager"


class AccountsError(CalsvcError):
    """An account that cannot be made or used; the message says why."""


@dataclass(frozen=True)
class Account:
    """A person who may sign in. ``password_hash``: '' for one whom a proxy signs in."""

    name: str
    role: Role = Role.CLERK
    password_hash: str = field(default="", repr=False)


class Accounts:
    """The accounts in a folder, as one process knows them."""

    def __init__(self, folder: Path) -> None:
        """``folder``: need not exist yet."""
        self.file = folder / FILE
        self._signature: Signature | None = None
        self._accounts: Mapping[str, Account] = {}

    def all(self) -> Mapping[str, Account]:
        """Return the accounts by name. Raises `AccountsError` where the file cannot be read."""
        with self._faults_told():
            if (signature := file_signature(self.file)) != self._signature:
                found = _parse(self.file.read_text(encoding="ascii")) if signature else {}
                self._signature, self._accounts = signature, found
        return self._accounts

    def add(self, account: Account) -> None:
        """Add an account. Raises `AccountsError` for a faulty name, and for one that exists."""
        if account.name != clean_name(account.name) or not account.name:
            raise AccountsError(f"a name has 1 to {MAX_NAME} characters that can be seen")
        self._change(lambda found: _added(found, account))

    def set_password(self, name: str, password_hash: str) -> None:
        """Replace a password. Raises `AccountsError` where nobody has that name."""
        self._change(
            lambda found: {**found, name: replace(_named(found, name), password_hash=password_hash)}
        )

    def remove(self, name: str) -> None:
        """Remove an account. Raises `AccountsError` where nobody has that name."""
        self._change(lambda found: _without(found, _named(found, name)))

    def _change(self, change: Callable[[Mapping[str, Account]], Mapping[str, Account]]) -> None:
        """Write what ``change`` makes of the accounts, whole or not at all."""
        with self._faults_told():
            path = self.file.resolve()
            path.parent.mkdir(parents=True, exist_ok=True)
            create_file(path, _format({}), MODE)
            with lock_file(path) as found:
                accounts = _parse(path.read_text(encoding="ascii"))
                replace_file(path, _format(change(accounts)), found)

    @contextmanager
    def _faults_told(self) -> Iterator[None]:
        """Raise `AccountsError` where the file cannot be read, understood or written."""
        try:
            yield
        except (OSError, ValueError, TypeError, KeyError) as error:
            reason = error.strerror if isinstance(error, OSError) else "is no file of accounts"
            raise AccountsError(f"{self.file}: {reason}") from None


def clean_name(text: str) -> str:
    """Return a name as accounts are called, or '' if ``text`` cannot be one.

    Names that look alike are the same: full-width letters, combining marks.
    """
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    return name if name.isprintable() and len(name) <= MAX_NAME else ""


def _added(found: Mapping[str, Account], account: Account) -> Mapping[str, Account]:
    if account.name in found:
        raise AccountsError(f"{account.name}: there is such an account already")
    return {**found, account.name: account}


def _without(found: Mapping[str, Account], account: Account) -> Mapping[str, Account]:
    return {name: each for name, each in found.items() if each != account}


def _named(found: Mapping[str, Account], name: str) -> Account:
    if name not in found:
        raise AccountsError(f"{name}: there is no such account")
    return found[name]


def _format(accounts: Mapping[str, Account]) -> str:
    return json.dumps([asdict(each) for each in accounts.values()], indent=1) + "\n"


def _parse(text: str) -> dict[str, Account]:
    found = [Account(**each | {"role": Role(each["role"])}) for each in json.loads(text)]
    return {each.name: each for each in found}
