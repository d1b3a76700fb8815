"""Catalogs: the texts of each language from ``locale/``, and their formatting."""

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cache, cached_property

from babel.messages.pofile import read_po

from calsvc.errors import CalsvcError, ParamValue, Problem
from calsvc.i18n.languages import LANGUAGE_HEADS, LANGUAGES, Language, NameScript, locale_file
from calsvc.rules.card import Caution, CautionCode

YEAR_BEFORE_REIWA = 2018
"""The year before the first year of the era."""
FIRST_ERA_YEAR = "元"


class MissingTranslationError(CalsvcError):
    """A text is missing in a catalog, or a parameter of a text is missing."""


class _LazyParams(dict[str, str]):
    """Parameters that are formatted on first use, because most texts use few of them."""

    def __init__(self, catalog: "Catalog", params: Mapping[str, ParamValue]) -> None:
        self._catalog, self._params = catalog, params

    def __missing__(self, name: str) -> str:
        value = self._params[name]
        return self._catalog.format_date(value) if isinstance(value, date) else str(value)


class Catalog:
    """The texts of one language, by key."""

    def __init__(
        self,
        language: str,
        messages: Mapping[str, str],
        *,
        is_padded: bool = False,
        is_in_era: bool = False,
    ) -> None:
        """``messages``: texts by key, with placeholders such as ``{expiry}``.

        ``is_padded``: see `padded`. ``is_in_era``: see `in_era`.
        """
        self._is_in_era = is_in_era
        prefix = "date.padded" if is_padded else "date"
        self.language = language
        self.head: Language = LANGUAGE_HEADS[language]
        self.messages = messages
        self._date = messages[f"{prefix}.format"]
        self._weekdays = messages[f"{prefix}.weekdays"].split(" ")
        self._months = messages["date.months"].split(" ")

    @cached_property
    def padded(self) -> "Catalog":
        """The same catalog with dates that all have equally many characters and bytes.

        The line folding of a feed then stays correct when other dates are inserted.
        """
        return Catalog(self.language, self.messages, is_padded=True)

    @cached_property
    def in_era(self) -> "Catalog":
        """The same catalog with years of the Japanese era, or this one if it is not Japanese."""
        if self.head.name_script is not NameScript.JAPANESE:
            return self
        return Catalog(self.language, self.messages, is_in_era=True)

    def format_era_year(self, year: int) -> str:
        """Format ``year``, 2019 or later, as a year of the era Reiwa."""
        era_year = year - YEAR_BEFORE_REIWA
        number = str(era_year) if era_year > 1 else FIRST_ERA_YEAR
        return self.messages["date.era_year"].format(year=number)

    def text(self, key: str, params: Mapping[str, ParamValue] | None = None) -> str:
        """Return the text ``key`` with ``params`` inserted, dates in words.

        Raises `MissingTranslationError`, because a fallback to another language would hide the gap.
        """
        try:
            text = self.messages[key]
            # Most texts have no placeholder. `format_map` would copy them.
            return text.format_map(_LazyParams(self, params or {})) if "{" in text else text
        except (KeyError, IndexError) as error:
            raise MissingTranslationError(f"{self.language}: {key}: {error}") from error

    def format_params(self, params: Mapping[str, ParamValue]) -> dict[str, str]:
        """Format all ``params`` at once, for a caller that fills many texts with them."""
        return {
            name: self.format_date(value) if isinstance(value, date) else str(value)
            for name, value in params.items()
        }

    def format_date(self, day: date) -> str:
        """Format ``day`` with its weekday."""
        return self._date.format(
            year=self.format_era_year(day.year) if self._is_in_era else day.year,
            month=self._months[day.month - 1],
            day=day.day,
            weekday=self._weekdays[day.weekday()],
        )

    def format_month(self, day: date) -> str:
        """Return the month and the year of a date."""
        return self.messages["date.month"].format(year=day.year, month=self._months[day.month - 1])

    def format_problem(self, problem: Problem) -> str:
        """Describe the error of a field, and the expected input."""
        return self.text(f"error.{problem.key}", problem.params)

    def format_caution(self, caution: Caution) -> str:
        """Describe why a date is uncertain, and how the holder can check it."""
        if caution.other is not None:
            return self.text(f"caution.{caution.code}", {"other": caution.other})
        if caution.code is CautionCode.RENEWAL_DAY_UNKNOWN:  # the date in doubt was written down
            return self.text(f"caution.{caution.code}.written")
        return self.text(f"caution.{caution.code}")


@cache
def get_catalog(language: str) -> Catalog:
    """Load the catalog of ``language``, one of `LANGUAGES`, once per process."""
    with locale_file(language).open("rb") as file:
        messages = read_po(file, abort_invalid=True)  # a broken file must stop the start
    texts = {str(message.id): str(message.string) for message in messages if message.id}
    return Catalog(language, texts)


def compute_catalogs_digest() -> bytes:
    """Return a digest of all texts of all languages, as a part of cache keys."""
    contents = (locale_file(language).read_bytes() for language in LANGUAGES)
    return hashlib.blake2b(b"".join(contents), digest_size=32).digest()
