"""The headers of pages allow no script, frame, cache or search engine beyond their needs."""

import re

from starlette.testclient import TestClient

from calsvc.parsing.names import NamedCard
from calsvc.settings import Settings
from tests.support.pages import ADULT, GOOD_FORM, link_page, page_client
from tests.support.servers import KEY

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)


def test_a_page_lets_a_browser_do_no_more_than_it_needs(client: TestClient) -> None:
    pages = [
        client.get("/"),
        client.post("/", data={}),
        link_page(client, NamedCard(ADULT)),
        client.get("/nowhere"),
        client.get("/c/nothing"),
        client.get("/c/nothing.ics"),
        client.get("/calendar.ics"),
        client.delete("/"),
    ]
    for response in pages:
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        assert response.headers.get_list("Content-Security-Policy") == [POLICY]
        assert response.headers.get_list("Referrer-Policy") == ["no-referrer"]
        assert response.headers.get_list("X-Content-Type-Options") == ["nosniff"]
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in response.headers["Permissions-Policy"]


def test_frame_ancestors_come_from_the_settings() -> None:
    city = "https://www.city.otaru.lg.jp"
    response = page_client(Settings(keys=KEY, frame_ancestors=f"'self' {city}")).get("/")
    policy = response.headers["Content-Security-Policy"]
    assert policy.endswith(f"frame-ancestors 'self' {city}")


def test_no_page_holds_inline_script_or_style(client: TestClient) -> None:
    for response in (
        client.get("/"),
        client.post("/", data={}),
        link_page(client, NamedCard(ADULT)),
    ):
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=)", response.text)


def test_personal_pages_are_neither_cached_nor_indexed(client: TestClient) -> None:
    for response in (
        link_page(client, NamedCard(ADULT)),
        client.post("/", data=GOOD_FORM),
        client.post("/", data={}),
        client.post("/", data={"do": "add"}),
    ):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_the_front_page_may_be_listed(client: TestClient) -> None:
    response = client.get("/")
    assert "X-Robots-Tag" not in response.headers
    assert response.headers["Cache-Control"] == "no-cache"
    assert "Accept-Language" in response.headers["Vary"]


def test_other_responses_have_only_the_common_headers(client: TestClient) -> None:
    response = client.get("/healthz")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "Content-Security-Policy" not in response.headers
