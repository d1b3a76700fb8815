"""The OpenAPI document as operations: all of them, with fields and examples."""

import json

from calsvc.web.api.description import Operation, operations
from calsvc.web.api.link_request import BODY_FIELDS, CARD_FIELDS
from calsvc.web.api.openapi import document
from calsvc.web.feed_query import MILESTONE_PARAMETERS


def operation(method: str, path: str) -> Operation:
    listed = [each for tag in operations().values() for each in tag]
    (found,) = [each for each in listed if (each.method, each.path) == (method, path)]
    return found


def test_every_operation_has_a_place() -> None:
    listed = [(each.method, each.path) for tag in operations().values() for each in tag]
    paths = json.loads(document())["paths"]
    assert sorted(listed) == sorted(
        (method.upper(), path) for path, methods in paths.items() for method in methods
    )


def test_what_programs_use_comes_first() -> None:
    first, *_ = operations()
    assert first == "programs"
    assert [each.path for each in operations()[first]] == [
        "/calendar.ics",
        "/c/{token}.ics",
        "/api/links",
        "/api/milestones",
        "/openapi.json",
    ]


def test_parameters_of_the_query_are_listed_and_headers_are_not() -> None:
    fields = operation("GET", "/api/milestones").parameters
    assert [each.name for each in fields] == list(MILESTONE_PARAMETERS)
    assert [each.name for each in fields if each.is_required] == ["born"]
    assert all(each.description for each in fields)


def test_fields_of_a_body_are_named_by_the_way_to_them() -> None:
    names = [each.name for each in operation("POST", "/api/links").body]
    cards = [f"cards[].{name}" for name in CARD_FIELDS]
    others = [name for name in BODY_FIELDS if name != "cards"]
    assert names == ["cards[]", *cards, *others]


def test_fields_of_a_response_are_listed_to_the_last() -> None:
    names = [each.name for each in operation("GET", "/api/milestones").answer]
    assert {"as_of", "standings[].state", "milestones[].first_open_day", "cautions[].other"} <= {
        *names
    }


def test_a_command_of_curl_is_quoted_for_a_shell() -> None:
    command, household = operation("POST", "/api/links").commands("https://calendar.example.jp")
    assert command == (
        "curl https://calendar.example.jp/api/links -H 'Content-Type: application/json' "
        """-d '{"cards": [{"born": "1985-04-23", "issued": "2020-06-01"}]}'"""
    )
    assert "昭和60年4月23日" in household


def test_responses_are_resolved_to_their_descriptions() -> None:
    responses = dict(operation("POST", "/api/links").responses)
    assert responses["413"].startswith("The body is larger than 64 KiB")
