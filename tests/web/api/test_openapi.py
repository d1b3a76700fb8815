"""openapi.json says what the service does: compared with the code, and asked by schemathesis."""

import json
import re
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from typing import Any

import pytest
from starlette.testclient import TestClient

from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import REMINDERS_BY_NAME
from calsvc.parsing.card_fields import DATE_FIELDS
from calsvc.parsing.names import MAX_CARDS
from calsvc.rules.card import CautionCode, Subject
from calsvc.rules.milestones import MilestoneKind
from calsvc.rules.standings import StandingState
from calsvc.settings import Settings
from calsvc.web.api.link_request import BODY_FIELDS, CARD_FIELDS
from calsvc.web.api.openapi import document
from calsvc.web.app import ROUTES, create_app
from calsvc.web.feed_query import FEED_PARAMETERS, MILESTONE_PARAMETERS
from calsvc.web.static_files import MEDIA_TYPES
from tests.fuzz.api import run_fuzzer
from tests.fuzz.hooks import TOKENS
from tests.support.servers import KEY

DOCUMENT: dict[str, Any] = json.loads(document())
PATHS: dict[str, Any] = DOCUMENT["paths"]
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
FILLED_IN = {
    "/calendar.ics": "/calendar.ics?born=1985-04-23&issued=2020-06-01",
    "/api/milestones": "/api/milestones?born=1985-04-23&issued=2020-06-01",
    "/c/{token}.ics": f"/c/{TOKENS[0]}.ics",
    "/c/{token}": f"/c/{TOKENS[0]}",
    "/c/{token}/edit": f"/c/{TOKENS[0]}/edit",
    "/static/{name}": "/static/page.css",
    "/{code}/": "/012033/",
    "/prefectures/{number}": "/prefectures/01",
    "/{code}/wards": "/141500/wards",
}
OF_SEVERAL = {"/{code}/", "/{code}/wards", "/prefectures/{number}"}
READ = sorted(path for path, operations in PATHS.items() if "get" in operations)


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = create_app(Settings(keys=KEY), today=lambda: date(2026, 11, 24))
    return TestClient(app, base_url="http://localhost", follow_redirects=False)


@pytest.fixture(scope="module")
def client_of_several() -> TestClient:
    """The service of all municipalities, in which alone some pages are."""
    app = create_app(Settings(keys=KEY, municipalities=("all",)), today=lambda: date(2026, 11, 24))
    return TestClient(app, base_url="http://localhost", follow_redirects=False)


def resolve(item: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in item:
        return item
    found: Any = DOCUMENT
    for step in item["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return resolve(found)


def query_parameters(path: str) -> dict[str, Any]:
    parameters = [resolve(each) for each in PATHS[path]["get"]["parameters"]]
    return {each["name"]: each for each in parameters if each["in"] == "query"}


def references(item: object) -> Iterator[str]:
    if isinstance(item, dict):
        yield from (value for name, value in item.items() if name == "$ref")
        for value in item.values():
            yield from references(value)
    elif isinstance(item, list):
        for value in item:
            yield from references(value)


# --- compared with the code -----------------------------------------------------------------------


def test_it_is_served_as_it_stands(client: TestClient) -> None:
    answer = client.get("/openapi.json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json() == DOCUMENT


def test_its_version_is_the_releases() -> None:
    assert DOCUMENT["info"]["version"] == version("calsvc")


def test_exactly_the_public_routes_and_methods_are_described() -> None:
    served = {route.path_format: (route.methods or {"GET", "POST"}) - {"HEAD"} for route in ROUTES}
    described = {path: {method.upper() for method in PATHS[path]} for path in PATHS}
    assert described == served


@pytest.mark.parametrize(
    ("path", "known"),
    [("/calendar.ics", FEED_PARAMETERS), ("/api/milestones", MILESTONE_PARAMETERS)],
)
def test_the_parameters_of_a_card_are_those_that_are_read(
    path: str, known: tuple[str, ...]
) -> None:
    assert list(query_parameters(path)) == list(known)
    assert [name for name, each in query_parameters(path).items() if each.get("required")] == [
        "born"
    ]


def test_the_languages_are_those_there_are() -> None:
    assert SCHEMAS["Language"]["enum"] == list(LANGUAGES)
    assert set(query_parameters("/calendar.ics")["lang"]["schema"]["enum"]) == {*LANGUAGES, ""}


def test_the_choices_of_alarms_are_those_there_are() -> None:
    assert set(query_parameters("/calendar.ics")["alarms"]["schema"]["enum"]) == {
        *REMINDERS_BY_NAME,
        "",
    }


def test_a_body_has_the_fields_that_are_read() -> None:
    assert list(SCHEMAS["Household"]["properties"]) == list(BODY_FIELDS)
    assert list(SCHEMAS["Card"]["properties"]) == list(CARD_FIELDS)
    assert SCHEMAS["Household"]["properties"]["cards"]["maxItems"] == MAX_CARDS


def test_the_form_has_the_dates_that_are_read() -> None:
    (pattern,) = [
        each for each in SCHEMAS["Form"]["patternProperties"] if "-year" in each or "|year" in each
    ]
    assert pattern in SCHEMAS["EditForm"]["patternProperties"]
    for place in (1, MAX_CARDS):
        assert all(re.search(pattern, f"c{place}-{name}-year") for name in DATE_FIELDS)
    assert not re.search(pattern, f"c{MAX_CARDS + 1}-born-year")


def test_milestones_and_cautions_are_those_there_are() -> None:
    assert SCHEMAS["Milestone"]["properties"]["subject"]["enum"] == list(Subject)
    assert SCHEMAS["Milestone"]["properties"]["kind"]["enum"] == [
        kind for kind in MilestoneKind if kind is not MilestoneKind.CHECK
    ]
    assert SCHEMAS["Caution"]["properties"]["code"]["enum"] == list(CautionCode)
    assert SCHEMAS["Standing"]["properties"]["state"]["enum"] == list(StandingState)


def test_the_files_are_those_there_are() -> None:
    (name,) = [
        each for each in PATHS["/static/{name}"]["get"]["parameters"] if each["in"] == "path"
    ]
    assert name["schema"]["enum"] == list(MEDIA_TYPES)


def test_all_references_resolve_and_all_components_are_used() -> None:
    used = set(references(DOCUMENT))
    there = {
        f"#/components/{kind}/{name}"
        for kind, each in DOCUMENT["components"].items()
        for name in each
    }
    assert used == there


# --- compared with the answers --------------------------------------------------------------------


@pytest.mark.parametrize("path", READ)
def test_get_and_head_responses_match_the_description(
    client: TestClient, client_of_several: TestClient, path: str
) -> None:
    address = FILLED_IN.get(path, path)
    client = client_of_several if path in OF_SEVERAL else client
    get, head = client.get(address), client.head(address)
    described = PATHS[path]["get"]["responses"]["200"]
    assert get.status_code == 200
    assert get.headers["Content-Type"].partition(";")[0] in described["content"]
    assert (head.status_code, head.content, head.headers) == (200, b"", get.headers)


@pytest.mark.parametrize("path", READ)
def test_every_header_of_an_answer_is_described(
    client: TestClient, client_of_several: TestClient, path: str
) -> None:
    client = client_of_several if path in OF_SEVERAL else client
    given = {each.title() for each in client.get(FILLED_IN.get(path, path)).headers}
    described = {each.title() for each in PATHS[path]["get"]["responses"]["200"]["headers"]}
    unsaid = {"Content-Type", "Content-Length", "Content-Encoding"}
    assert given - unsaid - ({"Vary"} - described) == described


@pytest.mark.parametrize(
    "example", PATHS["/api/links"]["post"]["requestBody"]["content"]["application/json"]["examples"]
)
def test_the_examples_of_bodies_make_links(client: TestClient, example: str) -> None:
    content = PATHS["/api/links"]["post"]["requestBody"]["content"]["application/json"]
    answer = client.post("/api/links", json=content["examples"][example]["value"])
    assert answer.status_code == 200
    assert list(answer.json()) == SCHEMAS["Addresses"]["required"]


@pytest.mark.large
def test_schemathesis_finds_nothing_with_all_its_checks() -> None:
    assert_nothing_is_found(examples=120, cases=1000)


def assert_nothing_is_found(examples: int, cases: int) -> None:
    asked = run_fuzzer(examples, seed=6)
    assert asked.passed == asked.cases, asked.report
    assert asked.cases > cases, asked.report
    assert max(asked.responses) < 500
    assert {200, 303, 304, 400, 404, 405, 415} <= asked.responses.keys()
