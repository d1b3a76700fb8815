"""What a caller holds in his hands, as far as its browser says."""

import re
from enum import StrEnum

LINE = re.compile(r"\bLine/")
APPLE = re.compile(r"\b(iPhone|iPad|iPod|Macintosh)\b")
ANDROID = re.compile(r"\bAndroid\b")


class Device(StrEnum):
    """As far as it decides which calendar comes first."""

    APPLE = "apple"
    ANDROID = "android"
    OTHER = "other"


def device(user_agent: str) -> Device:
    """The device of a User-Agent header."""
    if ANDROID.search(user_agent):
        return Device.ANDROID
    return Device.APPLE if APPLE.search(user_agent) else Device.OTHER


def in_line(user_agent: str) -> bool:
    """Whether this is the browser built into LINE, which hands no address to a calendar."""
    return LINE.search(user_agent) is not None
