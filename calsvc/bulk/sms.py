"""Text messages (SMS) to residents, for the service with which an office sends them."""

from typing import NamedTuple

from calsvc.bulk.message_settings import PLAIN_MESSAGES, MessageSettings
from calsvc.bulk.resident_message import Invitation
from calsvc.errors import Problem
from calsvc.i18n.catalogs import Catalog
from calsvc.letters.page_rows import typed_url
from calsvc.links.urls import LinkAddresses

MAX_ALONE, MAX_IN_PART = 70, 67
"""UTF-16 units of a message of one part, and of each part of a longer one (3GPP TS 23.040)."""


class Sms(NamedTuple):
    """A message, and how many parts the sender pays for."""

    text: str
    parts: int


def sms(
    invited: Invitation,
    addresses: LinkAddresses,
    catalog: Catalog,
    settings: MessageSettings = PLAIN_MESSAGES,
) -> Sms:
    """Returns the message that brings a resident the link. It is never cut."""
    what, expiry = invited.next_expiry
    numbers = {"year": expiry.year, "month": expiry.month, "day": expiry.day}
    params = {
        "city": invited.city,
        "what": what,
        "expiry": catalog.text("sms.date", numbers),
        "page": typed_url(addresses.page),
    }
    own = settings.sms_texts.get(catalog.language)
    filled = own.format_map(params) if own else catalog.text("sms.text", params)
    return Sms(filled, count_parts(filled))


def too_long(found: Sms, most: int) -> Problem | None:
    """Returns why ``found`` is not sent, if it has more parts than the office pays for."""
    if found.parts <= most:
        return None
    return Problem("sms", "sms.too_long", {"parts": found.parts, "most": most})


def count_parts(text: str) -> int:
    """Returns how many parts ``text`` has as carriers in Japan bill it."""
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= MAX_ALONE else -(-units // MAX_IN_PART)
