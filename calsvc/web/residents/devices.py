"""What a caller holds in his hands, as far as its browser says."""

import re
from enum import StrEnum

LINE = re.compile(r"\bLine/")
APPLE = re.compile(r"\b(iPhone|iPad|iPod|Macintosh)\b")
ANDROID = re.compile(r"\bAndroid\b")
OTHER_BUILT_IN = re.compile(
    r"\b(FBAN|FBAV|FB_IAB|Instagram|YJApp-\w+|YJSearch|Twitter|BytedanceWebview|musical_ly"
    r"|MicroMessenger|KAKAOTALK|Zalo|GSA)\b|; wv\)"
)
"""Facebook, Instagram, Yahoo! JAPAN, X, TikTok, WeChat, KakaoTalk, Zalo, Google, any on Android."""
SAFARI = re.compile(r"\bSafari/")
MOBILE_APPLE = re.compile(r"\b(iPhone|iPad|iPod)\b")


class Device(StrEnum):
    """As far as it decides which calendar comes first."""

    APPLE = "apple"
    ANDROID = "android"
    OTHER = "other"


class BuiltIn(StrEnum):
    """A browser inside an app, which hands no address to a calendar."""

    LINE = "line"
    OTHER = "other"


def device(user_agent: str) -> Device:
    """The device of a User-Agent header."""
    if ANDROID.search(user_agent):
        return Device.ANDROID
    return Device.APPLE if APPLE.search(user_agent) else Device.OTHER


def built_in(user_agent: str) -> BuiltIn | None:
    """Return the browser of an app, or None for a browser of its own."""
    if in_line(user_agent):
        return BuiltIn.LINE
    is_view = bool(MOBILE_APPLE.search(user_agent)) and not SAFARI.search(user_agent)
    return BuiltIn.OTHER if is_view or OTHER_BUILT_IN.search(user_agent) else None


def in_line(user_agent: str) -> bool:
    """Whether this is the browser built into LINE, which hands no address to a calendar."""
    return LINE.search(user_agent) is not None
