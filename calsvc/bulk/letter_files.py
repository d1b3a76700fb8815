"""Letters of a run: PDF files of up to 500 letters, one page for each resident."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, time
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from calsvc.bulk.due import LAPSED
from calsvc.bulk.outcomes import IssuedLink, Outcome, Preferences, PrintCheck
from calsvc.bulk.output_context import UNMADE, FilePiece, OutputContext
from calsvc.bulk.resident_message import ResidentMessage, compose_message
from calsvc.bulk.styles import Styles
from calsvc.errors import Problem
from calsvc.i18n.catalogs import Catalog, get_catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE
from calsvc.letters import customer_barcode
from calsvc.letters.compiler import CompiledLetters, Compiler, LetterSheet, open_compiler
from calsvc.letters.fonts import Font
from calsvc.letters.page_rows import TWO_SPACES, Letter, SecondLanguageText, build_letter_row
from calsvc.letters.postal_address import PostalAddress
from calsvc.letters.texts import LetterText
from calsvc.letters.towns import Town, split_after_town
from calsvc.municipality.model import Municipality

MAX_LETTERS_PER_FILE = 500
"""Typst compiles a file as a whole, and needs 1.3 MB of memory for each letter."""
FALLBACK_LANGUAGE = "en"
"""The language of a letter if the font lacks the script of its own language."""
BUILT_IN = LetterText("", ("{name}", "{opening}", "{states}"), ("{places}", "{printed}"))
"""The paragraphs of a letter if the municipality has no text in the language."""


def find_print_problems(
    name: str, address: PostalAddress, catalog: Catalog, sheet: LetterSheet
) -> Iterator[Problem]:
    """Yield the problems of printing a letter to ``name``, as warnings for the clerk."""
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


def build_print_check(styles: Styles) -> PrintCheck:
    """Return a check that finds the problems of printing a letter in its municipality's style."""

    def check(name: str, address: PostalAddress, preferences: Preferences) -> Iterator[Problem]:
        sheet = styles.of(preferences.municipality).sheet
        return find_print_problems(name, address, preferences.catalog, sheet) if sheet else iter(())

    return check


class Group(NamedTuple):
    """Letters that go into the same files. ``owner``: the code of their style, or ''."""

    owner: str
    stem: str

    @property
    def name(self) -> str:
        """The prefix of file names. A style of a municipality has its own folder."""
        return "/".join(filter(None, ("letters", self.owner, self.stem)))


class Letters:
    """A PDF file of letters for each 500 rows."""

    def __init__(self, output: OutputContext) -> None:
        """``output`` has sheets. The compiler process is started for the first file."""
        self._output = output
        self._compiler: Compiler | None = None
        self._sheet: LetterSheet | None = None
        self._running = output.resources.enter_context(ExitStack())

    def start(self) -> Iterator[FilePiece]:
        """Yield no piece, because each file is complete."""
        return iter(())

    def pieces(self, chunk: Sequence[Outcome]) -> Iterator[FilePiece]:
        """Yield the files of letters of one chunk, in the order of the table."""
        self._output.letter_locations.clear()
        self._output.letter_problems.clear()
        for index, rows in groupby(chunk, lambda each: each.row.number // MAX_LETTERS_PER_FILE):
            groups: dict[Group, list[Outcome]] = {}
            for outcome in rows:
                groups.setdefault(self._group(outcome), []).append(outcome)
            for group in sorted(groups):
                name = f"{group.name}-{index * MAX_LETTERS_PER_FILE:07d}.pdf"
                if pdf := self.set_file([*self._rows(groups[group])], name, group.owner):
                    yield FilePiece(name, pdf)

    def _group(self, outcome: Outcome) -> Group:
        stem = LAPSED if self._output.batch(outcome) == LAPSED else "letters"
        return Group(self.owner(outcome), stem)

    def owner(self, outcome: Outcome) -> str:
        """Return the code of the style of a row's letter, see `Styles.find_code`."""
        return self._output.styles.find_code(outcome.issued.municipality) if outcome.issued else ""

    def set_file(self, rows: Sequence[Mapping[str, Any]], name: str, owner: str) -> bytes:
        """Return a file of letters in the style of ``owner``, or b'' if none can be made.

        Raises `TemplateError`.
        """
        if not rows:
            return b""
        printed = self._set(rows, owner)
        self._record_locations(rows, printed, name)
        return printed.pdf

    def _rows(self, part: Iterable[Outcome]) -> Iterator[Mapping[str, Any]]:
        for outcome in part:
            if not outcome.issued or self._has_mail_instead(outcome.issued):
                continue
            sheet = _sheet(outcome.issued, self._output)
            if problem_key := self._problem_key(outcome.issued, sheet):
                self._reject(outcome.row.number, problem_key)
            elif letter := self._output.attempt(_letter, outcome):
                self._output.tick()
                yield build_letter_row(letter, sheet)

    def _has_mail_instead(self, issued: IssuedLink) -> bool:
        return self._output.selection.letters_without_email and bool(issued.email)

    def _problem_key(self, issued: IssuedLink, sheet: LetterSheet) -> str:
        """Return the key of the problem that prevents a letter, or ''."""
        if issued.address.fault:
            return issued.address.fault
        return "address.missing" if sheet.needs_address and not issued.address.is_complete else ""

    def _set(self, rows: Sequence[Mapping[str, Any]], owner: str) -> CompiledLetters:
        """Return a compiled file of letters. Raises `TemplateError`."""
        context = self._output.context
        municipality = (context.find_municipality(owner) if owner else None) or context.municipality
        first, last = rows[0]["mark"], rows[-1]["mark"]
        title = f"{get_catalog(DEFAULT_LANGUAGE).text('letter.heading')} {first} - {last}"
        head = document_head(title, municipality, DEFAULT_LANGUAGE)
        return self._started(owner).compile_rows(rows, head, midnight(context.today))

    def _started(self, owner: str) -> Compiler:
        """Return a compiler for the style of ``owner``. Only one process runs at a time."""
        sheet = self._output.styles.style_of_code(owner).sheet
        assert sheet  # noqa: S101 - see __init__
        if self._compiler is None or sheet is not self._sheet:
            self._running.close()
            self._compiler = self._running.enter_context(open_compiler(sheet))
            self._sheet = sheet
        return self._compiler

    def _record_locations(
        self, rows: Sequence[Mapping[str, Any]], printed: CompiledLetters, name: str
    ) -> None:
        """Record the file and page of each letter, or the problem that prevents it."""
        for number, what in printed.misfits.items():
            self._reject(number, f"{what}.too_long")
        set_rows = (each["number"] for each in rows if each["number"] not in printed.misfits)
        for page, number in enumerate(set_rows, 1):
            self._output.letter_locations[number] = f"{name} {page}"

    def _reject(self, number: int, key: str) -> None:
        self._output.letter_problems[number] = Problem("letter", f"letter.{key}")
        self._output.failures[UNMADE] += 1


def document_head(title: str, municipality: Municipality, language: str) -> dict[str, Any]:
    """Return the metadata of a PDF file. ``language``: a tag of two or three letters."""
    return {"title": title, "author": municipality.names[DEFAULT_LANGUAGE], "lang": language}


def midnight(day: date) -> int:
    """Return the start of ``day`` in seconds since 1970, which is the creation time of PDF files.

    With it, the same letters have the same bytes at any time of the day.
    """
    return int(datetime.combine(day, time.min, UTC).timestamp())


class LetterOfOne(NamedTuple):
    """A file with one letter. ``misfit``: the part that does not fit, or ''."""

    pdf: bytes
    misfit: str
    row: Mapping[str, Any]
    head: Mapping[str, Any]


def set_letter_of_one(
    compiler: Compiler, issued: IssuedLink, today: date, sheet: LetterSheet
) -> LetterOfOne:
    """Return the letter to one resident. Raises `TemplateError`."""
    letter = compose_letter(issued, today, sheet)
    row = {**build_letter_row(letter, sheet), "fit": True}
    head = document_head(letter.title, issued.municipality, row["lang"])
    printed = compiler.compile_rows([row], head, midnight(today))
    return LetterOfOne(printed.pdf, printed.misfits.get(issued.row_number, ""), row, head)


def compose_for_resident(issued: IssuedLink, today: date) -> ResidentMessage:
    """Return the message to a resident, dated ``today``."""
    return compose_message(issued.name, issued.plan, issued.municipality, issued.catalog, today)


def _sheet(issued: IssuedLink, output: OutputContext) -> LetterSheet:
    sheet = output.style(issued).sheet
    assert sheet  # noqa: S101 - the run makes letters
    return sheet


def _letter(issued: IssuedLink, output: OutputContext) -> Letter:
    return compose_letter(issued, output.context.today, _sheet(issued, output))


def compose_letter(issued: IssuedLink, today: date, sheet: LetterSheet) -> Letter:
    """Return the content of the letter to a resident.

    It describes the states on the date that is printed on it, or on ``today`` if it has none.
    """
    today = sheet.dated or today
    catalog = _printable(issued.catalog, sheet.font)
    counted = catalog.in_era if sheet.is_in_era else catalog
    message = compose_message(issued.name, issued.plan, issued.municipality, counted, today)
    text = sheet.texts.get(catalog.language, BUILT_IN)
    is_foreign = catalog.language != DEFAULT_LANGUAGE
    params = {
        **message.params,
        "name": [message.addressee if is_foreign or text is not BUILT_IN else ""],
    }
    return Letter(
        number=issued.row_number,
        catalog=catalog,
        title=text.title or message.heading,
        opening=[*text.fill(text.before, params)],
        dates=message.deadlines,
        closing=[*text.fill(text.after, params)],
        contact=[message.contact],
        addressee=addressee(issued),
        address=issued.address,
        url=issued.urls.page,
        barcode=barcode(issued.address, sheet.towns) if sheet.barcode_points else "",
        also=_second_language_text(issued, catalog, today, sheet),
    )


def _second_language_text(
    issued: IssuedLink, catalog: Catalog, today: date, sheet: LetterSheet
) -> SecondLanguageText | None:
    """Return the summary in the second language, or None.

    Only Japanese letters have one, because a page has no room for two languages with long words.
    """
    if sheet.also in ("", catalog.language) or catalog.language != DEFAULT_LANGUAGE:
        return None
    second = _printable(get_catalog(sheet.also), sheet.font)
    message = compose_message(issued.name, issued.plan, issued.municipality, second, today)
    return SecondLanguageText(second, message.heading, message.states)


@cache
def _printable(catalog: Catalog, font: Font) -> Catalog:
    """Return ``catalog``, or the English one if the font lacks the script of the language."""
    sample = "".join(text for key, text in catalog.messages.items() if key.startswith("letter."))
    return get_catalog(FALLBACK_LANGUAGE) if font.lacks(sample.replace("\n", "")) else catalog


def barcode(address: PostalAddress, towns: Mapping[str, Town]) -> str:
    """Return the customer barcode as SVG, or '' if the part after the town is not certain."""
    if not address.lines or not customer_barcode.may_have_barcode(address.postcode):
        return ""
    following = address.behind_town or _behind_town(address, towns)
    if not following:
        return ""
    shown = customer_barcode.compute_display_number(following)
    return customer_barcode.draw_svg(customer_barcode.compute_codes(address.postcode, shown))


def _behind_town(address: PostalAddress, towns: Mapping[str, Town]) -> str:
    """Return the address after the town with the building, or '' if it is not certain."""
    first, *others = address.lines
    parted = split_after_town(address.postcode, first, towns)
    return " ".join([parted, *others]) if parted else ""


def addressee(issued: IssuedLink) -> str:
    """Return the line of the addressee in the window, in Japanese."""
    catalog, name = get_catalog(DEFAULT_LANGUAGE), issued.addressee
    if not name:
        return catalog.text("letter.addressee.unnamed")
    return catalog.text("letter.addressee", {"name": name}).replace(f"{name} ", name + TWO_SPACES)
