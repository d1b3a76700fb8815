"""Fonts: the characters and variant forms that one has."""

import pytest

from calsvc.letters import fonts

FONT = fonts.load()

# --- files ----------------------------------------------------------------------------------------


def test_a_file_that_is_no_font_is_named() -> None:
    with pytest.raises(fonts.BadFontError, match=r"012033\.toml"):
        fonts.load("calsvc/municipality/profiles/012033.toml")


def test_a_font_file_that_is_missing_is_named() -> None:
    with pytest.raises(fonts.BadFontError, match=r"nowhere\.otf: .*No such file"):
        fonts.load("nowhere.otf")


# --- characters -----------------------------------------------------------------------------------


def test_characters_that_a_font_lacks_become_geta_marks() -> None:
    assert FONT.lacks("👨 葛\U000e0100")
    assert FONT.settable("👨 葛\U000e0100") == "〓 葛\U000e0100"


def test_text_that_a_font_has_is_set_as_it_is() -> None:
    assert not FONT.lacks("小樽 花子")
    assert FONT.settable("小樽 花子") == "小樽 花子"


def test_a_character_that_a_font_lacks_is_as_wide_as_the_type() -> None:
    assert FONT.width("あ") == FONT.width("👨") == 1.0


def test_a_variant_that_the_font_has_is_kept() -> None:
    assert FONT.settable("葛\U000e0100") == "葛\U000e0100"
    assert not FONT.lacks("葛\U000e0100")


def test_a_variant_that_the_font_lacks_becomes_the_plain_form() -> None:
    assert FONT.settable("葛\U000e0107") == "葛"
    assert FONT.lacks_variant("葛\U000e0107")
    assert not FONT.lacks_variant("👨")
