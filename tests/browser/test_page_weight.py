"""Bytes and requests for a page in a browser. tests/web/residents checks them without one."""

import pytest
from playwright.sync_api import Page, Response

from calsvc.i18n.languages import LANGUAGES
from tests.support.browsing import ANDROID, OpenPage, make_calendar
from tests.support.cases import large_except

MAX_BYTES, MAX_REQUESTS = 60_000, 4


def load(page: Page, url: str) -> list[Response]:
    """Load a page without a cache and return all responses."""
    responses: list[Response] = []

    def record(response: Response) -> None:
        responses.append(response)

    page.on("response", record)
    page.goto(url, wait_until="networkidle")
    return responses


@pytest.mark.parametrize("lang", large_except(LANGUAGES, ("ja",)))
def test_uncompressed_form_is_within_the_page_weight(open_page: OpenPage, lang: str) -> None:
    responses = load(open_page(), f"/?lang={lang}")
    assert len(responses) <= MAX_REQUESTS
    assert sum(len(each.body()) for each in responses) <= MAX_BYTES


@pytest.mark.parametrize("lang", large_except(LANGUAGES, ("ja",)))
def test_compressed_link_page_is_within_the_page_weight(open_page: OpenPage, lang: str) -> None:
    page = open_page()
    make_calendar(page, lang)
    responses = load(open_page(user_agent=ANDROID), page.url)
    assert len(responses) <= MAX_REQUESTS
    assert sum(each.request.sizes()["responseBodySize"] for each in responses) <= MAX_BYTES
