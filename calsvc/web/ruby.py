"""Markup of Japanese words on pages: ruby in やさしい日本語, their language elsewhere.

``期限(きげん)`` becomes ruby. On an English page, a screen reader reads 期限 only if it is marked
as Japanese (WCAG 3.1.2). Calendars, e-mails, JSON and elements that hold text only are not changed.
"""

import re

from calsvc.i18n.catalogs import Catalog

READING = re.compile(r"([一-鿿々]+)\(([ぁ-ゖー]+)\)")
"""Characters and their reading as catalogs write it."""
IN_TEXT = r"(?![^<]*(?:>|</(?:title|option|textarea|desc|text)>))"
"""Follows what is no part of a tag, nor of an element that holds text alone.

A ``>`` stands in no text, because Jinja escapes it.
"""
ON_PAGE = re.compile(READING.pattern + IN_TEXT)
RUBY = r"<ruby>\1<rt>\2</rt></ruby>"
"""Without ``rp``, which every browser of today hides, and which takes a fifth of a page."""
LETTER = "[々-〇ぁ-ヿ一-鿿]"
KANA = "[ぁ-ゖァ-ヺ]"
JAPANESE = f"[0-9]*{LETTER}(?:[0-9 ]*{LETTER})*"
"""A run of Japanese characters, with numbers and spaces between them."""
OF_KANA = f"(?<!{LETTER})(?=[0-9 ]*(?:{LETTER}[0-9 ]*)*{KANA})"
"""Lookahead for a run with kana, which cannot be Chinese."""
OTHER_LANGUAGE = r'lang="(?:ja|zh)[^>]*>[^<]*'
"""An element with a stated language, up to its end."""
JAPANESE_IN = {
    is_chinese: re.compile(
        f"(?P<stated>{OTHER_LANGUAGE})|(?:{OF_KANA if is_chinese else ''}{JAPANESE}){IN_TEXT}"
    )
    for is_chinese in (True, False)
}
TYPED = "\ue002"
"""Stands for an opening bracket that somebody typed, until the page is made."""


def with_ruby(page: str, catalog: Catalog) -> str:
    """Return ``page``, which is escaped HTML, with ruby or with its Japanese words marked."""
    # Of markupsafe's strings, `re` would escape the ruby, because it joins by their method.
    if catalog.head.has_readings:
        return ON_PAGE.sub(RUBY, str(page)).replace(TYPED, "(")
    return page if catalog.head.html_lang == "ja" else mark_japanese(page, catalog.language)


def mark_japanese(page: str, language: str) -> str:
    """Return ``page``, which is escaped HTML in ``language``, with its Japanese words marked."""
    return JAPANESE_IN[language.startswith("zh")].sub(_marked, str(page))


def _marked(match: re.Match[str]) -> str:
    return match["stated"] or f'<span lang="ja">{match[0]}</span>'


def as_typed(name: str, catalog: Catalog) -> str:
    """Returns a name so that `with_ruby` leaves it as somebody typed it."""
    return name.replace("(", TYPED) if catalog.head.has_readings else name


def without_readings(text: str, catalog: Catalog) -> str:
    """Returns ``text`` for labels of pictures, which are too narrow for readings."""
    return READING.sub(r"\1", text) if catalog.head.has_readings else text
