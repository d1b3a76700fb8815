"""Detects a resident's device and browser from the User-Agent header."""

import re
from enum import StrEnum

LINE = re.compile(r"\bLine/")
APPLE = re.compile(r"\b(iPhone|iPad|iPod|Macintosh)\b")
ANDROID = re.compile(r"\bAndroid\b")
OTHER_BUILT_IN = re.compile(
    r"\b(FBAN|FBAV|FB_IAB|Instagram|YJApp-\w+|YJSearch|Twitter|BytedanceWebview|musical_ly"
    r"|MicroMessenger|KAKAOTALK|Zalo|GSA)\b|; wv\)"
)
"""Facebook, Instagram, Yahoo! JAPAN, X, TikTok, WeChat, KakaoTalk, Zalo, Google, and any WebView
on Android."""
SAFARI = re.compile(r"\bSafari/")
MOBILE_APPLE = re.compile(r"\b(iPhone|iPad|iPod)\b")


class Device(StrEnum):
    """A kind of device. It decides which calendar comes first."""

    APPLE = "apple"
    ANDROID = "android"
    OTHER = "other"


class BuiltIn(StrEnum):
    """A browser inside an app. It cannot pass a URL to a calendar."""

    LINE = "line"
    OTHER = "other"


def device(user_agent: str) -> Device:
    """Return the device of a User-Agent header."""
    if ANDROID.search(user_agent):
        return Device.ANDROID
    return Device.APPLE if APPLE.search(user_agent) else Device.OTHER


def built_in(user_agent: str) -> BuiltIn | None:
    """Return the kind of an app's browser, or None for an ordinary browser."""
    if in_line(user_agent):
        return BuiltIn.LINE
    is_view = bool(MOBILE_APPLE.search(user_agent)) and not SAFARI.search(user_agent)
    return BuiltIn.OTHER if is_view or OTHER_BUILT_IN.search(user_agent) else None


def in_line(user_agent: str) -> bool:
    """Return True for the browser inside LINE."""
    return LINE.search(user_agent) is not None
