"""Reads the text of a date in a cell, without the decoration that programs add."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from calsvc.bulk.records import Number, Uncomputed

MAX_PLAIN_LENGTH = len("2020-06-01")
PROTECTION_PREFIXES = frozenset("='")
PROTECTED_TEXT_PATTERN = re.compile(r"""="(?P<quoted>[^"]*)"|'(?P<prefixed>.*)""", re.DOTALL)
"""Text that an export protects from being read as a number."""
DECIMAL_PATTERN = re.compile(r"(?P<digits>[0-9]{7,8})\.0+")
TIME_OF_DAY_PATTERN = re.compile(
    r"(?P<day>.+?)(?:T|\s)\s*(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?",
    re.DOTALL,
)
"""A day with a time. One with a time zone does not match: its day in Japan may differ."""
TIMESTAMP_PATTERN = re.compile(r"(?P<day>[0-9]{8})(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]")
SERIAL_PATTERN = re.compile(r"[0-9]{1,6}")
DAY_ZERO_BY_EPOCH = {1900: date(1899, 12, 31), 1904: date(1904, 1, 1)}
"""The days with the serial number 0."""
MAX_SERIAL = 109_574
"""2199-12-31; greater numbers are dates such as 20200601."""
LOTUS_LEAP_DAY = 60
"""Serial number of 29 February 1900 in Excel. That day did not exist."""
NO_RESULT = "#"
"""Text of a cell without a result: neither a date nor blank."""
ERROR_TEXTS = {NO_RESULT, "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"}
"""Error values of Excel, which exports write as text."""


def read_day_text(cell: str) -> str:
    """Return the text of the date in a cell of text.

    Programs write ``2020/6/1 9:30``, ``2020-06-01T00:00:00``, ``="2020/6/1"``, ``'2020/6/1``,
    ``20200601.0`` and ``20200601093000``.
    """
    if len(cell) <= MAX_PLAIN_LENGTH and cell[:1] not in PROTECTION_PREFIXES and cell[-2:] != ".0":
        return cell
    text = cell.strip()
    if match := PROTECTED_TEXT_PATTERN.fullmatch(text):
        text = (match["quoted"] or match["prefixed"] or "").strip()
    if match := DECIMAL_PATTERN.fullmatch(text):
        return match["digits"]
    match = TIME_OF_DAY_PATTERN.fullmatch(text) or TIMESTAMP_PATTERN.fullmatch(text)
    return match["day"] if match else text


def build_day_reader(epoch: int) -> Callable[[str], str]:
    """Return a function that reads a date cell of a workbook with this epoch (1900 or 1904)."""

    def read(cell: str) -> str:
        if isinstance(cell, Uncomputed):
            return NO_RESULT
        if isinstance(cell, Number) and SERIAL_PATTERN.fullmatch(cell):
            day = day_of_serial(int(cell), epoch)
            return day.isoformat() if day else cell
        return read_day_text(cell)

    return read


def find_date_problem_key(cell: str, key: str) -> str:
    """Return the message key for an unreadable date cell. ``key``: the general one."""
    if isinstance(cell, Uncomputed):
        return "date.uncomputed"
    if isinstance(cell, Number) and SERIAL_PATTERN.fullmatch(cell):
        return "date.serial_unknown"
    return key


def unwrap_protected_text(cell: str) -> str:
    """Return the text within ``="…"``, or ``cell``."""
    match = PROTECTED_TEXT_PATTERN.fullmatch(cell) if cell[:1] == "=" else None
    return match["quoted"] if match else cell


def day_of_serial(serial: int, epoch: int) -> date | None:
    """Return the day of a serial number of Excel (from 1), or None if it is no day."""
    if epoch not in DAY_ZERO_BY_EPOCH or not 1 <= serial <= MAX_SERIAL or serial == LOTUS_LEAP_DAY:
        return None
    # The 1900 system counts a day that did not exist, so later numbers are one too high.
    leap_day = epoch == 1900 and serial > LOTUS_LEAP_DAY  # noqa: PLR2004 - the epoch's name
    return DAY_ZERO_BY_EPOCH[epoch] + timedelta(days=serial - leap_day)
