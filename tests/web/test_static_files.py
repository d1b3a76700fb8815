"""Static files: cached for a year at the address that a page names, and no other file."""

import re

import pytest
from starlette.testclient import TestClient


def test_robots_may_fetch_feeds_and_the_front_page(client: TestClient) -> None:
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.text.splitlines()
    assert {"Allow: /calendar.ics", "Allow: /c/", "Disallow: /api/", "Disallow: /staff"} < {*lines}
    assert "Disallow: /" not in lines


def test_file_at_its_versioned_url_is_cached_for_a_year(client: TestClient) -> None:
    named = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/").text)
    assert len(named) == 3
    for address in named:
        response = client.get(address)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        other = client.get(address.partition("?")[0])
        assert other.headers["Cache-Control"] == "no-cache"
        assert other.content == response.content


def test_a_favicon_is_there_for_programs_that_read_no_page(client: TestClient) -> None:
    response = client.get("/favicon.ico")
    assert response.headers["Content-Type"] == "image/png"
    assert response.content.startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["robots.txt", "..%2Fpages.py", "page.css.map"])
def test_no_other_file_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404
