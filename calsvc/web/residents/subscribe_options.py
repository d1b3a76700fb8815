"""The ways into a calendar, the right one first."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from calsvc.links.urls import LinkUrls
from calsvc.web.residents.devices import Device


class Way(StrEnum):
    """A kind of calendar; its button is ``page.way.…`` in the catalogs."""

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
"""Google Calendar cannot subscribe on a phone, so there the file comes first."""
SECOND: Mapping[Device, tuple[Way, ...]] = {
    Device.APPLE: (),
    Device.ANDROID: (Way.APP,),
    Device.OTHER: (Way.OUTLOOK, Way.OFFICE),
}
"""In sight, too, but none of them is the button of the device."""


@dataclass(frozen=True)
class Subscribing:
    """The ways in three ranks, which are all ways together; ``address`` leads to each."""

    first: tuple[Way, ...]
    second: tuple[Way, ...]
    others: tuple[Way, ...]
    address: Mapping[Way, str]


def subscribing(addresses: LinkUrls, calendar_name: str, device: Device) -> Subscribing:
    """The ways for ``device``; ``calendar_name`` is what the calendar will be called."""
    first, second = FIRST[device], SECOND[device]
    return Subscribing(
        first=first,
        second=second,
        others=tuple(way for way in Way if way not in (*first, *second)),
        address={
            Way.APPLE: addresses.webcal,
            Way.GOOGLE: addresses.google,
            Way.OUTLOOK: addresses.outlook_com(calendar_name),
            Way.OFFICE: addresses.microsoft_365(calendar_name),
            Way.DOWNLOAD: addresses.feed,
            Way.APP: addresses.webcal,
            Way.COPY: addresses.feed,
        },
    )
