"""The width of texts on a fixed-width screen, and the lines that fit."""

from calsvc.i18n.text_width import select_fitting_lines, width_in_columns


def test_full_width_characters_count_two_columns() -> None:
    assert [width_in_columns(text) for text in ("期限（", "Thẻ", "카드", "a ")] == [6, 3, 4, 2]


def test_lines_that_do_not_fit_are_left_out() -> None:
    assert select_fitting_lines(["期限", "a" * 6, "bb", "c"], 7) == ["期限", "bb", "c"]
