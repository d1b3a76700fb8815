"""Orders the ways to subscribe to a feed by the device of the resident."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from calsvc.links.urls import LinkAddresses
from calsvc.web.residents.devices import Device


class Way(StrEnum):
    """A way to subscribe. Its button is ``page.way.…`` in the catalogs."""

    APPLE = "apple"
    GOOGLE = "google"
    OUTLOOK = "outlook"
    OFFICE = "office"
    DOWNLOAD = "download"
    APP = "app"
    COPY = "copy"


FIRST: Mapping[Device, tuple[Way, ...]] = {
    Device.APPLE: (Way.APPLE,),
    Device.ANDROID: (Way.DOWNLOAD,),
    Device.OTHER: (Way.GOOGLE,),
}
"""The main button. Google Calendar cannot subscribe on a phone, so Android gets the file."""
SECOND: Mapping[Device, tuple[Way, ...]] = {
    Device.APPLE: (),
    Device.ANDROID: (Way.APP,),
    Device.OTHER: (Way.OUTLOOK, Way.OFFICE),
}
"""Further visible ways, below the main button."""


@dataclass(frozen=True)
class Subscribing:
    """All ways in three ranks. ``address``: the URL of each."""

    first: tuple[Way, ...]
    second: tuple[Way, ...]
    others: tuple[Way, ...]
    address: Mapping[Way, str]


def subscribing(addresses: LinkAddresses, calendar_name: str, device: Device) -> Subscribing:
    """Return the ways for ``device``. ``calendar_name``: the name of the new calendar."""
    first, second = FIRST[device], SECOND[device]
    return Subscribing(
        first=first,
        second=second,
        others=tuple(way for way in Way if way not in (*first, *second)),
        address={
            Way.APPLE: addresses.webcal,
            Way.GOOGLE: addresses.google,
            Way.OUTLOOK: addresses.outlook(calendar_name),
            Way.OFFICE: addresses.office(calendar_name),
            Way.DOWNLOAD: addresses.feed,
            Way.APP: addresses.webcal,
            Way.COPY: addresses.feed,
        },
    )
