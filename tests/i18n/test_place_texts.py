"""Texts on municipalities state what their profiles contain, in every language."""

import pytest

from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.contact_texts import format_contact
from calsvc.i18n.hours_texts import format_hours
from calsvc.i18n.languages import LANGUAGES
from calsvc.i18n.place_texts import (
    calendar_description,
    format_counter_names,
    format_counters,
    format_visit,
    local_key,
    local_texts,
    municipality_name,
    municipality_params,
    unambiguous_name,
)
from calsvc.municipality import loader
from calsvc.municipality.counters import (
    CounterKind,
    ExcludedVisitor,
    Photo,
    RequiredItem,
    Reservation,
    Task,
)
from calsvc.municipality.hours import NTHS, parse_rule
from calsvc.municipality.model import Price, PricedItem
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
def test_opening_hours_are_formatted(rule: str, ja: str, en: str) -> None:
    assert format_hours(parse_rule(rule), get_catalog("ja")) == ja
    assert format_hours(parse_rule(rule), EN) == en


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fact_of_a_profile_has_a_text(lang: str) -> None:
    catalog = get_catalog(lang)
    keys = [f"place.kind.{each}" for each in CounterKind]
    keys += [f"place.reservation.{each}" for each in Reservation]
    keys += [f"place.not_for.{each}" for each in ExcludedVisitor]
    keys += [f"place.photo.{each}" for each in Photo if each is not Photo.UNKNOWN]
    keys += [f"place.nth.{each}" for each in NTHS]
    keys += [f"place.bring.{each}" for each in RequiredItem if each not in ("card", "pins")]
    assert all(catalog.text(key) for key in keys)
    prices = {(service, price) for service in PricedItem for price in Price}
    for service, price in prices:
        if price is not Price.UNKNOWN:
            assert catalog.text(f"place.cost.{service}.{price}")


def test_unknown_reservation_advises_to_ask() -> None:
    assert format_visit(small(), Task.CERTIFICATE, EN).startswith("Ask the municipality whether")
    municipality = small(
        counter='reservation = "required"\nreserve.web = "https://book.example.jp/"'
    )
    text = format_visit(municipality, Task.CERTIFICATE, EN)
    assert text.startswith("A reservation is needed. To reserve: https://book.example.jp/")


def test_different_reservations_are_listed_by_counter() -> None:
    ward = loader.load_municipality("141526")
    text = format_visit(ward, Task.CERTIFICATE, EN)
    assert "シティプラザさがみはら内）): No reservation is needed." in text
    assert "Ask the municipality about the others." in text


@pytest.mark.parametrize(("price", "is_mentioned"), [("free", True), ("unknown", False)])
def test_price_appears_only_if_known(price: str, is_mentioned: bool) -> None:
    municipality = small(f'[cost]\ncertificate = "{price}"\n')
    assert ("free of charge" in format_visit(municipality, Task.CERTIFICATE, EN)) is is_mentioned


@pytest.mark.parametrize(
    ("answer", "sentence"), [("yes", "Some designated"), ("no", "Post offices do not")]
)
def test_post_offices_appear_only_if_known(answer: str, sentence: str) -> None:
    municipality = small(f'[post_offices]\ncertificate = "{answer}"\n')
    assert sentence in format_visit(municipality, Task.CERTIFICATE, EN)
    assert "post office" not in format_visit(small(), Task.CERTIFICATE, EN)


def test_counter_details_are_left_out_of_locations() -> None:
    further = 'address = "本町1"\nnot_for = ["proxy"]\nphone = "0134-00-0000"\nuntil = 2027-03-31'
    municipality = small(counter=further)
    assert format_counters(municipality, Task.CERTIFICATE, EN) == (
        "town hall counter (窓口) [本町1; until Wed 31 Mar 2027; "
        "not for someone who goes for you; phone 0134-00-0000]"
    )
    assert format_counter_names(municipality, Task.CERTIFICATE, EN) == "town hall counter (窓口)"


def test_task_without_a_counter_names_the_municipal_office() -> None:
    assert format_counters(small(), Task.STAY, EN) == EN.text("place.kind.municipal-office")


def test_place_of_collection_is_from_the_profile_or_the_notice() -> None:
    assert local_key("card.collect", small()) == "place.collect.as-notice"
    assert local_key("card.collect", loader.load_municipality("012033")) == "card.collect"
    key = small('[collect]\nkey = "in-notice"\n')
    params = {"link_collect": ""}
    assert [*local_texts("card.collect", key, EN, params)][1] == EN.text("place.collect.key")


def test_open_days_without_a_profile_have_a_general_wording() -> None:
    assert local_key("expiry.last_open_day", small()) == "expiry.last_open_day"
    sapporo = loader.load_municipality("011002")
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
def test_municipality_name_fits_the_script_of_the_language(lang: str, name: str) -> None:
    assert municipality_name(small(), get_catalog(lang)) == name
    assert municipality_name(loader.load_municipality("012033"), EN) == "Otaru City"


def test_every_phone_is_listed_with_its_purpose() -> None:
    phone = '[[phone]]\nid = "{0}"\nkind = "{0}"\nnumber = "0134-00-000{1}"\n'
    municipality = small(phone.format("reservation", 1) + phone.format("call-centre", 2))
    assert format_contact(municipality, EN).splitlines() == [
        "[Contact] Togo-cho (東郷町), phone 0134-00-0002",
        "For reservations 0134-00-0001",
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_contact_without_a_phone_is_the_national_numbers(lang: str) -> None:
    text = format_contact(loader.load_municipality("japan"), get_catalog(lang))
    assert "0120-95-0178" in text
    assert "0120-0178-27" in text


def test_details_of_a_phone_follow_its_number() -> None:
    phone = '[[phone]]\nid = "x"\nkind = "call-centre"\nnumber = "0570-04-5010"\n'
    further = 'alt = "03-5690-5621"\nfax = "03-5690-5659"\nhours = ["daily 08:30-20:00"]\n'
    assert format_contact(small(phone + further), EN).splitlines()[1:] == [
        "Open every day 8:30–20:00",
        "If your phone cannot reach it: 03-5690-5621",
        "Fax 03-5690-5659",
    ]


def test_phone_with_the_language_comes_first() -> None:
    office = '[[phone]]\nid = "a"\nkind = "office"\nnumber = "0134-00-0001"\n'
    foreign = (
        '[[phone]]\nid = "b"\nkind = "call-centre"\nnumber = "0134-00-0002"\n'
        'languages = ["en", "vi", "pt"]\n'
    )
    municipality = small(office + foreign)
    assert format_contact(municipality, get_catalog("ja")).splitlines() == [
        "【問い合わせ】東郷町 電話 0134-00-0001",
        "コールセンター 0134-00-0002",
    ]
    assert format_contact(municipality, EN).splitlines() == [
        "[Contact] Togo-cho (東郷町), phone 0134-00-0002",
        "Languages: English, Tiếng Việt, Português",
        "Counter 0134-00-0001",
    ]


def test_further_things_to_bring_are_listed() -> None:
    municipality = small('[certificate]\nbring = ["card", "pins", "reply-form", "id"]\n')
    assert [*local_texts("certificate.bring", municipality, EN, {})][1:] == [
        "Also bring: the reply form (照会書兼回答書), proof of identity (本人確認書類)"
    ]
    assert len([*local_texts("certificate.bring", small(), EN, {})]) == 1


def test_channels_for_reservations_are_listed() -> None:
    ways = 'reserve.line = "https://line.example.jp/"\nreserve.days_ahead = [31, 1]\n'
    text = format_visit(
        small(counter=ways + 'reserve.phone = "0134-00-0000"'), Task.CERTIFICATE, EN
    )
    assert "To reserve: https://line.example.jp/" in text
    assert "To reserve by phone: 0134-00-0000" in text
    assert "from 31 to 1 days ahead" in text
    municipality = small('[links]\nreserve_collect = "https://book.example.jp/"\n')
    assert [*local_texts("card.collect", municipality, EN, {"link_collect": ""})][1:] == [
        "To reserve: https://book.example.jp/"
    ]


def test_params_have_the_pages_of_the_profile() -> None:
    pages = {name: f"https://example.jp/{name}" for name in ("counters", "apply", "collect")}
    lines = "".join(f'{name} = "{url}"\n' for name, url in pages.items())
    params = municipality_params(small(f"[links]\n{lines}"), "", get_catalog("ja"))
    assert {name: params[f"link_{name}"] for name in pages} == pages


def test_note_appears_only_in_its_languages() -> None:
    municipality = small('[notes]\nja = "車では来られません。"\n')
    params = {"certificate_counters": "x", "link_counters": ""}
    for lang, lines in (("ja", 2), ("ja-x-easy", 2), ("en", 1)):
        assert (
            len([*local_texts("certificate.where", municipality, get_catalog(lang), params)])
            == lines
        )


def test_card_sent_by_post_is_mentioned() -> None:
    applying = 'apply_then = "by-post"\n'
    profile = SMALL + COUNTER.replace('"certificate"', '"apply"') + applying
    municipality = loader.parse_municipality("small.toml", profile.encode())
    params = dict.fromkeys(("card_counter", "link_apply", "link_apply_at_counter"), "")
    texts = [*local_texts("card.apply", municipality, EN, params)]
    assert "comes by post" in texts[1]


def test_calendar_without_a_profile_names_the_home_page() -> None:
    assert "https://www.city.sapporo.jp/" in calendar_description(
        loader.load_municipality("011002"), EN
    )
    assert "http" not in calendar_description(loader.load_municipality("012033"), EN)
    assert "your municipality" in calendar_description(loader.load_municipality("japan"), EN)


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
def test_ambiguous_municipality_name_has_its_prefecture(code: str, lang: str, name: str) -> None:
    assert unambiguous_name(loader.load_municipality(code), get_catalog(lang)) == name
