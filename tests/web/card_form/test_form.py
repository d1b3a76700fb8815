"""The form: from what was typed to a link, or to a message beside each faulty field."""

import re

import httpx2
import pytest
from starlette.testclient import TestClient

from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import Reminders
from calsvc.rules.card import Card
from calsvc.rules.plan import Plan, assess
from calsvc.settings import Settings
from tests.support.pages import ADULT, GOOD_FORM, KEYRING, page_client, typed
from tests.support.servers import KEY

MARKUP = "\"><b>'&{{7*7}}"


def test_a_good_form_leads_to_a_page_of_its_own(client: TestClient) -> None:
    response = client.post("/", data=GOOD_FORM)
    assert response.status_code == 303
    assert plans_behind(response) == plans_of(ADULT)


def test_each_link_has_a_number_of_its_own(client: TestClient) -> None:
    first, second = (client.post("/", data=GOOD_FORM).headers["Location"] for _ in range(2))
    assert first != second


def plans_behind(response: httpx2.Response) -> list[Plan]:
    link = KEYRING.open(response.headers["Location"].removeprefix("/c/"))
    return [card.plan for card in link.cards]


def plans_of(*cards: Card) -> list[Plan]:
    return [assess(card).plan for card in cards]


def test_link_has_the_language_of_the_form(client: TestClient) -> None:
    for address, accepted in (("/?lang=en", "ja"), ("/", "en")):
        response = client.post(address, data=GOOD_FORM, headers={"Accept-Language": accepted})
        token = response.headers["Location"].removeprefix("/c/")
        assert KEYRING.open(token).language == "en"


def test_a_service_below_a_path_stays_below_it() -> None:
    client = page_client(Settings(keys=KEY, public_url="https://www.example.jp/card"))
    assert client.post("/", data=GOOD_FORM).headers["Location"].startswith("/card/c/1")
    text = client.get("/").text
    assert 'action="/card/?lang=ja"' in text
    assert 'href="/card/static/page.css?v=' in text


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (typed(card_expires="2030-4-23"), "c1-born"),
        (typed(born="1985-4-23"), "c1-card_expires"),
        (typed(card_expires="2030-4-23", born="27-4-23"), "c1-born"),
        (typed(card_expires="2030-4-", born="1985-4-23"), "c1-card_expires"),
        (typed(card_expires="2030-4-24", born="1985-4-23"), "c1-card_expires"),
        (typed(card_expires="2030-4-23", born="2004-4-23"), "c1-card_expires"),
        ({**GOOD_FORM, **typed(stay_until="2020-1-1")}, "c1-stay_until"),
        ({**GOOD_FORM, **typed(cert_expires="2031-1-1")}, "c1-cert_expires"),
        (
            typed(issued="2023-6-1", born="1985-4-23", applied="2024-1-1"),
            "c1-applied",
        ),
        ({**GOOD_FORM, "cards": "2", **typed(2, card_expires="2030-4-23")}, "c2-born"),
        ({**GOOD_FORM, "c1-name": "名" * 21}, "c1-name"),
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_fault_is_shown_beside_its_field(
    client: TestClient, form: dict[str, str], field: str, lang: str
) -> None:
    form = {"cards": "2" if "c1-name" in form else "1", **form}
    response = client.post(f"/?lang={lang}", data=form)
    assert response.status_code == 400
    assert f'id="{field}-fault"' in response.text
    assert f'href="#{field}' in response.text
    assert not re.search(r"\((issued|card_expires|stay_until)\)", response.text)


def test_unknown_fields_are_ignored(client: TestClient) -> None:
    response = client.post("/", data={**GOOD_FORM, "unknown": "x", "c9-born-year": "x"})
    assert plans_behind(response) == plans_of(ADULT)


@pytest.mark.parametrize("number", ["0", "11", "-1", "x", "", "1e1", "१"])
def test_an_impossible_number_of_cards_is_one(client: TestClient, number: str) -> None:
    response = client.post("/", data={**GOOD_FORM, "cards": number})
    assert response.status_code == 303


def test_there_is_room_for_ten_cards_and_no_more(client: TestClient) -> None:
    response = client.post("/", data={"cards": "9", "do": "add"})
    assert response.text.count('class="card"') == 10
    assert 'value="add"' not in response.text
    assert client.post("/", data={"cards": "10", "do": "add"}).text.count('class="card"') == 10


@pytest.mark.parametrize("action", ["remove-0", "remove-3", "remove-", "remove-x", "else", ""])
def test_an_action_that_does_not_exist_sends_the_form(client: TestClient, action: str) -> None:
    both = {**GOOD_FORM, **typed(2, card_expires="2030-4-23", born="1985-4-23"), "cards": "2"}
    assert client.post("/", data={**both, "do": action}).status_code == 303


def test_last_card_cannot_be_removed(client: TestClient) -> None:
    response = client.post("/", data={**GOOD_FORM, "cards": "1", "do": "remove-1"})
    assert response.status_code == 200
    assert response.text.count('class="card"') == 1


def test_name_without_a_field_is_preserved(client: TestClient) -> None:
    both = {"cards": "2", "c1-name": "花子", "c2-name": "太郎", "do": "remove-2"}
    text = client.post("/", data=both).text
    assert '<input type="hidden" name="c1-name" value="花子">' in text


def test_input_is_shown_again_as_text(client: TestClient) -> None:
    hostile = dict.fromkeys(
        (
            *(f"c1-{field}-{part}" for field in ("born", "card_expires", "issued", "stay_until")
              for part in ("era", "year", "month", "day")),
            "c1-name", "c2-name", "do",
        ),
        MARKUP,
    )  # fmt: skip
    response = client.post("/", data={**hostile, "cards": "2"})
    assert response.status_code == 400
    assert "<b>" not in response.text
    assert "&#34;&gt;&lt;b&gt;&#39;&amp;{{7*7}}" in response.text


# --- dates in one field ---------------------------------------------------------------------------


@pytest.mark.parametrize("digits", ["19850423", "１９８５０４２３"])
def test_eight_digits_in_the_year_are_a_date(client: TestClient, digits: str) -> None:
    form = typed(card_expires="2030-4-23") | {"c1-born-year": digits}
    response = client.post("/", data=form)
    token = response.headers["Location"].rpartition("/")[2].partition("?")[0]
    assert KEYRING.open(token).cards[0].plan == assess(ADULT).plan


@pytest.mark.parametrize(
    "born",
    [
        {"c1-born-year": "19850423", "c1-born-day": "23"},
        {"c1-born-year": "19850423", "c1-born-era": "昭和"},
        {"c1-born-year": "1985042"},
        {"c1-born-year": "198504230"},
        {"c1-born-year": "19851323"},
    ],
)
def test_other_digits_in_the_year_are_rejected(client: TestClient, born: dict[str, str]) -> None:
    assert client.post("/", data=typed(card_expires="2030-4-23") | born).status_code == 400


# --- alarms ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "reminders"),
    [
        ("on", Reminders.STANDARD),
        ("few", Reminders.FEW),
        ("off", Reminders.OFF),
        ("", Reminders.STANDARD),
        ("zqmark", Reminders.STANDARD),
    ],
)
def test_link_has_the_choice_of_alarms(
    client: TestClient, chosen: str, reminders: Reminders
) -> None:
    response = client.post("/", data={**GOOD_FORM, "alarms": chosen})
    token = response.headers["Location"].rpartition("/")[2]
    assert KEYRING.open(token.partition("?")[0]).reminders is reminders


@pytest.mark.parametrize("action", [{}, {"do": "add"}])
def test_the_choice_of_alarms_stays_in_a_form_that_comes_back(
    client: TestClient, action: dict[str, str]
) -> None:
    page = client.post("/", data={"cards": "1", "alarms": "few", **action}).text
    assert '<option value="few" selected>' in page
    assert '<details class="further alarms" open>' in page


def test_a_new_form_offers_the_standard_alarms(client: TestClient) -> None:
    page = client.get("/").text
    assert '<option value="on" selected>' in page
    assert page.count(" selected>") == page.count('value="" selected>') + 1
