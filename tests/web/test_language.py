"""Which language a caller reads."""

import pytest
from starlette.testclient import TestClient

from calsvc.web.language import negotiate, select_language
from tests.support.clients import FEED_PATH, MILESTONES_PATH


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ({"lang": "en"}, "ja", "en"),
        ({"lang": "ja"}, "en", "ja"),
        ({"lang": "fr"}, "en", "en"),
        ({"lang": ""}, "en", "en"),
        ({"lang": "EN"}, "", "ja"),
        ({}, "en", "en"),
        ({}, "", "ja"),
        ({"lang": "th"}, "", "ja"),
        ({"lang": "en"}, "th", "en"),
    ],
)
def test_the_address_counts_before_the_browser(
    query: dict[str, str], header: str, language: str
) -> None:
    assert select_language(query, header) == language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "ja"),
        ("ja", "ja"),
        ("en", "en"),
        ("EN", "en"),
        ("en-US", "en"),
        ("en-GB-oxendict", "en"),
        ("ja-JP", "ja"),
        ("english", "ja"),
        ("enx", "ja-x-easy"),
        ("fr", "ja-x-easy"),
        ("*", "ja"),
        ("fr, en", "en"),
        ("en, ja", "en"),
        ("ja, en", "ja"),
        ("en;q=0.5, ja;q=0.4", "en"),
        ("ja;q=0.4, en;q=0.5", "en"),
        ("en;q=0.5, ja", "ja"),
        ("en ; q=0.9 , ja ; q=0.1", "en"),
        ("en; q =0.9, ja;q=0.1", "en"),
        ("en;q=0", "ja"),
        ("en;q=0, ja;q=0", "ja"),
        ("en;q=-1", "ja"),
        ("en;q=high, fr", "ja-x-easy"),
        ("en;level=1", "en"),
        ("en;q=", "ja"),
        ("en;q=nan", "ja"),
        (",,,en", "en"),
        (";;;", "ja"),
        ("=;=", "ja"),
        ("fr," * 19 + "en", "en"),
        ("fr," * 100 + "en", "ja-x-easy"),
        ("en" * 100_000, "ja"),
    ],
)
def test_a_browsers_wish_is_met_as_well_as_can_be(header: str, language: str) -> None:
    assert negotiate(header) == language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("tlh-PH,tlh;q=0.9", "ja-x-easy"),
        ("my", "ja-x-easy"),
        ("th-TH,th;q=0.9,en-US;q=0.8,en;q=0.7", "en"),
        ("id,vi;q=0.1", "vi"),
        ("ne-NP,ja;q=0.5", "ja"),
        ("si,en;q=0", "ja-x-easy"),
        ("bn, *;q=0.5", "ja-x-easy"),
        ("ja-x-easy", "ja-x-easy"),
        ("ja-x-easy-JP", "ja-x-easy"),
        ("ja-Latn", "ja"),
        ("zh", "zh-Hans"),
        ("zh-CN,zh;q=0.9", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh-Hans-TW", "zh-Hans"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh-MO", "zh-Hant"),
        ("pt-BR,pt;q=0.9,en;q=0.8", "pt"),
        ("pt-PT", "pt"),
    ],
)
def test_nearest_language_is_selected(header: str, language: str) -> None:
    assert negotiate(header) == language


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "", "ja"),
        ("", "en", "en"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "fr,de;q=0.5", "ja-x-easy"),
        ("", "ja,en", "ja"),
        ("", "ja;q=0.5,en;q=0.6", "en"),
        ("&lang=en", "ja", "en"),
        ("&lang=ja", "en", "ja"),
        ("&lang=", "en", "en"),
    ],
)
@pytest.mark.parametrize("address", [FEED_PATH, MILESTONES_PATH])
def test_the_query_selects_the_language_before_the_browser(
    api_client: TestClient, address: str, query: str, accepted: str, language: str
) -> None:
    response = api_client.get(address + query, headers={"Accept-Language": accepted})
    word = {
        "ja": "証明書更新 受付開始",
        "ja-x-easy": "しょうめいしょを あたらしく",
        "en": "Certificate renewal opens",
    }
    assert response.headers["Content-Language"] == language
    assert word[language] in response.text
