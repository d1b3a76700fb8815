"""Clients of the application in this process."""

import pytest
from starlette.testclient import TestClient

from tests.support.clients import TODAY, create_client


@pytest.fixture(scope="module")
def api_client() -> TestClient:
    """Sends no Accept header of a browser, as programs do."""
    return create_client(today=lambda: TODAY)
