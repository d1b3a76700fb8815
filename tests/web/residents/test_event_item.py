"""The item of an event on a page: the same as its whole text made into paragraphs."""

import re
from datetime import date
from itertools import product

import pytest
from markupsafe import escape

from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.event_texts import build_event_texts
from calsvc.i18n.languages import LANGUAGES
from calsvc.municipality import loader
from calsvc.web.pages import paragraphs
from calsvc.web.residents.event_item import encode_days, render_item
from calsvc.web.residents.event_status import EventState, EventStatus
from calsvc.web.ruby import with_ruby
from tests.i18n.sample_cards import CARDS, CITIES, OTARU_TOML, plan_of

NAME = "{opens} %(opens)b 100% <b> {{x}}"
HOSTILE = loader.parse_municipality(
    "hostile",
    re.sub(r"^(name\..* =).*", f'\\1 "{NAME}"', OTARU_TOML, flags=re.MULTILINE).encode(),
)
AHEAD = EventStatus(EventState.AHEAD, 58)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_item_holds_the_whole_text_of_its_event(lang: str) -> None:
    catalog = get_catalog(lang)
    for card, city in product(CARDS, (*CITIES, HOSTILE)):
        for event in build_event_texts(plan_of(card), city, catalog):
            when = catalog.format_date(date(2026, 11, 24))
            html = render_item(event, encode_days(event.days), when, AHEAD, catalog).decode()
            assert f'<p class="when">{when}</p>' in html
            assert with_ruby(f"<h3>{escape(event.title)}</h3>", catalog) in html
            text = f'<p class="standing">{escape(AHEAD.text(catalog))}</p>'
            assert with_ruby(text, catalog) in html
            text = html.partition('<div class="description">\n')[2]
            described = with_ruby(paragraphs(event.description), catalog)
            assert text.partition("\n</div>")[0] == described


def test_text_of_a_municipality_is_no_placeholder() -> None:
    for event in build_event_texts(plan_of(CARDS[0]), HOSTILE, get_catalog("en")):
        assert NAME in event.description
