"""A municipality's own letter text."""

import pytest

from calsvc.errors import MunicipalityFileError
from calsvc.letters.texts import parse_letter_text

TEXT = "お知らせ\n\n{name}へ。\n次のとおり\nです。\n\n{states}\n\n[dates]\n\nHello\nworld {{x}}\n"


def test_blank_lines_separate_paragraphs() -> None:
    text = parse_letter_text("letter.ja.txt", TEXT.encode())
    params = {"name": ["花子"], "states": ["一", "二"]}
    assert text.title == "お知らせ"
    assert [*text.fill(text.before, params)] == ["花子へ。次のとおりです。", "一", "二"]
    assert [*text.fill(text.after, params)] == ["Hello world {x}"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff", "letter.txt: is not UTF-8"),
        (b"", r"\[dates\]: must stand alone"),
        (b"Title\n\ntext", r"\[dates\]: must stand alone"),
        (b"Title\n[dates]\n[dates]\n", r"\[dates\]: must stand alone"),
        (b"[dates]\n", "line 1: must be the title"),
        (b"\n[dates]\n", "line 1: must be the title"),
        (b"Title\n\n{born}\n[dates]\n", r"line 3: \{born\} is not known. Known: city, contact"),
        (b"Title\n\n{name\n[dates]\n", "line 3: a brace"),
        (b"Title\n\n{name.x}\n[dates]\n", "line 3: a brace"),
        (b"Title\n\n{}\n[dates]\n", r"line 3: \{\} is not known"),
    ],
)
def test_invalid_letter_text_is_rejected_with_its_line(content: bytes, message: str) -> None:
    with pytest.raises(MunicipalityFileError, match=message):
        parse_letter_text("letter.txt", content)
