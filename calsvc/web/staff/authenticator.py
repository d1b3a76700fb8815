"""Identifies clerks and managers: by a session, or by the name that a trusted proxy passes on."""

from ipaddress import ip_network
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.types import Scope

from calsvc.errors import CalsvcError
from calsvc.people.accounts import Account, Accounts, Role, normalize_name
from calsvc.people.audit import AuditLog
from calsvc.people.session_files import SessionFiles
from calsvc.settings import Settings
from calsvc.web.client_networks import PEER, networks_of, parse_ip_address


class ForgedNameError(CalsvcError):
    """The header with a name was sent by a client that is no trusted proxy."""


class Person(NamedTuple):
    """A person who is signed in."""

    name: str
    role: Role
    session: str


class Authenticator:
    """Finds the account of a name, and the person of a valid session."""

    def __init__(self, settings: Settings) -> None:
        self.folder = settings.state_folder
        self.accounts, self.sessions = Accounts(self.folder), SessionFiles(self.folder)
        self.audit = AuditLog(self.folder)
        self.header = settings.staff_header
        self._proxies = [ip_network(each) for each in settings.trusted_proxies]

    def is_open(self) -> bool:
        """Return True if there is an account or a proxy header. Raises `AccountsError`."""
        return bool(self.header or self.accounts.all())

    def proxy_user_name(self, scope: Scope) -> str:
        """Return the name that a trusted proxy passes on, or ''. Raises `ForgedNameError`."""
        raw = Headers(scope=scope).getlist(self.header) if self.header else []
        if not raw:
            return ""
        if not self._is_proxy(scope.get(PEER) or scope["client"]) or len(raw) > 1:
            raise ForgedNameError
        return normalize_name(_decode(raw[0]))

    def _is_proxy(self, peer: tuple[str, int] | None) -> bool:
        address = parse_ip_address(peer[0]) if peer else None
        return address is not None and any(address in each for each in self._proxies)

    def account(self, name: str) -> Account | None:
        """Return the account of ``name``, or None. Raises `AccountsError`.

        Without an account, the user of a proxy is a clerk.
        """
        account = self.accounts.all().get(name)
        return account or (Account(name) if self.header and name else None)

    def person(self, session: str, proxy_name: str) -> Person | None:
        """Return the person of ``session``, or None if it is invalid.

        ``proxy_name``: the result of `proxy_user_name`. Raises ``OSError`` and `AccountsError`.
        """
        entry = self.sessions.find_and_touch(session)
        if entry is None or (self.header and entry.name != proxy_name):
            return None
        account = self.account(entry.name)
        return Person(account.name, account.role, session) if account else None


def network_of(scope: Scope) -> str:
    """Return the client's network as in the audit log."""
    return networks_of(scope["client"][0])[0].name if scope["client"] else ""


def _decode(value: str) -> str:
    """Return a header's value decoded from UTF-8 if possible. Starlette decodes Latin-1."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeDecodeError:
        return value
