"""The styles of letters, e-mails and SMS: settings files of municipalities, and their options."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from calsvc.bulk.message_settings import (
    DEFAULT_MESSAGE_SETTINGS,
    MessageSettings,
    load_message_settings,
)
from calsvc.errors import MunicipalityFileError
from calsvc.letters import fonts
from calsvc.letters.city_settings import load_letter_sheet
from calsvc.letters.compiler import LetterSheet
from calsvc.letters.layout import PLAIN_SHEET, build_run_sheet
from calsvc.municipality.code_list import find_place
from calsvc.municipality.model import Municipality
from calsvc.municipality.served import Municipalities
from calsvc.rules.dates import DateRange
from calsvc.settings import env_name

SETTING = env_name("letter_settings")


@dataclass(frozen=True)
class Style:
    """The style of one municipality. ``file``: its settings file, or None.

    ``sheet``: of letters. If it is None, `Styles.build_run_styles` adds a plain one.
    """

    messages: MessageSettings = DEFAULT_MESSAGE_SETTINGS
    sheet: LetterSheet | None = None
    file: Path | None = None

    @property
    def lacks_number(self) -> bool:
        """True if letters need a document number and have none."""
        sheet = self.sheet
        return sheet is not None and sheet.needs_number and not sheet.city["number"]

    @property
    def digest(self) -> str:
        """A digest of all settings."""
        return f"{self.messages.digest} {self.sheet.digest if self.sheet else ''}"


class LetterOptions(NamedTuple):
    """A clerk's options for letters.

    ``font``: a path. ``dated``: the printed date. ``number``: of the document. ``also``: the second
    language.
    """

    font: str = ""
    dated: date | None = None
    number: str = ""
    also: str = ""


NO_LETTER_OPTIONS = LetterOptions()
MAX_DAYS_FROM_TODAY = 366
"""A letter that is dated further from today has a mistyped year, such as 26."""
PLAIN_STYLE = Style()


def letter_dates(today: date) -> DateRange:
    """Return the dates that letters may have."""
    days = timedelta(days=MAX_DAYS_FROM_TODAY)
    return DateRange(today - days, today + days)


@dataclass(frozen=True)
class Styles:
    """The styles of all municipalities. ``own``: by code. ``default``: of the others."""

    default: Style = PLAIN_STYLE
    own: Mapping[str, Style] = field(default_factory=dict)

    def find_code(self, municipality: Municipality) -> str:
        """Return the code in ``own`` of the style of ``municipality``, or '' for the default one.

        A ward without its own style has that of its city.
        """
        place = find_place(municipality.code)
        codes = (municipality.code, place.within if place else "")
        return next((each for each in codes if each in self.own), "")

    def style_of_code(self, code: str) -> Style:
        """Return the style of a code that `find_code` returned."""
        return self.own[code] if code else self.default

    def of(self, municipality: Municipality) -> Style:
        """Return the style of ``municipality``."""
        return self.style_of_code(self.find_code(municipality))

    @property
    def all(self) -> Sequence[Style]:
        """All styles, the default one first."""
        return (self.default, *self.own.values())

    @property
    def any_needs_number(self) -> bool:
        """True if the letters of any municipality have a document number."""
        return any(each.sheet and each.sheet.needs_number for each in self.all)

    @property
    def digest(self) -> str:
        """A digest of all settings."""
        owned = (f"{code} {style.digest}" for code, style in sorted(self.own.items()))
        parts = "\0".join([self.default.digest, *owned])
        return hashlib.sha256(parts.encode()).hexdigest()

    def without_letters(self) -> "Styles":
        """Return the styles for a run that makes no letters."""
        return self._with(lambda style: replace(style, sheet=None))

    def without_towns(self) -> "Styles":
        """Return the styles for letters without an address, which need no list of towns."""

        def style_without_towns(style: Style) -> Style:
            sheet = replace(style.sheet, towns={}) if style.sheet else None
            return replace(style, sheet=sheet)

        return self._with(style_without_towns)

    def build_run_styles(self, letter_options: LetterOptions, today: date) -> "Styles":
        """Return the styles with sheets for the letters of a run. Raises `InvalidFontError`."""
        font, dated = fonts.load_font(letter_options.font), letter_options.dated or today

        def with_run_sheet(style: Style) -> Style:
            sheet = style.sheet or PLAIN_SHEET
            changed = build_run_sheet(
                sheet, font, dated, letter_options.number, letter_options.also
            )
            return replace(style, sheet=changed)

        return self._with(with_run_sheet)

    def _with(self, change: Callable[[Style], Style]) -> "Styles":
        own = {code: change(style) for code, style in self.own.items()}
        return Styles(change(self.default), own)

    def require_numbers(self) -> None:
        """Raise `MunicipalityFileError` if letters lack the number that their file requires."""
        for style in self.all:
            if style.file and style.lacks_number:
                raise MunicipalityFileError(style.file.name, "sender.number", "asks for --number")


PLAIN_STYLES = Styles()


def load_style(path: Path) -> Style:
    """Return the style in the file at ``path``. Raises `MunicipalityFileError`."""
    return Style(load_message_settings(path), load_letter_sheet(path), path)


def load_styles_of_file(path: str) -> Styles:
    """Return the styles of a run with one settings file, or plain ones for ''.

    Raises `MunicipalityFileError`.
    """
    return Styles(load_style(Path(path))) if path else PLAIN_STYLES


def load_styles(entries: Sequence[str], municipalities: Municipalities) -> Styles:
    """Return the styles in the files of ``entries``. Raises `MunicipalityFileError`.

    An entry is a code and a path, ``012033=otaru.toml``. A service of one municipality may have a
    path alone. With several, a letter could have the name of another one.
    """
    pairs = [_code_and_path(each) for each in entries]
    codes = [code for code, _ in pairs]
    for code, path in pairs:
        if not code and municipalities.single is None:
            raise MunicipalityFileError(
                SETTING, path, "needs the code of a municipality: CODE=PATH"
            )
        if code and municipalities.find(code) is None:
            raise MunicipalityFileError(SETTING, code, "is no municipality that is served")
        if codes.count(code) > 1:
            raise MunicipalityFileError(SETTING, code or path, "a municipality has one file")
    styles = {code: load_style(Path(path)) for code, path in pairs}
    default = styles.pop("", PLAIN_STYLE)
    return Styles(default, styles)


def _code_and_path(entry: str) -> tuple[str, str]:
    code, sign, path = entry.partition("=")
    return (code.strip(), path.strip()) if sign else ("", entry)
