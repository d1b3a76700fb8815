"""Clients of the application in this process."""

import pytest
from starlette.testclient import TestClient

from calsvc.settings import Settings
from tests.support.clients import TODAY, create_client
from tests.support.pages import page_client
from tests.support.servers import KEY


@pytest.fixture(scope="module")
def api_client() -> TestClient:
    """Sends no Accept header of a browser, as programs do."""
    return create_client(today=lambda: TODAY)


@pytest.fixture(scope="module")
def client() -> TestClient:
    """Accepts pages, as browsers do."""
    return page_client(Settings(keys=KEY, posts_per_minute=1000))
