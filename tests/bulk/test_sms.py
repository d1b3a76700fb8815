"""SMS to residents: their text and the number of their parts."""

from datetime import date

import pytest

from calsvc.bulk.message_settings import DEFAULT_MESSAGE_SETTINGS, MessageSettings
from calsvc.bulk.resident_message import compose_message
from calsvc.bulk.sms import Sms, compose_sms, count_parts, length_problem
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.urls import LinkUrls
from calsvc.rules.card import Card
from calsvc.rules.plan import assess
from tests.support.bulk_tables import OTARU

PLAN, _ = assess(Card(date(1985, 4, 23), date(2020, 6, 1)))
ADDRESSES = LinkUrls("https://calendar.example.jp", "1" + "x" * 56)


def compose(
    language: str = "ja",
    today: date = date(2024, 11, 24),
    settings: MessageSettings = DEFAULT_MESSAGE_SETTINGS,
) -> Sms:
    catalog = get_catalog(language)
    return compose_sms(
        compose_message("", PLAN, OTARU, catalog, today), ADDRESSES, catalog, settings
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_has_two_parts_in_every_language(language: str) -> None:
    found = compose(language)
    assert found.parts == 2
    assert found.text.endswith(f"\nhttps://calendar.example.jp/c/{ADDRESSES.token}")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("あ" * 70, 1),
        ("あ" * 71, 2),
        ("あ" * 134, 2),
        ("あ" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_sms_parts_are_counted_as_carriers_bill_them(text: str, parts: int) -> None:
    assert count_parts(text) == parts


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2024, 11, 24), "電子証明書の期限は2025年4月23日"),
        (date(2026, 11, 24), "マイナンバーカードの期限は2030年4月23日"),
    ],
)
def test_a_message_names_what_expires_next(today: date, words: str) -> None:
    assert words in compose(today=today).text


def test_sms_with_more_parts_than_the_maximum_is_a_problem() -> None:
    found = compose()
    assert length_problem(found, 2) is None
    fault = length_problem(found, 1)
    assert fault
    assert fault.params == {"parts": 2, "most": 1}


def test_a_city_s_own_text_is_sent() -> None:
    settings = MessageSettings(sms_texts={"ja": "{city}：{what}（{expiry}）{{}} {page}"})
    assert compose(settings=settings).text.startswith("小樽市：電子証明書（2025年4月23日）{} http")
