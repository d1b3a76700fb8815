"""The error messages for the mistakes of the residents' trial: text, wrong parts, corrections."""

import re

import httpx2
import pytest
from starlette.testclient import TestClient

from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from tests.support.cases import large_except
from tests.support.pages import typed

PRINTED = typed(card_expires="2030-5-3")
ERA = "c1-born-era"
BORN_27 = {**typed(born="27-5-3"), ERA: "昭和"}

# What was typed, the message, the parts that are marked and what each button carries.
Case = tuple[dict[str, str], str, str, list[str]]
CASES: dict[str, Case] = {
    "昭和64-5-3": (
        {**PRINTED, **typed(born="64-5-3"), ERA: "昭和"},
        "date.other_era",
        "born-era born-year",
        ["set-c1-born=平成/1/5/3"],
    ),
    "平成52-5-3": (
        {**PRINTED, **typed(born="52-5-3"), ERA: "平成"},
        "date.future_era",
        "born-era born-year",
        ["set-c1-born=昭和/52/5/3"],
    ),
    "27-5-3": (
        {**PRINTED, **typed(born="27-5-3")},
        "date.which_era",
        "born-era born-year",
        ["set-c1-born=昭和/27/5/3", "set-c1-born=平成/27/5/3"],
    ),
    "expiry 30-5-3": (
        {**BORN_27, **typed(card_expires="30-5-3")},
        "date.short_year",
        "card_expires-year",
        ["set-c1-card_expires=/2030/5/3"],
    ),
    "昭和27-23-5": (
        {**typed(card_expires="2030-5-23", born="27-23-5"), ERA: "昭和"},
        "date.swapped",
        "born-month born-day",
        ["set-c1-born=昭和/27/5/23"],
    ),
    "昭和27-33-5": (
        {**PRINTED, **typed(born="27-33-5"), ERA: "昭和"},
        "date.month",
        "born-month",
        [],
    ),
    "昭和27-5-32": ({**PRINTED, **typed(born="27-5-32"), ERA: "昭和"}, "date.day", "born-day", []),
    "1952-x-3": ({**PRINTED, **typed(born="1952-x-3")}, "date.part", "born-month", []),
    "an exact swap": (
        {**PRINTED, **typed(born="27-3-5"), ERA: "昭和"},
        "card_expires.day_month",
        "card_expires-month card_expires-day",
        ["set-c1-card_expires=/2030/3/5", "set-c1-born=/1952/5/3", "stay-1"],
    ),
    "the day after the birthday": (
        {**BORN_27, **typed(card_expires="2030-5-4")},
        "card_expires.not_birthday",
        "card_expires-month card_expires-day",
        ["set-c1-card_expires=/2030/5/3", "set-c1-born=/1952/5/4", "stay-1"],
    ),
    "born on a leap day": (
        typed(card_expires="2027-3-1", born="1952-2-29"),
        "card_expires.leap",
        "card_expires-month card_expires-day",
        ["set-c1-card_expires=/2027/2/28", "stay-1"],
    ),
    "an issue date": (
        {**BORN_27, **typed(card_expires="2020-6-15")},
        "card_expires.maybe_issued",
        "card_expires-year card_expires-month card_expires-day",
        ["issued-1", "stay-1"],
    ),
}


def marked_fields(page: str) -> list[str]:
    return re.findall(r'<(?:input|select)[^>]* id="c1-([\w-]+)"[^>]* aria-invalid="true"', page)


def displayed_text(page: str) -> str:
    found = re.search(r'class="fault"[^>]*>.*?</span>(.*?)</p>', page)
    assert found
    return found[1]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_mistake_is_explained_and_corrected_by_a_button(client: TestClient, case: Case) -> None:
    fields, key, parts, buttons = case
    response = client.post("/", data=fields)
    assert response.status_code == 400
    texts = get_catalog("ja").messages
    pattern = re.sub(r"\\{\w+\\}", ".+", re.escape(texts[f"page.error.{key}"]))
    assert re.fullmatch(pattern, displayed_text(response.text))
    assert marked_fields(response.text) == parts.split()
    assert re.findall(r'name="do" value="((?:set|issued|stay)-[^"]*)"', response.text) == buttons


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_correction_sends_a_form_without_faults(client: TestClient, case: Case) -> None:
    fields, _, _, buttons = case
    for button in buttons:
        assert client.post("/", data={**fields, "do": button}).status_code == 303


@pytest.mark.parametrize("lang", large_except(LANGUAGES, ("vi",)))
def test_the_table_is_there_in_every_language(client: TestClient, lang: str) -> None:
    pages = [client.post(f"/?lang={lang}", data=case[0]) for case in CASES.values()]
    assert [each.status_code for each in pages] == [400] * len(CASES)
    assert len({displayed_text(each.text) for each in pages}) == len(CASES)


@pytest.mark.parametrize(
    "action",
    ["set-c1-born=//1985", "set-c2-born=/1985/5/3", "set-c1-name=/1/2/3", "set-c1-born=/1/2/3/4"],
)
def test_a_button_that_does_not_exist_changes_nothing(client: TestClient, action: str) -> None:
    fields = {**PRINTED, **typed(born="27-5-3")}
    response: httpx2.Response = client.post("/", data={**fields, "do": action})
    assert marked_fields(response.text) == ["born-era", "born-year"]


def test_the_box_says_that_the_card_ends_with_the_stay(client: TestClient) -> None:
    fields = {**typed(card_expires="2028-5-31", born="1985-4-23"), "c1-stay_until": "same"}
    assert client.post("/", data=fields).status_code == 303
    page = client.post("/", data={**fields, "do": "language"}).text
    assert re.search(r'value="same"[^>]* checked', page)
