"""Sealed links: short, tamper-proof, and valid without a time limit."""

import base64
from datetime import date

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given, settings
from hypothesis import strategies as st

from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import (
    InvalidTokenError,
    Link,
    LinkedCard,
    Reminders,
    generate_link_number,
)
from calsvc.links.keys import generate_key, parse_keys
from calsvc.links.sealing import Keyring
from calsvc.rules.card import Term
from calsvc.rules.plan import Plan
from tests.links.links import LINKS, PLAIN_PLAN, PLANS

OLD_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0-Pw"
OTHER_KEY = generate_key()
RING = Keyring(parse_keys(OLD_KEY, "test"))
NUMBER = bytes.fromhex("0102030405060708")
ADULT = Link(NUMBER, (LinkedCard(PLAIN_PLAN),), "ja", "012033")
HOUSEHOLD = Link(
    NUMBER,
    (
        LinkedCard(PLAIN_PLAN._replace(card_is_read=True), "花子", 0),
        LinkedCard(
            Plan(date(2027, 3, 3), date(2027, 3, 3), Term.STAY, leap_day_birth=True), "李", 1
        ),
    ),
    "en",
    "012033",
    Reminders.OFF,
)
FIRST_VERSION = "1KUgLv4rtHAIUQatmRxcu_ivnsCLdgPwe47eGDF64DCZALlog_To"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@settings(max_examples=300)
@given(LINKS)
def test_every_sealed_link_opens_to_itself(link: Link) -> None:
    token = RING.seal(link)
    assert RING.open(token) == link
    assert token[-1].isalnum()


@given(PLANS, st.sampled_from(LANGUAGES))
def test_the_token_of_one_card_has_at_most_60_characters(plan: Plan, language: str) -> None:
    plan = plan._replace(doubts=plan.doubts[:2])
    assert (
        len(RING.seal(Link(generate_link_number(), (LinkedCard(plan),), language, "012033"))) <= 60
    )


def test_the_token_of_one_card_without_doubt_has_52_characters() -> None:
    assert len(RING.seal(ADULT)) == 52


def test_a_link_of_the_first_version_opens() -> None:
    assert RING.open(FIRST_VERSION) == ADULT
    assert RING.seal(ADULT) == FIRST_VERSION


def test_two_links_of_one_person_differ() -> None:
    tokens = {RING.seal(ADULT._replace(number=generate_link_number())) for _ in range(20)}
    assert len(tokens) == 20


def test_the_same_content_gives_the_same_token() -> None:
    assert RING.seal(HOUSEHOLD) == Keyring(parse_keys(OLD_KEY, "test")).seal(HOUSEHOLD)


@pytest.mark.parametrize("link", [ADULT, HOUSEHOLD], ids=["adult", "household"])
def test_a_link_with_a_flipped_bit_does_not_open(link: Link) -> None:
    token = RING.seal(link)
    for index, char in enumerate(token):
        for bit in range(6):
            flipped = ALPHABET[ALPHABET.index(char) ^ 1 << bit]
            with pytest.raises(InvalidTokenError):
                RING.open(token[:index] + flipped + token[index + 1 :])


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
def test_a_text_that_is_no_token_does_not_open(token: str) -> None:
    with pytest.raises(InvalidTokenError):
        RING.open(token)


@given(st.binary(max_size=60))
def test_random_bytes_do_not_open(content: bytes) -> None:
    with pytest.raises(InvalidTokenError):
        RING.open("1" + base64.urlsafe_b64encode(content).decode().rstrip("="))


def test_a_truncated_or_extended_link_does_not_open() -> None:
    token = RING.seal(ADULT)
    for changed in (token[:-1], token[:-4], token + "A", token + "=", token + "\n"):
        with pytest.raises(InvalidTokenError):
            RING.open(changed)


def test_empty_content_does_not_open() -> None:
    sealed = AESSIV(parse_keys(OLD_KEY, "test")[0]).encrypt(b"\x00", [b"1"])
    with pytest.raises(InvalidTokenError):
        RING.open("1" + base64.urlsafe_b64encode(sealed).decode().rstrip("="))


def test_a_link_of_an_old_key_opens_and_is_resealed() -> None:
    token = RING.seal(ADULT)
    rotated = Keyring(parse_keys(f"{OTHER_KEY},{OLD_KEY}", "test"))
    link, resealed = rotated.open_and_reseal(token)
    assert link == ADULT
    assert resealed == rotated.seal(ADULT) != token


def test_a_link_of_a_removed_key_does_not_open() -> None:
    with pytest.raises(InvalidTokenError):
        Keyring(parse_keys(OTHER_KEY, "test")).open(RING.seal(ADULT))


# --- numbers --------------------------------------------------------------------------------------


def test_a_repeated_run_gives_the_same_numbers() -> None:
    again = Keyring(parse_keys(OLD_KEY, "test"))
    assert RING.derive_link_number(b"run", 7) == again.derive_link_number(b"run", 7)


def test_no_two_rows_and_no_two_runs_share_a_number() -> None:
    runs, rows = (b"12345678", b"87654321"), range(1000)
    assert len({RING.derive_link_number(run, row) for run in runs for row in rows}) == 2000


def test_another_key_gives_other_numbers() -> None:
    other = Keyring(parse_keys(OTHER_KEY, "test"))
    assert RING.derive_link_number(b"run", 7) != other.derive_link_number(b"run", 7)


def test_derived_keys_differ_by_key_and_purpose() -> None:
    other = Keyring(parse_keys(OTHER_KEY, "test"))
    keys = {RING.derive_key(b"a"), RING.derive_key(b"b"), other.derive_key(b"a")}
    assert {len(key) for key in keys} == {32}
    assert len(keys) == 3
