"""Staff of a service of several municipalities name the resident's."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests.support.staff import CARD, log_in, post_form, staff_client, staff_settings


@pytest.fixture(scope="module")
def clerk() -> Iterator[TestClient]:
    with staff_client(replace(staff_settings(), municipalities=("all",))) as client:
        assert log_in(client).status_code == 303
        yield client


@pytest.mark.parametrize("name", ["233021", "東郷町", "とうごうちょう", "togo-cho"])
def test_email_is_from_the_named_municipality(clerk: TestClient, name: str) -> None:
    page = post_form(clerk, "/staff", **CARD, municipality=name, email="a@example.jp").text
    assert "会計課横" in page


def test_without_a_municipality_the_national_words_are_used(clerk: TestClient) -> None:
    page = post_form(clerk, "/staff", **CARD, municipality="").text
    assert "住民登録のある市区町村の窓口" in page
    assert "小樽" not in page


@pytest.mark.parametrize("name", ["池田町", "中央区", "nowhere", "233022"])
def test_unknown_or_ambiguous_municipality_is_a_fault(clerk: TestClient, name: str) -> None:
    answer = post_form(clerk, "/staff", **CARD, municipality=name)
    assert answer.status_code == 400
    assert 'id="municipality-fault"' in answer.text
    assert f'value="{name}"' in answer.text
