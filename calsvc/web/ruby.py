"""Markup of Japanese words on pages: ruby in やさしい日本語, their language elsewhere.

``期限(きげん)`` becomes ruby. On an English page, a screen reader reads 期限 only if it is marked
as Japanese (WCAG 3.1.2). Calendars, e-mails, JSON and elements that hold text only are not changed.
"""

import re

from calsvc.i18n.catalogs import Catalog

READING_PATTERN = re.compile(r"([一-鿿々]+)\(([ぁ-ゖー]+)\)")
"""Characters and their reading, as in catalogs."""
OUTSIDE_TAGS = r"(?![^<]*(?:>|</(?:title|option|textarea|desc|text)>))"
"""Matches outside tags and outside elements that hold text alone.

Text has no ``>``, because Jinja escapes it.
"""
PAGE_READING_PATTERN = re.compile(READING_PATTERN.pattern + OUTSIDE_TAGS)
RUBY_HTML = r"<ruby>\1<rt>\2</rt></ruby>"
"""Without ``rp``, which current browsers hide and which would add a fifth to a page."""
SPAN_HTML = r'<span lang="ja">\g<0></span>'
LETTER = "[々-〇ぁ-ヿ一-鿿]"
KANA = "[ぁ-ゖァ-ヺ]"
JAPANESE = f"[0-9]*{LETTER}(?:[0-9 ]*{LETTER})*"
"""A run of Japanese characters, with numbers and spaces between them."""
OF_KANA = f"(?<!{LETTER})(?=[0-9 ]*(?:{LETTER}[0-9 ]*)*{KANA})"
"""Lookahead for a run with kana, which cannot be Chinese."""
MARKED_PATTERNS = {
    is_chinese: re.compile(f"{OF_KANA if is_chinese else ''}{JAPANESE}")
    for is_chinese in (True, False)
}
"""Patterns of the words to mark, by `is_chinese`."""
TEXT_PATTERNS = {
    is_chinese: re.compile(f"(<[^>]*>)([^<{first[1:-1]}]*{first}[^<]*)")
    for is_chinese, first in ((True, KANA), (False, LETTER))
}
"""A tag and the text after it that has something to mark. One search of a page finds them all.

Each character is read once: `MARKED_PATTERNS` alone would try every character of every tag.
"""
UNMARKED_TAG_PATTERN = re.compile(r'<(?:title|option|textarea|desc|text)\b|[^>]*\blang="(?:ja|zh)')
"""Elements that hold text alone, and those with a stated language."""
TYPED_BRACKET = "\ue002"
"""The placeholder of an opening bracket that a person typed. It is no reading."""


def with_ruby(page: str, catalog: Catalog) -> str:
    """Return ``page``, which is escaped HTML, with ruby or with its Japanese words marked."""
    # `str`, because `re` would join with Markup's method, which escapes the ruby.
    if catalog.head.has_readings:
        return PAGE_READING_PATTERN.sub(RUBY_HTML, str(page)).replace(TYPED_BRACKET, "(")
    return page if catalog.head.html_lang == "ja" else mark_japanese(page, catalog.language)


def mark_japanese(page: str, language: str) -> str:
    """Return ``page``, which is escaped HTML in ``language``, with its Japanese words marked."""
    is_chinese = language.startswith("zh")
    marked = MARKED_PATTERNS[is_chinese]

    def mark_text(match: re.Match[str]) -> str:
        tag, text = match.groups()
        if UNMARKED_TAG_PATTERN.match(tag):
            return match[0]
        return tag + marked.sub(SPAN_HTML, text)

    before, _, rest = str(page).partition("<")
    before = marked.sub(SPAN_HTML, before)
    return before + TEXT_PATTERNS[is_chinese].sub(mark_text, f"<{rest}") if rest else before


def protect_brackets(name: str, catalog: Catalog) -> str:
    """Return a typed name in a form that `with_ruby` leaves unchanged."""
    return name.replace("(", TYPED_BRACKET) if catalog.head.has_readings else name


def without_readings(text: str, catalog: Catalog) -> str:
    """Return ``text`` without readings. Labels of pictures have no room for them."""
    return READING_PATTERN.sub(r"\1", text) if catalog.head.has_readings else text
