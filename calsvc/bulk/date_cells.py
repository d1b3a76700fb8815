"""Return the text of a day in a cell, without what programs put around it."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from calsvc.bulk.records import Number, Uncomputed

MAX_PLAIN_LENGTH = len("2020-06-01")
SPECIAL = frozenset("='")
PROTECTED = re.compile(r"""="(?P<quoted>[^"]*)"|'(?P<led>.*)""", re.DOTALL)
"""Text that an export keeps from being read as a number."""
DECIMAL = re.compile(r"(?P<digits>[0-9]{7,8})\.0+")
CLOCK = re.compile(
    r"(?P<day>.+?)(?:T|\s)\s*(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?",
    re.DOTALL,
)
"""A time of day; one of a time zone is no match, because there the day may be another."""
STAMP = re.compile(r"(?P<day>[0-9]{8})(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]")
SERIAL = re.compile(r"[0-9]{1,6}")
FIRST_DAYS = {1900: date(1899, 12, 31), 1904: date(1904, 1, 1)}
MAX_SERIAL = 109_574
"""2199-12-31; greater numbers are dates such as 20200601."""
LOTUS_LEAP_DAY = 60
"""Excel counts 29 February 1900, which was not, as the 60th day."""
NO_RESULT = "#"
"""Stands for a cell without a result: no date, and not blank either."""
ERRORS = {NO_RESULT, "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"}
"""Also as the text that an export makes of them."""


def day_text(cell: str) -> str:
    """Return the day in a cell of text.

    ``2020/6/1 9:30``, ``2020-06-01T00:00:00``, ``="2020/6/1"``, ``'2020/6/1``, ``20200601.0`` and
    ``20200601093000`` are those of programs.
    """
    if len(cell) <= MAX_PLAIN_LENGTH and cell[:1] not in SPECIAL and cell[-2:] != ".0":
        return cell
    text = cell.strip()
    if match := PROTECTED.fullmatch(text):
        text = (match["quoted"] or match["led"] or "").strip()
    if match := DECIMAL.fullmatch(text):
        return match["digits"]
    match = CLOCK.fullmatch(text) or STAMP.fullmatch(text)
    return match["day"] if match else text


def day_reader(epoch: int) -> Callable[[str], str]:
    """Return what reads a cell of a workbook with this epoch; see `day_of_serial`."""

    def read(cell: str) -> str:
        if isinstance(cell, Uncomputed):
            return NO_RESULT
        if isinstance(cell, Number) and SERIAL.fullmatch(cell):
            day = day_of_serial(int(cell), epoch)
            return day.isoformat() if day else cell
        return day_text(cell)

    return read


def reason(cell: str, key: str) -> str:
    """Return the message key for a date cell that is unreadable, better than ``key`` if any."""
    if isinstance(cell, Uncomputed):
        return "date.uncomputed"
    if isinstance(cell, Number) and SERIAL.fullmatch(cell):
        return "date.serial_unknown"
    return key


def unprotected(cell: str) -> str:
    """Return the text within ``="…"``, or ``cell``."""
    match = PROTECTED.fullmatch(cell) if cell[:1] == "=" else None
    return match["quoted"] if match else cell


def day_of_serial(serial: int, epoch: int) -> date | None:
    """Return the day that a number stands for, or None where it is no day."""
    if epoch not in FIRST_DAYS or not 1 <= serial <= MAX_SERIAL or serial == LOTUS_LEAP_DAY:
        return None
    late = epoch == 1900 and serial > LOTUS_LEAP_DAY  # noqa: PLR2004 - the epoch's name
    return FIRST_DAYS[epoch] + timedelta(days=serial - late)
