"""Links, feeds, runs and keys are counted, and no label holds anything of a person."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from calsvc.clock import today_in_japan
from calsvc.links.keys import fingerprint, parse_keys
from calsvc.municipality.served import Municipalities
from calsvc.settings import Settings
from calsvc.web.app import create_app
from calsvc.web.observability.metrics import (
    FEEDS,
    KEY,
    LINKS,
    MULTIPROC_VARIABLE,
    Metrics,
    serve_metrics,
)
from calsvc.web.server.readings import MachineReadings
from calsvc.web.staff.job import Job
from calsvc.web.staff.job_process import CHECK, JobSpec
from calsvc.web.staff.job_runner import JobRunner
from tests.support.clients import TODAY
from tests.support.servers import KEY as SEALING_KEY
from tests.support.servers import free_port, running_service
from tests.support.staff import (
    BASE_URL,
    BROWSER,
    CARD,
    CLERK,
    EXAMPLE,
    MANAGER,
    log_in,
    post_form,
    run_job,
    staff_settings,
)
from tests.support.waiting import HANG_SECONDS, wait_until

FEED = "/calendar.ics?issued=2020-05-15&born=1990-10-10"
LABELS = {"route", "status", "le", "client", "way", "outcome", "fingerprint", "municipality"}
LABELS |= {"version", "python"}


@pytest.fixture
def settings() -> Settings:
    return staff_settings()


@pytest.fixture
def counted() -> Metrics:
    return Metrics()


@pytest.fixture
def client(settings: Settings, counted: Metrics) -> Iterator[TestClient]:
    app = create_app(settings, today=today_in_japan, observer=counted)
    with TestClient(app, base_url=BASE_URL, headers=BROWSER, follow_redirects=False) as client:
        yield client


def test_feeds_are_counted_by_client_family(client: TestClient, counted: Metrics) -> None:
    for agent in ("Google-Calendar-Importer", "iOS/18.1 dataaccessd/1.0", "太郎".encode()):
        assert client.get(FEED, headers={"User-Agent": agent}).status_code == 200
    tag = client.get(FEED).headers["etag"]
    assert client.get(FEED, headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/calendar.ics?issued=1").status_code == 400
    assert counted.totals(FEEDS) == {"google": 1, "apple": 1, "other": 3}


def test_links_are_counted_by_way(client: TestClient, counted: Metrics) -> None:
    assert client.post("/", data=CARD).status_code == 303
    assert client.post("/", data={**CARD, "c1-issued-day": "99"}).status_code == 400
    for _ in range(2):
        cards = [{"issued": "2020-05-15", "born": "1990-10-10"}]
        assert client.post("/api/links", json={"cards": cards}).status_code == 200
    log_in(client)
    assert post_form(client, "/staff", **CARD).status_code == 200
    run_job(client, EXAMPLE)
    links = counted.totals(LINKS)
    assert links.pop("tables") > 1
    assert links == {"form": 1, "api": 2, "resident": 1}


def test_a_manager_sees_counts_without_persons(client: TestClient) -> None:
    log_in(client)
    run_job(client, EXAMPLE)
    client.get(FEED, headers={"User-Agent": "Google-Calendar-Importer"})
    assert client.get("/staff/counts").status_code == 403
    post_form(client, "/staff/logout")
    log_in(client, name=MANAGER)
    page = client.get("/staff/counts").text
    assert CLERK not in page
    assert f"{today_in_japan():%Y-%m}" in page
    assert re.search(r"Google[^<]*</th><td>1</td>", page)


def test_without_metrics_the_page_says_how_to_have_them(settings: Settings) -> None:
    with TestClient(create_app(settings), base_url=BASE_URL, headers=BROWSER) as client:
        log_in(client, name=MANAGER)
        assert "CALSVC_METRICS_PORT" in client.get("/staff/counts").text


# --- what Prometheus reads ------------------------------------------------------------------------


def get_metrics(folder: Path, **settings: str) -> str:
    """Return what a service with two workers tells once it has made a link and a feed."""
    port = str(free_port())
    with running_service(
        folder, "--workers", "2", CALSVC_METRICS_PORT=port, CALSVC_KEYS=SEALING_KEY, **settings
    ) as server:
        server.wait_for_log("Application startup complete", 2)
        assert (
            httpx2.post(f"{server.base_url}/", data=CARD, timeout=HANG_SECONDS).status_code == 303
        )
        assert httpx2.get(f"{server.base_url}{FEED}", timeout=HANG_SECONDS).status_code == 200
        return httpx2.get(f"http://127.0.0.1:{port}/metrics", timeout=HANG_SECONDS).text


@pytest.mark.large
def test_prometheus_reads_every_kind_of_count(tmp_path: Path) -> None:
    told_text = get_metrics(tmp_path)
    key = fingerprint(parse_keys(SEALING_KEY, "test")[0])
    for line in (
        'calsvc_links_total{way="form"} 1.0',
        'calsvc_feeds_total{client="other"} 1.0',
        f'calsvc_key_in_use{{fingerprint="{key}"}} 2.0',
        'calsvc_build_info{python="',
        'calsvc_profile_age_days{municipality="012033"} ',
        "calsvc_runs_bytes 0.0",
        "calsvc_runs_free_bytes ",
    ):
        assert line in told_text
    assert set(re.findall(r'[{,](\w+)="', told_text)) <= LABELS


def test_a_process_that_has_ended_uses_no_key() -> None:
    port = free_port()
    with serve_metrics("127.0.0.1", port) as _:
        folder = Path(os.environ[MULTIPROC_VARIABLE])
        ended = subprocess.Popen(["true"])
        ended.wait()
        (left := folder / f"gauge_livesum_{ended.pid}.db").touch()
        httpx2.get(f"http://127.0.0.1:{port}/metrics", timeout=HANG_SECONDS).raise_for_status()
        assert not left.exists()


def test_age_of_a_profile_is_counted_in_days(settings: Settings) -> None:
    readings = {each.name: each for each in MachineReadings(settings, lambda: TODAY)()}
    checked = Municipalities(settings.municipalities).default.checked_on
    assert checked
    assert readings["calsvc_profile_age_days"].value == (TODAY - checked).days


def test_new_key_replaces_the_old_one(counted: Metrics) -> None:
    for name in ("aaaa", "bbbb"):
        counted.use_key(name)
    assert counted.totals(KEY) == {"aaaa": 0, "bbbb": 1}


def test_a_process_that_breaks_is_counted_once(tmp_path: Path) -> None:
    broken: list[int] = []
    workers = JobRunner(lambda: broken.append(1))
    job = Job("x", tmp_path)
    nothing = JobSpec(str(tmp_path), (), (), (), "", "2026-11-26", CHECK, (), "ja", os.getpid())
    workers.start(job, nothing)
    wait_until(lambda: not workers.is_running(job), "the process ends")
    workers.forget_ended()
    workers.forget_ended()
    assert broken == [1]
