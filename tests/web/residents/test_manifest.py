"""The face of the service: what home screens, search engines and messengers show of it."""

import re
from datetime import date

import httpx2
import pytest
from starlette.testclient import TestClient

from calsvc.i18n.catalogs import get_catalog
from calsvc.parsing.names import NamedCard
from tests.support.pages import ADULT, ADULT_TOKEN, link_page

PREVIEW = re.compile(r'<meta (?:name="description"|property="og:\w+")[^>]*content="([^"]*)"')


@pytest.mark.parametrize("lang", ["ja", "ja-x-easy", "vi"])
def test_the_manifest_names_the_service_and_its_icons(client: TestClient, lang: str) -> None:
    response = client.get(f"/manifest.webmanifest?lang={lang}")
    assert response.headers["Content-Type"] == "application/manifest+json"
    manifest = response.json()
    assert "(" not in manifest["name"]
    assert manifest["start_url"] == f"/?lang={lang}"
    for icon in manifest["icons"]:
        picture = client.get(icon["src"])
        assert picture.headers["Content-Type"] == icon["type"] == "image/png"
        width = int.from_bytes(picture.content[16:20])
        assert icon["sizes"] == f"{width}x{width}"


def test_a_preview_holds_no_date_no_name_and_no_token(client: TestClient) -> None:
    page = link_page(client, NamedCard(ADULT, "太郎"))
    previews = PREVIEW.findall(page.text)
    assert len(previews) == 5
    days = [get_catalog("ja").format_date(each) for each in (date(2030, 4, 23), date(2025, 4, 23))]
    for hidden in (*days, "2030", "太郎", ADULT_TOKEN):
        assert not any(hidden in each for each in previews)


def test_the_picture_of_a_preview_is_there(client: TestClient) -> None:
    found = re.search(r'property="og:image" content="http://localhost:8000([^"]+)"', _front(client))
    assert found
    assert client.get(found[1]).status_code == 200


def test_the_page_of_a_link_names_its_feed(client: TestClient) -> None:
    found = re.search(r'rel="alternate" type="text/calendar" href="([^"]+)"', _link(client).text)
    assert found
    assert client.get(found[1]).headers["Content-Type"].startswith("text/calendar")
    assert 'rel="alternate"' not in _front(client)


def test_nothing_moves_by_itself(client: TestClient) -> None:
    assert not re.search(r"animation|transition|smooth", client.get("/static/page.css").text)


def _front(client: TestClient) -> str:
    return client.get("/").text


def _link(client: TestClient) -> httpx2.Response:
    return link_page(client, NamedCard(ADULT))
