"""A service with staff pages for each test; its files must be gone when it has shut down."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from calsvc.settings import Settings
from calsvc.web.staff.job_store import JobStore
from tests.support.staff import job_store_of, log_in, staff_client, staff_settings


@pytest.fixture
def settings() -> Settings:
    return staff_settings()


@pytest.fixture
def jobs(settings: Settings) -> JobStore:
    """The job store of the service, as another worker process sees it."""
    return job_store_of(settings)


@pytest.fixture
def client(settings: Settings, jobs: JobStore) -> Iterator[TestClient]:
    """A client that has not signed in."""
    with staff_client(settings) as client:
        yield client
    assert not jobs.root.exists()


@pytest.fixture
def clerk(client: TestClient) -> TestClient:
    """A client that has signed in."""
    assert log_in(client).status_code == 303
    return client
