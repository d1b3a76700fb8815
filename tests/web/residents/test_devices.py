"""Detection of the device from its User-Agent, and the order of calendars there."""

import pytest

from calsvc.links.urls import LinkUrls
from calsvc.web.residents.devices import (
    AppBrowser,
    Device,
    detect_app_browser,
    detect_device,
    is_line_browser,
)
from calsvc.web.residents.subscribe_options import SubscribeMethod, subscribe_options

ADDRESSES = LinkUrls("https://card.example.jp", "1abc")
AGENTS = {
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Safari/604.1": Device.APPLE,
    "Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) Safari/604.1": Device.APPLE,
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15": Device.APPLE,
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/131.0.0.0 Mobile": Device.ANDROID,
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0.0.0": Device.OTHER,
    "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0": Device.OTHER,
    "": Device.OTHER,
}


@pytest.mark.parametrize(("agent", "expected"), AGENTS.items())
def test_a_device_is_known_by_its_browser(agent: str, expected: Device) -> None:
    assert detect_device(agent) is expected
    assert detect_app_browser(agent) is None


@pytest.mark.parametrize(
    ("agent", "line"),
    [
        ("Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Safari Line/14.19.0", True),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/131.0.0.0 Mobile Line/14.19.0/IAB", True),
        ("Mozilla/5.0 (Linux; Android 15) Online/1.0", False),
    ],
)
def test_lines_own_browser_is_known(agent: str, line: bool) -> None:
    assert is_line_browser(agent) is line


IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"
ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36"


@pytest.mark.parametrize(
    "agent",
    [
        f"{IPHONE} (KHTML, like Gecko) Mobile/22B83 [FBAN/FBIOS;FBAV/450.0]",
        f"{IPHONE} (KHTML, like Gecko) Mobile/22B83 Instagram 350.0.0",
        f"{IPHONE} Mobile/22B83 Safari/604.1 YJApp-IOS jp.co.yahoo.ipn.appli/4.100",
        f"{IPHONE} (KHTML, like Gecko) Mobile/22B83",
        f"{ANDROID} Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36 YJApp-ANDROID",
        "Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) Chrome/131.0.0.0 Mobile Safari/537.36",
        f"{ANDROID} Chrome/131.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/450.0]",
    ],
)
def test_browsers_of_other_apps_are_known(agent: str) -> None:
    assert detect_app_browser(agent) is AppBrowser.OTHER


def test_line_browser_is_distinguished_from_other_apps() -> None:
    assert detect_app_browser(f"{IPHONE} Safari Line/14.19.0") is AppBrowser.LINE


@pytest.mark.parametrize("device", Device)
def test_every_way_is_offered_once_and_has_an_address(device: Device) -> None:
    options = subscribe_options(ADDRESSES, "カード", device)
    assert sorted((*options.main, *options.visible, *options.others)) == sorted(SubscribeMethod)
    assert set(options.urls) == set(SubscribeMethod)
    assert len(options.main) == 1


def test_no_phone_is_sent_to_google_first() -> None:
    assert subscribe_options(ADDRESSES, "カード", Device.ANDROID).main == (
        SubscribeMethod.DOWNLOAD,
    )
    assert subscribe_options(ADDRESSES, "カード", Device.APPLE).main == (SubscribeMethod.APPLE,)
