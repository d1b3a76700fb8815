"""Readings stand above their characters on pages, and in brackets wherever else."""

import re
from datetime import date

import pytest
from markupsafe import escape
from starlette.testclient import TestClient

from calsvc.i18n.catalogs import Catalog, get_catalog
from calsvc.i18n.languages import LANGUAGE_HEADS
from calsvc.parsing.names import NamedCard
from calsvc.rules.card import Card
from calsvc.web.ruby import protect_brackets, with_ruby, without_readings
from tests.support.clients import FEED_PATH, MILESTONES_PATH
from tests.support.links import link_of
from tests.support.pages import KEYRING

EASY, JAPANESE = get_catalog("ja-x-easy"), get_catalog("ja")
KIGEN = "<ruby>期限<rt>きげん</rt></ruby>"


def test_a_reading_becomes_ruby() -> None:
    assert with_ruby("<p>カードの 期限(きげん)です</p>", EASY) == f"<p>カードの {KIGEN}です</p>"


def test_only_the_characters_before_a_reading_get_it() -> None:
    shown = with_ruby("引(ひ)っ越(こ)し", EASY)
    assert shown.count("<ruby>") == 2
    assert "<ruby>越<rt>こ</rt>" in shown


def test_marked_up_text_gets_ruby_that_is_not_escaped() -> None:
    assert with_ruby(escape("<期限(きげん)"), EASY) == f"&lt;{KIGEN}"


@pytest.mark.parametrize(
    "html",
    [
        '<nav aria-label="期限(きげん)">',
        "<title>期限(きげん)</title>",
        '<option value="1" selected>期限(きげん)</option>',
        "<textarea>\n期限(きげん)です\n期限(きげん)</textarea>",
        "<svg><desc>期限(きげん)</desc><text>期限(きげん)</text></svg>",
        "期限(e-Tax)",
        "期限(2つ)",
        "カード(きげん)",
    ],
)
def test_brackets_stay_where_no_element_can_stand(html: str) -> None:
    assert with_ruby(html, EASY) == html


@pytest.mark.parametrize(
    ("lang", "html", "marked"),
    [
        ("en", "<p>Notice (有効期限通知書) by post</p>", ["有効期限通知書"]),
        ("en", "like 2030年4月23日まで有効 (year", ["2030年4月23日まで有効"]),
        ("vi", "<p>小樽市役所 別館1階, 0134</p>", ["小樽市役所 別館1階"]),
        ("ko", "在留期限(4월 23일)", ["在留期限"]),
        ("zh-Hans", "个人编号卡（マイナンバーカード）的期限", ["マイナンバーカード"]),
        ("zh-Hans", "从“2030年4月23日まで有効”起", ["2030年4月23日まで有効"]),
        ("zh-Hans", "电子证书（電子証明書）", []),
        ("en", '<a lang="zh-Hans" hreflang="zh-Hans">简体中文</a>', []),
        ("en", '<title>期限</title><p title="期限">x</p><option>令和</option>', []),
        ("ja", "期限", []),
    ],
)
def test_japanese_words_in_other_languages_are_marked(
    lang: str, html: str, marked: list[str]
) -> None:
    page = with_ruby(html, get_catalog(lang))
    assert re.findall(r'<span lang="ja">([^<]*)</span>', page) == marked
    assert re.sub(r'<span lang="ja">([^<]*)</span>', r"\1", page) == html


def test_other_languages_keep_their_brackets() -> None:
    assert with_ruby("期限(きげん)", JAPANESE) == "期限(きげん)"
    assert [each.tag for each in LANGUAGE_HEADS.values() if each.has_readings] == ["ja-x-easy"]


@pytest.mark.parametrize("catalog", [EASY, JAPANESE])
def test_a_typed_name_stays_as_it_was(catalog: Catalog) -> None:
    name = "花子(はなこ)"
    assert with_ruby(f"<h2>{protect_brackets(name, catalog)}</h2>", catalog) == f"<h2>{name}</h2>"


def test_labels_of_pictures_have_no_readings() -> None:
    assert without_readings("電子証明書(でんししょうめいしょ)", EASY) == "電子証明書"


# --- pages, calendars, JSON -----------------------------------------------------------------------


def test_a_page_has_ruby_and_valid_attributes(client: TestClient) -> None:
    page = client.get("/?lang=ja-x-easy").text
    assert KIGEN in page
    head, _, body = page.partition("</head>")
    assert "<ruby>" not in head
    assert "(きげん)" not in body


def test_a_name_that_looks_like_a_reading_or_markup_stays_text(client: TestClient) -> None:
    card = Card(date(1990, 10, 10), date(2020, 5, 15))
    link = link_of(NamedCard(card, "花子(はなこ)<b>"), NamedCard(card, "太郎"))
    page = client.get(f"/c/{KEYRING.seal(link)}?lang=ja-x-easy").text
    assert "花子(はなこ)&lt;b&gt;" in page
    assert "<ruby>花子" not in page
    assert KIGEN in page


@pytest.mark.parametrize("path", [FEED_PATH, MILESTONES_PATH])
def test_calendars_and_json_have_brackets(client: TestClient, path: str) -> None:
    text = client.get(f"{path}&lang=ja-x-easy").text
    assert "(でんししょうめいしょ)" in text.replace("\r\n ", "")
    assert "<ruby>" not in text
