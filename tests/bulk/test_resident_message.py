"""What a resident is told in a letter or an e-mail."""

from datetime import date

import pytest

from calsvc.bulk.resident_message import Invitation, invitation
from calsvc.i18n.catalogs import catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.municipality import toml_reader
from calsvc.rules.card import Card
from calsvc.rules.plan import check_and_assess

OTARU = toml_reader.load("012033")
ADULT = Card(date(1985, 4, 23), date(2020, 6, 1))
MINOR = Card(date(2012, 3, 15), date(2023, 6, 1))
STAY = Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2026, 5, 31))


def message(card: Card = ADULT, name: str = "小樽 花子", language: str = "ja") -> Invitation:
    return invitation(name, check_and_assess(card, None).plan, OTARU, catalog(language))


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
    texts = [*lines, *told.places, *(text for pair in told.deadlines for text in pair)]
    assert all(texts)
    assert str(card.born.year) not in "".join(texts)


def test_the_citys_telephone_and_extension_are_named() -> None:
    assert "0134-32-4111" in message().contact
    assert "296, 297" in message().contact
