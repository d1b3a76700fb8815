"""The catalogs: nothing missing, nothing left over, the same facts in every language."""

import re
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import calsvc
from calsvc.errors import Problem
from calsvc.i18n.catalogs import Catalog, MissingTextError, catalog, placeholders
from calsvc.i18n.event_texts import events
from calsvc.i18n.languages import LANGUAGES
from calsvc.municipality import model, toml_reader
from calsvc.rules.card import Card, Caution, Doubt, Term
from calsvc.rules.milestones import GraceRule, Kind, Subject
from calsvc.rules.plan import Plan, plan

SOURCE = Path(calsvc.__file__).parent
OTARU = toml_reader.load("otaru")
OTARU_TOML = (SOURCE / "municipality" / "profiles" / "otaru.toml").read_text(encoding="utf-8")
MONTH_END = toml_reader.read(
    "month-end", OTARU_TOML.replace('"anniversary"', '"month-end"').encode()
)
PLAIN = toml_reader.read(
    "plain", OTARU_TOML.replace('"296, 297"', '""').replace('"0134-33-4644"', '""').encode()
)
CITIES = (OTARU, MONTH_END, PLAIN)

ADULT = Card(date(1985, 4, 23), date(2020, 6, 1))
MINOR = Card(date(2012, 3, 15), date(2023, 6, 1))
STAY = Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2026, 5, 31))
STAY_WITH_CERTIFICATE = Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2030, 1, 31))
LEAPLING = Card(date(1980, 2, 29), date(2023, 8, 1))
DOUBTS = {
    Doubt.THRESHOLD_UNCERTAIN: Card(date(2003, 8, 20), date(2022, 6, 1)),
    Doubt.AGE_UNCERTAIN: Card(date(2006, 5, 20), date(2024, 5, 21)),
    Doubt.EXPIRY_UNUSUAL: Card(date(2003, 10, 1), card_expires=date(2027, 10, 1)),
    Doubt.CERTIFICATE_UNCERTAIN: Card(
        date(1988, 2, 10), card_expires=date(2027, 3, 31), stay_until=date(2027, 3, 31)
    ),
    Doubt.CERTIFICATE_NOT_BIRTHDAY: Card(
        date(1980, 4, 23), card_expires=date(2030, 4, 23), cert_expires=date(2027, 10, 1)
    ),
    Doubt.STAY_LONGER_THAN_CARD: Card(
        date(1988, 2, 10),
        card_expires=date(2027, 3, 31),
        cert_expires=date(2027, 2, 10),
        stay_until=date(2028, 3, 31),
    ),
}
CARDS = (ADULT, MINOR, STAY, STAY_WITH_CERTIFICATE, LEAPLING, *DOUBTS.values())


class Recorder(Catalog):
    """A catalog that remembers what it was asked for."""

    def __init__(self, language: str) -> None:
        super().__init__(language, _Remembering(catalog(language).messages))

    @property
    def asked(self) -> set[str]:
        assert isinstance(self.messages, _Remembering)
        return self.messages.asked


class _Remembering(dict[str, str]):
    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.asked: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.asked.add(key)
        return super().__getitem__(key)


def plan_of(card: Card, city: model.Municipality = OTARU) -> Plan:
    return plan(card, city.grace, today=date(2026, 11, 24))


def error_keys() -> set[str]:
    """Every key of an error that stands in the code, as in ``Problem("field", "key")``."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted(SOURCE.rglob("*.py")))
    problems = re.findall(r'Problem\(\s*(?:[\w.]+|f?"[^"]*"),\s*"([a-z_0-9.]+)"', code)
    unreadable = re.findall(r'UnreadableDate\(\s*"([a-z_0-9.]+)"', code)
    keys = {*problems, *unreadable}
    faults = {"not_birthday", "impossible_age", "too_early", "too_late", "not_of_this_issue"}
    assert all(f'"{fault}"' in code for fault in faults)
    titles = re.findall(r'"(error\.title\.[a-z_]+)"', code)
    return (
        {f"error.{key}" for key in keys}
        | {*titles}
        | {f"error.card_expires.{fault}" for fault in faults}
    )


# --- nothing missing, nothing left over -----------------------------------------------------------


def test_every_language_has_the_same_keys() -> None:
    keys = {lang: set(catalog(lang).messages) for lang in LANGUAGES}
    for lang in LANGUAGES:
        assert keys[lang] ^ keys["ja"] == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_error_in_the_code_has_its_text(lang: str) -> None:
    found = error_keys()
    assert {"error.born.missing", "error.date.other_era", "error.title.not_found"} <= found
    assert found <= set(catalog(lang).messages)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_of_an_event_is_asked_for_by_some_card(lang: str) -> None:
    words = Recorder(lang)
    for card, city in product(CARDS, CITIES):
        events(plan_of(card, city), city, words)
    for key in ("calendar.name", "calendar.category"):
        words.text(key)
    words.text("calendar.description", {"city": "x"})
    of_events = re.compile(
        r"(calendar|certificate|card|both|stay|window|notice|expiry|grace|rule|after|contact"
        r"|caution)\b"
    )
    known = {key for key in catalog(lang).messages if of_events.match(key)}
    assert known - words.asked == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_doubt_has_its_text(lang: str) -> None:
    assert set(DOUBTS) == set(Doubt)
    for code, card in DOUBTS.items():
        cautions = plan_of(card).cautions
        assert [each.code for each in cautions] == [code]
        assert len(catalog(lang).caution(cautions[0])) > 20


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_empty(lang: str) -> None:
    assert [key for key, text in catalog(lang).messages.items() if not text.strip()] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_placeholder_stands_in_every_language(lang: str) -> None:
    for key, text in catalog("ja").messages.items():
        own = placeholders(catalog(lang).messages[key])
        shared = placeholders(text)
        assert own == shared, key


def test_a_text_that_is_missing_is_an_error_and_not_another_language() -> None:
    with pytest.raises(MissingTextError, match=r"^en: no\.such: 'no\.such'$"):
        catalog("en").text("no.such")


def test_a_fact_that_is_missing_is_an_error() -> None:
    with pytest.raises(MissingTextError, match=r"^en: calendar\.description: 'city'$"):
        catalog("en").text("calendar.description")


def test_a_catalog_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        catalog("tlh")


def test_the_facts_that_a_text_asks_for_are_found() -> None:
    assert placeholders("a {b} {{c}} {d}") == {"b", "d"}


# --- dates in words -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "day", "words"),
    [
        ("ja", date(2025, 4, 23), "2025年04月23日(水)"),
        ("ja", date(2030, 12, 1), "2030年12月01日(日)"),
        ("en", date(2025, 4, 23), "2025-04-23 (Wed)"),
        ("en", date(2030, 12, 1), "2030-12-01 (Sun)"),
    ],
)
def test_a_date_is_said_with_its_weekday(lang: str, day: date, words: str) -> None:
    assert catalog(lang).day(day) == words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_date_of_a_language_is_equally_wide(lang: str) -> None:
    first = date(2026, 9, 28)
    said = [catalog(lang).day(first + timedelta(days=step)) for step in range(70)]
    said += [catalog(lang).day(day) for day in (date(1, 1, 1), date(9999, 12, 31))]
    assert len({len(each) for each in said}) == 1
    assert len({len(each.encode()) for each in said}) == 1
    assert len({each[-5:] for each in said}) >= 7


# --- events ---------------------------------------------------------------------------------------


def test_each_kind_of_card_has_titles_of_its_own() -> None:
    words = catalog("en")
    titles = {
        name: [event.title for event in events(plan_of(card), OTARU, words)]
        for name, card in (("minor", MINOR), ("stay", STAY))
    }
    assert titles == {
        "minor": [
            "My Number card (and certificate): renewal opens",
            "My Number card and certificate: expiry notice expected",
            "My Number card and certificate expire (last valid day)",
            "Last day as health insurance card (if card not renewed)",
        ],
        "stay": [
            "My Number card expires with your period of stay (last valid day)",
            "Last day as health insurance card (if card not extended)",
        ],
    }


def test_an_event_is_in_the_words_of_the_golden_feed() -> None:
    event = events(plan_of(ADULT), OTARU, catalog("ja"))[2]
    assert event.title == "電子証明書の有効期限です(この日まで有効)"
    assert event.description.startswith(
        "マイナンバーカードに入っている電子証明書は、2025年04月23日(水)の終わり"
    )
    assert event.location.startswith("小樽市役所別館1階 戸籍住民課")
    assert event.url == "https://www.kojinbango-card.go.jp/card/renewal/"


def test_an_expiry_on_a_closed_day_names_the_last_open_day() -> None:
    # 2028-04-23 is a Sunday.
    card = Card(date(1985, 4, 23), date(2018, 6, 1))
    event = events(plan_of(card), OTARU, catalog("en"))[-2]
    assert "valid through the end of 2028-04-23 (Sun)" in event.description
    assert "[Last day the counter is open] 2028-04-21 (Fri)." in event.description


@pytest.mark.parametrize(
    ("city", "told"),
    [
        (OTARU, "through the end of that month, 2025-07-31 (Thu);"),
        (MONTH_END, "the last day of the third month"),
    ],
)
def test_the_end_of_the_grace_says_how_it_was_counted(city: model.Municipality, told: str) -> None:
    event = events(plan_of(ADULT, city), city, catalog("en"))[3]
    assert told in event.description


def test_a_leap_day_child_is_told_about_28_february_and_nobody_else() -> None:
    for card, told in ((LEAPLING, True), (ADULT, False)):
        for event in events(plan_of(card), OTARU, catalog("en")):
            assert ("[Born on 29 February]" in event.description) is told


def test_a_caution_stands_first_in_the_events_that_it_bears_on() -> None:
    card = DOUBTS[Doubt.CERTIFICATE_NOT_BIRTHDAY]
    told = [
        (event.milestone.subject.value, event.description.startswith("[Please check]"))
        for event in events(plan_of(card), OTARU, catalog("en"))
    ]
    assert told == [("certificate", True)] * 4 + [("card", False)] * 4


def test_a_caution_about_the_card_stands_in_the_events_of_the_card() -> None:
    card = DOUBTS[Doubt.THRESHOLD_UNCERTAIN]
    told = [
        (event.milestone.subject.value, event.description.startswith("[Please check]"))
        for event in events(plan_of(card), OTARU, catalog("en"))
    ]
    assert told == [("certificate", False)] * 4 + [("card", True)] * 4


def test_a_city_without_extension_or_fax_says_neither() -> None:
    event = events(plan_of(ADULT, PLAIN), PLAIN, catalog("en"))[0]
    assert event.description.endswith("phone 0134-32-4111")
    assert "ext." not in event.description


def test_a_problem_is_said_with_its_facts() -> None:
    other_era = Problem("issued", "date.other_era", {"era": "令和", "letter": "R", "year": 2})
    too_early = Problem("issued", "issued.too_early", {"earliest": date(2016, 1, 1)})
    assert catalog("en").problem(other_era).startswith("That day belongs to 令和2年 (R2).")
    assert catalog("en").problem(too_early).endswith("on or after 2016-01-01 (Fri).")


def test_a_caution_without_another_date_is_said_too() -> None:
    assert catalog("en").caution(Caution(Doubt.EXPIRY_UNUSUAL)).startswith("[Please check] A card")


@hypothesis_settings(max_examples=40)
@given(
    st.dates(date(1900, 1, 1), date(2016, 1, 1)),
    st.dates(date(2016, 1, 1), date(2027, 11, 24)),
    st.none() | st.integers(0, 1826),
    st.sampled_from(CITIES),
)
def test_no_text_is_missing_and_no_brace_is_left_for_any_card(
    born: date, issued: date, stay: int | None, city: model.Municipality
) -> None:
    until = None if stay is None else issued + timedelta(days=stay)
    found = plan_of(Card(born, issued, stay_until=until), city)
    for lang in LANGUAGES:
        told = events(found, city, catalog(lang))
        assert [event.milestone for event in told] == list(found.milestones)
        for event in told:
            said = f"{event.title}{event.description}{event.location}{event.url}"
            assert not set("{}") & set(said)
            assert event.title
            assert "\n\n" not in event.description
            assert (event.location == "") is (event.milestone.kind is Kind.NOTICE)
            assert event.url.startswith("https://")


def test_the_sample_cards_cover_every_term_and_grace_rule() -> None:
    assert {plan_of(card).term for card in CARDS} == set(Term)
    assert {city.grace for city in CITIES} == set(GraceRule)


@pytest.mark.parametrize(
    ("stay_until", "said"),
    [(date(2027, 5, 9), True), (date(2027, 5, 10), False), (date(2027, 5, 11), False)],
)
def test_the_end_of_the_grace_says_when_the_card_itself_ends_first(
    stay_until: date, said: bool
) -> None:
    card = Card(date(1990, 2, 10), date(2022, 6, 1), stay_until=stay_until)
    found = events(plan(card, GraceRule.ANNIVERSARY), OTARU, catalog("en"))
    of_certificate = [each for each in found if each.milestone.subject is Subject.CERTIFICATE]
    last = of_certificate[-1]
    assert last.milestone.start == date(2027, 5, 10)
    assert ("The card itself, however, expires on" in last.description) is said
    assert "The card itself, however" not in of_certificate[0].description
