"""The size of pages with all their files. tests/browser measures it in a browser."""

import re
from datetime import date

import httpx2
import pytest
from starlette.testclient import TestClient

from calsvc.i18n.languages import LANGUAGES
from calsvc.parsing.names import NamedCard
from calsvc.rules.card import Card
from tests.support.pages import link_page

MAX_BYTES, MAX_REQUESTS = 60_000, 4
CARD = Card(date(1985, 4, 23), card_expires=date(2030, 4, 23))
"""Its certificate has expired, so that the page has past events and some to come."""


def load_files(client: TestClient, page: httpx2.Response) -> list[httpx2.Response]:
    """Return the page and the files that it names, as browsers load them.

    Nobody loads the touch icon before the page is put on a home screen.
    """
    files = r'<(?:link(?! rel="apple)|script|img)[^>]*(?:href|src)="(/[^"]+)"'
    paths = re.findall(files, page.text)
    return [page, *(client.get(each) for each in paths)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_form_and_its_files_are_light_uncompressed(client: TestClient, lang: str) -> None:
    responses = load_files(client, client.get(f"/?lang={lang}"))
    assert len(responses) == MAX_REQUESTS
    assert sum(len(each.content) for each in responses) <= MAX_BYTES


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_link_page_and_its_files_are_light_compressed(client: TestClient, lang: str) -> None:
    responses = load_files(client, link_page(client, NamedCard(CARD), lang=lang))
    assert len(responses) == MAX_REQUESTS
    assert responses[0].headers["Content-Encoding"] == "gzip"
    assert sum(int(each.headers["Content-Length"]) for each in responses) <= MAX_BYTES


def test_a_style_sheet_loads_no_other_file(client: TestClient) -> None:
    assert not re.search(r"url\(|@import", client.get("/static/page.css").text)
