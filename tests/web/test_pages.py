"""Parts of pages: paragraphs with links, dates without line breaks, parts in bytes."""

import pytest

from calsvc.web.pages import Inserts, no_wrap, paragraphs

LINK = '<a href="{0}" rel="noopener">{0}</a>'


@pytest.mark.parametrize(
    ("text", "address", "after"),
    [
        ("まで https://a.example/x/ です", "https://a.example/x/", " です"),
        ("ください。https://a.example/x/", "https://a.example/x/", ""),
        ("https://a.example/x。", "https://a.example/x", "。"),
        ("(https://a.example/x).", "https://a.example/x", ")."),
        ("https://a.example/?a=1&b=2", "https://a.example/?a=1&amp;b=2", ""),
        ("http://a.example", "http://a.example", ""),
    ],
)
def test_an_address_in_a_text_is_a_link(text: str, address: str, after: str) -> None:
    assert str(paragraphs(text)).endswith(f"{LINK.format(address)}{after}</p>")


def test_each_line_is_a_paragraph_and_text_stays_text() -> None:
    assert paragraphs('a\n<b>"c"</b>') == "<p>a</p>\n<p>&lt;b&gt;&#34;c&#34;&lt;/b&gt;</p>"


def test_an_address_ends_no_attribute() -> None:
    linked = str(paragraphs('https://a.example/" onclick="x'))
    assert linked.count('"') == 4
    assert 'href="https://a.example/&#34;"' in linked


def test_every_part_is_marked_once_wherever_it_stands() -> None:
    marked = no_wrap("<1> to <2>, <1>", ["<1>", "<2>", "<1>"])
    one, two = '<span class="day">&lt;1&gt;</span>', '<span class="day">&lt;2&gt;</span>'
    assert marked == f"{one} to {two}, {one}"


def test_parts_of_a_page_come_in_the_order_of_their_marks() -> None:
    inserts = Inserts()
    marks = [inserts.placeholder(parts) for parts in ([b"1", b"2"], [], [b"3"])]
    text = f"é<{'|'.join(marks)}>"
    assert inserts.join(text) == "é<1\n2\n||3\n>".encode()


def test_a_page_without_parts_is_its_text() -> None:
    assert Inserts().join("a\0b") == b"a\0b"
