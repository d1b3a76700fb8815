"""Runs the server that hostile input is sent to, and searches its log afterwards."""

import re
from collections.abc import Iterator

import httpx2
import pytest

from tests.support.hostile_client import EVIL, INJECTED, MARK, Server
from tests.support.servers import running_service
from tests.support.waiting import HANG_SECONDS

REQUEST_ID = re.compile(r"\[[0-9a-f]{16}\]")
"""By chance it may hold any digits."""


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("hostile")
    with (
        running_service(folder, CALSVC_POSTS_PER_MINUTE="100000") as service,
        httpx2.Client(timeout=HANG_SECONDS) as client,
    ):
        yield Server(service.port, client)
    written = REQUEST_ID.sub("", service.log_text().lower())
    for trace in (MARK, EVIL, INJECTED, "1985", "traceback", "failed:"):
        assert trace not in written
    assert not re.search(r"calsvc\.access \S+ \S+ 5\d\d ", written)
