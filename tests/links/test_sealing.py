"""Sealed links: short, deterministic, tamper-proof, and for ever."""

import base64
from datetime import date

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given, settings
from hypothesis import strategies as st

from calsvc.i18n import languages
from calsvc.links.keys import new_key, read_keys
from calsvc.links.sealing import LANGUAGE_NUMBERS, BadLinkError, Keyring, Link
from calsvc.parsing.names import LONGEST_NAME, MOST_MEMBERS, Member, clean_name
from calsvc.rules.card import Card

OLD_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0-Pw"
OTHER_KEY = new_key()
RING = Keyring(read_keys(OLD_KEY, "test"))
ADULT = Link((Member(Card(date(1990, 10, 10), date(2020, 5, 15))),), "ja")
HOUSEHOLD = Link(
    (
        Member(Card(date(1990, 10, 10), card_expires=date(2029, 10, 10)), "花子"),
        Member(Card(date(2000, 2, 29), stay_until=date(2027, 3, 3), issued=date(2025, 1, 6)), "李"),
    ),
    "en",
    alarms=False,
)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))
CARDS = st.builds(Card, DAYS, *[st.none() | DAYS] * 5)
NAMES = st.text(max_size=LONGEST_NAME).map(clean_name)
LINKS = st.builds(
    Link,
    st.lists(st.builds(Member, CARDS, NAMES), min_size=1, max_size=MOST_MEMBERS).map(tuple),
    st.sampled_from(languages.LANGUAGES),
    st.booleans(),
)


@settings(max_examples=500)
@given(LINKS)
def test_every_link_that_seals_opens_to_the_same_cards(link: Link) -> None:
    assert RING.open(RING.seal(link)) == link


@given(CARDS, st.sampled_from(languages.LANGUAGES), st.booleans())
def test_the_link_of_a_single_card_has_at_most_60_characters(
    card: Card, lang: str, alarms: bool
) -> None:
    assert len(RING.seal(Link((Member(card),), lang, alarms))) <= 60


def test_a_link_of_the_first_version_opens_for_ever() -> None:
    assert RING.open("1a6x5ApKIc9YDL2nNbH6sxsZHgLHdGZww") == ADULT
    assert RING.seal(ADULT) == "1a6x5ApKIc9YDL2nNbH6sxsZHgLHdGZww"


def test_the_same_cards_give_the_same_link() -> None:
    assert RING.seal(HOUSEHOLD) == Keyring(read_keys(OLD_KEY, "test")).seal(HOUSEHOLD)


@pytest.mark.parametrize("link", [ADULT, HOUSEHOLD], ids=["adult", "household"])
def test_flipping_any_bit_of_a_link_makes_it_fail(link: Link) -> None:
    token = RING.seal(link)
    for place, char in enumerate(token):
        for bit in range(6):
            flipped = ALPHABET[ALPHABET.index(char) ^ 1 << bit]
            with pytest.raises(BadLinkError):
                RING.open(token[:place] + flipped + token[place + 1 :])


@pytest.mark.parametrize(
    "token",
    [
        "",
        "1",
        "2" + "A" * 40,
        "1" + "A" * 40,
        "1" * 3000,
        "1" + "あ" * 30,
        "1" + "A" * 41,
        "../keys",
    ],
)
def test_what_was_never_sealed_does_not_open(token: str) -> None:
    with pytest.raises(BadLinkError):
        RING.open(token)


@given(st.binary(max_size=60))
def test_no_random_bytes_open(content: bytes) -> None:
    with pytest.raises(BadLinkError):
        RING.open("1" + base64.urlsafe_b64encode(content).decode().rstrip("="))


def test_a_link_cut_short_or_lengthened_does_not_open() -> None:
    token = RING.seal(ADULT)
    for changed in (token[:-1], token[:-4], token + "A", token + "=", token + "\n"):
        with pytest.raises(BadLinkError):
            RING.open(changed)


def test_a_link_made_with_an_old_key_opens_after_rotation_and_is_sealed_anew() -> None:
    token = RING.seal(ADULT)
    rotated = Keyring(read_keys(f"{OTHER_KEY},{OLD_KEY}", "test"))
    assert rotated.open(token) == ADULT
    assert rotated.seal(ADULT) != token


def test_a_link_made_with_a_key_that_was_removed_does_not_open() -> None:
    with pytest.raises(BadLinkError):
        Keyring(read_keys(OTHER_KEY, "test")).open(RING.seal(ADULT))


@pytest.mark.parametrize(
    "content",
    [
        b"\x00",  # no card
        b"\x0f\x00\x0b\x11\x11",  # a language that is not known yet
        b"\x20\x00\x0b\x11\x11",  # an option that is not known yet
        b"\x00\x40\x0b\x11\x11",  # something of a card that is not known yet
        b"\x00\x00\x0b\x11",  # half a date
        b"\x00\x00\x00\x00\x00",  # no day at all
        b"\x00\x00\xff\xff\xff",  # a day after the end of the calendar
        b"\x00\x20\x0b\x11\x11",  # a name that is missing
        b"\x00\x20\x0b\x11\x11\x05abc",  # half a name
        b"\x00\x20\x0b\x11\x11\x01\xff",  # a name that is no text
    ],
)
def test_what_another_release_may_have_sealed_is_not_misread(content: bytes) -> None:
    cipher = AESSIV(read_keys(OLD_KEY, "test")[0])
    sealed = base64.urlsafe_b64encode(cipher.encrypt(content, [b"1"])).rstrip(b"=").decode()
    with pytest.raises(BadLinkError):
        RING.open(f"1{sealed}")


def test_every_language_of_the_service_has_a_number_in_links() -> None:
    assert set(languages.LANGUAGES) <= set(LANGUAGE_NUMBERS)
