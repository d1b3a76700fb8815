"""Checks that a copy of the service opens links that are sealed here."""

from datetime import date
from http import HTTPStatus
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from calsvc.errors import CalsvcError
from calsvc.i18n.languages import DEFAULT_LANGUAGE
from calsvc.links.content import Link, LinkedCard, Reminders, generate_link_number
from calsvc.links.sealing import Keyring
from calsvc.links.urls import LinkUrls
from calsvc.rules.card import Card
from calsvc.rules.plan import assess
from calsvc.settings import PUBLIC_URL_PATTERN

TIMEOUT_SECONDS = 20
MAX_FEED_BYTES = 100_000
TEST_CARD = Card(born=date(1990, 1, 1), issued=date(2016, 1, 4))
"""A card of no person. It has expired."""
TEST_NAME = "TEST"


class KeysDifferError(CalsvcError):
    """A copy that does not open the test link, or is unreachable."""


def fetch_test_feed(url: str, keyring: Keyring, municipality: str) -> None:
    """Fetch the feed of a new test link from the copy at ``url``. Raises `KeysDifferError`.

    The link has a random number, so that no cache contains it. The events of the feed contain the
    number, which only a copy with the key can read from the token. So a response of another
    program is not mistaken for the feed.
    """
    if not PUBLIC_URL_PATTERN.fullmatch(url := url.rstrip("/")):
        raise KeysDifferError(f"{url}: must be like https://calendar.example.jp")
    cards = (LinkedCard(assess(TEST_CARD).plan, TEST_NAME),)
    link = Link(generate_link_number(), cards, DEFAULT_LANGUAGE, municipality, Reminders.OFF)
    if link.number.hex().encode() not in _fetch(url, keyring.seal(link)):
        raise KeysDifferError(f"{url}: answers, but not with the feed. Is it calsvc?")


def _fetch(url: str, token: str) -> bytes:
    request = Request(LinkUrls(url, token).feed)  # noqa: S310 - http or https, as checked
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310
            content: bytes = response.read(MAX_FEED_BYTES)
    except HTTPError as error:
        error.close()
        if error.code == HTTPStatus.NOT_FOUND:
            raise KeysDifferError(
                f"{url}: does not open the links that are sealed here: it has other keys, or "
                "serves another municipality. Send no letter with them."
            ) from None
        raise KeysDifferError(f"{url}: answers with {error.code}") from None
    except URLError as error:
        raise KeysDifferError(f"{url}: cannot be reached: {error.reason}") from None
    except (HTTPException, OSError):
        raise KeysDifferError(f"{url}: the answer broke off or was none of HTTP") from None
    return content
