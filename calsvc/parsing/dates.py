"""Reads dates as Japanese people write them, in all forms and eras."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from calsvc.errors import UnreadableDate

LONGEST_TEXT = 40
ISO_LENGTH = len("2020-06-01")


@dataclass(frozen=True)
class Era:
    """A Japanese era: its ``first`` and ``last`` day, both included, and the year counted as 1."""

    name: str
    letter: str
    year_one: int
    first: date
    last: date

    def year_of(self, day: date) -> int:
        """The era's year in which ``day`` falls, 1 for its first."""
        return day.year - self.year_one + 1

    def __contains__(self, day: date) -> bool:
        """Whether ``day`` may bear this era's name."""
        return self.first <= day <= self.last


# 1912-07-30 and 1926-12-25 bear either name: the edicts (詔書) changed the era from that same day.
# The two later changes took effect at midnight (昭和64年政令第1号; 平成31年政令第143号).
# Meiji begins here with its year 6: until then Japan counted by the moon (太政官布告第337号).
ERAS = (
    Era("明治", "M", 1868, date(1873, 1, 1), date(1912, 7, 30)),
    Era("大正", "T", 1912, date(1912, 7, 30), date(1926, 12, 25)),
    Era("昭和", "S", 1926, date(1926, 12, 25), date(1989, 1, 7)),
    Era("平成", "H", 1989, date(1989, 1, 8), date(2019, 4, 30)),
    Era("令和", "R", 2019, date(2019, 5, 1), date.max),
)
ERA_NAMED = {key: era for era in ERAS for key in (era.name, era.letter)}

# What Japanese keyboards and spreadsheets put where a hyphen is meant; NFKC leaves them alone.
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-"))

_MONTH_AND_DAY = (
    r"(?:\s*年\s*(?P<m1>[0-9]{1,2})\s*月\s*(?P<d1>[0-9]{1,2})\s*日"
    r"|\s*(?P<separator>[-/.])\s*(?P<m2>[0-9]{1,2})\s*(?P=separator)\s*(?P<d2>[0-9]{1,2}))"
)
WESTERN = re.compile(r"(?P<year>[0-9]{4})" + _MONTH_AND_DAY)
WESTERN_DIGITS = re.compile(r"(?P<year>[0-9]{4})(?P<m1>[0-9]{2})(?P<d1>[0-9]{2})")
_ERA = r"(?P<era>" + "|".join(ERA_NAMED) + r")\s*"
JAPANESE = re.compile(_ERA + r"(?P<year>[0-9]{1,3}|元)" + _MONTH_AND_DAY)
JAPANESE_DIGITS = re.compile(_ERA + r"(?P<year>[0-9]{2})(?P<m1>[0-9]{2})(?P<d1>[0-9]{2})")
FORMS = (WESTERN, WESTERN_DIGITS, JAPANESE, JAPANESE_DIGITS)


def parse_date(text: str) -> date:
    """Read one date in any form that is common in Japan.

    Western: ``2020-06-01``, ``2020/6/1``, ``2020.6.1``, ``2020年6月1日``, ``20200601``.
    With an era, Meiji to Reiwa: ``令和2年6月1日``, ``令和元年5月1日``, ``R2.6.1``, ``r020601``.
    Full-width characters count as the plain ones.

    Raises `UnreadableDate`: ``date.unreadable`` for another form, ``date.no_such_day`` for a day
    that no calendar has, ``date.other_era`` (facts ``era``, ``letter``, ``year``) for a day that
    lies in another era than the one written, ``date.before_1873`` for a day before the Gregorian
    calendar came to Japan.
    """
    if len(text) == ISO_LENGTH and text[4] == text[7] == "-" and (found := _from_iso(text)):
        return found
    return _parse_written(text)


def _from_iso(text: str) -> date | None:
    """The usual form, read fast; what is wrong with another text, the other reading tells."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _parse_written(text: str) -> date:
    plain = (
        unicodedata.normalize("NFKC", text[: LONGEST_TEXT + 1]).translate(DASHES).strip().upper()
    )
    found = next((match for form in FORMS if (match := form.fullmatch(plain))), None)
    if found is None or len(text) > LONGEST_TEXT:
        raise UnreadableDate("date.unreadable")
    parts = found.groupdict()
    era = ERA_NAMED.get(parts.get("era") or "")
    year = 1 if parts["year"] == "元" else int(parts["year"])
    month = int(parts["m1"] or parts["m2"])
    day = int(parts["d1"] or parts["d2"])
    return _western(year, month, day) if era is None else _japanese(era, year, month, day)


def _western(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise UnreadableDate("date.no_such_day") from None


def _japanese(era: Era, year: int, month: int, day: int) -> date:
    if year == 0:
        raise UnreadableDate("date.no_such_day")
    result = _western(era.year_one + year - 1, month, day)
    if result not in era:
        right = era_of(result)
        raise UnreadableDate(
            "date.other_era", era=right.name, letter=right.letter, year=right.year_of(result)
        )
    return result


def era_of(day: date) -> Era:
    """The era of ``day``; on the day of a change in 1912 or 1926, the new one.

    Raises `UnreadableDate` (``date.before_1873``) for a day before the Gregorian calendar.
    """
    for era in reversed(ERAS):
        if day in era:
            return era
    raise UnreadableDate("date.before_1873")
