"""The public URL: taken from a request only where its host is allowed."""

from starlette.testclient import TestClient

from tests.support.clients import FEED_PATH


def test_a_feed_names_its_source_only_where_the_host_is_known(api_client: TestClient) -> None:
    known = api_client.get(FEED_PATH, headers={"Host": "127.0.0.1:8000"})
    assert b"SOURCE;VALUE=URI:http://127.0.0.1:8000/c/1" in known.content
    assert b"SOURCE" not in api_client.get(FEED_PATH, headers={"Host": "evil.example"}).content
