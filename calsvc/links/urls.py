"""Builds the URLs of a sealed link: its page, its feed, and one for each calendar service."""

import re
from typing import NamedTuple
from urllib.parse import quote, urlencode

from calsvc.i18n.calendar_texts import CalendarText
from calsvc.rules.dates import ONE_DAY

LINE_OPEN_EXTERNAL = "openExternalBrowser=1"
"""The parameter with which LINE opens a URL in the phone's browser, which supports webcal."""
MAX_DETAILS_LENGTH = 1500
RESERVED_PATTERN = re.compile("[^A-Za-z0-9_.~-]+")
"""All characters except the unreserved ones of RFC 3986, section 2.3."""


class LinkUrls(NamedTuple):
    """The URLs of one sealed link. ``base_url``: the public URL of the service, without a slash."""

    base_url: str
    token: str

    @property
    def page(self) -> str:
        """The page that shows the calendar, for e-mails and QR codes."""
        return f"{self.base_url}/c/{self.token}?{LINE_OPEN_EXTERNAL}"

    @property
    def intent(self) -> str:
        """The page, for apps on Android that open intent URLs in the phone's default browser."""
        scheme, _, rest = self.page.partition("://")
        return f"intent://{rest}#Intent;scheme={scheme};action=android.intent.action.VIEW;end"

    @property
    def feed(self) -> str:
        """The feed itself."""
        return f"{self.base_url}/c/{self.token}.ics"

    @property
    def webcal(self) -> str:
        """The feed, for programs such as Apple's that subscribe to webcal URLs."""
        return f"webcal://{self.feed.partition('://')[2]}"

    @property
    def google(self) -> str:
        """The page of Google Calendar on a computer that offers to subscribe."""
        return f"https://calendar.google.com/calendar/r?{urlencode({'cid': self.webcal})}"

    def outlook_com(self, name: str) -> str:
        """Return the page of Outlook.com that subscribes. ``name``: the name of the calendar."""
        return f"https://outlook.live.com/calendar/0/addfromweb?{self._subscribe_query(name)}"

    def microsoft_365(self, name: str) -> str:
        """Return the page of Outlook in Microsoft 365 that subscribes, for work or school."""
        return f"https://outlook.office.com/calendar/0/addfromweb?{self._subscribe_query(name)}"

    def _subscribe_query(self, name: str) -> str:
        return urlencode({"url": self.feed, "name": name}, quote_via=quote)


def google_event_url(event: CalendarText, title: str) -> str:
    """Return the URL that adds one event to Google Calendar. On phones, it cannot subscribe."""
    days = f"{event.day:%Y%m%d}/{event.day + ONE_DAY:%Y%m%d}"
    fields = {
        "action": "TEMPLATE",
        "text": title,
        "dates": days,
        "details": event.description[:MAX_DETAILS_LENGTH],
        "location": event.location,
    }
    query = "&".join([f"{name}={percent_encode(value)}" for name, value in fields.items()])
    return f"https://calendar.google.com/calendar/render?{query}"


def percent_encode(text: str) -> str:
    """Return the same as ``urllib.parse.quote(text, safe="")``.

    It takes a fifth of the time, which counts because bulk runs encode many texts.
    """
    return RESERVED_PATTERN.sub(lambda match: f"%{match[0].encode().hex('%')}".upper(), text)
