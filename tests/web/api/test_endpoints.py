"""The JSON endpoints: liveness and readiness."""

from starlette.testclient import TestClient

# --- health ---------------------------------------------------------------------------------------


def test_the_process_says_that_it_is_alive(api_client: TestClient) -> None:
    response = api_client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_a_service_that_has_started_is_ready(api_client: TestClient) -> None:
    answer = api_client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})
    assert answer.headers["Cache-Control"] == "no-store"
