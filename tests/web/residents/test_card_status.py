"""The box at the head of a page: where a card stands, what to do, where, at what cost."""

import re
from datetime import date

import httpx2
import pytest
from starlette.testclient import TestClient

from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.parsing.names import NamedCard
from calsvc.rules.card import Card
from calsvc.web.residents.card_status import Tone
from tests.support.pages import ADULT, link_page

STAY = date(1998, 6, 15)
CARDS = {
    "far": Card(date(1985, 4, 23), card_expires=date(2035, 4, 23)),
    "certificate open": Card(date(1985, 1, 10), card_expires=date(2032, 1, 10)),
    "certificate perhaps renewed": ADULT,
    "card open": Card(date(1952, 2, 10), card_expires=date(2027, 2, 10)),
    "card in a hurry": Card(date(1952, 1, 4), card_expires=date(2027, 1, 4)),
    "card's last day": Card(date(1952, 11, 25), card_expires=date(2026, 11, 25)),
    "card in grace": Card(date(1952, 11, 10), card_expires=date(2026, 11, 10)),
    "card lapsed": Card(date(2005, 6, 1), card_expires=date(2022, 6, 1)),
    "stay far": Card(STAY, card_expires=date(2028, 3, 31), stay_until=date(2028, 3, 31)),
    "stay near": Card(STAY, card_expires=date(2026, 12, 31), stay_until=date(2026, 12, 31)),
    "stay over": Card(STAY, card_expires=date(2026, 10, 31), stay_until=date(2026, 10, 31)),
}
TONES = {
    "far": Tone.FAR,
    "certificate open": Tone.OPEN,
    "certificate perhaps renewed": Tone.ASK,
    "card open": Tone.OPEN,
    "card in a hurry": Tone.HURRY,
    "card's last day": Tone.HURRY,
    "card in grace": Tone.LAPSED,
    "card lapsed": Tone.LAPSED,
    "stay far": Tone.FAR,
    "stay near": Tone.EXTEND,
    "stay over": Tone.LAPSED,
}


def boxes(response: httpx2.Response) -> list[str]:
    return re.findall(r'<section class="status .*?</section>', response.text, re.DOTALL)


def strip_tags(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


@pytest.mark.parametrize("state", CARDS)
def test_a_box_has_the_word_of_its_state(client: TestClient, state: str) -> None:
    (box,) = boxes(link_page(client, NamedCard(CARDS[state])))
    assert f'<section class="status {TONES[state]}"' in box
    assert get_catalog("ja").text(f"page.status.{TONES[state]}") in strip_tags(box)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_box_leaves_no_placeholder(client: TestClient, lang: str) -> None:
    for card in CARDS.values():
        (box,) = boxes(link_page(client, NamedCard(card), lang=lang))
        assert not re.search(r"[{}\ue000\ue001]|%\(", box)
        assert "0134-32-4111" in box


def test_open_renewal_shows_deadline_place_and_cost(client: TestClient) -> None:
    (box,) = boxes(link_page(client, NamedCard(CARDS["card open"])))
    said = strip_tags(box)
    for part in (
        "2027年2月10日（水）",
        "あと78日",
        "2026年12月10日（木）までに",
        "別館1階",
        "無料",
    ):
        assert part in said
    assert re.findall(r'href="(#contact|tel:[0-9-]+)"', box)[:2] == ["#contact", "tel:0134-32-4111"]


def test_an_expired_card_offers_the_way_back(client: TestClient) -> None:
    (box,) = boxes(link_page(client, NamedCard(CARDS["card in grace"])))
    said = strip_tags(box)
    for part in ("失効しています", "14日前", "新しいカードを申請してください", "2027年2月10日"):
        assert part in said
    assert get_catalog("ja").text("page.do.apply") in said


def test_a_stay_that_is_over_leads_to_a_new_card(client: TestClient) -> None:
    (box,) = boxes(link_page(client, NamedCard(CARDS["stay over"])))
    assert "新しいカードを申請してください" in strip_tags(box)
    assert get_catalog("ja").text("page.do.apply") in strip_tags(box)


def test_far_deadline_needs_no_action(client: TestClient) -> None:
    (box,) = boxes(link_page(client, NamedCard(CARDS["far"])))
    assert "今は、何もする必要はありません" in strip_tags(box)
    assert "button" not in box


def test_a_card_that_may_have_been_renewed_is_not_called_expired(client: TestClient) -> None:
    (box,) = boxes(link_page(client, NamedCard(ADULT)))
    assert get_catalog("ja").text("page.status.lapsed") not in strip_tags(box)
    assert 'value="renewed"' in box


def test_a_household_has_a_line_for_each_card_first(client: TestClient) -> None:
    response = link_page(
        client, NamedCard(ADULT, "花子"), NamedCard(CARDS["card in grace"], "<太郎>")
    )
    lines = re.findall(r'<li class="(\w+)"><a href="#card-(\d)">', response.text)
    assert lines == [("ask", "1"), ("lapsed", "2")]
    assert response.text.index("household-status") < response.text.index('id="card-1"')
    assert "&lt;太郎&gt;" in boxes(response)[1]


def test_a_line_tells_each_state_in_words(client: TestClient) -> None:
    response = link_page(
        client, NamedCard(ADULT, "花子"), NamedCard(CARDS["card lapsed"]), lang="en"
    )
    found = re.search(r'<ul class="household-status".*?</ul>', response.text, re.DOTALL)
    assert found
    assert "Card 2 Expired Wed 1 Jun 2022 about 4 years and 5 months ago" in strip_tags(found[0])
