"""Sets sample letters before a run, so that a faulty template or text is reported early."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from calsvc import qr_codes
from calsvc.bulk.letter_files import compose_letter
from calsvc.bulk.outcomes import IssuedLink, Preferences
from calsvc.bulk.styles import LetterOptions, Style, Styles, load_styles
from calsvc.errors import MunicipalityFileError
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE, LANGUAGES
from calsvc.letters.compiler import LetterSheet, TemplateError, open_compiler
from calsvc.letters.page_rows import build_letter_row
from calsvc.letters.postal_address import PostalAddress
from calsvc.letters.window import A4_WIDTH_MM, Box, compute_visible_areas
from calsvc.links.content import Reminders
from calsvc.links.urls import LinkUrls
from calsvc.municipality.model import Municipality
from calsvc.municipality.served import Municipalities
from calsvc.rules.card import Card
from calsvc.rules.dates import birthday_in
from calsvc.rules.plan import assess

SAMPLE_TOKEN = "1" + "x" * 56
SAMPLE_ADDRESS = PostalAddress("0470024", ("北海道小樽市花園2丁目12番1号",), "2丁目12番1号")
LONG_ADDRESS = PostalAddress(
    "0470024", ("北海道小樽市" + "花園" * 12 + "2丁目12番1号", "花園" * 14 + "203号")
)
SAMPLE_NAME, LONG_NAME = "見本 花子", "MARIA " * 16 + "DIAZ"
CHECKED_PARTS = ("address", "sender")
BASE_URL = "https://calendar.example.jp"
MIN_MODULE_MM = 0.35
ANY_NUMBER = "1"
"""A document number for the check at the start of a service, which has none yet."""


@dataclass(frozen=True)
class LetterCheck:
    """The sample letters as PDF, and their problems in English."""

    pdf: bytes
    problems: tuple[str, ...]


def check_letters(sheet: LetterSheet, municipality: Municipality, today: date) -> LetterCheck:
    """Return the sample letters and their problems.

    Raises `TemplateError`. Its message can be shown, because it quotes samples only.
    """
    rows = [*_rows(sheet, municipality, today)]
    head: dict[str, Any] = {"title": "Check", "author": municipality.names[DEFAULT_LANGUAGE]}
    head |= {"lang": DEFAULT_LANGUAGE, "window": [*sheet.envelope.window]}
    with open_compiler(sheet) as compiler:
        printed = compiler.compile_rows(rows, head, 0)
        boxes = {} if printed.misfits else compiler.find_areas(rows[:1], head)
    misfits = printed.misfits.items()
    problems = [f"sample {number}: its {what} does not fit" for number, what in misfits]
    return LetterCheck(
        printed.pdf, (*problems, *_window_problems(sheet, boxes), *_code_problems(sheet))
    )


def _code_problems(sheet: LetterSheet) -> Iterator[str]:
    """Yield a problem if the modules of the QR code are too small for phones."""
    modules, _ = qr_codes.draw_svg_paths(LinkUrls(BASE_URL, SAMPLE_TOKEN).page)
    module_mm = sheet.lengths["qr"] / modules
    if module_mm < MIN_MODULE_MM:
        yield f"a module of the QR code is {module_mm:.2f} mm wide: {MIN_MODULE_MM} are needed"


def _window_problems(sheet: LetterSheet, boxes: Mapping[str, Any]) -> Iterator[str]:
    """Yield a problem if the window hides the address block or may show the sender."""
    if not boxes:
        return
    address, sender = (_box(boxes[name]) for name in CHECKED_PARTS)
    visible = compute_visible_areas(sheet.envelope, A4_WIDTH_MM, sheet.lengths["fold-1"])
    if address is None or not visible.always.contains(address):
        stands = f"stands at {address}" if address else "is not marked"
        yield f"the address block {stands}: the window always shows {visible.always}"
    if sender is not None and visible.ever.overlaps(sender):
        yield f"the sender stands at {sender}: the window may show {visible.ever}"


def _box(boxes: list[Mapping[str, float]]) -> Box | None:
    return Box(**{name: round(value, 2) for name, value in boxes[0].items()}) if boxes else None


def _rows(
    sheet: LetterSheet, municipality: Municipality, today: date
) -> Iterator[Mapping[str, Any]]:
    """Yield samples: every language, several standings, long names and addresses, no address.

    Letters are longest if a renewal is possible now or soon.
    """
    cases = [
        (language, SAMPLE_NAME, SAMPLE_ADDRESS, 5, days)
        for language in LANGUAGES
        for days in (60, 150)
    ]
    cases += [
        (DEFAULT_LANGUAGE, SAMPLE_NAME, SAMPLE_ADDRESS, age, days)
        for age, days in ((5, 200), (10, -9))
    ]
    cases += [
        (DEFAULT_LANGUAGE, LONG_NAME, LONG_ADDRESS, 5, 60),
        (DEFAULT_LANGUAGE, SAMPLE_NAME * 12, SAMPLE_ADDRESS, 5, 60),
        (DEFAULT_LANGUAGE, SAMPLE_NAME, PostalAddress(), 5, 60),
        (DEFAULT_LANGUAGE, "", PostalAddress(), 10, 400),
    ]
    for number, (language, name, address, years, days) in enumerate(cases, 1):
        expiry = today + timedelta(days=days)
        issued_on = birthday_in(expiry, expiry.year - years) + timedelta(days=30)
        plan, _ = assess(Card(birthday_in(expiry, expiry.year - 40), issued_on))
        preferences = Preferences(get_catalog(language), Reminders.STANDARD, municipality)
        urls = LinkUrls(BASE_URL, SAMPLE_TOKEN)
        issued = IssuedLink(number, name, "", preferences, plan, (), b"", urls, name, address)
        yield build_letter_row(compose_letter(issued, today, sheet), sheet)


def check_at_start(entries: Sequence[str], municipalities: Municipalities, today: date) -> None:
    """Load the settings files of a service and set sample letters.

    Raises `MunicipalityFileError`.
    """
    letter_options = LetterOptions(number=ANY_NUMBER)
    check_styles(
        load_styles(entries, municipalities).build_run_styles(letter_options, today),
        municipalities,
        today,
    )


def check_styles(styles: Styles, municipalities: Municipalities, today: date) -> None:
    """Set sample letters of each settings file. Raises `MunicipalityFileError` for a problem."""
    for code, style in _from_files(styles):
        assert style.file  # noqa: S101 - see _from_files
        municipality = municipalities.find(code) or municipalities.default
        if problems := [*_find_problems(style, municipality, today)]:
            raise MunicipalityFileError(style.file.name, "", "; ".join(problems))


def _from_files(styles: Styles) -> Iterator[tuple[str, Style]]:
    named = {"": styles.default, **styles.own}
    return ((code, style) for code, style in named.items() if style.file and style.sheet)


def _find_problems(style: Style, municipality: Municipality, today: date) -> Iterator[str]:
    """Yield the problems of the samples in English. Typst's message quotes samples only."""
    assert style.sheet  # noqa: S101 - see _from_files
    try:
        yield from check_letters(style.sheet, municipality, today).problems
    except TemplateError as error:
        yield f"{error}: {error.message}".removesuffix(": ")
