"""Reads the texts of each language from ``locale/`` and fills them in."""

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cache, cached_property

from babel.messages.pofile import read_po

from calsvc.errors import CalsvcError, ParamValue, Problem
from calsvc.i18n.languages import LANGUAGE_HEADS, LANGUAGES, Language, Names, locale_file
from calsvc.rules.card import Caution, CautionCode

BEFORE_REIWA = 2018
"""The year before the first of the era."""
FIRST_YEAR = "元"


class MissingTextError(CalsvcError):
    """A catalog lacks a text, or a text asks for a fact that is not there."""


class _Words(dict[str, str]):
    """Puts a fact into words when a text asks for it, because most texts ask for few of many."""

    def __init__(self, catalog: "Catalog", params: Mapping[str, ParamValue]) -> None:
        self._catalog, self._params = catalog, params

    def __missing__(self, name: str) -> str:
        fact = self._params[name]
        return self._catalog.day(fact) if isinstance(fact, date) else str(fact)


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
        """``messages``: key to text, with placeholders such as ``{expiry}``.

        ``is_padded``: see `padded`. ``is_in_era``: see `in_era`.
        """
        self._is_in_era = is_in_era
        form = "date.padded" if is_padded else "date"
        self.language = language
        self.head: Language = LANGUAGE_HEADS[language]
        self.messages = messages
        self._date = messages[f"{form}.format"]
        self._weekdays = messages[f"{form}.weekdays"].split(" ")
        self._months = messages["date.months"].split(" ")

    @cached_property
    def padded(self) -> "Catalog":
        """Returns the catalog whose dates all have equally many characters and bytes.

        So the folding of a feed stays right when other dates are filled in.
        """
        return Catalog(self.language, self.messages, is_padded=True)

    @cached_property
    def in_era(self) -> "Catalog":
        """Returns the catalog that counts years by the era, if it is Japanese, or this one."""
        if self.head.names is not Names.JAPANESE:
            return self
        return Catalog(self.language, self.messages, is_in_era=True)

    def year_in_era(self, year: int) -> str:
        """Returns a year from 2019 on by its era."""
        count = year - BEFORE_REIWA
        number = str(count) if count > 1 else FIRST_YEAR
        return self.messages["date.era_year"].format(year=number)

    def text(self, key: str, params: Mapping[str, ParamValue] | None = None) -> str:
        """The text ``key`` with ``params`` filled in, dates in words.

        Raises `MissingTextError`: nothing falls back to another language in silence.
        """
        try:
            text = self.messages[key]
            return text.format_map(_Words(self, params or {})) if "{" in text else text
        except (KeyError, IndexError) as error:
            raise MissingTextError(f"{self.language}: {key}: {error}") from error

    def in_words(self, params: Mapping[str, ParamValue]) -> dict[str, str]:
        """Returns ``params`` in words, so that many texts put them into words once."""
        return {
            name: self.day(fact) if isinstance(fact, date) else str(fact)
            for name, fact in params.items()
        }

    def day(self, day: date) -> str:
        """Returns a date with its weekday."""
        return self._date.format(
            year=self.year_in_era(day.year) if self._is_in_era else day.year,
            month=self._months[day.month - 1],
            day=day.day,
            weekday=self._weekdays[day.weekday()],
        )

    def problem(self, problem: Problem) -> str:
        """What is wrong with a field, and what is expected instead."""
        return self.text(f"error.{problem.key}", problem.params)

    def caution(self, caution: Caution) -> str:
        """A doubt in words, and how to settle it."""
        if caution.other is not None:
            return self.text(f"caution.{caution.code}", {"other": caution.other})
        if caution.code is CautionCode.RENEWAL_DAY_UNKNOWN:  # the date in doubt was written down
            return self.text(f"caution.{caution.code}.written")
        return self.text(f"caution.{caution.code}")


@cache
def get_catalog(language: str) -> Catalog:
    """The catalog of ``language``, one of `LANGUAGES`."""
    with locale_file(language).open("rb") as file:
        messages = read_po(file, abort_invalid=True)
    return Catalog(language, {str(each.id): str(each.string) for each in messages if each.id})


def digest() -> bytes:
    """What stands for all texts: it changes whenever one of them does."""
    contents = (locale_file(language).read_bytes() for language in LANGUAGES)
    return hashlib.blake2b(b"".join(contents), digest_size=32).digest()
