"""What a browser says of the device, and which calendar comes first there."""

import pytest

from calsvc.links.urls import LinkAddresses
from calsvc.web.residents.devices import Device, device, in_line
from calsvc.web.residents.subscribe_options import Way, subscribing

ADDRESSES = LinkAddresses("https://card.example.jp", "1abc")
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
    assert not in_line(agent)


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


@pytest.mark.parametrize("hand", Device)
def test_every_way_is_offered_once_and_has_an_address(hand: Device) -> None:
    ways = subscribing(ADDRESSES, "カード", hand)
    assert sorted((*ways.first, *ways.others)) == sorted(Way)
    assert set(ways.address) == set(Way)
    assert ways.first


def test_no_phone_is_sent_to_google_first() -> None:
    assert subscribing(ADDRESSES, "カード", Device.ANDROID).first == (Way.DOWNLOAD,)
    assert subscribing(ADDRESSES, "カード", Device.APPLE).first == (Way.APPLE,)
