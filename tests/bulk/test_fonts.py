"""Fonts: the characters that one has, and where lines of text may end."""

from datetime import date

import pytest

from calsvc.bulk import fonts
from calsvc.bulk.resident_message import invitation
from calsvc.i18n.catalogs import catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.municipality import toml_reader
from calsvc.rules.card import Card
from calsvc.rules.plan import check_and_assess

FONT = fonts.load()
OTARU = toml_reader.load("012033")
PLAN = check_and_assess(Card(date(1985, 4, 23), date(2020, 6, 1)), None).plan

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
    assert FONT.settable("👨 葛\U000e0100") == "〓 葛"


def test_text_that_a_font_has_is_set_as_it_is() -> None:
    assert not FONT.lacks("小樽 花子")
    assert FONT.settable("小樽 花子") == "小樽 花子"


def test_a_character_that_a_font_lacks_is_as_wide_as_the_type() -> None:
    assert FONT.width("あ") == FONT.width("👨") == 1.0


# --- lines ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("期限です。次の", ("期限で", "す。次", "の")),
        ("あい「うえ」お", ("あい", "「う", "え」お")),
        ("カード", ("カード",)),
        ("abc defg hi", ("abc", "defg hi")),
        ("令和(2020)年", ("令和", "(2020)", "年")),
    ],
)
def test_lines_break_by_japanese_rules(text: str, broken: tuple[str, ...]) -> None:
    assert fonts.lines(text, FONT, 3.4) == broken


def test_no_line_is_wider_than_asked_and_nothing_is_lost() -> None:
    for language in LANGUAGES:
        for text in invitation("", PLAN, OTARU, catalog(language)).places:
            lines = fonts.lines(text, FONT, 30)
            assert all(FONT.width(line) <= 30 for line in lines)
            assert "".join(lines).replace(" ", "") == text.replace(" ", "")
