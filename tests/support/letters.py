"""Compiled letters, and the text and codes on their pages."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pypdfium2
from PIL import Image

from calsvc.letters import fonts
from calsvc.letters.compiler import CompiledLetters, LetterSheet, open_compiler
from calsvc.letters.layout import DEFAULT_LENGTHS, EMPTY_SENDER

FONT = fonts.load_font()
SHEET = LetterSheet(FONT, EMPTY_SENDER, DEFAULT_LENGTHS)
HEAD = {"title": "Letters", "author": "Otaru", "lang": "ja"}
MADE = 1_795_000_000
TODAY = date(2026, 11, 24)
MM = 72 / 25.4


def print_rows(rows: Sequence[Mapping[str, Any]], sheet: LetterSheet = SHEET) -> CompiledLetters:
    """Compile the letters of ``rows``."""
    with open_compiler(sheet) as compiler:
        return compiler.compile_rows(rows, HEAD, MADE)


def text_of(page: pypdfium2.PdfPage) -> str:
    """Return the text of a page, with one space for each run of white space."""
    return " ".join(page.get_textpage().get_text_range().split())


def picture_of(page: pypdfium2.PdfPage, dots_per_inch: int = 150) -> Image.Image:
    """Draw a page."""
    return page.render(scale=dots_per_inch / 72, grayscale=True).to_pil()
