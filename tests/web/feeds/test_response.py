"""Feeds over HTTP: content, headers, HEAD and conditional requests."""

from datetime import date

import pytest
from icalendar import Calendar
from starlette.testclient import TestClient

from tests.support.clients import FEED_PATH, create_client

REVISED = "Thu, 26 Nov 2026 03:00:00 GMT"
LINK = {"cards": [{"born": "1990-10-10", "issued": "2020-05-15"}]}


# --- the feed -------------------------------------------------------------------------------------


def test_a_feed_has_all_its_headers(api_client: TestClient) -> None:
    response = api_client.get(FEED_PATH)
    assert response.status_code == 200
    assert len(Calendar.from_ical(response.content).walk("VEVENT")) == 8
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Content-Length"] == str(len(response.content))
    assert response.headers["Content-Language"] == "ja"
    assert response.headers["Last-Modified"] == REVISED
    assert response.headers["Cache-Control"] == "private, max-age=3600"
    assert response.headers["Vary"] == "Accept-Language"
    assert len(response.headers["ETag"]) == 34
    assert response.headers["ETag"][0] == response.headers["ETag"][-1] == '"'


def test_a_feed_has_a_file_name_in_both_forms(api_client: TestClient) -> None:
    assert api_client.get(f"{FEED_PATH}&lang=en").headers["Content-Disposition"] == (
        "inline; filename=\"my-number-card.ics\"; filename*=UTF-8''My%20Number%20Card%20dates.ics"
    )
    assert api_client.get(FEED_PATH).headers["Content-Disposition"] == (
        "inline; filename=\"my-number-card.ics\"; filename*=UTF-8''"
        "%E3%83%9E%E3%82%A4%E3%83%8A%E3%83%B3%E3%83%90%E3%83%BC%E3%82%AB%E3%83%BC%E3%83%89"
        "%E3%81%AE%E6%9C%9F%E9%99%90.ics"
    )


def test_the_same_url_gives_the_same_bytes_and_etag(api_client: TestClient) -> None:
    first, second = api_client.get(FEED_PATH), api_client.get(FEED_PATH)
    other = create_client(today=lambda: date(2029, 1, 1)).get(FEED_PATH)
    assert first.content == second.content == other.content
    assert first.headers["ETag"] == second.headers["ETag"] == other.headers["ETag"]


def test_both_kinds_of_feed_are_repeatable_with_equal_headers(
    api_client: TestClient,
) -> None:
    token = (
        api_client.post("http://localhost/api/links", json=LINK).json()["feed"].rpartition("/")[2]
    )
    for address in (FEED_PATH, f"/c/{token}"):
        first = api_client.get(address)
        for method in ("GET", "HEAD"):
            second = api_client.request(method, address)
            assert second.status_code == first.status_code == 200
            assert {*second.headers.items()} == {*first.headers.items()}
        assert api_client.get(address).content == first.content


def test_card_language_and_alarms_change_the_etag(api_client: TestClient) -> None:
    addresses = (
        FEED_PATH,
        f"{FEED_PATH}&lang=en",
        f"{FEED_PATH}&alarms=off",
        "/calendar.ics?issued=2020-05-15&born=1990-10-11",
    )
    assert len({api_client.get(address).headers["ETag"] for address in addresses}) == 4


@pytest.mark.parametrize(
    "same",
    [
        "/calendar.ics?born=1990-10-10&issued=2020-05-15",
        "/calendar.ics?issued=令和2年5月15日&born=平成2年10月10日",
        "/calendar.ics?issued=R2.5.15&born=H2.10.10&lang=ja&alarms=on",
        "/calendar.ics?issued=20200515&born=1990/10/10&lang=&alarms=&applied=&stay_until=%20",
    ],
)
def test_other_forms_of_a_date_give_the_same_feed(api_client: TestClient, same: str) -> None:
    assert api_client.get(same).content == api_client.get(FEED_PATH).content


def test_head_has_the_same_headers_and_no_body(api_client: TestClient) -> None:
    head, get = api_client.head(FEED_PATH), api_client.get(FEED_PATH)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == get.headers


def test_a_feed_without_alarms_has_none(api_client: TestClient) -> None:
    assert b"VALARM" in api_client.get(FEED_PATH).content
    assert b"VALARM" in api_client.get(f"{FEED_PATH}&alarms=on").content
    assert b"VALARM" not in api_client.get(f"{FEED_PATH}&alarms=off").content
    assert api_client.get(f"{FEED_PATH}&alarms=few").content.count(b"BEGIN:VALARM") == 4


def test_a_feed_accepts_every_field_of_a_card(api_client: TestClient) -> None:
    response = api_client.get(
        "/calendar.ics?born=1990-06-15&issued=2023-07-01&applied=2023-06-01"
        "&card_expires=2026-05-31&cert_expires=2026-05-31&stay_until=2026-05-31"
    )
    assert b"UID:card-expiry-20260531@calsvc" in response.content


# --- conditional requests -------------------------------------------------------------------------


def tag_of(api_client: TestClient) -> str:
    return str(api_client.get(FEED_PATH).headers["ETag"])


@pytest.mark.parametrize(
    "form",
    ["{tag}", "W/{tag}", '"a", {tag}', '{tag}, "b"', '"a",W/{tag},"b"', "*", '"a", *', " {tag} "],
)
def test_a_known_etag_gives_304(api_client: TestClient, form: str) -> None:
    known = form.format(tag=tag_of(api_client))
    for response in (
        api_client.get(FEED_PATH, headers={"If-None-Match": known}),
        api_client.head(FEED_PATH, headers={"If-None-Match": known}),
    ):
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["ETag"] == tag_of(api_client)
        assert response.headers["Cache-Control"] == "private, max-age=3600"
        assert response.headers["Vary"] == "Accept-Language"
        assert response.headers["Last-Modified"] == REVISED
        assert "Content-Type" not in response.headers


@pytest.mark.parametrize("form", ['"a"', 'W/"a"', "", "{bare}", '"*"', '"a", "b"'])
def test_another_etag_gives_the_feed(api_client: TestClient, form: str) -> None:
    known = form.format(bare=tag_of(api_client).strip('"'))
    assert api_client.get(FEED_PATH, headers={"If-None-Match": known}).status_code == 200


@pytest.mark.parametrize(
    ("since", "status"),
    [
        (REVISED, 304),
        ("Thu, 26 Nov 2026 03:00:01 GMT", 304),
        ("Wed, 01 Jan 2098 00:00:00 GMT", 304),
        ("Thu, 26 Nov 2026 02:59:59 GMT", 200),
        ("Thu, 26 Nov 2026 12:00:00 +0900", 304),
        ("Thu, 26 Nov 2026 11:59:59 +0900", 200),
        ("Thu, 26 Nov 2026 03:00:00 -0000", 200),
        ("yesterday", 200),
        ("", 200),
        ("2026-11-25", 200),
        ("Wed, 99 Nov 2026 00:00:00 GMT", 200),
    ],
)
def test_a_copy_is_current_if_not_older_than_the_revision(
    api_client: TestClient, since: str, status: int
) -> None:
    assert api_client.get(FEED_PATH, headers={"If-Modified-Since": since}).status_code == status


def test_the_etag_takes_precedence_over_the_date(api_client: TestClient) -> None:
    older = {
        "If-None-Match": tag_of(api_client),
        "If-Modified-Since": "Tue, 24 Nov 2026 00:00:00 GMT",
    }
    other = {"If-None-Match": '"a"', "If-Modified-Since": REVISED}
    assert api_client.get(FEED_PATH, headers=older).status_code == 304
    assert api_client.get(FEED_PATH, headers=other).status_code == 200
