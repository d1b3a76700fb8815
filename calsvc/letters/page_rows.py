"""Data rows of letters, as the Typst template reads them."""

import re
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any, NamedTuple

from calsvc import qr_codes
from calsvc.i18n.catalogs import Catalog
from calsvc.letters.compiler import LetterSheet
from calsvc.letters.postal_address import PostalAddress

JAPANESE = "ja"
URL_LINE_CHARACTERS = 56
MM_PER_POINT = 25.4 / 72
ADDRESS_POINTS, ADDRESSEE_POINTS = 10.5, 13.0
MAX_ADDRESS_LINES = 3
EMS_PER_LINE = 42
LINE_MM, DATE_MM, REST_MM = 5.4, 7.0, 35.0
"""Heights of a text line, of a row of dates, and of the title together with the QR code."""
MAX_BODY_MM = 162
LONG_WORD_PATTERN = re.compile(r"[^\s\u2e80-\U0003ffff]{40,}")
"""A long word without East Asian characters. Lines can break between those."""
ZERO_WIDTH_SPACE = "\u200b"
TWO_SPACES = "\u00a0\u00a0"
"""Non-breaking spaces between a name and its honorific, so that no line breaks there."""


class SecondLanguageText(NamedTuple):
    """The text of a letter in a second language."""

    catalog: Catalog
    title: str
    paragraphs: Sequence[str]


class Letter(NamedTuple):
    """The texts of a letter in the language of ``catalog``, and its address.

    ``opening`` and ``closing``: paragraphs before and after the ``dates``. ``addressee``: in
    Japanese, because Japan Post delivers it. ``url``: the link in the QR code. ``number``: the row
    number, or 0 for samples.
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
    also: SecondLanguageText | None = None


def build_letter_row(letter: Letter, sheet: LetterSheet) -> Mapping[str, Any]:
    """Build the row of ``letter``. Characters that the font lacks are replaced."""
    catalog, font = letter.catalog, sheet.font
    lang, region = _language_and_region(catalog)
    is_japanese = catalog.language == JAPANESE

    def printable(texts: Sequence[str]) -> list[str]:
        return [add_break_opportunities(font.replace_missing(text)) for text in texts]

    width, drawing = qr_codes.draw_svg_paths(letter.url)
    return {
        "number": letter.number,
        "lang": lang,
        "region": region,
        "justify": is_japanese,
        "readings": catalog.head.has_readings,
        "indent": int(is_japanese),
        "title": font.replace_missing(letter.title),
        "opening": printable(letter.opening),
        "head": [catalog.text("letter.head.what"), catalog.text("letter.head.when")],
        "dates": [printable(each) for each in letter.dates],
        "closing": printable(letter.closing),
        "invitation": [catalog.text("letter.qr"), catalog.text("letter.private")],
        "typed": catalog.text("letter.typed"),
        "page": wrap(url_to_type(letter.url), URL_LINE_CHARACTERS, break_on_hyphens=False),
        "url": letter.url,
        "qr": _svg(width, width, drawing),
        "qr-alt": catalog.text("letter.qr.alt"),
        "contact": printable(letter.contact),
        "mark": f"No. {letter.number:07d}" if letter.number else "",
        "postcode": letter.address.printed_postcode,
        "address": printable(letter.address.lines),
        "addressee": font.replace_missing(letter.addressee),
        "barcode": letter.barcode or None,
        "also": _second_language_row(letter.also, sheet),
        "fit": _needs_measuring(letter, sheet),
    }


def add_break_opportunities(text: str) -> str:
    """Return ``text`` with optional line breaks in words that are wider than the page."""
    return LONG_WORD_PATTERN.sub(lambda match: ZERO_WIDTH_SPACE.join(match[0]), text)


def _second_language_row(
    second: SecondLanguageText | None, sheet: LetterSheet
) -> Mapping[str, Any] | None:
    if second is None:
        return None
    lang, region = _language_and_region(second.catalog)
    texts = [sheet.font.replace_missing(text) for text in second.paragraphs]
    return {
        "lang": lang,
        "region": region,
        "readings": second.catalog.head.has_readings,
        "title": second.title,
        "paragraphs": texts,
    }


def _language_and_region(catalog: Catalog) -> tuple[str, str | None]:
    lang, _, region = catalog.head.print_locale.partition("-")
    return lang, region.lower() or None


def url_to_type(url: str) -> str:
    """Return ``url`` without its query, because residents have to type it."""
    return url.partition("?")[0]


def _svg(width: int, height: int, drawing: str) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
    return f"{head}{drawing}</svg>"


def _needs_measuring(letter: Letter, sheet: LetterSheet) -> bool:
    """Return True if a part may not fit. Measuring every letter would double the time."""
    return _is_address_wide(letter, sheet) or _estimate_body_height(letter, sheet) > MAX_BODY_MM


def _is_address_wide(letter: Letter, sheet: LetterSheet) -> bool:
    max_points = sheet.lengths["address-width"] / MM_PER_POINT
    lines = [(line, ADDRESS_POINTS) for line in letter.address.lines]
    sized_texts = [*lines, (letter.addressee, ADDRESSEE_POINTS)]
    return len(lines) > MAX_ADDRESS_LINES or any(
        sheet.font.width(text) * points > max_points for text, points in sized_texts
    )


def _estimate_body_height(letter: Letter, sheet: LetterSheet) -> float:
    """Estimate the height of the body in millimetres."""
    second = letter.also.paragraphs if letter.also else ()
    texts = (*letter.opening, *letter.closing, *second)
    lines = sum(1 + int(sheet.font.width(text) / EMS_PER_LINE) for text in texts)
    return lines * LINE_MM + len(texts) + (len(letter.dates) + 1) * DATE_MM + REST_MM
