"""Orders the ways to subscribe to a feed by the device of the resident."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from calsvc.links.urls import LinkUrls
from calsvc.web.residents.devices import Device


class SubscribeMethod(StrEnum):
    """A way to subscribe. Its button is ``page.method.…`` in the catalogs."""

    APPLE = "apple"
    GOOGLE = "google"
    OUTLOOK = "outlook"
    OFFICE = "office"
    DOWNLOAD = "download"
    APP = "app"
    COPY = "copy"


MAIN_METHODS: Mapping[Device, tuple[SubscribeMethod, ...]] = {
    Device.APPLE: (SubscribeMethod.APPLE,),
    Device.ANDROID: (SubscribeMethod.DOWNLOAD,),
    Device.OTHER: (SubscribeMethod.GOOGLE,),
}
"""The main button. Google Calendar cannot subscribe on a phone, so Android gets the file."""
VISIBLE_METHODS: Mapping[Device, tuple[SubscribeMethod, ...]] = {
    Device.APPLE: (),
    Device.ANDROID: (SubscribeMethod.APP,),
    Device.OTHER: (SubscribeMethod.OUTLOOK, SubscribeMethod.OFFICE),
}
"""Further visible ways, below the main button."""


@dataclass(frozen=True)
class SubscribeOptions:
    """All ways in three ranks. ``urls``: the URL of each."""

    main: tuple[SubscribeMethod, ...]
    visible: tuple[SubscribeMethod, ...]
    others: tuple[SubscribeMethod, ...]
    urls: Mapping[SubscribeMethod, str]


def subscribe_options(link_urls: LinkUrls, calendar_name: str, device: Device) -> SubscribeOptions:
    """Return the ways for ``device``. ``calendar_name``: the name of the new calendar."""
    main, visible = MAIN_METHODS[device], VISIBLE_METHODS[device]
    return SubscribeOptions(
        main=main,
        visible=visible,
        others=tuple(method for method in SubscribeMethod if method not in (*main, *visible)),
        urls={
            SubscribeMethod.APPLE: link_urls.webcal,
            SubscribeMethod.GOOGLE: link_urls.google,
            SubscribeMethod.OUTLOOK: link_urls.outlook_com(calendar_name),
            SubscribeMethod.OFFICE: link_urls.microsoft_365(calendar_name),
            SubscribeMethod.DOWNLOAD: link_urls.feed,
            SubscribeMethod.APP: link_urls.webcal,
            SubscribeMethod.COPY: link_urls.feed,
        },
    )
