"""Knows what the letters, e-mails and SMS of each municipality look like."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from calsvc.bulk.message_settings import PLAIN_MESSAGES, MessageSettings, read_message_settings
from calsvc.errors import MunicipalityFileError
from calsvc.letters import fonts
from calsvc.letters.city_settings import read_settings
from calsvc.letters.compiler import Sheet
from calsvc.letters.layout import PLAIN_SHEET, sheet_of_run
from calsvc.municipality.code_list import place
from calsvc.municipality.model import Municipality
from calsvc.municipality.served import Municipalities
from calsvc.settings import env_name

SETTING = env_name("letter_settings")


@dataclass(frozen=True)
class Style:
    """``sheet``: of letters, or none: then `Styles.of_run` gives a plain one. ``file``: if any."""

    messages: MessageSettings = PLAIN_MESSAGES
    sheet: Sheet | None = None
    file: Path | None = None

    @property
    def lacks_number(self) -> bool:
        """Returns whether letters would have the number of a document, and it is not given."""
        sheet = self.sheet
        return sheet is not None and sheet.asks_number and not sheet.city["number"]

    @property
    def digest(self) -> str:
        """Returns what stands for all of it."""
        return f"{self.messages.digest} {self.sheet.digest if self.sheet else ''}"


class LetterWishes(NamedTuple):
    """What a clerk wishes of letters: font (path), date, number of the document, 2nd language."""

    font: str = ""
    dated: date | None = None
    number: str = ""
    also: str = ""


NO_WISHES = LetterWishes()
PLAIN = Style()


@dataclass(frozen=True)
class Styles:
    """``default``: the style of a municipality that has none of its own. ``own``: by code."""

    default: Style = PLAIN
    own: Mapping[str, Style] = field(default_factory=dict)

    def owner(self, city: Municipality) -> str:
        """Returns under which code the style of ``city`` stands, or '' for the default one.

        A ward has the style of its city, unless it has one of its own.
        """
        found = place(city.code)
        codes = (city.code, found.within if found else "")
        return next((each for each in codes if each in self.own), "")

    def owned_by(self, owner: str) -> Style:
        """Returns the style that stands under what `owner` has returned."""
        return self.own[owner] if owner else self.default

    def of(self, city: Municipality) -> Style:
        """Returns the style of ``city``."""
        return self.owned_by(self.owner(city))

    @property
    def all(self) -> Sequence[Style]:
        """Returns every style."""
        return (self.default, *self.own.values())

    @property
    def ask_number(self) -> bool:
        """Returns whether letters of a municipality have the number of a document."""
        return any(each.sheet and each.sheet.asks_number for each in self.all)

    @property
    def digest(self) -> str:
        """Returns what stands for all of it."""
        owned = (f"{code} {style.digest}" for code, style in sorted(self.own.items()))
        parts = "\0".join([self.default.digest, *owned])
        return hashlib.sha256(parts.encode()).hexdigest()

    def without_letters(self) -> "Styles":
        """Returns the styles for a run that makes no letters."""
        return self._with(lambda style: replace(style, sheet=None))

    def without_towns(self) -> "Styles":
        """Returns the styles for letters without an address, which need no list of towns."""

        def style_without_towns(style: Style) -> Style:
            sheet = replace(style.sheet, towns={}) if style.sheet else None
            return replace(style, sheet=sheet)

        return self._with(style_without_towns)

    def of_run(self, wishes: LetterWishes, today: date) -> "Styles":
        """Returns the styles for letters as ``wishes`` say. Raises `BadFontError`."""
        font, dated = fonts.load(wishes.font), wishes.dated or today

        def style_of_run(style: Style) -> Style:
            sheet = style.sheet or PLAIN_SHEET
            changed = sheet_of_run(sheet, font, dated, wishes.number, wishes.also)
            return replace(style, sheet=changed)

        return self._with(style_of_run)

    def _with(self, change: Callable[[Style], Style]) -> "Styles":
        own = {code: change(style) for code, style in self.own.items()}
        return Styles(change(self.default), own)

    def refuse_without_number(self) -> None:
        """Raise `MunicipalityFileError` where letters lack the number that their file asks for."""
        for each in self.all:
            if each.file and each.lacks_number:
                raise MunicipalityFileError(each.file.name, "sender.number", "asks for --number")


PLAIN_STYLES = Styles()


def read_style(path: Path) -> Style:
    """Returns the style that the file at ``path`` describes. Raises `MunicipalityFileError`."""
    return Style(read_message_settings(path), read_settings(path), path)


def styles_of_file(path: str) -> Styles:
    """Returns the styles of a run whose letters have one style, or plain ones for ''.

    Raises `MunicipalityFileError`.
    """
    return Styles(read_style(Path(path))) if path else PLAIN_STYLES


def read_styles(entries: Sequence[str], cities: Municipalities) -> Styles:
    """Returns the styles in the files that ``entries`` name. Raises `MunicipalityFileError`.

    An entry is a path, or a code and a path: ``012033=otaru.toml``. A path alone is for a service
    of one municipality: it must not lend one's name to another.
    """
    pairs = [_code_and_path(each) for each in entries]
    codes = [code for code, _ in pairs]
    for code, path in pairs:
        if not code and cities.only is None:
            raise MunicipalityFileError(
                SETTING, path, "needs the code of a municipality: CODE=PATH"
            )
        if code and cities.find(code) is None:
            raise MunicipalityFileError(SETTING, code, "is no municipality that is served")
        if codes.count(code) > 1:
            raise MunicipalityFileError(SETTING, code or path, "a municipality has one file")
    styles = {code: read_style(Path(path)) for code, path in pairs}
    default = styles.pop("", PLAIN)
    return Styles(default, styles)


def _code_and_path(entry: str) -> tuple[str, str]:
    code, sign, path = entry.partition("=")
    return (code.strip(), path.strip()) if sign else ("", entry)
