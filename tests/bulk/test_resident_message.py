"""What a resident is told in a letter or an e-mail."""

from datetime import date, timedelta

import pytest

from calsvc.bulk.resident_message import Invitation, invitation
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.municipality import toml_reader
from calsvc.rules.card import Card
from calsvc.rules.plan import check_and_assess

OTARU = toml_reader.load("012033")
ADULT = Card(date(1985, 4, 23), date(2020, 6, 1))
MINOR = Card(date(2012, 3, 15), date(2023, 6, 1))
STAY = Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2026, 5, 31))


def message(
    card: Card = ADULT,
    name: str = "小樽 花子",
    language: str = "ja",
    today: date = date(2024, 11, 24),
) -> Invitation:
    plan = check_and_assess(card, None).plan
    return invitation(name, plan, OTARU, get_catalog(language), today)


def test_a_resident_is_addressed_by_name_or_as_the_holder() -> None:
    assert message().addressee == "小樽 花子 様"
    assert message(name="").addressee == "マイナンバーカードをお持ちの方へ"


def test_certificate_and_card_have_their_own_deadlines() -> None:
    assert message().deadlines == (
        ("電子証明書の有効期限", "2025年4月23日（水）"),
        ("更新できる期間", "2025年1月24日（金）から2025年4月23日（水）まで"),
        ("窓口が開いている最後の日", "2025年4月23日（水）"),
        ("カードの有効期限", "2030年4月23日（火）"),
        ("更新できる期間", "2030年1月24日（木）から2030年4月23日（火）まで"),
        ("窓口が開いている最後の日", "2030年4月23日（火）"),
    )


def test_what_expires_together_is_told_once() -> None:
    told = message(MINOR)
    assert [day for _, day in told.deadlines if "まで" not in day][:1] == ["2028年3月15日（水）"]
    assert len(told.deadlines) == 3
    assert len(told.places) == 1


def test_a_card_that_ends_with_the_stay_has_no_window() -> None:
    days = [day for _, day in message(STAY).deadlines]
    assert days == ["2026年5月31日（日）", "2026年5月29日（金）"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("card", [ADULT, MINOR, STAY], ids=["adult", "minor", "stay"])
def test_no_part_of_a_message_is_empty_or_tells_the_birth_date(card: Card, language: str) -> None:
    told = message(card, language=language)
    lines = (told.city, told.addressee, told.heading, told.opening, told.printed, told.contact)
    texts = [
        *lines,
        *told.states,
        *told.places,
        *(text for pair in told.deadlines for text in pair),
    ]
    assert all(texts)
    assert str(card.born.year) not in "".join(texts)


def test_the_citys_telephone_and_extension_are_named() -> None:
    assert "0134-32-4111" in message().contact
    assert "296, 297" in message().contact


# --- where certificate and card stand -------------------------------------------------------------

LAST_OPEN_DAY = "窓口が開いている最後の日"
WINDOW = "更新できる期間"
STANDINGS = [
    (
        ADULT,
        date(2024, 1, 4),
        "更新できるのは、2025年1月24日（金）からです。",
    ),
    (ADULT, date(2024, 11, 24), "まもなく更新できるようになります。2025年1月24日（金）から"),
    (ADULT, date(2025, 2, 3), "今、更新できます。2025年4月23日（水）までに窓口で"),
    (
        ADULT,
        date(2025, 4, 23),
        "です。その日を過ぎても、手続きはできます。",
    ),
    (ADULT, date(2025, 6, 2), "もう更新したかどうか、この通知ではわかりません。"),
    (ADULT, date(2031, 6, 2), "有効期限を過ぎています。今からでも手続きできます。"),
    (MINOR, date(2027, 12, 20), "今、更新の申請ができます。"),
    (
        MINOR,
        date(2028, 2, 1),
        "間に合わないことがあります。すぐに申請してください。",
    ),
    (MINOR, date(2028, 3, 16), "有効期限を過ぎています。今からでも手続きできます。"),
    (STAY, date(2025, 1, 6), "その日までに手続きをしてください。"),
    (STAY, date(2026, 5, 1), "2026年5月29日（金）までに窓口で"),
    (STAY, date(2026, 5, 30), "です。過ぎたカードは使えません。"),
    (STAY, date(2026, 6, 1), "このカードは使えません。"),
]


@pytest.mark.parametrize(("card", "today", "text"), STANDINGS)
def test_each_standing_has_its_paragraph(card: Card, today: date, text: str) -> None:
    assert text in message(card, today=today).states[0]


@pytest.mark.parametrize("card", [ADULT, MINOR, STAY], ids=["adult", "minor", "stay"])
@pytest.mark.parametrize("days", range(-3, 4))
def test_no_past_day_is_asked_to_be_kept(card: Card, days: int) -> None:
    plan = check_and_assess(card, None).plan
    for expiry in (plan.certificate_expiry, plan.card_expiry):
        today = expiry + timedelta(days=days)
        told = message(card, today=today)
        rows = [*told.deadlines]
        asked = [when for what, when in rows if what in (LAST_OPEN_DAY, WINDOW)]
        for past in (today - timedelta(days=each) for each in range(1, 40)):
            day = get_catalog("ja").day(past)
            assert not any(when.endswith((day, f"{day}まで")) for when in asked)
            assert not any(f"{day}まで" in state for state in told.states)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("card", "today", "_text"), STANDINGS)
def test_every_standing_is_said_in_every_language(
    card: Card, today: date, _text: str, language: str
) -> None:
    assert all(message(card, today=today, language=language).states)


def test_an_expired_card_is_told_without_its_certificate() -> None:
    told = message(today=date(2031, 6, 2))
    assert told.deadlines == (("カードの有効期限", "2030年4月23日（火）"),)
    assert len(told.states) == len(told.places) == 1
