"""A change of language on a form: what was typed stays, and Enter still sends the form."""

import re

import pytest
from starlette.testclient import TestClient

from calsvc.i18n.catalogs import get_catalog
from calsvc.links.content import Link
from tests.support.links import link_of
from tests.support.pages import ADULT, GOOD_FORM, KEYRING, typed

LINK: Link = link_of(ADULT)
EDIT = f"/c/{KEYRING.seal(LINK)}/edit"


@pytest.mark.parametrize("path", ["/", EDIT])
def test_input_survives_another_language(client: TestClient, path: str) -> None:
    fields = typed(card_expires="2031-5-33", born="60-4-23") | {"c1-born-era": "昭和"}
    response = client.post(f"{path}?lang=vi", data={**fields, "do": "language"})
    assert response.status_code == 200
    assert response.headers["Content-Language"] == "vi"
    assert response.headers["Cache-Control"] == "no-store"
    assert 'name="c1-card_expires-day" value="33"' in response.text
    assert 'name="c1-born-year" value="60"' in response.text
    assert '<option value="昭和" selected>' in response.text
    assert 'class="fault"' not in response.text


def test_cards_of_a_household_survive_another_language(client: TestClient) -> None:
    fields = GOOD_FORM | {"cards": "2", "c2-name": "花子", "do": "language"}
    text = client.post("/?lang=en", data=fields).text
    assert 'name="c2-name" value="花子"' in text


@pytest.mark.parametrize("path", ["/", EDIT])
def test_enter_presses_the_button_that_sends(client: TestClient, path: str) -> None:
    text = client.get(path).text
    of_form = re.findall(r'<button[^>]* form="dates"[^>]*>', text)
    assert of_form[0].startswith('<button class="default"')
    assert 'value="language"' in of_form[1]
    assert text.index(of_form[0]) < text.index('<form id="dates"')


def test_only_ones_own_birth_date_is_filled_in_by_the_browser(client: TestClient) -> None:
    text = client.post("/", data=GOOD_FORM | {"do": "add"}).text
    for part in ("year", "month", "day"):
        (field,) = re.findall(f'<input[^>]*name="c1-born-{part}"[^>]*>', text)
        assert f'autocomplete="bday-{part}"' in field
    assert text.count("autocomplete=") == 3


def test_a_changed_page_says_how_to_remove_the_old_calendar(client: TestClient) -> None:
    path = f"/c/{KEYRING.seal(LINK)}"
    catalog = get_catalog("ja")
    for way in ("apple", "google", "outlook", "file"):
        assert catalog.text(f"page.removal.{way}") in client.get(f"{path}?changed=1").text
    assert 'class="removal"' not in client.get(path).text
