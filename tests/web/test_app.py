"""The application starts as the environment says, and not without keys."""

import pytest
from starlette.testclient import TestClient

from calsvc.links.keys import InvalidKeysError
from calsvc.settings import Settings
from calsvc.web.app import create_app, create_app_from_env
from tests.support.servers import KEY


def test_the_service_starts_as_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALSVC_KEYS", KEY)
    assert TestClient(create_app_from_env()).get("/healthz").status_code == 200


def test_the_service_does_not_start_without_keys() -> None:
    with pytest.raises(InvalidKeysError):
        create_app(Settings(key_file="/nonexistent/keys"))
