"""Texts of calendar events: short titles, one day each, and the location."""

from datetime import date
from itertools import product

import pytest

from calsvc.i18n.calendar_texts import (
    CalendarText,
    add_holder_name,
    build_calendar_texts,
    build_group_calendar_texts,
    max_columns,
)
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.event_texts import build_event_groups
from calsvc.i18n.languages import LANGUAGES
from calsvc.i18n.text_width import width_in_columns
from calsvc.municipality.model import Municipality
from calsvc.rules.card import Card
from calsvc.rules.milestones import MilestoneKind
from calsvc.rules.plan import plan_milestones
from tests.catalogs.text_limits import MAX_TITLE_COLUMNS, PAGE_URL, max_description_columns
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
def test_titles_have_at_most_36_columns(lang: str) -> None:
    texts = [
        text
        for card in CARDS
        for text in build_calendar_texts(plan_of(card), OTARU, get_catalog(lang))
    ]
    assert MAX_TITLE_COLUMNS == 36
    assert max(width_in_columns(text.title) for text in texts) <= MAX_TITLE_COLUMNS


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
def test_japanese_titles_begin_with_the_distinctive_word(card: Card, titles: list[str]) -> None:
    assert [
        text.title for text in build_calendar_texts(plan_of(card), OTARU, get_catalog("ja"))
    ] == titles


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("ja", "カードの期限（今日まで）（花子さん）"),
        ("en", "Card: last valid day (花子さん)"),
        ("ko", "마이넘버카드 유효기한(이날까지)(花子さん)"),
    ],
)
def test_holder_name_is_at_the_end_of_the_title(lang: str, title: str) -> None:
    catalog = get_catalog(lang)
    expiry = build_calendar_texts(plan_of(MINOR), OTARU, catalog)[2]
    assert add_holder_name(expiry.title, "花子さん", catalog) == title
    assert add_holder_name(expiry.title, "", catalog) == expiry.title


def test_name_with_braces_is_not_formatted() -> None:
    assert add_holder_name("t", "{name}{0}", get_catalog("en")) == "t ({name}{0})"


# --- descriptions ---------------------------------------------------------------------------------

MAX_DESCRIPTION_COLUMNS = {"ja": 500, "ja-x-easy": 800, "zh-Hans": 500, "zh-Hant": 500, "ko": 500}
MAX_DESCRIPTION_COLUMNS |= {"en": 600, "vi": 600, "pt": 600}


def texts_of(card: Card, municipality: Municipality, lang: str) -> list[CalendarText]:
    return build_calendar_texts(plan_of(card), municipality, get_catalog(lang).padded, PAGE_URL)


@pytest.mark.parametrize("lang", MAX_DESCRIPTION_COLUMNS)
def test_max_columns_depend_on_the_script(lang: str) -> None:
    assert (
        max_columns(get_catalog(lang))
        == max_description_columns(get_catalog(lang))
        == MAX_DESCRIPTION_COLUMNS[lang]
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_description_ends_with_the_url_of_the_page(lang: str) -> None:
    for card in CARDS:
        assert all(text.description.endswith(PAGE_URL) for text in texts_of(card, OTARU, lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_descriptions_always_have_doubts_and_days(lang: str) -> None:
    catalog = get_catalog(lang).padded
    for card in CARDS:
        for group in build_event_groups(plan_of(card), OTARU):
            others = [catalog.format_date(doubt.other) for doubt in group.doubts if doubt.other]
            for text in build_group_calendar_texts(group, OTARU, catalog):
                assert [day for day in others if day not in text.description] == []
                if text.milestone.kind in (MilestoneKind.WINDOW_OPENS, MilestoneKind.EXPIRY):
                    assert catalog.format_date(group.last_open_day) in text.description
                    assert catalog.format_date(group.days.expiry) in text.description
                if text.milestone.kind is MilestoneKind.GRACE_ENDS:
                    assert catalog.format_date(group.days.grace_end) in text.description


@pytest.mark.parametrize("lang", LANGUAGES)
def test_card_events_begin_with_the_last_day_to_apply(lang: str) -> None:
    catalog = get_catalog(lang).padded
    for card in (ADULT, MINOR):
        group = build_event_groups(plan_of(card), OTARU)[-1]
        window, notice, expiry, _ = build_group_calendar_texts(group, OTARU, catalog)
        for text in (window, notice, expiry):
            assert catalog.format_date(group.apply_by) in text.description.splitlines()[0]


def test_notice_event_describes_the_whole_notice_period() -> None:
    notice = texts_of(MINOR, OTARU, "en")[1]
    assert "between about Wed 15 Dec 2027 and Sat 15 Jan 2028" in notice.description


@pytest.mark.parametrize(
    ("municipality", "is_named"),
    [(OTARU, True), (MONTH_END, False)],
    ids=["anniversary", "month-end"],
)
def test_grace_by_anniversary_mentions_the_end_of_the_month(
    municipality: Municipality, is_named: bool
) -> None:
    grace = texts_of(ADULT, municipality, "en")[3]
    assert ("through the end of that month" in grace.description) is is_named


def test_window_opening_on_a_closed_day_names_the_open_day() -> None:
    window = texts_of(OPENS_ON_CLOSED_DAY, OTARU, "ja")[4]
    assert window.day == date(2027, 1, 1)
    assert "窓口は2027年 1月 4日（月）からです。" in window.description


def test_card_expiry_description_in_japanese() -> None:
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
        f"くわしく：{PAGE_URL}",
    ]


def test_description_without_a_page_ends_with_the_phone() -> None:
    for text in build_calendar_texts(plan_of(ADULT), PLAIN, get_catalog("en")):
        assert text.description.endswith("\nPhone: 0134-32-4111")


# --- days and places ------------------------------------------------------------------------------


def test_notice_event_is_on_the_first_day_of_the_period() -> None:
    notice = build_calendar_texts(plan_of(MINOR), OTARU, get_catalog("ja"))[1]
    assert notice.milestone.kind is MilestoneKind.NOTICE
    assert (notice.day, notice.milestone.end) == (date(2027, 12, 15), date(2028, 1, 15))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_milestone_of_every_card_has_a_text(lang: str) -> None:
    for card, municipality in product(CARDS, CITIES):
        plan = plan_of(card)
        texts = build_calendar_texts(plan, municipality, get_catalog(lang))
        milestones = [
            each.milestone for each in texts if each.milestone.kind is not MilestoneKind.CHECK
        ]
        assert milestones == list(plan_milestones(plan, municipality.grace_rule))
        for text in texts:
            assert not set("{}") & set(text.title + text.description + text.location)
            assert (text.location == "") is (
                text.milestone.kind in (MilestoneKind.NOTICE, MilestoneKind.CHECK)
            )
            assert text.url.startswith("https://")
