"""Settling what is in doubt: the button for a renewed certificate, and the form for dates."""

import re
from datetime import date
from html import unescape

import httpx2
import pytest
from starlette.testclient import TestClient

from calsvc.errors import Problem
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import Link, LinkedCard, Reminders, pack
from calsvc.parsing.names import NamedCard
from calsvc.rules.card import Card, Renewed, Subject
from calsvc.rules.plan import assess
from calsvc.web.ruby import with_ruby
from tests.support.links import NUMBER, link_of
from tests.support.pages import ADULT, KEYRING, link_page, typed

COMPUTED = Card(date(1985, 4, 23), issued=date(2020, 6, 1))
CHILD = Card(date(2012, 3, 15), card_expires=date(2028, 3, 15))
IN_DOUBT = Card(date(2003, 8, 20), issued=date(2022, 6, 1))
"""18 at the change of the threshold: the printed expiry settles it."""
STAY = Card(date(1991, 6, 15), issued=date(2023, 7, 1), stay_until=date(2027, 5, 31))
WRITTEN = ADULT._replace(cert_expires=date(2025, 4, 23))
CARDS = (ADULT, COMPUTED, CHILD, IN_DOUBT, STAY, WRITTEN)


def seal_link(*named_cards: Card | NamedCard, language: str = "ja") -> Link:
    """Return a link with slots that are not the places of its cards."""
    link = link_of(*named_cards, language=language, reminders=Reminders.OFF)
    cards = tuple(card._replace(slot=7 - card.slot) for card in link.cards)
    return link._replace(cards=cards)


def edit_path(link: Link) -> str:
    return f"/c/{KEYRING.seal(link)}/edit"


def field_values(page: str) -> dict[str, str]:
    """Return the fields of the form as a browser sends them untouched."""
    found = re.findall(
        r'<input(?![^>]*type="(?:radio|checkbox)")[^>]* name="([^"]+)" value="([^"]*)"', page
    )
    checked = re.findall(r'name="([^"]+)" value="([^"]*)"[^>]* checked', page)
    return {name: unescape(value) for name, value in [*found, *checked]}


def open_link(response: httpx2.Response) -> Link:
    """Return the link to whose page a response leads."""
    assert response.status_code == 303
    match = re.fullmatch(r"/c/([^?/]+)(\?changed=1)?", response.headers["Location"])
    assert match
    return KEYRING.open(match[1])


def post_form(client: TestClient, link: Link, **fields: str) -> httpx2.Response:
    untouched = field_values(client.get(edit_path(link)).text)
    return client.post(edit_path(link), data={**untouched, **fields})


# --- one tap --------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_button_names_the_day(client: TestClient, lang: str) -> None:
    catalog, day = get_catalog(lang), date(2025, 1, 24)
    hint = catalog.text("page.do.renewed.since", {"since": day})
    page = unescape(link_page(client, NamedCard(ADULT), lang=lang).text)
    form = re.search(r'<form class="renewed".*?</form>', page, re.DOTALL)
    assert form
    assert with_ruby(hint, catalog) in re.sub("</?span.*?>", "", form[0])
    assert f'<span class="day">{catalog.format_date(day)}</span>' in form[0]


def test_the_button_makes_the_certificate_end_with_the_card(client: TestClient) -> None:
    link = seal_link(NamedCard(CHILD, "太郎"), NamedCard(ADULT, "花子"), language="ko")
    response = client.post(edit_path(link), data={"do": "renewed", "slot": "6"})
    new = open_link(response)
    plan = assess(ADULT._replace(cert_renewed=Renewed.IN_WINDOW)).plan
    assert new == link._replace(cards=(link.cards[0], LinkedCard(plan, "花子", 6)))
    assert new.number == NUMBER
    page = client.get(response.headers["Location"])
    assert get_catalog("ko").text("page.changed") in page.text
    assert 'value="renewed"' not in page.text


def test_the_button_settles_a_renewal_of_an_unknown_day(client: TestClient) -> None:
    link = seal_link(ADULT._replace(cert_renewed=Renewed.SOMETIME))
    assert link.cards[0].plan.doubts_of(Subject.CERTIFICATE)
    assert 'value="renewed"' in client.get(f"/c/{KEYRING.seal(link)}").text
    new = open_link(client.post(edit_path(link), data={"do": "renewed", "slot": "7"}))
    assert new.cards[0].plan == assess(ADULT._replace(cert_renewed=Renewed.IN_WINDOW)).plan


@pytest.mark.parametrize(
    "card",
    [
        CHILD,
        IN_DOUBT,
        STAY,
        WRITTEN,
        ADULT._replace(cert_renewed=Renewed.IN_WINDOW),
        Card(date(1985, 4, 23), card_expires=date(2034, 4, 23)),  # its window has not opened
        Card(date(1985, 4, 23), card_expires=date(2026, 4, 23)),  # it has ended
        Card(date(2000, 4, 23), issued=date(2021, 3, 1)),  # perhaps renewed early
    ],
)
def test_no_button_where_it_would_not_hold(client: TestClient, card: Card) -> None:
    link = seal_link(card)
    assert 'value="renewed"' not in client.get(f"/c/{KEYRING.seal(link)}").text
    response = client.post(edit_path(link), data={"do": "renewed", "slot": "7"})
    assert response.status_code == 404


@pytest.mark.parametrize("slot", ["", "0", "-1", "6", "07", "x", "７"])
def test_unknown_slot_is_not_found(client: TestClient, slot: str) -> None:
    response = client.post(edit_path(seal_link(ADULT)), data={"do": "renewed", "slot": slot})
    assert response.status_code == 404


@pytest.mark.parametrize("token", ["x", "1", "1" * 80, "%00"])
def test_invalid_token_is_not_found(client: TestClient, token: str) -> None:
    path = f"/c/{token}/edit"
    assert client.get(path).status_code == 404
    assert client.post(path, data={"do": "renewed", "slot": "0"}).status_code == 404


# --- the form -------------------------------------------------------------------------------------


def test_dates_read_from_the_card_are_filled_in(client: TestClient) -> None:
    fields = field_values(client.get(edit_path(seal_link(WRITTEN))).text)
    dates = {name: value for name, value in fields.items() if value and name.startswith("c1-c")}
    assert dates == typed(card_expires="2030-4-23", cert_expires="2025-4-23")


def test_computed_dates_stand_beside_empty_fields(client: TestClient) -> None:
    page = client.get(edit_path(seal_link(COMPUTED))).text
    assert not {name for name, value in field_values(page).items() if value.isdecimal()}
    catalog = get_catalog("ja")
    for day in (date(2025, 4, 23), date(2030, 4, 23)):
        assert page.count(catalog.text("page.computed", {"day": day})) == 1


@pytest.mark.parametrize("card", CARDS)
def test_a_form_sent_unchanged_changes_nothing(client: TestClient, card: Card) -> None:
    link = seal_link(NamedCard(card, "花子"), CHILD)
    response = post_form(client, link)
    assert pack(open_link(response)) == pack(link)
    assert "changed" not in response.headers["Location"]


def test_other_alarms_change_the_link_and_no_card(client: TestClient) -> None:
    link = seal_link(NamedCard(CHILD, "太郎"), NamedCard(ADULT, "花子"))._replace(
        reminders=Reminders.OFF
    )
    page = client.get(edit_path(link)).text
    assert '<option value="off" selected>' in page
    fields = field_values(page) | {"alarms": "few"}
    assert open_link(client.post(edit_path(link), data=fields)) == link._replace(
        reminders=Reminders.FEW
    )


def test_another_choice_without_a_date_changes_nothing(client: TestClient) -> None:
    link = seal_link(ADULT)
    assert open_link(post_form(client, link, **{"c1-born-era": "昭和"})) == link


def test_the_printed_expiry_settles_a_doubt(client: TestClient) -> None:
    link = seal_link(IN_DOUBT)
    assert link.cards[0].plan.doubts
    fields = typed(card_expires="2032-8-20", born="2003-8-20")
    response = post_form(client, link, **fields)
    plan = assess(Card(date(2003, 8, 20), card_expires=date(2032, 8, 20))).plan
    assert plan.doubts == ()
    assert open_link(response) == link._replace(cards=(LinkedCard(plan, "", 7),))
    assert response.headers["Location"].endswith("?changed=1")


def test_a_card_that_is_not_changed_stays_as_sealed(client: TestClient) -> None:
    link = seal_link(
        NamedCard(IN_DOUBT, "花子"), NamedCard(STAY, "李"), NamedCard(COMPUTED, "太郎")
    )
    fields = typed(3, card_expires="2030-4-23", born="1985-4-23", cert_renewed="2024-11-2")
    new = open_link(post_form(client, link, **fields, **{"c2-name": "王"}))
    assert pack(new._replace(cards=new.cards[:1])) == pack(link._replace(cards=link.cards[:1]))
    assert new.cards[1] == link.cards[1]._replace(name="王")
    assert [card.slot for card in new.cards] == [7, 6, 5]
    plan = assess(ADULT._replace(cert_renewed=date(2024, 11, 2))).plan
    assert new.cards[2] == LinkedCard(plan, "太郎", 5)
    assert new[2:] == link[2:]


def test_cards_of_an_older_law_keep_its_revision(client: TestClient) -> None:
    link = seal_link(ADULT, CHILD)._replace(revision=0)
    one = typed(born="1985-4-23", card_expires="2031-4-23")
    both = {**one, **typed(2, born="2012-3-15", card_expires="2027-3-15")}
    assert open_link(post_form(client, link, **one)).revision == 0
    assert open_link(post_form(client, link, **both)).revision == 1


def test_errors_are_shown_beside_the_unchanged_input(client: TestClient) -> None:
    link = seal_link(NamedCard(IN_DOUBT, "花子"), COMPUTED)
    fields = {**typed(2, card_expires="2030-4-23"), "c1-name": "長" * 21}
    response = post_form(client, link, **fields)
    assert response.status_code == 400
    assert re.findall(r'id="(c\d-\w+)-fault"', response.text) == ["c1-name", "c2-born"]
    assert field_values(response.text)["c2-card_expires-year"] == "2030"
    assert get_catalog("ja").text("page.error.card_expires.missing") not in response.text


def test_a_card_cannot_be_left_out(client: TestClient) -> None:
    link = seal_link(ADULT, CHILD)
    fields = typed(card_expires="2030-4-23", born="1985-4-23")
    response = client.post(edit_path(link), data={"cards": "1", "do": "remove-2", **fields})
    assert response.status_code == 400
    assert "c2-card_expires-fault" in response.text


def test_end_of_stay_is_confirmed_by_one_button(client: TestClient) -> None:
    link = seal_link(STAY)
    fields = typed(card_expires="2027-5-31", born="1991-6-15")
    response = post_form(client, link, **fields)
    assert response.status_code == 400
    assert 'value="stay-1"' in response.text
    new = open_link(
        client.post(edit_path(link), data={**field_values(response.text), "do": "stay-1"})
    )
    card = Card(date(1991, 6, 15), card_expires=date(2027, 5, 31), stay_until=date(2027, 5, 31))
    assert new.cards[0].plan == assess(card).plan


def test_known_stay_remains_if_only_a_birth_date_is_typed(client: TestClient) -> None:
    stay = Card(date(1990, 6, 15), card_expires=date(2027, 6, 15), stay_until=date(2027, 6, 15))
    link = seal_link(stay)
    new = open_link(post_form(client, link, **typed(born="1990-6-15")))
    assert new.cards[0].plan == link.cards[0].plan
    later = typed(born="1990-6-15", stay_until="2028-6-15")
    plan = assess(stay._replace(stay_until=date(2028, 6, 15))).plan
    assert open_link(post_form(client, link, **later)).cards[0].plan == plan


def test_a_stay_that_is_not_known_is_asked_for(client: TestClient) -> None:
    link = seal_link(STAY._replace(card_expires=None, issued=date(2023, 6, 1)))
    fields = {**typed(issued="2023-6-2", born="1991-6-15")}
    response = post_form(client, link, **fields)
    assert response.status_code == 400
    assert re.findall(r'id="(c\d-\w+)-fault"', response.text) == ["c1-stay_until"]
    assert (
        get_catalog("ja").format_problem(Problem("stay_until", "stay_until.missing"))
        in response.text
    )
    printed = post_form(client, link, **typed(card_expires="2032-6-15", born="1991-6-15"))
    plan = assess(Card(date(1991, 6, 15), card_expires=date(2032, 6, 15))).plan
    assert open_link(printed).cards[0].plan == plan


@pytest.mark.parametrize("written", ["", "2025-4-23"])
def test_known_renewal_remains_if_another_date_is_typed(client: TestClient, written: str) -> None:
    link = seal_link(ADULT._replace(cert_renewed=Renewed.IN_WINDOW))
    fields = typed(born="1985-4-23", card_expires="2031-4-23", cert_expires=written)
    card = Card(date(1985, 4, 23), card_expires=date(2031, 4, 23))
    answer = {"cert_expires": date(2025, 4, 23)} if written else {"cert_renewed": Renewed.SOMETIME}
    new = open_link(post_form(client, link, **fields))
    assert new.cards[0].plan == assess(card._replace(**answer)).plan


# --- what the pages tell --------------------------------------------------------------------------


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_page_tells_a_birth_date(client: TestClient, card: Card, lang: str) -> None:
    link = seal_link(card, language=lang)
    for path in (f"/c/{KEYRING.seal(link)}", edit_path(link)):
        response = client.get(path)
        assert response.headers["Content-Language"] == lang
        assert str(card.born.year) not in re.sub(r"<svg.*?</svg>", "", response.text, flags=re.S)
        assert card.issued is None or str(card.issued) not in response.text


def test_the_form_is_one_persons(client: TestClient) -> None:
    link = seal_link(ADULT)
    page = client.get(edit_path(link))
    for response in (page, client.head(edit_path(link)), post_form(client, link)):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    shown = client.get(f"/c/{KEYRING.seal(link)}")
    policy = "Content-Security-Policy"
    assert page.headers[policy] == shown.headers[policy]


def test_the_language_can_be_changed_and_stays(client: TestClient) -> None:
    page = client.get(f"{edit_path(seal_link(ADULT))}?lang=vi")
    action = re.search(r'<form id="dates" method="post" action="/c/([^"]+)/edit"', page.text)
    assert action
    assert KEYRING.open(action[1]) == seal_link(ADULT, language="vi")
