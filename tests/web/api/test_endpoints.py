"""The JSON endpoints: milestones, liveness and readiness."""

from typing import Any

from starlette.testclient import TestClient

from tests.support.clients import MILESTONES_PATH

# --- milestones -----------------------------------------------------------------------------------


def test_the_milestones_of_a_card_are_answered_in_json(api_client: TestClient) -> None:
    response = api_client.get(f"{MILESTONES_PATH}&lang=en")
    content: dict[str, Any] = response.json()
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Content-Language"] == "en"
    assert response.headers["Cache-Control"] == "no-store"
    assert list(content) == ["card_expiry", "certificate_expiry", "milestones", "cautions"]
    assert (content["card_expiry"], content["certificate_expiry"]) == ("2029-10-10", "2024-10-10")
    assert content["cautions"] == []
    shown = [
        (each["subject"], each["kind"], each["start"], each["end"], each["title"])
        for each in content["milestones"]
    ]
    assert shown == [
        (
            *("certificate", "window_opens", "2024-07-11", "2024-07-11"),
            "Digital certificate: renewal opens",
        ),
        (
            *("certificate", "notice", "2024-07-10", "2024-08-10"),
            "Digital certificate: expiry notice expected",
        ),
        (
            *("certificate", "expiry", "2024-10-10", "2024-10-10"),
            "Digital certificate expires (last valid day)",
        ),
        (
            *("certificate", "grace_ends", "2025-01-10", "2025-01-10"),
            "Last day as health insurance card (if certificate not renewed)",
        ),
        ("card", "window_opens", "2029-07-11", "2029-07-11", "My Number card: renewal opens"),
        ("card", "notice", "2029-07-10", "2029-08-10", "My Number card: expiry notice expected"),
        ("card", "expiry", "2029-10-10", "2029-10-10", "My Number card expires (last valid day)"),
        (
            *("card", "grace_ends", "2030-01-10", "2030-01-10"),
            "Last day as health insurance card (if card not renewed)",
        ),
    ]


def test_a_milestone_has_these_keys_and_a_description(api_client: TestClient) -> None:
    for each in api_client.get(MILESTONES_PATH).json()["milestones"]:
        assert list(each) == ["subject", "kind", "start", "end", "title", "description"]
        assert len(each["description"]) > 40


def test_a_doubt_is_answered_with_its_code_and_what_to_do(api_client: TestClient) -> None:
    response = api_client.get("/api/milestones?issued=2022-06-01&born=2003-08-20&lang=en")
    assert response.json()["cautions"] == [
        {
            "code": "threshold_uncertain",
            "message": "[Please check] The card may instead expire on 2026-08-20 (Thu). It depends "
            "on whether the application was received by 2022-03-31 or later. To settle it, enter "
            "the expiry date printed on the card.",
        }
    ]


def test_head_of_the_milestones_has_the_headers_of_get(api_client: TestClient) -> None:
    head, get = api_client.head(MILESTONES_PATH), api_client.get(MILESTONES_PATH)
    assert (head.status_code, head.content, head.headers) == (200, b"", get.headers)


# --- health ---------------------------------------------------------------------------------------


def test_the_process_says_that_it_is_alive(api_client: TestClient) -> None:
    response = api_client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_a_service_that_has_started_is_ready(api_client: TestClient) -> None:
    answer = api_client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})
    assert answer.headers["Cache-Control"] == "no-store"
