"""The public URL: only with an allowed host, never from what a request claims."""

import pytest
from starlette.testclient import TestClient

from calsvc.settings import Settings
from tests.support.clients import FEED_PATH
from tests.support.pages import ADULT_TOKEN, GOOD_FORM, page_client
from tests.support.servers import KEY


def test_a_feed_names_its_source_only_where_the_host_is_known(api_client: TestClient) -> None:
    known = api_client.get(FEED_PATH, headers={"Host": "127.0.0.1:8000"})
    assert b"SOURCE;VALUE=URI:http://127.0.0.1:8000/c/1" in known.content
    assert b"SOURCE" not in api_client.get(FEED_PATH, headers={"Host": "evil.example"}).content


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:8000", "a b"]
)
def test_disallowed_host_is_rejected_and_not_repeated(client: TestClient, host: str) -> None:
    headers = {"Host": host}
    for response in (
        client.get("/", headers=headers),
        client.post("/", data=GOOD_FORM, headers=headers),
        client.get(f"/c/{ADULT_TOKEN}", headers=headers),
    ):
        assert response.status_code == 421
        assert "evil.example" not in response.text
        assert "evil.example" not in str(response.headers)


def test_public_url_takes_precedence_over_the_host() -> None:
    client = page_client(Settings(keys=KEY, public_url="https://card.example.jp"))
    text = client.get(f"/c/{ADULT_TOKEN}", headers={"Host": "evil.example"}).text
    assert f'value="https://card.example.jp/c/{ADULT_TOKEN}.ics"' in text
    assert "evil.example" not in text


def test_forwarded_hosts_are_not_believed(client: TestClient) -> None:
    text = client.get(f"/c/{ADULT_TOKEN}", headers={"X-Forwarded-Host": "evil.example"}).text
    assert "evil.example" not in text
