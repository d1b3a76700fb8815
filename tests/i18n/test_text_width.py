"""The width of texts on a fixed-width screen, and what of them fits."""

from calsvc.i18n.text_width import columns, fitting


def test_wide_characters_take_two_columns() -> None:
    assert [columns(text) for text in ("期限（", "Thẻ", "카드", "a ")] == [6, 3, 4, 2]


def test_what_has_no_room_is_left_out_and_the_rest_keeps_its_order() -> None:
    assert fitting(["期限", "a" * 6, "bb", "c"], 7) == ["期限", "bb", "c"]
