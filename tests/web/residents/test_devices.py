"""What a browser says of the device, and which calendar comes first there."""

import pytest

from calsvc.links.urls import LinkUrls
from calsvc.web.residents.devices import BuiltIn, Device, built_in, device, in_line
from calsvc.web.residents.subscribe_options import Way, subscribing

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
    assert device(agent) is expected
    assert built_in(agent) is None


@pytest.mark.parametrize(
    ("agent", "line"),
    [
        ("Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Safari Line/14.19.0", True),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/131.0.0.0 Mobile Line/14.19.0/IAB", True),
        ("Mozilla/5.0 (Linux; Android 15) Online/1.0", False),
    ],
)
def test_lines_own_browser_is_known(agent: str, line: bool) -> None:
    assert in_line(agent) is line


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
    assert built_in(agent) is BuiltIn.OTHER


def test_lines_browser_is_told_from_those_of_other_apps() -> None:
    assert built_in(f"{IPHONE} Safari Line/14.19.0") is BuiltIn.LINE


@pytest.mark.parametrize("hand", Device)
def test_every_way_is_offered_once_and_has_an_address(hand: Device) -> None:
    ways = subscribing(ADDRESSES, "カード", hand)
    assert sorted((*ways.first, *ways.second, *ways.others)) == sorted(Way)
    assert set(ways.address) == set(Way)
    assert len(ways.first) == 1


def test_no_phone_is_sent_to_google_first() -> None:
    assert subscribing(ADDRESSES, "カード", Device.ANDROID).first == (Way.DOWNLOAD,)
    assert subscribing(ADDRESSES, "カード", Device.APPLE).first == (Way.APPLE,)
