"""The field that settles a doubt, and the button for a printed date that ends a stay."""

import re
from datetime import date

import pytest
from starlette.testclient import TestClient

from calsvc.rules.card import Card, CautionCode
from calsvc.rules.plan import assess
from calsvc.web.card_form.form import FORM_FIELDS
from calsvc.web.card_form.questions import SETTLED_BY, Question
from tests.support.pages import KEYRING, typed

STAY_ENDS = date(2028, 5, 31)
FORM = typed(card_expires="2028-5-31", born="1985-4-23")


def test_a_field_settles_every_caution() -> None:
    assert set(SETTLED_BY) == set(CautionCode)
    assert set(SETTLED_BY.values()) <= {*FORM_FIELDS}


def test_a_question_leads_to_what_is_on_the_page() -> None:
    assert Question("", "cert_expires", 2).anchor == "c2-cert_expires-year"


def test_printed_date_off_the_birthday_asks_about_the_stay(client: TestClient) -> None:
    household = {"cards": "2", **FORM, **typed(2, card_expires="2030-4-23", born="1985-4-23")}
    response = client.post("/", data=household)
    assert response.status_code == 400
    assert re.findall(r'value="stay-(\d)"', response.text) == ["1"]
    answered = client.post("/", data={**household, "do": "stay-1"})
    link = KEYRING.open(answered.headers["Location"].removeprefix("/c/"))
    card = Card(date(1985, 4, 23), card_expires=STAY_ENDS, stay_until=STAY_ENDS)
    assert link.cards[0].plan == assess(card).plan


@pytest.mark.parametrize("action", ["stay-", "stay-0", "stay-2", "stay-x"])
def test_the_answer_of_another_card_answers_nothing(client: TestClient, action: str) -> None:
    response = client.post("/", data={**FORM, "do": action})
    assert (response.status_code, 'value="stay-1"' in response.text) == (400, True)


def test_other_faults_ask_for_no_stay(client: TestClient) -> None:
    response = client.post("/", data=typed(card_expires="2028-13-31", born="1985-4-23"))
    assert (response.status_code, "stay-1" in response.text) == (400, False)
