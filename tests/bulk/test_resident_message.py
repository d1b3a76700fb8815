"""The text of letters and e-mails to a resident."""

from datetime import date, timedelta

import pytest

from calsvc.bulk.resident_message import ResidentMessage, compose_message
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.municipality import loader
from calsvc.rules.card import Card, Renewed
from calsvc.rules.plan import check_and_assess

OTARU = loader.load_municipality("012033")
ADULT = Card(date(1985, 4, 23), date(2020, 6, 1))
MINOR = Card(date(2012, 3, 15), date(2023, 6, 1))
STAY = Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2026, 5, 31))


def compose(
    card: Card = ADULT,
    name: str = "小樽 花子",
    language: str = "ja",
    today: date = date(2024, 11, 24),
) -> ResidentMessage:
    plan = check_and_assess(card, None).plan
    return compose_message(name, plan, OTARU, get_catalog(language), today)


def test_resident_is_addressed_by_name_or_as_the_card_holder() -> None:
    assert compose().addressee == "小樽 花子 様"
    assert compose(name="").addressee == "マイナンバーカードをお持ちの方へ"


def test_certificate_and_card_have_their_own_deadlines() -> None:
    assert compose().deadlines == (
        ("電子証明書の有効期限", "2025年4月23日（水）"),
        ("更新できる期間", "2025年1月24日（金）から2025年4月23日（水）まで"),
        ("窓口が開いている最後の日", "2025年4月23日（水）"),
        ("カードの有効期限", "2030年4月23日（火）"),
        ("更新できる期間", "2030年1月24日（木）から2030年4月23日（火）まで"),
        ("窓口が開いている最後の日", "2030年4月23日（火）"),
    )


def test_expiries_on_the_same_day_are_one_topic() -> None:
    message = compose(MINOR)
    assert [day for _, day in message.deadlines if "まで" not in day][:1] == ["2028年3月15日（水）"]
    assert len(message.deadlines) == 3
    assert len(message.place_paragraphs) == 1


def test_a_card_that_ends_with_the_stay_has_no_window() -> None:
    days = [day for _, day in compose(STAY).deadlines]
    assert days == ["2026年5月31日（日）", "2026年5月29日（金）"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("card", [ADULT, MINOR, STAY], ids=["adult", "minor", "stay"])
def test_no_part_of_a_message_is_empty_or_has_the_birth_date(card: Card, language: str) -> None:
    message = compose(card, language=language)
    lines = (
        message.municipality,
        message.addressee,
        message.heading,
        message.opening,
        message.printed_note,
        message.contact,
    )
    texts = [
        *lines,
        *message.states,
        *message.place_paragraphs,
        *(text for pair in message.deadlines for text in pair),
    ]
    assert all(texts)
    assert str(card.born.year) not in "".join(texts)


def test_message_has_the_phone_number_and_extension() -> None:
    assert "0134-32-4111" in compose().contact
    assert "296, 297" in compose().contact


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
    (MINOR, date(2027, 11, 1), "2027年12月16日（木）から2028年1月14日（金）までに申請"),
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
def test_each_state_has_its_paragraph(card: Card, today: date, text: str) -> None:
    assert text in compose(card, today=today).states[0]


@pytest.mark.parametrize("card", [ADULT, MINOR, STAY], ids=["adult", "minor", "stay"])
@pytest.mark.parametrize("days", range(-3, 4))
def test_message_has_no_deadline_in_the_past(card: Card, days: int) -> None:
    plan = check_and_assess(card, None).plan
    for expiry in (plan.certificate_expiry, plan.card_expiry):
        today = expiry + timedelta(days=days)
        message = compose(card, today=today)
        rows = [*message.deadlines]
        asked = [when for what, when in rows if what in (LAST_OPEN_DAY, WINDOW)]
        for past in (today - timedelta(days=each) for each in range(1, 40)):
            day = get_catalog("ja").format_date(past)
            assert not any(when.endswith((day, f"{day}まで")) for when in asked)
            assert not any(f"{day}まで" in state for state in message.states)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("card", "today", "_text"), STANDINGS)
def test_every_state_has_a_text_in_every_language(
    card: Card, today: date, _text: str, language: str
) -> None:
    assert all(compose(card, today=today, language=language).states)


def test_message_about_an_expired_card_omits_its_certificate() -> None:
    message = compose(today=date(2031, 6, 2))
    assert message.deadlines == (("カードの有効期限", "2030年4月23日（火）"),)
    assert len(message.states) == len(message.place_paragraphs) == 1


def test_message_about_an_ended_stay_names_no_extension() -> None:
    extended, asked = "延ばす手続き", "新しいカードについては"
    assert extended in compose(STAY, today=date(2026, 5, 1)).place_paragraphs[0]
    for today in (date(2026, 5, 30), date(2026, 6, 1)):
        (place,) = compose(STAY, today=today).place_paragraphs
        assert asked in place
        assert extended not in place


def test_certificate_in_doubt_does_not_hide_the_day_of_the_card() -> None:
    """The expiry of the card is printed, so only its certificate is in doubt (rule 17)."""
    stay = date(2027, 3, 31)
    message = compose(
        Card(date(1998, 11, 2), card_expires=stay, stay_until=stay), today=date(2026, 11, 26)
    )
    certificate, card = message.states
    assert certificate.startswith("【電子証明書】もう更新したかどうか")
    assert card.startswith("【マイナンバーカード】有効期限は2027年3月31日（水）です。")
    assert message.deadlines[1:] == ((LAST_OPEN_DAY, "2027年3月31日（水）"),)


def test_certificate_renewed_at_an_unknown_time_is_to_be_checked() -> None:
    renewed = Card(date(1985, 4, 23), date(2020, 6, 1), cert_renewed=Renewed.SOMETIME)
    certificate, card = compose(renewed, today=date(2026, 11, 26)).states
    assert certificate.startswith("【電子証明書】もう更新したかどうか")
    assert "2030年1月24日（木）からです。" in card


def test_brief_deadlines_have_only_the_expiry_before_any_action() -> None:
    message = compose(today=date(2025, 2, 3))
    assert message.brief_deadlines == message.deadlines[:4]
    assert message.brief_deadlines[-1] == ("カードの有効期限", "2030年4月23日（火）")
