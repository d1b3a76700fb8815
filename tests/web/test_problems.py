"""Errors: a page for people, problem details (RFC 9457) for programs."""

import pytest
from starlette.testclient import TestClient

from tests.support.clients import FEED_PATH, MILESTONES_PATH, PARAMETERS


@pytest.mark.parametrize(
    ("query", "accepted", "title"),
    [
        ("", "", "入力に誤りがあります"),
        ("", "en", "There is a problem"),
        ("lang=en", "ja", "There is a problem"),
        ("lang=ja", "en", "入力に誤りがあります"),
        ("lang=xx", "en", "There is a problem"),
    ],
)
def test_error_is_in_the_language_of_the_client(
    api_client: TestClient, query: str, accepted: str, title: str
) -> None:
    response = api_client.get(f"/calendar.ics?{query}", headers={"Accept-Language": accepted})
    assert response.json()["title"] == title


@pytest.mark.parametrize(
    ("path", "known"),
    [("/calendar.ics", PARAMETERS), ("/api/milestones", f"{PARAMETERS}, as_of")],
)
def test_bad_input_is_a_problem_with_all_faulty_fields_at_once(
    api_client: TestClient, path: str, known: str
) -> None:
    response = api_client.get(f"{path}?issued=2020-05-32&birth=1990-10-10&alarms=no&lang=en")
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Content-Language"] == "en"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.json() == {
        "type": "about:blank",
        "title": "There is a problem",
        "status": 400,
        "errors": [
            {
                "field": "birth",
                "message": f"There is no such parameter. Known ones: {known}",
            },
            {"field": "alarms", "message": "Give on, few or off."},
            {"field": "issued", "message": "There is no such day. Check the year, month and day."},
            {"field": "born", "message": "Enter the birth date."},
        ],
    }


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/calendar.ICS", "/calendar", "/c/x.ics", "/calendar.ics/", "/healthz/"],
)
def test_an_unknown_path_is_a_problem_too(api_client: TestClient, path: str) -> None:
    response = api_client.get(path, headers={"Accept-Language": "en"})
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json() == {"type": "about:blank", "title": "Not found", "status": 404}
    assert response.status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("address", [FEED_PATH, MILESTONES_PATH])
def test_another_method_is_a_problem_too(api_client: TestClient, method: str, address: str) -> None:
    response = api_client.request(method, f"{address}&lang=en")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json() == {"type": "about:blank", "title": "Method not allowed", "status": 405}
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD"}
    assert response.status_code == 405


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/html", "text/html; charset=utf-8"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("*/*", "application/problem+json"),
        ("application/json", "application/problem+json"),
        ("text/calendar", "application/problem+json"),
        ("", "application/problem+json"),
    ],
)
@pytest.mark.parametrize("path", ["/nowhere", "/c/x", "/c/x.ics", "/calendar.ics"])
def test_error_is_a_page_for_browsers_and_json_for_programs(
    client: TestClient, path: str, accept: str, media_type: str
) -> None:
    response = client.get(path, headers={"Accept": accept})
    assert response.headers["Content-Type"] == media_type
    assert "Accept" in response.headers["Vary"].split(", ")


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/"), ("POST", "/c/x"), ("PUT", "/static/page.css"), ("TRACE", "/")],
)
def test_wrong_method_gets_the_allowed_ones(client: TestClient, method: str, path: str) -> None:
    response = client.request(method, path, headers={"Accept-Language": "en"})
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert "<h1>Method not allowed</h1>" in response.text


def test_a_page_of_faults_names_them_all(client: TestClient) -> None:
    response = client.get("/calendar.ics?issued=x&lang=en")
    assert response.status_code == 400
    assert response.text.count("<li>This is not a date") == 1
    assert "<li>Enter the birth date.</li>" in response.text
