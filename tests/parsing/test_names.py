"""Short names of household members."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calsvc.parsing.names import NameTooLongError, clean_name

FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("花子", "花子"),
        ("  花子  さん ", "花子 さん"),
        ("花子\u3000さん", "花子 さん"),
        ("花\r\n子", "花 子"),
        ("花子\u2028さん", "花子 さん"),
        ("花\u202e子\u2066\u200f", "花子"),
        ("花\x00子\x1b[31m", "花子[31m"),
        ("髙橋﨑𠮷", "髙橋﨑𠮷"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        (FAMILY, FAMILY),
        ("か\u3099", "が"),
        ("\ue000外字", "外字"),
        ("", ""),
    ],
)
def test_unwanted_characters_are_removed_from_a_name(text: str, cleaned: str) -> None:
    assert clean_name(text) == cleaned


@given(st.text(max_size=20))
def test_a_clean_name_has_no_control_characters(
    text: str,
) -> None:
    name = clean_name(text)
    kinds = {unicodedata.category(char) for char in name.replace("\N{ZERO WIDTH JOINER}", "")}
    assert not kinds & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert clean_name(name) == name


def test_a_name_of_21_characters_is_rejected() -> None:
    assert clean_name("あ" * 20) == "あ" * 20
    with pytest.raises(NameTooLongError):
        clean_name("あ" * 21)
