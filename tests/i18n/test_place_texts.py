"""What is said of municipalities: as much as their profiles state, in every language."""

import pytest

from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.contact_texts import contact
from calsvc.i18n.hours_texts import hours_text
from calsvc.i18n.languages import LANGUAGES
from calsvc.i18n.place_texts import (
    calendar_description,
    city_name,
    counters,
    local_key,
    local_texts,
    places,
    unmistakable_name,
    visit,
)
from calsvc.municipality import toml_reader
from calsvc.municipality.counters import Brought, CounterKind, Excluded, Photo, Reservation, Task
from calsvc.municipality.hours import NTHS, parse_rule
from calsvc.municipality.model import Price, Service
from tests.municipality.profiles import COUNTER, SMALL, small

EN = get_catalog("en")


@pytest.mark.parametrize(
    ("rule", "ja", "en"),
    [
        ("mon-fri 08:30-17:15", "月〜金曜 8:30〜17:15", "Mon–Fri 8:30–17:15"),
        (
            "2nd,4th sat 09:00-12:00",
            "第2・第4土曜 9:00〜12:00",
            "2nd, 4th Sat of the month 9:00–12:00",
        ),
        ("wed,fri 17:00-19:00", "水・金曜 17:00〜19:00", "Wed, Fri 17:00–19:00"),
        ("daily 10:00-17:00", "毎日 10:00〜17:00", "every day 10:00–17:00"),
        (
            "sat-sun,holidays 10:00-17:00",
            "土・日曜・祝日 10:00〜17:00",
            "Sat, Sun, national holidays 10:00–17:00",
        ),
        ("holidays 10:00-17:00", "祝日 10:00〜17:00", "national holidays 10:00–17:00"),
        (
            "sun 08:30-12:00,13:00-17:00 except 3rd",
            "日曜 8:30〜12:00・13:00〜17:00（第3を除く）",
            "Sun 8:30–12:00, 13:00–17:00 (not on the 3rd)",
        ),
        (
            "3rd thu 17:15-20:00 by reservation",
            "第3木曜 17:15〜20:00（予約制）",
            "3rd Thu of the month 17:15–20:00 (by reservation)",
        ),
        (
            "4th sun 09:00-17:30 also holidays",
            "第4日曜 9:00〜17:30（祝日も）",
            "4th Sun of the month 9:00–17:30 (also on national holidays)",
        ),
    ],
)
def test_hours_in_words(rule: str, ja: str, en: str) -> None:
    assert hours_text(parse_rule(rule), get_catalog("ja")) == ja
    assert hours_text(parse_rule(rule), EN) == en


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fact_has_its_words_in_every_language(lang: str) -> None:
    catalog = get_catalog(lang)
    keys = [f"place.kind.{each}" for each in CounterKind]
    keys += [f"place.reservation.{each}" for each in Reservation]
    keys += [f"place.not_for.{each}" for each in Excluded]
    keys += [f"place.photo.{each}" for each in Photo if each is not Photo.UNKNOWN]
    keys += [f"place.nth.{each}" for each in NTHS]
    keys += [f"place.bring.{each}" for each in Brought if each not in ("card", "pins")]
    assert all(catalog.text(key) for key in keys)
    prices = {(service, price) for service in Service for price in Price}
    for service, price in prices:
        if price is not Price.UNKNOWN:
            assert catalog.text(f"place.cost.{service}.{price}")


def test_a_reservation_that_is_not_known_of_is_asked_about() -> None:
    assert visit(small(), Task.CERTIFICATE, EN).startswith("Ask the municipality whether")
    city = small(counter='reservation = "required"\nreserve.web = "https://book.example.jp/"')
    said = visit(city, Task.CERTIFICATE, EN)
    assert said.startswith("A reservation is needed. To reserve: https://book.example.jp/")


def test_counters_that_differ_are_told_apart() -> None:
    ward = toml_reader.load("141526")
    said = visit(ward, Task.CERTIFICATE, EN)
    assert "シティプラザさがみはら内）): No reservation is needed." in said
    assert "Ask the municipality about the others." in said


@pytest.mark.parametrize(("price", "said"), [("free", True), ("unknown", False)])
def test_a_price_is_told_only_if_it_is_known(price: str, said: bool) -> None:
    city = small(f'[cost]\ncertificate = "{price}"\n')
    assert ("free of charge" in visit(city, Task.CERTIFICATE, EN)) is said


@pytest.mark.parametrize(
    ("answer", "said"), [("yes", "Some designated"), ("no", "Post offices do not")]
)
def test_post_offices_are_told_only_if_known(answer: str, said: str) -> None:
    city = small(f'[post_offices]\ncertificate = "{answer}"\n')
    assert said in visit(city, Task.CERTIFICATE, EN)
    assert "post office" not in visit(small(), Task.CERTIFICATE, EN)


def test_details_follow_the_name_of_a_counter_but_not_in_a_location() -> None:
    further = 'address = "本町1"\nnot_for = ["proxy"]\nphone = "0134-00-0000"\nuntil = 2027-03-31'
    city = small(counter=further)
    assert counters(city, Task.CERTIFICATE, EN) == (
        "town hall counter (窓口) [本町1; until Wed 31 Mar 2027; "
        "not for someone who goes for you; phone 0134-00-0000]"
    )
    assert places(city, Task.CERTIFICATE, EN) == "town hall counter (窓口)"


def test_a_task_that_no_counter_is_known_to_do_is_done_at_the_municipality() -> None:
    assert counters(small(), Task.STAY, EN) == EN.text("place.kind.municipal-office")


def test_the_collection_is_where_the_notice_says_unless_the_profile_names_a_counter() -> None:
    assert local_key("card.collect", small()) == "place.collect.as-notice"
    assert local_key("card.collect", toml_reader.load("012033")) == "card.collect"
    key = small('[collect]\nkey = "in-notice"\n')
    facts = {"link_collect": ""}
    assert [*local_texts("card.collect", key, EN, facts)][1] == EN.text("place.collect.key")


def test_open_days_are_usual_ones_where_there_is_no_profile() -> None:
    assert local_key("expiry.last_open_day", small()) == "expiry.last_open_day"
    sapporo = toml_reader.load("011002")
    assert local_key("expiry.last_open_day", sapporo) == "place.usual.expiry.last_open_day"


@pytest.mark.parametrize(
    ("lang", "name"),
    [
        ("ja", "東郷町"),
        ("ja-x-easy", "東郷町"),
        ("en", "Togo-cho (東郷町)"),
        ("zh-Hans", "東郷町"),
        ("ko", "Togo-cho(東郷町)"),
        ("vi", "Togo-cho (東郷町)"),
        ("zh-Hant", "東郷町"),
        ("pt", "Togo-cho (東郷町)"),
    ],
)
def test_a_name_is_in_latin_letters_where_that_helps(lang: str, name: str) -> None:
    assert city_name(small(), get_catalog(lang)) == name
    assert city_name(toml_reader.load("012033"), EN) == "Otaru City"


def test_every_phone_is_told_with_its_purpose() -> None:
    phone = '[[phone]]\nid = "{0}"\nkind = "{0}"\nnumber = "0134-00-000{1}"\n'
    city = small(phone.format("reservation", 1) + phone.format("call-centre", 2))
    assert contact(city, EN).splitlines() == [
        "[Contact] Togo-cho (東郷町), phone 0134-00-0002",
        "For reservations 0134-00-0001",
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_no_phone_is_known_the_national_lines_are_named(lang: str) -> None:
    said = contact(toml_reader.load("japan"), get_catalog(lang))
    assert "0120-95-0178" in said
    assert "0120-0178-27" in said


def test_what_else_is_known_of_a_phone_follows() -> None:
    phone = '[[phone]]\nid = "x"\nkind = "call-centre"\nnumber = "0570-04-5010"\n'
    further = 'alt = "03-5690-5621"\nfax = "03-5690-5659"\nhours = ["daily 08:30-20:00"]\n'
    assert contact(small(phone + further), EN).splitlines()[1:] == [
        "Open every day 8:30–20:00",
        "If your phone cannot reach it: 03-5690-5621",
        "Fax 03-5690-5659",
    ]


def test_a_phone_that_speaks_the_language_comes_first() -> None:
    office = '[[phone]]\nid = "a"\nkind = "office"\nnumber = "0134-00-0001"\n'
    foreign = (
        '[[phone]]\nid = "b"\nkind = "call-centre"\nnumber = "0134-00-0002"\n'
        'languages = ["en", "vi", "pt"]\n'
    )
    city = small(office + foreign)
    assert contact(city, get_catalog("ja")).splitlines() == [
        "【問い合わせ】東郷町 電話 0134-00-0001",
        "コールセンター 0134-00-0002",
    ]
    assert contact(city, EN).splitlines() == [
        "[Contact] Togo-cho (東郷町), phone 0134-00-0002",
        "Languages: English, Tiếng Việt, Português",
        "Counter 0134-00-0001",
    ]


def test_what_is_brought_besides_card_and_pins_is_told() -> None:
    city = small('[certificate]\nbring = ["card", "pins", "reply-form", "id"]\n')
    assert [*local_texts("certificate.bring", city, EN, {})][1:] == [
        "Also bring: the reply form (照会書兼回答書), proof of identity (本人確認書類)"
    ]
    assert len([*local_texts("certificate.bring", small(), EN, {})]) == 1


def test_ways_to_reserve_are_told() -> None:
    ways = 'reserve.line = "https://line.example.jp/"\nreserve.days_ahead = [31, 1]\n'
    said = visit(small(counter=ways + 'reserve.phone = "0134-00-0000"'), Task.CERTIFICATE, EN)
    assert "To reserve: https://line.example.jp/" in said
    assert "To reserve by phone: 0134-00-0000" in said
    assert "from 31 to 1 days ahead" in said
    city = small('[links]\nreserve_collect = "https://book.example.jp/"\n')
    assert [*local_texts("card.collect", city, EN, {"link_collect": ""})][1:] == [
        "To reserve: https://book.example.jp/"
    ]


def test_a_note_is_told_in_its_languages_alone() -> None:
    city = small('[notes]\nja = "車では来られません。"\n')
    facts = {"certificate_counters": "x", "link_counters": ""}
    for lang, lines in (("ja", 2), ("ja-x-easy", 2), ("en", 1)):
        assert len([*local_texts("certificate.where", city, get_catalog(lang), facts)]) == lines


def test_a_card_that_comes_by_post_is_told() -> None:
    applying = 'apply_then = "by-post"\n'
    text = SMALL + COUNTER.replace('"certificate"', '"apply"') + applying
    city = toml_reader.read("small.toml", text.encode())
    facts = dict.fromkeys(("card_counter", "link_apply", "link_apply_at_counter"), "")
    said = [*local_texts("card.apply", city, EN, facts)]
    assert "comes by post" in said[1]


def test_the_calendar_of_a_place_without_a_profile_names_its_home_page() -> None:
    assert "https://www.city.sapporo.jp/" in calendar_description(toml_reader.load("011002"), EN)
    assert "http" not in calendar_description(toml_reader.load("012033"), EN)
    assert "your municipality" in calendar_description(toml_reader.load("japan"), EN)


@pytest.mark.parametrize(
    ("code", "lang", "name"),
    [
        ("342084", "ja", "府中市（広島県）"),
        ("132063", "en", "Fuchu-shi (府中市) (東京都 Tokyo)"),
        ("012033", "ja", "小樽市"),
        ("131024", "ja", "中央区"),
        ("japan", "ja", "お住まいの市区町村"),
    ],
)
def test_a_name_that_two_places_bear_has_its_prefecture(code: str, lang: str, name: str) -> None:
    assert unmistakable_name(toml_reader.load(code), get_catalog(lang)) == name
