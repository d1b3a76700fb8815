"""What a browser loads for a page; tests/web/residents counts the same without a browser."""

import pytest
from playwright.sync_api import Page, Response

from calsvc.i18n.languages import LANGUAGES
from tests.support.browsing import ANDROID, OpenPage, make_calendar
from tests.support.cases import large_except

MAX_BYTES, MAX_REQUESTS = 60_000, 4


def loaded(page: Page, address: str) -> list[Response]:
    """All answers that a browser without a cache needs to paint the page."""
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    page.on("response", note)
    page.goto(address, wait_until="networkidle")
    return answers


@pytest.mark.parametrize("lang", large_except(LANGUAGES, ("ja",)))
def test_the_form_is_light_even_uncompressed(open_page: OpenPage, lang: str) -> None:
    answers = loaded(open_page(), f"/?lang={lang}")
    assert len(answers) <= MAX_REQUESTS
    assert sum(len(each.body()) for each in answers) <= MAX_BYTES


@pytest.mark.parametrize("lang", large_except(LANGUAGES, ("ja",)))
def test_the_calendar_is_light_as_it_is_sent(open_page: OpenPage, lang: str) -> None:
    page = open_page()
    make_calendar(page, lang)
    answers = loaded(open_page(user_agent=ANDROID), page.url)
    assert len(answers) <= MAX_REQUESTS
    assert sum(each.request.sizes()["responseBodySize"] for each in answers) <= MAX_BYTES
