"""A client that requests pages like a browser, on a fixed day, and the fields of its forms."""

from datetime import date

import httpx2
from starlette.testclient import TestClient

from calsvc.links.keys import parse_keys
from calsvc.links.sealing import Keyring
from calsvc.parsing.names import NamedCard
from calsvc.rules.card import Card
from calsvc.settings import Settings
from calsvc.web.app import create_app
from tests.support.clients import TODAY
from tests.support.links import link_of
from tests.support.servers import KEY

KEYRING = Keyring(parse_keys(KEY, "test"))
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ADULT = Card(date(1985, 4, 23), card_expires=date(2030, 4, 23))
ADULT_TOKEN = KEYRING.seal(link_of(ADULT))


def page_client(settings: Settings) -> TestClient:
    """Return a client of a service with ``settings``."""
    app = create_app(settings, today=lambda: TODAY)
    return TestClient(
        app, base_url="http://localhost:8000", headers=BROWSER, follow_redirects=False
    )


def typed(place: int = 1, **fields: str) -> dict[str, str]:
    """Return the fields of a card's form. Dates such as ``2030-4-23`` have three fields."""
    form = {}
    for name, text in fields.items():
        parts = text.split("-")
        if len(parts) == 3:
            for part, number in zip(("year", "month", "day"), parts, strict=True):
                form[f"c{place}-{name}-{part}"] = number
        else:
            form[f"c{place}-{name.replace('_era', '-era')}"] = text
    return form


GOOD_FORM = typed(card_expires="2030-4-23", born="1985-4-23")


def link_page(client: TestClient, *members: NamedCard, lang: str = "ja") -> httpx2.Response:
    """Return the page of a link to ``members``."""
    response = client.get(f"/c/{KEYRING.seal(link_of(*members, language=lang))}")
    assert response.status_code == 200
    return response
