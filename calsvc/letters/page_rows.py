"""Puts the words of one letter into a row of data, as the template reads it."""

import re
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any, NamedTuple

from calsvc import codes
from calsvc.i18n.catalogs import Catalog
from calsvc.letters.compiler import Sheet
from calsvc.letters.postal_address import PostalAddress

JAPANESE = "ja"
URL_LINE_CHARACTERS = 56
POINT_MM = 25.4 / 72
ADDRESS_POINTS, ADDRESSEE_POINTS = 10.5, 13.0
MAX_ADDRESS_LINES = 3
EMS_PER_LINE = 42
LINE_MM, DATE_MM, REST_MM = 5.4, 7.0, 35.0
"""The height of a line, of a row of dates, and of title and QR code."""
MAX_BODY_MM = 162
LONG_WORD = re.compile(r"[^\s\u2e80-\U0003ffff]{40,}")
"""Without spaces and without characters of East Asia, between which lines end anyway."""
ZERO_WIDTH_SPACE = "\u200b"
TWO_SPACES = "\u00a0\u00a0"
"""Stand between a name and the title that follows it, and let no line end there."""


class Also(NamedTuple):
    """What a letter says in a second language."""

    catalog: Catalog
    title: str
    paragraphs: Sequence[str]


class Letter(NamedTuple):
    """The words of a letter in ``catalog``' language, and where it goes.

    ``opening`` and ``closing``: paragraphs before and after the ``dates``. ``addressee``: in
    Japanese, because the postman reads it. ``url``: what the QR code opens. ``number``: of the row,
    or 0.
    """

    number: int
    catalog: Catalog
    title: str
    opening: Sequence[str]
    dates: Sequence[tuple[str, str]]
    closing: Sequence[str]
    contact: Sequence[str]
    addressee: str
    address: PostalAddress
    url: str
    barcode: str = ""
    also: Also | None = None


def letter_row(letter: Letter, sheet: Sheet) -> Mapping[str, Any]:
    """Returns the row of ``letter``. Characters that the font lacks are replaced."""
    catalog, font = letter.catalog, sheet.font
    lang, region = _tags(catalog)
    is_japanese = catalog.language == JAPANESE

    def set_all(texts: Sequence[str]) -> list[str]:
        return [breakable(font.settable(each)) for each in texts]

    width, drawing = codes.drawing(letter.url)
    return {
        "number": letter.number,
        "lang": lang,
        "region": region,
        "justify": is_japanese,
        "readings": catalog.head.has_readings,
        "indent": int(is_japanese),
        "title": font.settable(letter.title),
        "opening": set_all(letter.opening),
        "head": [catalog.text("letter.head.what"), catalog.text("letter.head.when")],
        "dates": [set_all(each) for each in letter.dates],
        "closing": set_all(letter.closing),
        "invitation": [catalog.text("letter.qr"), catalog.text("letter.private")],
        "typed": catalog.text("letter.typed"),
        "page": wrap(typed_url(letter.url), URL_LINE_CHARACTERS, break_on_hyphens=False),
        "url": letter.url,
        "qr": _svg(width, width, drawing),
        "qr-alt": catalog.text("letter.qr.alt"),
        "contact": set_all(letter.contact),
        "mark": f"No. {letter.number:07d}" if letter.number else "",
        "postcode": letter.address.printed_postcode,
        "address": set_all(letter.address.lines),
        "addressee": font.settable(letter.addressee),
        "barcode": letter.barcode or None,
        "also": _also(letter.also, sheet),
        "fit": _is_to_be_measured(letter, sheet),
    }


def breakable(text: str) -> str:
    """Returns ``text`` so that a line can end within a word that is wider than the page."""
    return LONG_WORD.sub(lambda found: ZERO_WIDTH_SPACE.join(found[0]), text)


def _also(also: Also | None, sheet: Sheet) -> Mapping[str, Any] | None:
    if also is None:
        return None
    lang, region = _tags(also.catalog)
    texts = [sheet.font.settable(each) for each in also.paragraphs]
    return {
        "lang": lang,
        "region": region,
        "readings": also.catalog.head.has_readings,
        "title": also.title,
        "paragraphs": texts,
    }


def _tags(catalog: Catalog) -> tuple[str, str | None]:
    lang, _, region = catalog.head.print_locale.partition("-")
    return lang, region.lower() or None


def typed_url(url: str) -> str:
    """Returns ``url`` without what only programs need, to be typed."""
    return url.partition("?")[0]


def _svg(width: int, height: int, drawing: str) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
    return f"{head}{drawing}</svg>"


def _is_to_be_measured(letter: Letter, sheet: Sheet) -> bool:
    """Returns whether something may not fit; to measure all takes half of the time."""
    return _is_address_wide(letter, sheet) or _body_height(letter, sheet) > MAX_BODY_MM


def _is_address_wide(letter: Letter, sheet: Sheet) -> bool:
    room = sheet.lengths["address-width"] / POINT_MM
    texts = [(each, ADDRESS_POINTS) for each in letter.address.lines]
    wide = [*texts, (letter.addressee, ADDRESSEE_POINTS)]
    return len(texts) > MAX_ADDRESS_LINES or any(
        sheet.font.width(text) * points > room for text, points in wide
    )


def _body_height(letter: Letter, sheet: Sheet) -> float:
    """Returns about how high the body is, in millimetres."""
    also = letter.also.paragraphs if letter.also else ()
    texts = (*letter.opening, *letter.closing, *also)
    lines = sum(1 + int(sheet.font.width(each) / EMS_PER_LINE) for each in texts)
    return lines * LINE_MM + len(texts) + (len(letter.dates) + 1) * DATE_MM + REST_MM
