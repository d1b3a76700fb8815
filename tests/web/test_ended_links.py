"""An ended link answers that it was ended, in every form, and no other link does."""

from datetime import date

import httpx2
import pytest
from starlette.testclient import TestClient

from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import Link, Reminders
from calsvc.links.ended import end_links
from calsvc.rules.card import Card
from calsvc.settings import Settings
from calsvc.web.ruby import with_ruby
from tests.feed.feeds import events_in
from tests.support.clients import FEED_PATH
from tests.support.links import NUMBER, link_of
from tests.support.pages import ADULT, ADULT_TOKEN, KEYRING, page_client
from tests.support.servers import KEY

PROGRAM = {"Accept": "application/json"}
CHANGED = Card(date(1985, 4, 23), date(2020, 6, 1))
VERSIONS = {
    **{language: link_of(ADULT, language=language) for language in LANGUAGES},
    "without reminders": link_of(ADULT, reminders=Reminders.OFF),
    "changed": link_of(CHANGED),
    "household": link_of(ADULT, CHANGED),
}
every_version = pytest.mark.parametrize("link", VERSIONS.values(), ids=VERSIONS)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    file = tmp_path_factory.mktemp("ended") / "ended"
    end_links(str(file), [NUMBER])
    return Settings(keys=KEY, ended_links=str(file))


@pytest.fixture(scope="module")
def ended(settings: Settings) -> TestClient:
    return page_client(settings)


def path_of(link: Link) -> str:
    return f"/c/{KEYRING.seal(link)}"


def hides_dates(response: httpx2.Response) -> bool:
    text = response.text.replace(NUMBER.hex(), "")
    return not any(year in text for year in ("2025", "2030"))


# --- the feed -------------------------------------------------------------------------------------


@every_version
def test_feed_of_every_version_has_one_event_that_says_so(ended: TestClient, link: Link) -> None:
    response = ended.get(f"{path_of(link)}.ics")
    assert response.status_code == 200
    (event,) = events_in(response.content)
    assert event["summary"] == get_catalog(link.language).text("ended.title")
    assert response.headers["content-language"] == link.language
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    assert hides_dates(response)


def test_copy_of_the_feed_from_before_is_replaced(client: TestClient, ended: TestClient) -> None:
    path = f"/c/{ADULT_TOKEN}.ics"
    before = client.get(path).headers
    for known in (
        {"If-None-Match": before["etag"]},
        {"If-Modified-Since": before["last-modified"]},
        {"If-Modified-Since": "Fri, 31 Dec 9999 23:59:59 GMT"},
    ):
        assert client.get(path, headers=known).status_code == 304
        assert ended.get(path, headers=known).status_code == 200
    after = ended.get(path).headers
    assert "last-modified" not in after
    again = ended.get(path, headers={"If-None-Match": after["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == after["etag"] != before["etag"]


def test_head_of_the_feed_has_the_headers_of_its_get(ended: TestClient) -> None:
    path = f"/c/{ADULT_TOKEN}.ics"
    head, get = ended.head(path), ended.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(get.headers)


# --- the page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_of_an_ended_link_says_so(ended: TestClient, language: str) -> None:
    response = ended.get(f"/c/{ADULT_TOKEN}?lang={language}")
    assert response.status_code == 410
    catalog = get_catalog(language)
    for key in ("ended.title", "ended.text"):
        assert with_ruby(catalog.text(key), catalog) in response.text
    assert response.headers["cache-control"] == "no-store"
    assert hides_dates(response)


@every_version
def test_page_of_every_version_is_gone(ended: TestClient, link: Link) -> None:
    for method in ("GET", "HEAD"):
        for headers in ({}, PROGRAM):
            assert ended.request(method, path_of(link), headers=headers).status_code == 410


def test_program_gets_problem_details(ended: TestClient) -> None:
    response = ended.get(f"/c/{ADULT_TOKEN}", headers={**PROGRAM, "Accept-Language": "en"})
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank",
        "title": "This calendar has ended",
        "status": 410,
    }


@every_version
def test_no_link_is_made_from_an_ended_one(ended: TestClient, link: Link) -> None:
    path = f"{path_of(link)}/edit"
    assert ended.get(path).status_code == 410
    for form in ({"cards": "1"}, {"action": "renewed", "slot": "0"}):
        response = ended.post(path, data=form)
        assert response.status_code == 410
        assert "location" not in response.headers


# --- others ---------------------------------------------------------------------------------------


def test_other_links_and_feeds_from_plain_dates_go_on(ended: TestClient) -> None:
    other = path_of(link_of(ADULT, number=bytes(range(8, 16))))
    assert ended.get(other).status_code == 200
    assert ended.get(f"{other}/edit").status_code == 200
    for path in (f"{other}.ics", FEED_PATH):
        assert len(events_in(ended.get(path).content)) == 8
