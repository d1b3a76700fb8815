"""The texts of calendar events: short titles, one day each, and where to go."""

from datetime import date
from itertools import product

import pytest

from calsvc.i18n.calendar_texts import (
    CalendarText,
    calendar_texts,
    max_columns,
    topic_texts,
    with_holder,
)
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.event_texts import topics
from calsvc.i18n.languages import LANGUAGES
from calsvc.i18n.text_width import columns
from calsvc.municipality.model import Municipality
from calsvc.rules.card import Card
from calsvc.rules.milestones import Kind
from calsvc.rules.plan import plan_milestones
from tests.catalogs.bounds import MAX_TITLE_COLUMNS, PAGE, max_description_columns
from tests.i18n.sample_cards import (
    ADULT,
    CARDS,
    CITIES,
    MINOR,
    MONTH_END,
    OPENS_ON_CLOSED_DAY,
    OTARU,
    PLAIN,
    STAY,
    plan_of,
)

# --- titles ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_title_takes_more_than_36_columns(lang: str) -> None:
    texts = [
        text for card in CARDS for text in calendar_texts(plan_of(card), OTARU, get_catalog(lang))
    ]
    assert MAX_TITLE_COLUMNS == 36
    assert max(columns(text.title) for text in texts) <= MAX_TITLE_COLUMNS


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
    assert [
        text.title for text in calendar_texts(plan_of(card), OTARU, get_catalog("ja"))
    ] == titles


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("ja", "カードの期限（今日まで）（花子さん）"),
        ("en", "Card: last valid day (花子さん)"),
        ("ko", "마이넘버카드 유효기한(이날까지)(花子さん)"),
    ],
)
def test_the_name_of_the_holder_comes_last(lang: str, title: str) -> None:
    catalog = get_catalog(lang)
    expiry = calendar_texts(plan_of(MINOR), OTARU, catalog)[2]
    assert with_holder(expiry.title, "花子さん", catalog) == title
    assert with_holder(expiry.title, "", catalog) == expiry.title


def test_a_name_with_braces_is_only_a_name() -> None:
    assert with_holder("t", "{name}{0}", get_catalog("en")) == "t ({name}{0})"


# --- descriptions ---------------------------------------------------------------------------------

MAX_DESCRIPTION_COLUMNS = {"ja": 500, "ja-x-easy": 800, "zh-Hans": 500, "zh-Hant": 500, "ko": 500}
MAX_DESCRIPTION_COLUMNS |= {"en": 600, "vi": 600, "pt": 600}


def texts_of(card: Card, city: Municipality, lang: str) -> list[CalendarText]:
    return calendar_texts(plan_of(card), city, get_catalog(lang).padded, PAGE)


@pytest.mark.parametrize("lang", MAX_DESCRIPTION_COLUMNS)
def test_a_description_has_room_by_its_script(lang: str) -> None:
    assert (
        max_columns(get_catalog(lang))
        == max_description_columns(get_catalog(lang))
        == MAX_DESCRIPTION_COLUMNS[lang]
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_description_ends_with_the_address_of_the_page(lang: str) -> None:
    for card in CARDS:
        assert all(text.description.endswith(PAGE) for text in texts_of(card, OTARU, lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_doubt_and_no_day_is_ever_left_out(lang: str) -> None:
    catalog = get_catalog(lang).padded
    for card in CARDS:
        for topic in topics(plan_of(card), OTARU):
            others = [catalog.day(doubt.other) for doubt in topic.doubts if doubt.other]
            for text in topic_texts(topic, OTARU, catalog):
                assert [day for day in others if day not in text.description] == []
                if text.milestone.kind in (Kind.WINDOW_OPENS, Kind.EXPIRY):
                    assert catalog.day(topic.last_open_day) in text.description
                    assert catalog.day(topic.days.expiry) in text.description
                if text.milestone.kind is Kind.GRACE_ENDS:
                    assert catalog.day(topic.days.grace_end) in text.description


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_card_that_takes_long_names_the_day_to_apply_by(lang: str) -> None:
    catalog = get_catalog(lang).padded
    for card in (ADULT, MINOR):
        topic = topics(plan_of(card), OTARU)[-1]
        window, notice, expiry, _ = topic_texts(topic, OTARU, catalog)
        for text in (window, notice, expiry):
            assert catalog.day(topic.apply_by) in text.description.splitlines()[0]


def test_a_notice_gives_the_whole_span_on_which_it_is_expected() -> None:
    notice = texts_of(MINOR, OTARU, "en")[1]
    assert "between about Wed 15 Dec 2027 and Sat 15 Jan 2028" in notice.description


@pytest.mark.parametrize(
    ("city", "is_named"), [(OTARU, True), (MONTH_END, False)], ids=["anniversary", "month-end"]
)
def test_the_end_of_the_month_is_named_if_the_grace_ends_before(
    city: Municipality, is_named: bool
) -> None:
    grace = texts_of(ADULT, city, "en")[3]
    assert ("through the end of that month" in grace.description) is is_named


def test_a_window_that_opens_on_a_closed_day_names_the_first_open_day() -> None:
    window = texts_of(OPENS_ON_CLOSED_DAY, OTARU, "ja")[4]
    assert window.day == date(2027, 1, 1)
    assert "窓口は2027年 1月 4日（月）からです。" in window.description


def test_an_event_reads_like_a_clerk_s_reminder() -> None:
    expiry = texts_of(MINOR, OTARU, "ja")[2]
    assert expiry.description.splitlines() == [
        "カードは2028年 3月15日（水）まで有効です。新しいカードは1〜2か月かかるので、"
        "2028年 1月14日（金）までに申請してください。",
        "電子証明書も同じ日までです。",
        "窓口が開いている最後の日：2028年 3月15日（水）",
        "期限を過ぎると、カードは使えません。マイナ保険証は2028年 6月15日（木）までが目安です。",
        "間に合わないときは、加入先の健康保険から資格確認書の交付を受けてください。",
        "申請：オンライン、郵便、証明用写真機、窓口（マイナ免許証は期限前にオンラインで）。",
        "電話：0134-32-4111（内線 296, 297）",
        f"くわしく：{PAGE}",
    ]


def test_without_a_page_the_description_ends_with_the_phone() -> None:
    for text in calendar_texts(plan_of(ADULT), PLAIN, get_catalog("en")):
        assert text.description.endswith("\nPhone: 0134-32-4111")


# --- days and places ------------------------------------------------------------------------------


def test_a_notice_takes_the_first_day_on_which_it_is_expected() -> None:
    notice = calendar_texts(plan_of(MINOR), OTARU, get_catalog("ja"))[1]
    assert notice.milestone.kind is Kind.NOTICE
    assert (notice.day, notice.milestone.end) == (date(2027, 12, 15), date(2028, 1, 15))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_milestone_of_every_card_has_its_words(lang: str) -> None:
    for card, city in product(CARDS, CITIES):
        plan = plan_of(card)
        texts = calendar_texts(plan, city, get_catalog(lang))
        milestones = [each.milestone for each in texts if each.milestone.kind is not Kind.CHECK]
        assert milestones == list(plan_milestones(plan, city.grace))
        for text in texts:
            assert not set("{}") & set(text.title + text.description + text.location)
            assert (text.location == "") is (text.milestone.kind in (Kind.NOTICE, Kind.CHECK))
            assert text.url.startswith("https://")
