"""Fixtures for a service with staff pages, which must remove its temporary files at shutdown."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from calsvc.web.staff.job_store import JobStore
from tests.support.servers import free_port, running_service
from tests.support.staff import state_with_people

RunStaffService = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="session")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the service's temporary files."""
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="session")
def state() -> str:
    """The state folder of the service, with the file of accounts."""
    return state_with_people()


@pytest.fixture(scope="session")
def run_staff_service(tmp_path_factory: pytest.TempPathFactory, state: str) -> RunStaffService:
    """Function that runs a service with ``workers`` processes and ``changed`` settings.

    It yields the base URL.
    """

    @contextmanager
    def run(temporary: Path, workers: int, **changed: str) -> Iterator[str]:
        port = free_port()
        with running_service(
            tmp_path_factory.mktemp("staff"),
            *("--workers", str(workers)),
            port=port,
            TMPDIR=str(temporary),
            CALSVC_PUBLIC_URL=f"http://localhost:{port}",
            CALSVC_STATE_DIR=str(state),
            CALSVC_MAX_UPLOAD_MB="1",
            **changed,
        ):
            yield f"http://localhost:{port}"
        assert list(temporary.iterdir()) == []

    return run


@pytest.fixture(
    scope="session",
    params=[
        pytest.param(2, id="two workers"),
        pytest.param(1, id="one worker", marks=pytest.mark.large),
    ],
)
def base(
    request: pytest.FixtureRequest, temporary: Path, run_staff_service: RunStaffService
) -> Iterator[str]:
    """The base URL of the service."""
    with run_staff_service(temporary, request.param) as base:
        yield base


@pytest.fixture
def jobs(base: str, temporary: Path, state: str) -> Iterator[JobStore]:  # noqa: ARG001 - after the service
    """A second job store on the service's folder, like that of another process."""
    jobs = JobStore(state.encode(), temporary)
    yield jobs
    jobs.close()
