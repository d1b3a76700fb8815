"""Fonts: characters and variant forms."""

import pytest

from calsvc.letters import fonts

FONT = fonts.load_font()

# --- files ----------------------------------------------------------------------------------------


def test_invalid_font_file_is_rejected_with_its_name() -> None:
    with pytest.raises(fonts.InvalidFontError, match=r"012033\.toml"):
        fonts.load_font("calsvc/municipality/profiles/012033.toml")


def test_missing_font_file_is_rejected_with_its_name() -> None:
    with pytest.raises(fonts.InvalidFontError, match=r"nowhere\.otf: .*No such file"):
        fonts.load_font("nowhere.otf")


# --- characters -----------------------------------------------------------------------------------


def test_missing_characters_become_geta_marks() -> None:
    assert FONT.lacks("👨 葛\U000e0100")
    assert FONT.replace_missing("👨 葛\U000e0100") == "〓 葛\U000e0100"


def test_text_with_known_characters_is_unchanged() -> None:
    assert not FONT.lacks("小樽 花子")
    assert FONT.replace_missing("小樽 花子") == "小樽 花子"


def test_missing_character_is_one_em_wide() -> None:
    assert FONT.width("あ") == FONT.width("👨") == 1.0


def test_variant_form_in_the_font_is_unchanged() -> None:
    assert FONT.replace_missing("葛\U000e0100") == "葛\U000e0100"
    assert not FONT.lacks("葛\U000e0100")


def test_missing_variant_form_becomes_the_default_form() -> None:
    assert FONT.replace_missing("葛\U000e0107") == "葛"
    assert FONT.lacks_variant("葛\U000e0107")
    assert not FONT.lacks_variant("👨")
