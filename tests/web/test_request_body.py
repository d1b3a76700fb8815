"""The body of a form: its type, its size, its number of fields."""

import pytest
from starlette.testclient import TestClient

from tests.support.pages import GOOD_FORM


def test_a_body_of_another_type_is_refused(client: TestClient) -> None:
    assert client.post("/", json=GOOD_FORM).status_code == 415
    assert client.post("/", content=b"", headers={"Content-Type": "text/plain"}).status_code == 415
    assert client.post("/", files={"c1-name": b"x"}).status_code == 415
    assert client.post("/").status_code == 415


def test_a_body_too_large_is_refused(client: TestClient) -> None:
    assert client.post("/", data={"c1-name": "x" * 65_000}).status_code == 400
    assert client.post("/", data={"c1-name": "x" * 66_000}).status_code == 413


def test_a_body_with_too_many_fields_is_refused(client: TestClient) -> None:
    assert client.post("/", data={str(each): "" for each in range(401)}).status_code == 413
    assert client.post("/", data={str(each): "" for each in range(400)}).status_code == 400


@pytest.mark.parametrize(
    "body",
    [b"c1-born-year=%ff%fe", b"\xff\xfe=\x00", b"%00=%00", b"&&&==&=;", b"c1-name=%ED%A0%80"],
)
def test_a_garbled_body_is_an_error_like_any_other(client: TestClient, body: bytes) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    assert client.post("/", content=body, headers=form).status_code == 400
