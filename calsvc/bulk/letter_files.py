"""Letters of a run: PDF files of up to 500, a page for each resident."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, time
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from calsvc.bulk.due import LAPSED
from calsvc.bulk.edition import UNMADE, Edition, Piece
from calsvc.bulk.outcomes import Check, Issued, Outcome, Wish
from calsvc.bulk.resident_message import Invitation, invitation
from calsvc.bulk.styles import Styles
from calsvc.errors import Problem
from calsvc.i18n.catalogs import Catalog, get_catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE
from calsvc.letters import customer_barcode
from calsvc.letters.compiler import Compiler, Printed, Sheet, open_compiler
from calsvc.letters.fonts import Font
from calsvc.letters.page_rows import TWO_SPACES, Also, Letter, letter_row
from calsvc.letters.postal_address import PostalAddress
from calsvc.letters.texts import LetterText
from calsvc.letters.towns import Town, behind_town
from calsvc.municipality.model import Municipality

MAX_LETTERS_PER_FILE = 500
"""Typst sets a file as a whole, and takes 1.3 MB of memory for each letter."""
FALLBACK = "en"
"""The language of letters whose own script the font lacks."""
BUILT_IN = LetterText("", ("{name}", "{opening}", "{states}"), ("{places}", "{printed}"))
"""The paragraphs of a letter if the city has no text of its own in the language."""


def printing_remarks(
    name: str, address: PostalAddress, catalog: Catalog, sheet: Sheet
) -> Iterator[Problem]:
    """Yields what a clerk should know of a letter to ``name``, before it is set."""
    font = sheet.font
    if _printable(catalog, font) is not catalog:
        yield Problem("lang", "lang.not_in_font")
    if font.lacks_variant(name):
        yield Problem("name", "name.variant_not_in_font")
    elif font.lacks(name):
        yield Problem("name", "name.not_in_font")
    if any(map(font.lacks, address.lines)):
        yield Problem("address", "address.not_in_font")
    if sheet.barcode_points and address.is_complete and not barcode(address, sheet.towns):
        yield Problem("address", "address.no_barcode")


def printing_check(styles: Styles) -> Check:
    """Returns what tells a clerk of a letter before it is set, in the style of a municipality."""

    def check(name: str, address: PostalAddress, wish: Wish) -> Iterator[Problem]:
        sheet = styles.of(wish.city).sheet
        return printing_remarks(name, address, wish.catalog, sheet) if sheet else iter(())

    return check


class Group(NamedTuple):
    """Letters that go into one file. ``owner``: whose style they have, see `Styles.owner`."""

    owner: str
    stem: str

    @property
    def name(self) -> str:
        """Returns how the names of its files begin. A municipality's own have a folder."""
        return "/".join(filter(None, ("letters", self.owner, self.stem)))


class Letters:
    """A PDF of letters for each 500 rows."""

    def __init__(self, edition: Edition) -> None:
        """``edition`` has sheets. The process that sets letters starts with the first file."""
        self._edition = edition
        self._compiler: Compiler | None = None
        self._sheet: Sheet | None = None
        self._running = edition.resources.enter_context(ExitStack())

    def opening(self) -> Iterator[Piece]:
        """Nothing."""
        return iter(())

    def pieces(self, shard: Sequence[Outcome]) -> Iterator[Piece]:
        """The letters of one shard, in the order of the table."""
        self._edition.placed.clear()
        self._edition.unprinted.clear()
        for place, part in groupby(shard, lambda each: each.row.number // MAX_LETTERS_PER_FILE):
            groups: dict[Group, list[Outcome]] = {}
            for each in part:
                groups.setdefault(self._group(each), []).append(each)
            for group in sorted(groups):
                name = f"{group.name}-{place * MAX_LETTERS_PER_FILE:07d}.pdf"
                if pdf := self.set_file([*self._rows(groups[group])], name, group.owner):
                    yield Piece(name, pdf)

    def _group(self, outcome: Outcome) -> Group:
        stem = LAPSED if self._edition.batch(outcome) == LAPSED else "letters"
        return Group(self.owner(outcome), stem)

    def owner(self, outcome: Outcome) -> str:
        """Returns whose style the letter of a row has, see `Styles.owner`."""
        return self._edition.styles.owner(outcome.issued.city) if outcome.issued else ""

    def set_file(self, rows: Sequence[Mapping[str, Any]], name: str, owner: str) -> bytes:
        """Returns a file of letters in the style of ``owner``, or b'' if none can be made.

        Raises `TemplateError`.
        """
        if not rows:
            return b""
        printed = self._set(rows, owner)
        self._note(rows, printed, name)
        return printed.pdf

    def _rows(self, part: Iterable[Outcome]) -> Iterator[Mapping[str, Any]]:
        for outcome in part:
            if not outcome.issued or self._has_mail_instead(outcome.issued):
                continue
            sheet = _sheet(outcome.issued, self._edition)
            if fault := self._fault(outcome.issued, sheet):
                self._refuse(outcome.row.number, fault)
            elif letter := self._edition.attempt(_letter, outcome):
                self._edition.tick()
                yield letter_row(letter, sheet)

    def _has_mail_instead(self, issued: Issued) -> bool:
        return self._edition.selection.letters_without_email and bool(issued.email)

    def _fault(self, issued: Issued, sheet: Sheet) -> str:
        """Returns the key of why no letter can be made, or ''."""
        if issued.address.fault:
            return issued.address.fault
        return "address.missing" if sheet.needs_address and not issued.address.is_complete else ""

    def _set(self, rows: Sequence[Mapping[str, Any]], owner: str) -> Printed:
        """Returns a file of letters. Raises `TemplateError`."""
        office = self._edition.office
        city = (office.city_of(owner) if owner else None) or office.city
        first, last = rows[0]["mark"], rows[-1]["mark"]
        title = f"{get_catalog(DEFAULT_LANGUAGE).text('letter.heading')} {first} - {last}"
        head = document_head(title, city, DEFAULT_LANGUAGE)
        return self._started(owner).set(rows, head, midnight(office.today))

    def _started(self, owner: str) -> Compiler:
        """Returns a process that sets letters in the style of ``owner``. One runs at a time."""
        sheet = self._edition.styles.owned_by(owner).sheet
        assert sheet  # noqa: S101 - see __init__
        if self._compiler is None or sheet is not self._sheet:
            self._running.close()
            self._compiler = self._running.enter_context(open_compiler(sheet))
            self._sheet = sheet
        return self._compiler

    def _note(self, rows: Sequence[Mapping[str, Any]], printed: Printed, name: str) -> None:
        """Keep where each letter is, or why there is none."""
        for number, what in printed.misfits.items():
            self._refuse(number, f"{what}.too_long")
        set_rows = (each["number"] for each in rows if each["number"] not in printed.misfits)
        self._edition.placed.update((at, f"{name} {page}") for page, at in enumerate(set_rows, 1))

    def _refuse(self, number: int, key: str) -> None:
        self._edition.unprinted[number] = Problem("letter", f"letter.{key}")
        self._edition.failures[UNMADE] += 1


def document_head(title: str, city: Municipality, language: str) -> dict[str, Any]:
    """Returns what a file of letters says of itself. ``language``: two or three letters."""
    return {"title": title, "author": city.names[DEFAULT_LANGUAGE], "lang": language}


def midnight(day: date) -> int:
    """Returns the beginning of ``day``, in seconds since 1970: when its files are said to be made.

    So the same letters are the same bytes at any time of the day.
    """
    return int(datetime.combine(day, time.min, UTC).timestamp())


class LetterOfOne(NamedTuple):
    """A letter that stands alone. ``misfit``: what does not fit, or ''; then ``pdf`` is empty."""

    pdf: bytes
    misfit: str
    row: Mapping[str, Any]
    head: Mapping[str, Any]


def set_letter_of_one(compiler: Compiler, issued: Issued, today: date, sheet: Sheet) -> LetterOfOne:
    """Returns the letter to a resident. Raises `TemplateError`."""
    letter = compose_letter(issued, today, sheet)
    row = {**letter_row(letter, sheet), "fit": True}
    head = document_head(letter.title, issued.city, row["lang"])
    printed = compiler.set([row], head, midnight(today))
    return LetterOfOne(printed.pdf, printed.misfits.get(issued.row_number, ""), row, head)


def invited(issued: Issued, today: date) -> Invitation:
    """Returns what a resident is told ``today``."""
    return invitation(issued.name, issued.plan, issued.city, issued.catalog, today)


def _sheet(issued: Issued, edition: Edition) -> Sheet:
    sheet = edition.style(issued).sheet
    assert sheet  # noqa: S101 - letters are asked for
    return sheet


def _letter(issued: Issued, edition: Edition) -> Letter:
    return compose_letter(issued, edition.office.today, _sheet(issued, edition))


def compose_letter(issued: Issued, today: date, sheet: Sheet) -> Letter:
    """Returns the letter to a resident that is dated ``today``."""
    catalog = _printable(issued.catalog, sheet.font)
    counted = catalog.in_era if sheet.is_in_era else catalog
    told = invitation(issued.name, issued.plan, issued.city, counted, today)
    text = sheet.texts.get(catalog.language, BUILT_IN)
    is_foreign = catalog.language != DEFAULT_LANGUAGE
    params = {
        **told.params,
        "name": [told.addressee if is_foreign or text is not BUILT_IN else ""],
    }
    return Letter(
        number=issued.row_number,
        catalog=catalog,
        title=text.title or told.heading,
        opening=[*text.fill(text.before, params)],
        dates=told.deadlines,
        closing=[*text.fill(text.after, params)],
        contact=[told.contact],
        addressee=addressee(issued),
        address=issued.address,
        url=issued.addresses.page,
        barcode=barcode(issued.address, sheet.towns) if sheet.barcode_points else "",
        also=_also(issued, catalog, today, sheet),
    )


def _also(issued: Issued, catalog: Catalog, today: date, sheet: Sheet) -> Also | None:
    """Returns what to do in the second language, if one is asked for.

    It stands in Japanese letters alone: a page has no room for two languages with long catalog.
    """
    if sheet.also in ("", catalog.language) or catalog.language != DEFAULT_LANGUAGE:
        return None
    second = _printable(get_catalog(sheet.also), sheet.font)
    told = invitation(issued.name, issued.plan, issued.city, second, today)
    return Also(second, told.heading, told.states)


@cache
def _printable(catalog: Catalog, font: Font) -> Catalog:
    """Returns ``catalog``, or the English catalog if the font lacks the language's script."""
    sample = "".join(text for key, text in catalog.messages.items() if key.startswith("letter."))
    return get_catalog(FALLBACK) if font.lacks(sample.replace("\n", "")) else catalog


def barcode(address: PostalAddress, towns: Mapping[str, Town]) -> str:
    """Returns the customer barcode as SVG, or '' if what follows the town is not known for sure."""
    if not address.lines or not customer_barcode.has_barcode(address.postcode):
        return ""
    following = address.behind_town or _behind_town(address, towns)
    if not following:
        return ""
    shown = customer_barcode.display_number(following)
    return customer_barcode.drawing(customer_barcode.codes(address.postcode, shown))


def _behind_town(address: PostalAddress, towns: Mapping[str, Town]) -> str:
    """Returns what follows the town, the building too, or '' if that is not certain."""
    first, *others = address.lines
    parted = behind_town(address.postcode, first, towns)
    return " ".join([parted, *others]) if parted else ""


def addressee(issued: Issued) -> str:
    """Returns the addressee as it stands in the window: in Japanese."""
    catalog, name = get_catalog(DEFAULT_LANGUAGE), issued.addressee
    if not name:
        return catalog.text("letter.addressee.unnamed")
    return catalog.text("letter.addressee", {"name": name}).replace(f"{name} ", name + TWO_SPACES)
