"""Text messages (SMS) to residents, for the SMS service of the municipality."""

from typing import NamedTuple

from calsvc.bulk.message_settings import DEFAULT_MESSAGE_SETTINGS, MessageSettings
from calsvc.bulk.resident_message import ResidentMessage
from calsvc.errors import Problem
from calsvc.i18n.catalogs import Catalog
from calsvc.letters.page_rows import url_to_type
from calsvc.links.urls import LinkUrls

MAX_SINGLE_UNITS, MAX_PART_UNITS = 70, 67
"""UTF-16 units of a single message, and of each part of a longer one (3GPP TS 23.040)."""


class Sms(NamedTuple):
    """A message, and the number of parts that the carrier bills."""

    text: str
    parts: int


def compose_sms(
    message: ResidentMessage,
    urls: LinkUrls,
    catalog: Catalog,
    settings: MessageSettings = DEFAULT_MESSAGE_SETTINGS,
) -> Sms:
    """Return the SMS with a resident's link. It is never truncated."""
    what, expiry = message.next_expiry
    date_params = {"year": expiry.year, "month": expiry.month, "day": expiry.day}
    params = {
        "city": message.municipality,
        "what": what,
        "expiry": catalog.text("sms.date", date_params),
        "page": url_to_type(urls.page),
    }
    own_text = settings.sms_texts.get(catalog.language)
    text = own_text.format_map(params) if own_text else catalog.text("sms.text", params)
    return Sms(text, count_parts(text))


def length_problem(message: Sms, max_parts: int) -> Problem | None:
    """Return the problem of an SMS with more than ``max_parts`` parts, or None."""
    if message.parts <= max_parts:
        return None
    return Problem("sms", "sms.too_long", {"parts": message.parts, "most": max_parts})


def count_parts(text: str) -> int:
    """Return the number of parts of ``text``, as carriers in Japan bill it."""
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= MAX_SINGLE_UNITS else -(-units // MAX_PART_UNITS)
