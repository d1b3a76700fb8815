"""Every route of staff refuses those who may not use it, and each refusal is in the audit log.

The routes are those of the application, so a new one is tested by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import httpx2
import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from calsvc.people.session_files import compute_public_id
from calsvc.settings import Settings
from calsvc.web.app import create_app
from calsvc.web.staff.access import STAFF_PATH
from calsvc.web.staff.refusals import RefusalThrottle
from tests.support.clients import token_in
from tests.support.staff import (
    BASE_URL,
    BROWSER,
    CLERK,
    EXAMPLE,
    MANAGER,
    log_in,
    redirect_path,
    staff_client,
    staff_settings,
    upload_table,
)
from tests.support.staff_entrance import (
    PROXY,
    STRANGER,
    acts,
    client_of,
    settings_behind_proxy,
    sign_in_by_name,
)

LOGIN = f"{STAFF_PATH}/login"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def requests_of(route: Route) -> Iterator[tuple[str, str]]:
    """Yield each method of ``route`` with its path."""
    for method in METHODS:
        if method in (route.methods or ()) or hasattr(route.endpoint, method.lower()):
            yield method, route.path


def all_requests() -> list[tuple[str, str]]:
    routes = create_app(staff_settings()).routes
    staff = [
        each for each in routes if isinstance(each, Route) and each.path.startswith(STAFF_PATH)
    ]
    return [pair for route in staff for pair in requests_of(route)]


REQUESTS = all_requests()
BEHIND_LOGIN = [each for each in REQUESTS if each[1] != LOGIN]
OF_A_TABLE = [each for each in REQUESTS if "{job}" in each[1]]
FORMS = [each for each in BEHIND_LOGIN if each[0] == "POST" and each not in OF_A_TABLE]
MANAGERS_ONLY = [
    each for each in REQUESTS if each[1] in (f"{STAFF_PATH}/sessions", f"{STAFF_PATH}/counts")
]


def ask(client: TestClient, method: str, path: str, token: str = "") -> httpx2.Response:
    form = {"data": {"csrf": token}} if method != "GET" else {}
    files = {"files": {"table": ("r.csv", b"x")}} if path == f"{STAFF_PATH}/tables" else {}
    return client.request(method, path.replace("{job}", "x" * 32), **form, **files)  # type: ignore[arg-type]


def assert_written_down(settings: Settings, path: str, reason: str, who: str = "") -> None:
    last = acts(settings)[-1]
    assert (last["act"], last["reason"], last["who"]) == ("refused", reason, who)
    assert last["route"] == "/".join(path.split("/")[:3])


def test_every_way_into_the_staff_pages_is_tested() -> None:
    assert len(BEHIND_LOGIN) == len(REQUESTS) - 2
    assert len(OF_A_TABLE) >= 7
    assert len(FORMS) >= 5


# --- without a name, after the end, by another, with a forged name --------------------------------


@dataclass(frozen=True)
class Intruder:
    """A client that must be refused, the token that it sends, and the service's settings."""

    client: TestClient
    token: str
    settings: Settings

    def ask(self, method: str, path: str) -> httpx2.Response:
        forget_refusals(self.client)
        return ask(self.client, method, path, self.token)


def forget_refusals(client: TestClient) -> None:
    """Let the next refusal be written down again: the same one is only once a minute."""
    state = client.app.state  # type: ignore[attr-defined]
    state.staff = replace(state.staff, refusals=RefusalThrottle())


@pytest.fixture(scope="module")
def nobody() -> Intruder:
    settings = staff_settings()
    return Intruder(staff_client(settings), "", settings)


@pytest.fixture(scope="module")
def signed_out() -> Intruder:
    """A client whose session another copy of the service has ended."""
    settings = staff_settings()
    client = staff_client(settings)
    log_in(client)
    token = token_in(client.get(STAFF_PATH).text)
    session = client.app.state.staff.sessions.session(client.cookies["calsvc_staff"])  # type: ignore[attr-defined]
    staff_client(settings).app.state.staff.authenticator.sessions.end(compute_public_id(session))  # type: ignore[attr-defined]
    return Intruder(client, token, settings)


@pytest.fixture(scope="module")
def thief(request: pytest.FixtureRequest) -> Intruder:
    """A client with a session of ``hanako``, at an address and with a name of its own."""
    settings = settings_behind_proxy()
    owner = client_of(settings, PROXY, "hanako")
    assert sign_in_by_name(owner) == 303
    client = client_of(settings, *request.param)
    client.cookies.update(owner.cookies)
    return Intruder(client, token_in(owner.get(STAFF_PATH).text), settings)


@pytest.mark.parametrize(("method", "path"), BEHIND_LOGIN)
def test_without_a_name_it_is_refused(nobody: Intruder, method: str, path: str) -> None:
    assert redirect_path(nobody.ask(method, path)) == LOGIN
    assert_written_down(nobody.settings, path, "no_session")


@pytest.mark.parametrize(("method", "path"), BEHIND_LOGIN)
def test_after_the_end_of_the_session_it_is_refused(
    signed_out: Intruder, method: str, path: str
) -> None:
    assert redirect_path(signed_out.ask(method, path)) == LOGIN
    assert_written_down(signed_out.settings, path, "no_session")


@pytest.mark.parametrize("thief", [(PROXY, "ichiro")], indirect=True)
@pytest.mark.parametrize(("method", "path"), BEHIND_LOGIN)
def test_with_the_session_of_another_it_is_refused(thief: Intruder, method: str, path: str) -> None:
    assert redirect_path(thief.ask(method, path)) == LOGIN
    assert_written_down(thief.settings, path, "no_session")


@pytest.mark.parametrize("thief", [(STRANGER, "hanako")], indirect=True)
@pytest.mark.parametrize(("method", "path"), REQUESTS)
def test_with_a_forged_name_it_is_refused(thief: Intruder, method: str, path: str) -> None:
    assert thief.ask(method, path).status_code == 403
    assert_written_down(thief.settings, path, "forged_name")


# --- what belongs to another session --------------------------------------------------------------


@pytest.fixture(scope="module")
def two_sessions() -> Iterator[tuple[Settings, TestClient, TestClient, str]]:
    """A service, a clerk with a table, a manager without, and the path of that table."""
    settings = staff_settings()
    with staff_client(settings) as clerk:
        log_in(clerk)
        job = redirect_path(upload_table(clerk, EXAMPLE))
        manager = TestClient(clerk.app, base_url=BASE_URL, headers=BROWSER, follow_redirects=False)
        log_in(manager, name=MANAGER)
        yield settings, clerk, manager, job


@pytest.mark.parametrize(("method", "path"), OF_A_TABLE)
def test_a_table_of_another_session_is_refused(
    two_sessions: tuple[Settings, TestClient, TestClient, str], method: str, path: str
) -> None:
    settings, clerk, manager, job = two_sessions
    forget_refusals(clerk)
    own_token = token_in(manager.get(STAFF_PATH).text)
    job_path = path.replace(f"{STAFF_PATH}/tables/{{job}}", job)
    assert ask(manager, method, job_path, own_token).status_code == 404
    assert_written_down(settings, path, "no_such_table", MANAGER)
    assert clerk.get(f"{job}/status").status_code == 200


@pytest.mark.parametrize(("method", "path"), [each for each in BEHIND_LOGIN if each[0] == "POST"])
def test_a_form_of_another_session_is_refused(
    two_sessions: tuple[Settings, TestClient, TestClient, str], method: str, path: str
) -> None:
    settings, clerk, manager, job = two_sessions
    forget_refusals(clerk)
    foreign = token_in(clerk.get(STAFF_PATH).text)
    form_path = path.replace(f"{STAFF_PATH}/tables/{{job}}", job)
    assert ask(manager, method, form_path, foreign).status_code == 403
    assert_written_down(settings, path, "foreign_form", MANAGER)


@pytest.mark.parametrize(("method", "path"), MANAGERS_ONLY)
def test_what_is_for_managers_is_refused_to_a_clerk(
    two_sessions: tuple[Settings, TestClient, TestClient, str], method: str, path: str
) -> None:
    settings, clerk, _, _ = two_sessions
    forget_refusals(clerk)
    assert ask(clerk, method, path, token_in(clerk.get(STAFF_PATH).text)).status_code == 403
    assert_written_down(settings, path, "no_manager", CLERK)
