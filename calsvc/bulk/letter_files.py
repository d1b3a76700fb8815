"""Letters of a run: PDF files of up to 500, a page for each resident."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from itertools import groupby
from typing import Any

from calsvc.bulk.due import LAPSED
from calsvc.bulk.outcomes import IssuedLink, Outcome
from calsvc.bulk.output_context import UNMADE, FilePiece, OutputContext
from calsvc.bulk.resident_message import ResidentMessage, compose_message
from calsvc.errors import Problem
from calsvc.i18n.catalogs import Catalog, get_catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE
from calsvc.letters import customer_barcode
from calsvc.letters.compiler import CompiledLetters, Compiler, Sheet, open_compiler
from calsvc.letters.fonts import Font
from calsvc.letters.page_rows import TWO_SPACES, Letter, SecondLanguageText, build_letter_row
from calsvc.letters.postal_address import PostalAddress
from calsvc.letters.texts import LetterText
from calsvc.letters.towns import Town, split_after_town

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


class Letters:
    """A PDF of letters for each 500 rows."""

    def __init__(self, output: OutputContext) -> None:
        """``output`` has a sheet. The process that sets letters starts with the first file."""
        self._output = output
        self._compiler: Compiler | None = None

    def start(self) -> Iterator[FilePiece]:
        """Nothing."""
        return iter(())

    def pieces(self, chunk: Sequence[Outcome]) -> Iterator[FilePiece]:
        """The letters of one chunk, in the order of the table."""
        self._output.letter_locations.clear()
        self._output.letter_problems.clear()
        for place, part in groupby(chunk, lambda each: each.row.number // MAX_LETTERS_PER_FILE):
            found = [*part]
            batches = [*map(self._output.batch, found)]
            for stem in ("letters", LAPSED):
                residents = [
                    each
                    for each, batch in zip(found, batches, strict=True)
                    if (batch == LAPSED) == (stem == LAPSED)
                ]
                name = f"letters/{stem}-{place * MAX_LETTERS_PER_FILE:07d}.pdf"
                if pdf := self.set_file([*self._rows(residents)], name):
                    yield FilePiece(name, pdf)

    def set_file(self, rows: Sequence[Mapping[str, Any]], name: str) -> bytes:
        """Returns a file of letters, or b'' if none can be made. Raises `TemplateError`."""
        if not rows:
            return b""
        printed = self._set(rows)
        self._note(rows, printed, name)
        return printed.pdf

    def _rows(self, part: Iterable[Outcome]) -> Iterator[Mapping[str, Any]]:
        sheet = self._output.sheet
        assert sheet  # noqa: S101 - see __init__
        for outcome in part:
            if not outcome.issued or self._has_mail_instead(outcome.issued):
                continue
            if fault := self._fault(outcome.issued, sheet):
                self._refuse(outcome.row.number, fault)
            elif letter := self._output.attempt(_letter, outcome):
                self._output.tick()
                yield build_letter_row(letter, sheet)

    def _has_mail_instead(self, issued: IssuedLink) -> bool:
        return self._output.selection.letters_without_email and bool(issued.email)

    def _fault(self, issued: IssuedLink, sheet: Sheet) -> str:
        """Returns the key of why no letter can be made, or ''."""
        if issued.address.fault:
            return issued.address.fault
        return "address.missing" if sheet.needs_address and not issued.address.is_complete else ""

    def _set(self, rows: Sequence[Mapping[str, Any]]) -> CompiledLetters:
        """Returns a file of letters. Raises `TemplateError`."""
        midnight = datetime.combine(self._output.context.today, time.min, UTC)
        catalog = get_catalog(DEFAULT_LANGUAGE)
        first, last = rows[0]["mark"], rows[-1]["mark"]
        head = {
            "title": f"{catalog.text('letter.heading')} {first} - {last}",
            "author": self._output.context.municipality.names[DEFAULT_LANGUAGE],
            "lang": DEFAULT_LANGUAGE,
        }
        return self._started().set(rows, head, int(midnight.timestamp()))

    def _started(self) -> Compiler:
        if self._compiler is None:
            assert self._output.sheet  # noqa: S101 - see __init__
            opened = open_compiler(self._output.sheet)
            self._compiler = self._output.resources.enter_context(opened)
        return self._compiler

    def _note(self, rows: Sequence[Mapping[str, Any]], printed: CompiledLetters, name: str) -> None:
        """Keep where each letter is, or why there is none."""
        for number, what in printed.misfits.items():
            self._refuse(number, f"{what}.too_long")
        set_rows = (each["number"] for each in rows if each["number"] not in printed.misfits)
        self._output.letter_locations.update(
            (at, f"{name} {page}") for page, at in enumerate(set_rows, 1)
        )

    def _refuse(self, number: int, key: str) -> None:
        self._output.letter_problems[number] = Problem("letter", f"letter.{key}")
        self._output.failures[UNMADE] += 1


def invited(issued: IssuedLink, today: date) -> ResidentMessage:
    """Returns what a resident is told ``today``."""
    return compose_message(issued.name, issued.plan, issued.municipality, issued.catalog, today)


def _letter(issued: IssuedLink, output: OutputContext) -> Letter:
    assert output.sheet  # noqa: S101 - letters are asked for
    return compose_letter(issued, output.context.today, output.sheet)


def compose_letter(issued: IssuedLink, today: date, sheet: Sheet) -> Letter:
    """Returns the letter to a resident that is dated ``today``."""
    catalog = _printable(issued.catalog, sheet.font)
    counted = catalog.in_era if sheet.is_in_era else catalog
    told = compose_message(issued.name, issued.plan, issued.municipality, counted, today)
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
        url=issued.urls.page,
        barcode=barcode(issued.address, sheet.towns) if sheet.barcode_points else "",
        also=_also(issued, catalog, today, sheet),
    )


def _also(
    issued: IssuedLink, catalog: Catalog, today: date, sheet: Sheet
) -> SecondLanguageText | None:
    """Returns what to do in the second language, if one is asked for.

    It stands in Japanese letters alone: a page has no room for two languages with long words.
    """
    if sheet.also in ("", catalog.language) or catalog.language != DEFAULT_LANGUAGE:
        return None
    second = _printable(get_catalog(sheet.also), sheet.font)
    told = compose_message(issued.name, issued.plan, issued.municipality, second, today)
    return SecondLanguageText(second, told.heading, told.states)


@cache
def _printable(catalog: Catalog, font: Font) -> Catalog:
    """Returns ``catalog``, or the English catalog if the font lacks the language's script."""
    sample = "".join(text for key, text in catalog.messages.items() if key.startswith("letter."))
    return get_catalog(FALLBACK) if font.lacks(sample.replace("\n", "")) else catalog


def barcode(address: PostalAddress, towns: Mapping[str, Town]) -> str:
    """Returns the customer barcode as SVG, or '' if what follows the town is not known for sure."""
    if not address.lines or not customer_barcode.may_have_barcode(address.postcode):
        return ""
    following = address.behind_town or _behind_town(address, towns)
    if not following:
        return ""
    shown = customer_barcode.compute_display_number(following)
    return customer_barcode.draw_svg(customer_barcode.compute_codes(address.postcode, shown))


def _behind_town(address: PostalAddress, towns: Mapping[str, Town]) -> str:
    """Returns what follows the town, the building too, or '' if that is not certain."""
    first, *others = address.lines
    parted = split_after_town(address.postcode, first, towns)
    return " ".join([parted, *others]) if parted else ""


def addressee(issued: IssuedLink) -> str:
    """Returns the addressee as it stands in the window: in Japanese."""
    catalog, name = get_catalog(DEFAULT_LANGUAGE), issued.addressee
    if not name:
        return catalog.text("letter.addressee.unnamed")
    return catalog.text("letter.addressee", {"name": name}).replace(f"{name} ", name + TWO_SPACES)
