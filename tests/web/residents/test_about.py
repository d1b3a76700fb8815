"""The pages around the form: in every language, filled from the profile, and never personal."""

import html
import re

import pytest
from starlette.testclient import TestClient

from calsvc.i18n.languages import LANGUAGES
from calsvc.settings import Settings
from tests.support.pages import page_client
from tests.support.servers import KEY

PAGES = ("privacy", "accessibility", "embed", "api")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_each_page_is_there_in_each_language(client: TestClient, page: str, lang: str) -> None:
    response = client.get(f"/{page}?lang={lang}")
    assert response.status_code == 200
    assert response.headers["Content-Language"] == lang
    assert response.headers["Cache-Control"] == "no-cache"
    assert "{" not in re.sub(r"(?s)<(textarea|code).*?</\1>", "", response.text)


def test_every_page_leads_to_them(client: TestClient) -> None:
    for path in ("/", "/nowhere", "/privacy"):
        assert {f"/{page}" for page in PAGES} <= {
            *re.findall(r'href="(/\w+)\?', client.get(path).text)
        }


def test_contact_is_that_of_the_requested_municipality() -> None:
    several = page_client(Settings(keys=KEY, municipalities=("all",)))
    assert "0134-32-4111" in several.get("/privacy?municipality=012033").text
    assert "0134-32-4111" not in several.get("/privacy").text
    assert several.get("/privacy?municipality=nowhere").status_code == 200
    assert "/privacy?lang=ja&amp;municipality=012033" in several.get("/012033/").text.replace(
        "&mun", "&amp;mun"
    )


def test_the_lines_to_paste_lead_to_the_form(client: TestClient) -> None:
    page = client.get("/embed?lang=en").text
    lines = [html.unescape(each) for each in re.findall(r"<textarea[^>]*>(.*?)</textarea>", page)]
    assert [each.split()[0] for each in lines] == ["<a", "<a", "<iframe"]
    for each in lines:
        assert client.get(re.findall(r'(?:href|src)="([^"]+)"', each)[0]).status_code == 200


def test_accessibility_page_has_results_and_untested_parts(client: TestClient) -> None:
    page = client.get("/accessibility?lang=en").text
    for told in ("axe-core", "no screen reader", "conformance is not claimed"):
        assert told in page
