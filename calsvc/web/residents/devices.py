"""Detects a resident's device and browser from the User-Agent header."""

import re
from enum import StrEnum

LINE_PATTERN = re.compile(r"\bLine/")
APPLE_PATTERN = re.compile(r"\b(iPhone|iPad|iPod|Macintosh)\b")
ANDROID_PATTERN = re.compile(r"\bAndroid\b")
OTHER_APP_PATTERN = re.compile(
    r"\b(FBAN|FBAV|FB_IAB|Instagram|YJApp-\w+|YJSearch|Twitter|BytedanceWebview|musical_ly"
    r"|MicroMessenger|KAKAOTALK|Zalo|GSA)\b|; wv\)"
)
"""Facebook, Instagram, Yahoo! JAPAN, X, TikTok, WeChat, KakaoTalk, Zalo, Google, and any WebView
on Android."""
SAFARI_PATTERN = re.compile(r"\bSafari/")
MOBILE_APPLE_PATTERN = re.compile(r"\b(iPhone|iPad|iPod)\b")


class Device(StrEnum):
    """A kind of device. It decides which calendar comes first."""

    APPLE = "apple"
    ANDROID = "android"
    OTHER = "other"


class AppBrowser(StrEnum):
    """A browser inside another app. It cannot open a calendar program."""

    LINE = "line"
    OTHER = "other"


def detect_device(user_agent: str) -> Device:
    """Return the device of a User-Agent header."""
    if ANDROID_PATTERN.search(user_agent):
        return Device.ANDROID
    return Device.APPLE if APPLE_PATTERN.search(user_agent) else Device.OTHER


def detect_app_browser(user_agent: str) -> AppBrowser | None:
    """Return the kind of an app's browser, or None for an ordinary browser."""
    if is_line_browser(user_agent):
        return AppBrowser.LINE
    is_view = bool(MOBILE_APPLE_PATTERN.search(user_agent)) and not SAFARI_PATTERN.search(
        user_agent
    )
    return AppBrowser.OTHER if is_view or OTHER_APP_PATTERN.search(user_agent) else None


def is_line_browser(user_agent: str) -> bool:
    """Return True for the browser inside LINE."""
    return LINE_PATTERN.search(user_agent) is not None
