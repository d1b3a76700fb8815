"""The bytes of a link have the designed layout, and are never misread."""

from datetime import date

import pytest
from hypothesis import given, settings

from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import (
    EPOCH,
    InvalidTokenError,
    Link,
    LinkedCard,
    Reminders,
    current_cards,
    pack,
    unpack,
)
from calsvc.rules.card import Subject, Term
from calsvc.rules.dates import DateRange
from calsvc.rules.plan import CertificateSource, Doubt, Plan
from calsvc.rules.recall import LAW_REVISION, Recall
from tests.links.links import LINKS

NUMBER = bytes.fromhex("0102030405060708")
PLAN = Plan(
    card_expiry=date(2029, 10, 10),
    certificate_expiry=date(2024, 10, 10),
    term=Term.TEN_BIRTHDAYS,
)
LINK = Link(NUMBER, (LinkedCard(PLAN),), "ja", "012033")


def bytes_of(*parts: str) -> bytes:
    return bytes.fromhex("".join(parts))


LINK_HEAD = ("0102030405060708", "01", "0000", "002f01")
"""Number, revision, Japanese with standard reminders, 012033."""
CARD = ("00", "0000", "13a7", "0c85")
"""Slot, flags, 2029-10-10 and 2024-10-10 as days since 2016-01-01."""


def test_one_card_has_the_designed_bytes() -> None:
    assert pack(LINK) == bytes_of(*LINK_HEAD, *CARD)
    assert (date(2029, 10, 10) - EPOCH).days == 0x13A7
    assert int("012033") == 0x2F01


@pytest.mark.parametrize(
    ("plan", "packed"),
    [
        (PLAN._replace(card_is_read=True), "0001 13a7 0c85"),
        (PLAN._replace(certificate_source=CertificateSource.READ), "0002 13a7 0c85"),
        (PLAN._replace(certificate_source=CertificateSource.RENEWED), "0004 13a7 0c85"),
        (PLAN._replace(term=Term.FIVE_BIRTHDAYS), "0008 13a7 0c85"),
        (PLAN._replace(term=Term.STAY), "0010 13a7 0c85"),
        (PLAN._replace(leap_day_birth=True), "0020 13a7 0c85"),
        (PLAN._replace(doubts=(Doubt(Subject.CARD),)), "0040 13a7 0c85"),
        (PLAN._replace(doubts=(Doubt(Subject.CARD, date(2024, 10, 10)),)), "0080 13a7 0c85 0c85"),
        (PLAN._replace(doubts=(Doubt(Subject.CERTIFICATE),)), "0200 13a7 0c85"),
        (
            PLAN._replace(
                doubts=(
                    Doubt(Subject.CARD),
                    Doubt(Subject.CARD, date(2016, 1, 2)),
                    Doubt(Subject.CARD, date(2016, 1, 3)),
                    Doubt(Subject.CERTIFICATE, date(2016, 1, 4)),
                )
            ),
            "0540 13a7 0c85 0001 0002 0003",
        ),
    ],
)
def test_each_flag_of_a_card_has_its_bit(plan: Plan, packed: str) -> None:
    link = LINK._replace(cards=(LinkedCard(plan, slot=7),))
    assert pack(link) == bytes_of(*LINK_HEAD, "07", packed)
    assert unpack(pack(link)) == link


def test_a_name_follows_the_dates() -> None:
    link = LINK._replace(cards=(LinkedCard(PLAN, "李"),))
    assert pack(link) == bytes_of(*LINK_HEAD, "00", "1000", "13a7 0c85", "03", "e69d8e")


def test_language_and_reminders_share_two_bytes() -> None:
    link = LINK._replace(language="en", reminders=Reminders.OFF)
    assert pack(link)[9:11] == bytes_of("0180")


@settings(max_examples=200)
@given(LINKS)
def test_an_unpacked_link_equals_the_packed_one(link: Link) -> None:
    assert unpack(pack(link)) == link


@pytest.mark.parametrize(
    "content",
    [
        bytes_of("01020304"),  # half a number
        bytes_of(*LINK_HEAD),  # no card
        bytes_of(
            LINK_HEAD[0], "01", "ff00", LINK_HEAD[3], *CARD
        ),  # a language that is not known yet
        bytes_of(
            LINK_HEAD[0], "01", "00c0", LINK_HEAD[3], *CARD
        ),  # reminders that are not known yet
        bytes_of(
            LINK_HEAD[0], "01", "0001", LINK_HEAD[3], *CARD
        ),  # an option that is not known yet
        bytes_of(*LINK_HEAD, "00", "2000", "13a7 0c85"),  # a flag that is not known yet
        bytes_of(*LINK_HEAD, "00", "0018", "13a7 0c85"),  # a term that is not known yet
        bytes_of(*LINK_HEAD, "00", "0006", "13a7 0c85"),  # a source that is not known yet
        bytes_of(*LINK_HEAD, "00", "0000", "13a7 0c"),  # half a date
        bytes_of(*LINK_HEAD, "00", "0080", "13a7 0c85"),  # a doubt without its date
        bytes_of(*LINK_HEAD, "00", "1000", "13a7 0c85"),  # a name that is missing
        bytes_of(*LINK_HEAD, "00", "1000", "13a7 0c85", "05616263"),  # half a name
        bytes_of(*LINK_HEAD, "00", "1000", "13a7 0c85", "01ff"),  # a name that is no text
        bytes_of(*LINK_HEAD, *CARD, *CARD),  # two cards in one slot
    ],
)
def test_content_of_another_release_is_rejected(content: bytes) -> None:
    with pytest.raises(InvalidTokenError):
        unpack(content)


def test_a_link_of_a_later_revision_of_the_law_opens() -> None:
    link = LINK._replace(revision=LAW_REVISION + 1)
    assert unpack(pack(link)) == link


def test_every_language_has_a_number_of_its_own() -> None:
    packed = {pack(LINK._replace(language=language))[9] for language in LANGUAGES}
    assert len(packed) == len(LANGUAGES)


# --- recall ---------------------------------------------------------------------------------------

RECALL = Recall(
    revision=LAW_REVISION + 1,
    terms=frozenset({Term.TEN_BIRTHDAYS}),
    expiries=DateRange(date(2029, 1, 1), date(2029, 12, 31)),
    check_on=date(2027, 2, 1),
)
OLDER = LINK._replace(revision=LAW_REVISION - 1)


def test_a_recalled_card_has_a_day_to_check() -> None:
    (card,) = current_cards(OLDER, [RECALL._replace(revision=LAW_REVISION)])
    assert card.plan.check_on == date(2027, 2, 1)
    assert card.plan.doubts == (Doubt(Subject.CARD),)


@pytest.mark.parametrize(
    "plan",
    [
        PLAN._replace(term=Term.FIVE_BIRTHDAYS),
        PLAN._replace(card_expiry=date(2030, 10, 10)),
        PLAN._replace(card_is_read=True),
    ],
)
def test_cards_without_a_recall_are_unchanged(plan: Plan) -> None:
    link = OLDER._replace(cards=(LinkedCard(plan),))
    assert current_cards(link, [RECALL._replace(revision=LAW_REVISION)]) == link.cards


def test_a_link_of_the_current_revision_is_unchanged() -> None:
    assert current_cards(LINK, [RECALL._replace(revision=LAW_REVISION)]) == LINK.cards
