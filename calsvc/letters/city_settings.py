"""The settings of a municipality for its letters: template, texts, sender, envelope (TOML)."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from calsvc.errors import MunicipalityFileError
from calsvc.letters.compiler import LetterSheet
from calsvc.letters.customer_barcode import HEIGHT_UNITS, UNIT_MM_PER_POINT
from calsvc.letters.layout import DEFAULT_LENGTHS, EMPTY_SENDER, PLAIN_SHEET
from calsvc.letters.settings_file import Table, load_tables, read_file_beside, read_text_files
from calsvc.letters.texts import LetterText, parse_letter_text
from calsvc.letters.towns import Town, parse_towns
from calsvc.letters.window import A4_WIDTH_MM, Box, Envelope, compute_visible_areas

PICTURE_SUFFIXES = (".svg", ".png")
MAX_PICTURE_BYTES = 1 << 20
MAX_SENDER_LINES = 4
MIN_BARCODE_POINTS, MAX_BARCODE_POINTS = 8, 11.5
"""Sizes of the customer barcode that machines of Japan Post can read."""
BARCODE_WIDTH_UNITS, BARCODE_MARGIN_MM = 133, 2


def load_letter_sheet(path: Path) -> LetterSheet:
    """Load the sheet from the settings file at ``path``. Raises `MunicipalityFileError`."""
    content = load_tables(path)
    letter = content.get("letter", {})
    sheet = replace(
        PLAIN_SHEET,
        city=_sender(path, content.get("sender", {})),
        number_form=content.get("sender", {}).get("number", ""),
        lengths=_lengths(path, content),
        **_template(path, letter.get("template", "")),
        texts=_texts(path, letter.get("text", {})),
        needs_address="envelope" in content,
        barcode_points=_barcode_points(path, content),
        envelope=_envelope(path, content),
        is_in_era=letter.get("era", False),
        towns=_towns(path, content.get("address", {}).get("postcodes", "")),
    )
    _check_window(path, sheet)
    return _with_logo(path, letter, sheet)


def _template(path: Path, name: str) -> Mapping[str, Any]:
    return {"template": read_file_beside(path, name), "template_name": name} if name else {}


def _texts(path: Path, files: Mapping[str, str]) -> Mapping[str, LetterText]:
    contents = read_text_files(path, "letter", files)
    return {lang: parse_letter_text(files[lang], content) for lang, content in contents.items()}


def _with_logo(path: Path, letter: Table, sheet: LetterSheet) -> LetterSheet:
    name = letter.get("logo", "")
    if not name:
        return sheet
    if Path(name).suffix not in PICTURE_SUFFIXES:
        raise MunicipalityFileError(
            path.name, "letter.logo", f"must end in {' or '.join(PICTURE_SUFFIXES)}"
        )
    if not letter.get("logo_alt", "").strip():
        raise MunicipalityFileError(
            path.name, "letter.logo_alt", "says what the logo shows. It is needed"
        )
    content = read_file_beside(path, name)
    if len(content) > MAX_PICTURE_BYTES:
        raise MunicipalityFileError(path.name, "letter.logo", "is larger than 1 MB")
    logo = f"logo{Path(name).suffix}"
    city = {**sheet.city, "logo": logo, "logo-alt": letter["logo_alt"]}
    return replace(sheet, city=city, pictures={logo: content})


def _sender(path: Path, sender: Table) -> Mapping[str, Any]:
    lines = sender.get("lines", [])
    if len(lines) > MAX_SENDER_LINES or not all(isinstance(each, str) for each in lines):
        raise MunicipalityFileError(
            path.name, "sender.lines", f"has {MAX_SENDER_LINES} texts at most"
        )
    return {
        **EMPTY_SENDER,
        "sender": sender.get("name", ""),
        "seal": sender.get("seal", ""),
        "lines": lines,
    }


def _lengths(path: Path, content: Table) -> Mapping[str, float]:
    address = {
        f"address-{key}": float(value)
        for key, value in content.get("address", {}).items()
        if key in {"x", "y", "width", "height"}
    }
    points = _barcode_points(path, content)
    height = {"barcode-height": HEIGHT_UNITS * UNIT_MM_PER_POINT * points} if points else {}
    folds = _parse_numbers(path, "fold", content.get("envelope", {}).get("fold", [99, 198]), 2)
    return {**DEFAULT_LENGTHS, **address, **height, "fold-1": folds[0], "fold-2": folds[1]}


def _parse_numbers(path: Path, key: str, values: object, count: int) -> list[float]:
    if (
        not isinstance(values, list)
        or len(values) != count
        or not all(isinstance(each, int | float) for each in values)
    ):
        raise MunicipalityFileError(path.name, f"envelope.{key}", f"must be {count} numbers")
    return [float(each) for each in values]


def _barcode_points(path: Path, content: Table) -> float:
    """Return the size of the barcode in points, or 0 if letters have none."""
    address = content.get("address", {})
    if not address.get("barcode"):
        return 0
    points = float(address.get("barcode_points", 8.5))
    if not MIN_BARCODE_POINTS <= points <= MAX_BARCODE_POINTS:
        reason = f"must lie between {MIN_BARCODE_POINTS} and {MAX_BARCODE_POINTS}"
        raise MunicipalityFileError(path.name, "address.barcode_points", reason)
    return points


def _towns(path: Path, name: str) -> Mapping[str, Town]:
    return parse_towns(name, read_file_beside(path, name)) if name else {}


def _envelope(path: Path, content: Table) -> Envelope:
    envelope = content.get("envelope", {})
    size = _parse_numbers(path, "size", envelope.get("size", [235, 120]), 2)
    window = _parse_numbers(path, "window", envelope.get("window", [20, 15, 100, 55]), 4)
    return Envelope(size[0], size[1], Box(*window), float(envelope.get("seam", 0)))


def _check_window(path: Path, sheet: LetterSheet) -> None:
    """Reject a window that may hide the address or the barcode, or may show the sender."""
    lengths, points = sheet.lengths, sheet.barcode_points
    visible = compute_visible_areas(sheet.envelope, A4_WIDTH_MM, lengths["fold-1"])
    window = sheet.envelope.window
    shown = f"the window {window.width:g}×{window.height:g} always shows {visible.always}"
    address = _area(lengths, "address")
    if not visible.always.contains(address):
        raise MunicipalityFileError(
            path.name, "envelope.window", f"{shown}: the address block is {address}"
        )
    needed = BARCODE_WIDTH_UNITS * UNIT_MM_PER_POINT * points + 2 * BARCODE_MARGIN_MM
    if points and needed > visible.always.width:
        reason = f"{shown}: the barcode needs {needed:.1f} mm of width"
        raise MunicipalityFileError(path.name, "address.barcode", reason)
    barcode = find_barcode_area(sheet)
    if barcode and not visible.always.contains(barcode):
        reason = f"{shown}: the barcode and 2 mm around it are {barcode}"
        raise MunicipalityFileError(path.name, "address.barcode", reason)
    if visible.ever.overlaps(_area(lengths, "sender")):
        reason = f"the window may show {visible.ever}: the sender stands in it"
        raise MunicipalityFileError(path.name, "envelope.window", reason)


def find_barcode_area(sheet: LetterSheet) -> Box | None:
    """Return the area of the barcode with its margin, or None if letters have no barcode."""
    if not sheet.barcode_points:
        return None
    lengths, margin = sheet.lengths, BARCODE_MARGIN_MM
    width, height = (
        BARCODE_WIDTH_UNITS * UNIT_MM_PER_POINT * sheet.barcode_points,
        lengths["barcode-height"],
    )
    top = lengths["address-y"] + lengths["address-height"] - height
    left = lengths["address-x"]
    return Box(
        *(round(each, 2) for each in (left - margin, top - margin)),
        *(round(each + 2 * margin, 2) for each in (width, height)),
    )


def _area(lengths: Mapping[str, float], name: str) -> Box:
    return Box(*(lengths[f"{name}-{key}"] for key in ("x", "y", "width", "height")))
