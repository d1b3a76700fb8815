"""Markup of Japanese words on pages: ruby in やさしい日本語, their language elsewhere.

``期限(きげん)`` becomes ruby. On an English page, a screen reader reads 期限 only if it is marked
as Japanese (WCAG 3.1.2). Calendars, e-mails, JSON and elements that hold text only are not changed.
"""

import re

from calsvc.i18n.catalogs import Catalog

READING_PATTERN = re.compile(r"([一-鿿々]+)\(([ぁ-ゖー]+)\)")
"""Characters and their reading, as in catalogs."""
OUTSIDE_TAGS_LOOKAHEAD = r"(?![^<]*(?:>|</(?:title|option|textarea|desc|text)>))"
"""Lookahead for a position outside tags, and outside elements that may contain only text.

Text contains no ``>``, because Jinja escapes it.
"""
PAGE_READING_PATTERN = re.compile(READING_PATTERN.pattern + OUTSIDE_TAGS_LOOKAHEAD)
RUBY_HTML = r"<ruby>\1<rt>\2</rt></ruby>"
"""Ruby without ``rp`` elements. Current browsers hide them, and they add a fifth to a page."""
SPAN_HTML = r'<span lang="ja">\g<0></span>'
LETTER_CLASS = "[々-〇ぁ-ヿ一-鿿]"
KANA_CLASS = "[ぁ-ゖァ-ヺ]"
JAPANESE_RUN = f"[0-9]*{LETTER_CLASS}(?:[0-9 ]*{LETTER_CLASS})*"
"""A run of Japanese characters, with numbers and spaces between them."""
KANA_RUN_LOOKAHEAD = f"(?<!{LETTER_CLASS})(?=[0-9 ]*(?:{LETTER_CLASS}[0-9 ]*)*{KANA_CLASS})"
"""Lookahead for a run with kana. Such a run is Japanese, not Chinese."""
MARKED_PATTERNS = {
    is_chinese: re.compile(f"{KANA_RUN_LOOKAHEAD if is_chinese else ''}{JAPANESE_RUN}")
    for is_chinese in (True, False)
}
"""Text to mark as Japanese. The key is True for pages in Chinese."""
TEXT_PATTERNS = {
    is_chinese: re.compile(f"(<[^>]*>)([^<{first[1:-1]}]*{first}[^<]*)")
    for is_chinese, first in ((True, KANA_CLASS), (False, LETTER_CLASS))
}
"""A tag, and the following text if `MARKED_PATTERNS` may match in it.

This pattern skips tags quickly. `MARKED_PATTERNS` would try every character of every tag.
"""
UNMARKED_TAG_PATTERN = re.compile(r'<(?:title|option|textarea|desc|text)\b|[^>]*\blang="(?:ja|zh)')
"""Tags of elements that may contain only text, and tags with a ``lang`` attribute."""
TYPED_BRACKET = "\ue002"
"""The placeholder of a bracket in a typed name, which does not begin a reading."""


def with_ruby(page: str, catalog: Catalog) -> str:
    """Return ``page``, which is escaped HTML, with ruby or with its Japanese words marked."""
    # `str`, because `re` would join with Markup's method, which escapes the ruby.
    if catalog.head.has_readings:
        return PAGE_READING_PATTERN.sub(RUBY_HTML, str(page)).replace(TYPED_BRACKET, "(")
    return page if catalog.head.html_lang == "ja" else mark_japanese(page, catalog.language)


def mark_japanese(page: str, language: str) -> str:
    """Return ``page``, which is escaped HTML in ``language``, with its Japanese words marked."""
    is_chinese = language.startswith("zh")
    pattern = MARKED_PATTERNS[is_chinese]

    def mark_text(match: re.Match[str]) -> str:
        tag, text = match.groups()
        if UNMARKED_TAG_PATTERN.match(tag):
            return match[0]
        return tag + pattern.sub(SPAN_HTML, text)

    before, _, after_first_tag = str(page).partition("<")
    before = pattern.sub(SPAN_HTML, before)
    return (
        before + TEXT_PATTERNS[is_chinese].sub(mark_text, f"<{after_first_tag}")
        if after_first_tag
        else before
    )


def protect_brackets(name: str, catalog: Catalog) -> str:
    """Return a typed name in a form that `with_ruby` leaves unchanged."""
    return name.replace("(", TYPED_BRACKET) if catalog.head.has_readings else name


def without_readings(text: str, catalog: Catalog) -> str:
    """Return ``text`` without readings. Labels of pictures have no room for them."""
    return READING_PATTERN.sub(r"\1", text) if catalog.head.has_readings else text
