"""``GET /api/milestones``: dates, standings, checks, cautions and reasons."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.support.clients import MILESTONES_PATH, PARAMETERS

EXTENDED = "born=1995-07-07&card_expires=2027-01-30&stay_until=2026-11-30"
DOUBTFUL = "born=2003-05-10&issued=2022-06-01"


def content_of(client: TestClient, query: str) -> dict[str, Any]:
    response = client.get(f"/api/milestones?{query}&lang=en")
    assert response.status_code == 200
    content: dict[str, Any] = response.json()
    return content


def errors_of(client: TestClient, query: str) -> dict[str, str]:
    response = client.get(f"/api/milestones?{query}&lang=en")
    assert response.status_code == 400
    return {each["field"]: each["message"] for each in response.json()["errors"]}


# --- the dates ------------------------------------------------------------------------------------


def test_the_milestones_of_a_card_are_answered_in_json(api_client: TestClient) -> None:
    response = api_client.get(f"{MILESTONES_PATH}&lang=en")
    content: dict[str, Any] = response.json()
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Content-Language"] == "en"
    assert response.headers["Cache-Control"] == "no-store"
    assert list(content) == [
        *("as_of", "card_expiry", "certificate_expiry", "apply_by", "standings"),
        *("milestones", "checks", "cautions", "reasons"),
    ]
    assert (content["card_expiry"], content["certificate_expiry"]) == ("2029-10-10", "2024-10-10")
    assert (content["checks"], content["cautions"]) == ([], [])
    shown = [
        (each["subject"], each["kind"], each["start"], each["end"], each["title"])
        for each in content["milestones"]
    ]
    assert shown == [
        ("certificate", "window_opens", "2024-07-11", "2024-07-11", "Certificate renewal opens"),
        ("certificate", "notice", "2024-07-10", "2024-08-10", "Renewal notice expected"),
        ("certificate", "expiry", "2024-10-10", "2024-10-10", "Certificate: last valid day"),
        (
            *("certificate", "grace_ends", "2025-01-10", "2025-01-10"),
            "Insurance: last day if not renewed",
        ),
        ("card", "window_opens", "2029-07-11", "2029-07-11", "Card renewal opens"),
        ("card", "notice", "2029-07-10", "2029-08-10", "Renewal notice expected"),
        ("card", "expiry", "2029-10-10", "2029-10-10", "Card: last valid day"),
        ("card", "grace_ends", "2030-01-10", "2030-01-10", "Insurance: last day if not renewed"),
    ]


def test_a_milestone_has_these_keys_and_a_description(api_client: TestClient) -> None:
    for each in api_client.get(MILESTONES_PATH).json()["milestones"]:
        first_open_day = ["first_open_day"] if each["kind"] == "window_opens" else []
        keys = ["subject", "kind", "start", "end", *first_open_day, "title", "description"]
        assert list(each) == keys
        assert len(each["description"]) > 40


def test_a_window_names_the_first_open_day(api_client: TestClient) -> None:
    content = content_of(api_client, "born=1987-03-31&card_expires=2027-03-31")
    days = {
        each["start"]: each["first_open_day"]
        for each in content["milestones"]
        if each["kind"] == "window_opens"
    }
    assert days == {"2022-01-01": "2022-01-04", "2027-01-01": "2027-01-04"}


@pytest.mark.parametrize(
    ("query", "day"),
    [("born=1985-04-23&card_expires=2030-04-23", "2030-02-22"), (EXTENDED, None)],
)
def test_the_day_to_apply_by_is_none_for_a_stay(
    api_client: TestClient, query: str, day: str | None
) -> None:
    assert content_of(api_client, query)["apply_by"] == day


# --- where it stands ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "states"),
    [
        ("", ["unsure", "not_yet"]),
        ("&as_of=", ["unsure", "not_yet"]),
        ("&as_of=2024-10-10", ["last_day", "not_yet"]),
        ("&as_of=令和11年9月1日", ["unsure", "apply_now"]),
        ("&as_of=2030-01-11", ["lapsed", "lapsed"]),
    ],
)
def test_standings_are_those_of_as_of(
    api_client: TestClient, as_of: str, states: list[str]
) -> None:
    content = content_of(api_client, f"issued=2020-05-15&born=1990-10-10{as_of}")
    assert [each["state"] for each in content["standings"]] == states


def test_a_standing_has_its_expiry_and_its_last_day(api_client: TestClient) -> None:
    content = content_of(api_client, "issued=2020-05-15&born=1990-10-10&as_of=2029-08-01")
    assert content["as_of"] == "2029-08-01"
    assert content["standings"][1] == {
        "subject": "card",
        "state": "renewal_open",
        "expiry": "2029-10-10",
        "until": "2029-08-09",
    }


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("issued=2020-05-15&born=1990-10-10&as_of=x", ["as_of"]),
        ("issued=2020-05-15&born=1990-10-10&as_of=2026-02-30", ["as_of"]),
        ("issued=2020-05-15&born=1990-10-10&as_of=2026-01-01&as_of=2026-01-01", ["as_of"]),
        ("issued=2020-05-15&as_of=x", ["as_of", "born"]),
        ("issued=2020-05-15&as_of=2026-01-01", ["born"]),
        ("born=1990-10-10&card_expires=2029-10-10&cert_renewed=no", ["cert_renewed"]),
    ],
)
def test_faulty_parameters_are_named(api_client: TestClient, query: str, fields: list[str]) -> None:
    assert list(errors_of(api_client, query)) == fields


def test_unknown_parameter_gets_the_list_of_known_ones(api_client: TestClient) -> None:
    errors = errors_of(api_client, "issued=2020-05-15&born=1990-10-10&asof=2026-01-01")
    assert errors == {"asof": f"There is no such parameter. Known ones: {PARAMETERS}, as_of"}


def test_only_the_milestones_take_a_day_to_be_seen_from(api_client: TestClient) -> None:
    response = api_client.get("/calendar.ics?issued=2020-05-15&born=1990-10-10&as_of=2026-01-01")
    assert response.status_code == 400


# --- what is in doubt, and why --------------------------------------------------------------------


def test_a_caution_has_its_other_date_and_a_check_stands_for_it(api_client: TestClient) -> None:
    content = content_of(api_client, DOUBTFUL)
    (caution,) = content["cautions"]
    assert caution == {
        "code": "threshold_uncertain",
        "message": "[Please check] The card may instead expire on Mon 10 May 2027. It depends "
        "on whether the application was received by 31 March 2022 or later. To settle it, enter "
        "the expiry date printed on the card.",
        "subject": "card",
        "other": "2027-05-10",
    }
    (check,) = content["checks"]
    assert (check["subject"], check["day"]) == ("card", "2027-02-11")
    assert check["title"] == "Card: check its expiry date"
    assert "printed on the card" in check["description"]


def test_a_caution_without_another_date_has_none(api_client: TestClient) -> None:
    cautions = content_of(api_client, EXTENDED)["cautions"]
    assert {each["code"]: each["other"] for each in cautions} == {
        "card_extended": None,
        "certificate_not_extended": "2027-01-30",
        "certificate_uncertain": "2026-07-07",
    }


def test_far_stay_is_a_caution_without_a_doubt_in_the_feed(api_client: TestClient) -> None:
    content = content_of(api_client, "born=1990-06-15&issued=2026-07-01&stay_until=2036-07-01")
    assert [each["code"] for each in content["cautions"]] == [
        "certificate_reissued",
        "stay_unusual",
    ]


def test_the_reasons_name_rule_birthdays_and_source(api_client: TestClient) -> None:
    certificate, card = content_of(api_client, "issued=2020-05-15&born=1990-10-10")["reasons"]
    assert certificate["birthdays"] == [f"{year}-10-10" for year in range(2020, 2025)]
    assert card == {
        "subject": "card",
        "expiry": "2029-10-10",
        "rule": 2,
        "after": "2020-05-15",
        "birthdays": [f"{year}-10-10" for year in range(2020, 2030)],
        "source": "小樽市; 飯能市; 北栄町",
    }


@pytest.mark.parametrize(
    ("renewed", "certificate", "rule"),
    [("yes", "2029-10-10", 15), ("2022-05-01", "2026-10-10", 15), ("", "2024-10-10", 10)],
)
def test_a_renewal_moves_the_certificate(
    api_client: TestClient, renewed: str, certificate: str, rule: int
) -> None:
    query = f"born=1980-10-10&card_expires=2029-10-10&cert_renewed={renewed}"
    content = content_of(api_client, query)
    assert content["certificate_expiry"] == certificate
    assert content["reasons"][0]["rule"] == rule


def test_head_of_the_milestones_has_the_headers_of_get(api_client: TestClient) -> None:
    head, get = api_client.head(MILESTONES_PATH), api_client.get(MILESTONES_PATH)
    assert (head.status_code, head.content, head.headers) == (200, b"", get.headers)
