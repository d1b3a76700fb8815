"""Sets sample letters before any is made, so that a template or a text that fails is told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from calsvc import codes
from calsvc.bulk.letter_files import compose_letter
from calsvc.bulk.outcomes import Issued, Wish
from calsvc.bulk.styles import LetterWishes, Style, Styles, read_styles
from calsvc.errors import MunicipalityFileError
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE, LANGUAGES
from calsvc.letters.compiler import Sheet, TemplateError, open_compiler
from calsvc.letters.page_rows import letter_row
from calsvc.letters.postal_address import PostalAddress
from calsvc.letters.window import A4_WIDTH, Box, shown
from calsvc.links.content import Reminders
from calsvc.links.urls import LinkAddresses
from calsvc.municipality.model import Municipality
from calsvc.municipality.served import Municipalities
from calsvc.rules.card import Card
from calsvc.rules.dates import birthday_in
from calsvc.rules.plan import assess

TOKEN = "1" + "x" * 56
ADDRESS = PostalAddress("0470024", ("北海道小樽市花園2丁目12番1号",), "2丁目12番1号")
LONG_ADDRESS = PostalAddress(
    "0470024", ("北海道小樽市" + "花園" * 12 + "2丁目12番1号", "花園" * 14 + "203号")
)
NAME, LONG_NAME = "見本 花子", "MARIA " * 16 + "DIAZ"
PARTS = ("address", "sender")
BASE = "https://calendar.example.jp"
MIN_MODULE_MM = 0.35
ANY_NUMBER = "1"
"""Of a document. A service that starts has none yet."""


@dataclass(frozen=True)
class Checked:
    """The sample letters, and what is wrong with them, in English."""

    pdf: bytes
    faults: tuple[str, ...]


def check_letters(sheet: Sheet, city: Municipality, today: date) -> Checked:
    """Returns the sample letters. Raises `TemplateError`, whose message is of samples alone."""
    rows = [*_rows(sheet, city, today)]
    head: dict[str, Any] = {"title": "Check", "author": city.names[DEFAULT_LANGUAGE]}
    head |= {"lang": DEFAULT_LANGUAGE, "window": [*sheet.envelope.window]}
    with open_compiler(sheet) as compiler:
        printed = compiler.set(rows, head, 0)
        places = {} if printed.misfits else compiler.places(rows[:1], head)
    misfits = printed.misfits.items()
    faults = [f"sample {number}: its {what} does not fit" for number, what in misfits]
    return Checked(printed.pdf, (*faults, *_misplaced(sheet, places), *_fine_code(sheet)))


def _fine_code(sheet: Sheet) -> Iterator[str]:
    """Yield what is wrong if a phone cannot read the QR code."""
    modules, _ = codes.drawing(LinkAddresses(BASE, TOKEN).page)
    wide = sheet.lengths["qr"] / modules
    if wide < MIN_MODULE_MM:
        yield f"a module of the QR code is {wide:.2f} mm wide: {MIN_MODULE_MM} are needed"


def _misplaced(sheet: Sheet, places: Mapping[str, Any]) -> Iterator[str]:
    """Yield what stands where the window does not show it, or shows it though it must not."""
    if not places:
        return
    address, sender = (_box(places[name]) for name in PARTS)
    seen = shown(sheet.envelope, A4_WIDTH, sheet.lengths["fold-1"])
    if address is None or not seen.always.holds(address):
        stands = f"stands at {address}" if address else "is not marked"
        yield f"the address block {stands}: the window always shows {seen.always}"
    if sender is not None and seen.ever.touches(sender):
        yield f"the sender stands at {sender}: the window may show {seen.ever}"


def _box(found: list[Mapping[str, float]]) -> Box | None:
    return Box(**{name: round(value, 2) for name, value in found[0].items()}) if found else None


def _rows(sheet: Sheet, city: Municipality, today: date) -> Iterator[Mapping[str, Any]]:
    """Yield samples: every language, standings, the longest name and address, and no address.

    Letters are longest where a renewal is possible, or will soon be.
    """
    cases = [(language, NAME, ADDRESS, 5, days) for language in LANGUAGES for days in (60, 150)]
    cases += [(DEFAULT_LANGUAGE, NAME, ADDRESS, age, days) for age, days in ((5, 200), (10, -9))]
    cases += [
        (DEFAULT_LANGUAGE, LONG_NAME, LONG_ADDRESS, 5, 60),
        (DEFAULT_LANGUAGE, NAME * 12, ADDRESS, 5, 60),
        (DEFAULT_LANGUAGE, NAME, PostalAddress(), 5, 60),
        (DEFAULT_LANGUAGE, "", PostalAddress(), 10, 400),
    ]
    for number, (language, name, address, years, days) in enumerate(cases, 1):
        expiry = today + timedelta(days=days)
        issued_on = birthday_in(expiry, expiry.year - years) + timedelta(days=30)
        plan, _ = assess(Card(birthday_in(expiry, expiry.year - 40), issued_on))
        wish = Wish(get_catalog(language), Reminders.STANDARD, city)
        urls = LinkAddresses(BASE, TOKEN)
        issued = Issued(number, name, "", wish, plan, (), b"", urls, name, address)
        yield letter_row(compose_letter(issued, today, sheet), sheet)


def check_at_start(entries: Sequence[str], cities: Municipalities, today: date) -> None:
    """Read the files of a service and set sample letters. Raises `MunicipalityFileError`."""
    wishes = LetterWishes(number=ANY_NUMBER)
    check_styles(read_styles(entries, cities).of_run(wishes, today), cities, today)


def check_styles(styles: Styles, cities: Municipalities, today: date) -> None:
    """Set sample letters of each file. Raises `MunicipalityFileError` if some cannot be printed."""
    for code, style in _from_files(styles):
        assert style.file  # noqa: S101 - see _from_files
        city = cities.find(code) or cities.default
        if faults := [*_faults(style, city, today)]:
            raise MunicipalityFileError(style.file.name, "", "; ".join(faults))


def _from_files(styles: Styles) -> Iterator[tuple[str, Style]]:
    named = {"": styles.default, **styles.own}
    return ((code, style) for code, style in named.items() if style.file and style.sheet)


def _faults(style: Style, city: Municipality, today: date) -> Iterator[str]:
    """Yield what is wrong with the samples, in English. Typst's message tells of them alone."""
    assert style.sheet  # noqa: S101 - see _from_files
    try:
        yield from check_letters(style.sheet, city, today).faults
    except TemplateError as error:
        yield f"{error}: {error.message}".removesuffix(": ")
