"""The texts of calendar events: short titles, one day each, and where to go."""

from datetime import date
from itertools import product

import pytest

from calsvc.i18n.calendar_texts import calendar_texts, with_holder
from calsvc.i18n.catalogs import catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.rules.card import Card
from calsvc.rules.milestones import Kind
from calsvc.rules.plan import plan_milestones
from tests.i18n.columns import columns
from tests.i18n.sample_cards import ADULT, CARDS, CITIES, MINOR, OTARU, STAY, plan_of

MAX_TITLE_COLUMNS = 36

# --- titles ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_title_takes_more_than_36_columns(lang: str) -> None:
    texts = [text for card in CARDS for text in calendar_texts(plan_of(card), OTARU, catalog(lang))]
    assert max(columns(text.title) for text in texts) <= MAX_TITLE_COLUMNS


def test_wide_characters_take_two_columns() -> None:
    assert [columns(text) for text in ("期限（", "Thẻ", "카드", "a ")] == [6, 3, 4, 2]


@pytest.mark.parametrize(
    ("card", "titles"),
    [
        (
            ADULT,
            [
                *("証明書更新 受付開始", "更新の通知書が届くころ", "証明書の期限（今日まで）"),
                "マイナ保険証 今日まで（未更新の方）",
                *("カード更新 受付開始", "更新の通知書が届くころ", "カードの期限（今日まで）"),
                "マイナ保険証 今日まで（未更新の方）",
            ],
        ),
        (STAY, ["カードの期限（今日まで）", "マイナ保険証 今日まで（未延長の方）"]),
    ],
)
def test_the_word_of_a_title_that_differs_comes_first(card: Card, titles: list[str]) -> None:
    assert [text.title for text in calendar_texts(plan_of(card), OTARU, catalog("ja"))] == titles


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("ja", "カードの期限（今日まで）（花子さん）"),
        ("en", "Card: last valid day (花子さん)"),
        ("ko", "마이넘버카드 유효기한(오늘까지)(花子さん)"),
    ],
)
def test_the_name_of_the_holder_comes_last(lang: str, title: str) -> None:
    words = catalog(lang)
    expiry = calendar_texts(plan_of(MINOR), OTARU, words)[2]
    assert with_holder(expiry.title, "花子さん", words) == title
    assert with_holder(expiry.title, "", words) == expiry.title


def test_a_name_with_braces_is_only_a_name() -> None:
    assert with_holder("t", "{name}{0}", catalog("en")) == "t ({name}{0})"


# --- days and places ------------------------------------------------------------------------------


def test_a_notice_takes_the_first_day_on_which_it_is_expected() -> None:
    notice = calendar_texts(plan_of(MINOR), OTARU, catalog("ja"))[1]
    assert notice.milestone.kind is Kind.NOTICE
    assert (notice.day, notice.milestone.end) == (date(2027, 12, 15), date(2028, 1, 15))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_milestone_of_every_card_has_its_words(lang: str) -> None:
    for card, city in product(CARDS, CITIES):
        plan = plan_of(card)
        texts = calendar_texts(plan, city, catalog(lang))
        milestones = [each.milestone for each in texts if each.milestone.kind is not Kind.CHECK]
        assert milestones == list(plan_milestones(plan, city.grace))
        for text in texts:
            assert not set("{}") & set(text.title + text.description + text.location)
            assert (text.location == "") is (text.milestone.kind in (Kind.NOTICE, Kind.CHECK))
            assert text.url.startswith("https://")
