"""The page of a link: what is past, every card in every language, the QR code."""

import re
from datetime import date

import httpx2
import pytest
from starlette.testclient import TestClient

from calsvc.i18n.languages import LANGUAGES
from calsvc.parsing.names import NamedCard
from calsvc.rules.card import Card
from calsvc.rules.milestones import MilestoneKind
from calsvc.web.pages import inline_qr_code
from tests.support.pages import ADULT, ADULT_TOKEN, link_page

CARDS = (
    ADULT,
    Card(date(2012, 3, 15), date(2023, 6, 1)),
    Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2027, 5, 31)),
    Card(date(2003, 8, 20), date(2022, 6, 1)),
    Card(date(1980, 2, 29), date(2023, 8, 1)),
    Card(date(2005, 6, 1), card_expires=date(2022, 6, 1)),
)


def standings(response: httpx2.Response) -> list[str]:
    return re.findall(r'<li class="event (\w+)">', response.text)


def test_a_page_shows_what_is_past_and_what_is_to_come(client: TestClient) -> None:
    response = link_page(client, NamedCard(ADULT), lang="en")
    assert standings(response) == ["passed"] * 4 + ["ahead"] * 4
    assert "in about 3 years and 1 month" in response.text


def test_once_all_is_over_no_empty_calendar_is_offered(client: TestClient) -> None:
    card = Card(date(2005, 6, 1), card_expires=date(2022, 6, 1))
    response = link_page(client, NamedCard(card), lang="en")
    assert standings(response) == ["passed"] * 4
    assert 'class="subscribe"' not in response.text
    assert "data-way" not in response.text
    assert '<details class="past" open>' in response.text


@pytest.mark.parametrize("path", ["/c/x", "/c/1", "/c/" + "1" * 80, "/c/%00", "/c/x.html"])
def test_a_link_that_does_not_open_is_a_page_not_found(client: TestClient, path: str) -> None:
    response = client.get(path, headers={"Accept-Language": "en"})
    assert response.status_code == 404
    assert "<h1>Not found</h1>" in response.text
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_a_name_is_text_on_the_page_of_a_link(client: TestClient) -> None:
    name = "<b>'\"&{{7*7}}"
    response = link_page(client, NamedCard(ADULT, name), NamedCard(ADULT, "</svg>"))
    assert "<b>" not in response.text
    assert "&lt;b&gt;&#39;&#34;&amp;{{7*7}}" in response.text
    assert "&lt;/svg&gt;" in response.text


def test_head_has_the_same_headers_and_no_body(client: TestClient) -> None:
    for path in ("/", f"/c/{ADULT_TOKEN}"):
        head, get = client.head(path), client.get(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["Content-Type"] == get.headers["Content-Type"]


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_card_has_a_page_in_every_language(client: TestClient, card: Card, lang: str) -> None:
    response = link_page(client, NamedCard(card), lang=lang)
    assert response.headers["Content-Language"] == lang
    assert len(standings(response)) in (2, 4, 8, 9)
    assert response.text.count('<svg viewBox="0 0 300') == 1
    assert len(response.content) < 110_000


def test_the_qr_code_carries_the_page(client: TestClient) -> None:
    address = f"http://localhost:8000/c/{ADULT_TOKEN}?openExternalBrowser=1"
    drawn = str(inline_qr_code(address))
    assert drawn in client.get(f"/c/{ADULT_TOKEN}").text
    assert "style=" not in drawn
    assert drawn != str(inline_qr_code(f"{address}0"))


def test_every_kind_of_milestone_is_shown(client: TestClient) -> None:
    text = link_page(client, NamedCard(ADULT), lang="en").text
    assert text.count("<h3>") == 2 * (len(MilestoneKind) - 1)  # without check events
