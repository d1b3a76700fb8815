"""Metrics are counted by all workers, told on a port of their own, and off unless wanted."""

import re
from pathlib import Path

import httpx2
import pytest

from calsvc.settings import Settings
from calsvc.web.app import create_app
from tests.support.clients import FEED_REQUEST, send_request
from tests.support.servers import KEY, free_port, running_service
from tests.support.waiting import HANG_SECONDS

FORM_FIELDS = 60


@pytest.mark.parametrize("workers", [pytest.param("1", marks=pytest.mark.large), "2"])
def test_answers_of_all_workers_are_counted_by_route_and_status(
    tmp_path: Path, workers: str
) -> None:
    port = str(free_port())
    with running_service(
        tmp_path, "--workers", workers, CALSVC_METRICS_PORT=port, CALSVC_ACCESS_LOG="off"
    ) as server:
        server.wait_for_log("Application startup complete", int(workers))
        for _ in range(FORM_FIELDS):
            send_request(server.port, FEED_REQUEST)
        send_request(server.port, b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n")
        send_request(server.port, b"nonsense\r\n\r\n")
        told = httpx2.get(f"http://127.0.0.1:{port}/metrics", timeout=HANG_SECONDS).text
        assert httpx2.get(f"{server.base_url}/metrics", timeout=HANG_SECONDS).status_code == 404
    assert f'calsvc_answers_total{{route="calendar",status="200"}} {FORM_FIELDS}.0' in told
    assert 'calsvc_answers_total{route="none",status="404"} 1.0' in told
    assert 'calsvc_answers_total{route="none",status="400"} 1.0' in told
    assert f'calsvc_answer_seconds_count{{route="calendar"}} {FORM_FIELDS}.0' in told
    assert re.search(r'calsvc_answer_seconds_bucket\{le="0.001",route="calendar"\} \d', told)


def test_nothing_is_counted_unless_it_is_wanted() -> None:
    assert create_app(Settings(keys=KEY)).state.observer is None
