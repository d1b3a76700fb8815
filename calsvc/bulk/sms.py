"""Text messages (SMS) to residents, for the SMS service of the municipality."""

from typing import NamedTuple

from calsvc.bulk.message_settings import PLAIN_MESSAGES, MessageSettings
from calsvc.bulk.resident_message import Invitation
from calsvc.errors import Problem
from calsvc.i18n.catalogs import Catalog
from calsvc.letters.page_rows import typed_url
from calsvc.links.urls import LinkAddresses

MAX_ALONE, MAX_IN_PART = 70, 67
"""UTF-16 units of a single message, and of each part of a longer one (3GPP TS 23.040)."""


class Sms(NamedTuple):
    """A message, and the number of parts that the carrier bills."""

    text: str
    parts: int


def sms(
    invited: Invitation,
    addresses: LinkAddresses,
    catalog: Catalog,
    settings: MessageSettings = PLAIN_MESSAGES,
) -> Sms:
    """Return the SMS with a resident's link. It is never truncated."""
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
    """Return the problem of an SMS with more than ``most`` parts, or None."""
    if found.parts <= most:
        return None
    return Problem("sms", "sms.too_long", {"parts": found.parts, "most": most})


def count_parts(text: str) -> int:
    """Return the number of parts of ``text``, as carriers in Japan bill it."""
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= MAX_ALONE else -(-units // MAX_IN_PART)
