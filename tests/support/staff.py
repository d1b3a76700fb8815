"""Signs in to the staff pages and sends tables, without a browser."""

from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from urllib.parse import urlsplit

import httpx2
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from calsvc.clock import today_in_japan
from calsvc.links.keys import generate_key
from calsvc.people.accounts import Account, Accounts, Role
from calsvc.settings import Settings
from calsvc.web.app import create_app
from calsvc.web.staff.job import CHECKING, NEW, WORKING
from calsvc.web.staff.job_store import JobStore
from tests.support.clients import STAFF_PASSWORD, token_in
from tests.support.paths import ROOT
from tests.support.waiting import wait_until

EXAMPLE = (ROOT / "examples" / "residents.csv").read_bytes()
CLERK, MANAGER = "小樽 はな子", "小樽 一郎"
FAST_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""A hasher with minimal cost, so that tests are quick."""
STATE_FOLDERS = TemporaryDirectory(prefix="calsvc-states-")
"""The parent of state folders, which is removed at the end of the test process."""
BASE_URL = "http://localhost:8000"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
CARD = {
    "cards": "1",
    "c1-issued-year": "2020",
    "c1-issued-month": "6",
    "c1-issued-day": "1",
    "c1-born-year": "1985",
    "c1-born-month": "4",
    "c1-born-day": "23",
}


# --- the service ----------------------------------------------------------------------------------


def staff_settings(**changed: str | int) -> Settings:
    """Return settings with accounts, and with a key and a state folder of their own."""
    defaults = {"keys": generate_key(), "state_dir": state_with_people(), "public_url": BASE_URL}
    return Settings(**{**defaults, **changed})


def state_with_people(folder: Path | None = None) -> str:
    """Return a state folder, by default a new one, with the accounts of a clerk and a manager."""
    folder = folder or Path(mkdtemp(dir=STATE_FOLDERS.name))
    hashed = FAST_HASHER.hash(STAFF_PASSWORD)
    for name, role in ((CLERK, Role.CLERK), (MANAGER, Role.MANAGER)):
        Accounts(folder).add(Account(name, role, hashed))
    return str(folder)


def staff_client(settings: Settings, base_url: str = BASE_URL) -> TestClient:
    """Return a client that accepts pages, as a browser does, and follows no redirects."""
    app = create_app(settings, today=today_in_japan)
    return TestClient(app, base_url=base_url, headers=BROWSER, follow_redirects=False)


def job_store_of(settings: Settings) -> JobStore:
    """Return the job store of a service with ``settings``, as another worker process sees it."""
    return JobStore(settings.state_dir.encode())


# --- requests -------------------------------------------------------------------------------------


def redirect_path(response: httpx2.Response) -> str:
    """Return the path to which a response redirects."""
    assert response.status_code == 303
    return urlsplit(response.headers["location"]).path


def log_in(
    client: httpx2.Client, password: str = STAFF_PASSWORD, name: str = CLERK
) -> httpx2.Response:
    token = token_in(client.get("/staff/login").text)
    return client.post("/staff/login", data={"csrf": token, "name": name, "password": password})


def post_form(client: httpx2.Client, path: str, **fields: str) -> httpx2.Response:
    """Send a form with the session's token."""
    token = token_in(client.get("/staff").text)
    return client.post(path, data={"csrf": token, **fields})


def upload_table(client: httpx2.Client, content: bytes, token: str = "") -> httpx2.Response:
    """Upload a table."""
    token = token or token_in(client.get("/staff").text)
    return client.post("/staff/tables", data={"csrf": token}, files={"table": ("r.csv", content)})


def start_job(client: httpx2.Client, content: bytes, *formats: str) -> str:
    """Upload a table, start the job once it is checked, and return its path."""
    job = redirect_path(upload_table(client, content))
    wait_until(lambda: status_of(client, job)["state"] not in (NEW, CHECKING), "it is checked")
    chosen = {f"format-{each}": "on" for each in formats}
    redirect_path(post_form(client, f"{job}/start", **chosen))
    return job


def status_of(client: httpx2.Client, job: str) -> dict[str, str | int]:
    status: dict[str, str | int] = client.get(f"{job}/status").json()
    return status


def wait_for_end(client: httpx2.Client, job: str) -> str:
    """Wait until the job is no longer in progress, and return its state."""
    wait_until(lambda: status_of(client, job)["state"] != WORKING, "the job ends")
    return str(status_of(client, job)["state"])


def run_job(client: httpx2.Client, content: bytes, *formats: str) -> str:
    """Upload a table, run its job to the end, and return the job's path."""
    job = start_job(client, content, *formats)
    assert wait_for_end(client, job) == "done"
    return job
