"""Texts of events: every text is used, and events say what a card and a municipality need."""

import re
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from calsvc.i18n.calendar_texts import add_holder_name, build_calendar_texts
from calsvc.i18n.catalogs import Catalog, get_catalog
from calsvc.i18n.event_texts import build_event_texts, doubt_text
from calsvc.i18n.languages import LANGUAGES
from calsvc.municipality import model
from calsvc.rules.card import Card, Caution, CautionCode, Renewed, Subject, Term
from calsvc.rules.milestones import GraceRule, MilestoneKind
from calsvc.rules.plan import Doubt, assess, check_and_assess, plan_milestones
from tests.i18n.sample_cards import (
    ADULT,
    CARDS,
    CITIES,
    DOUBTS,
    LEAPLING,
    MINOR,
    MONTH_END,
    OTARU,
    PLAIN,
    STAY,
    plan_of,
)
from tests.rules.golden_tables import card_of, rows


class Recorder(Catalog):
    """A catalog that records the keys of used texts."""

    def __init__(self, language: str) -> None:
        super().__init__(language, _RecordingDict(get_catalog(language).messages))

    @property
    def used_keys(self) -> set[str]:
        assert isinstance(self.messages, _RecordingDict)
        return self.messages.used_keys


class _RecordingDict(dict[str, str]):
    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.used_keys: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.used_keys.add(key)
        return super().__getitem__(key)


# --- every text is used ---------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_event_text_is_used_by_a_sample_card(lang: str) -> None:
    catalog = Recorder(lang)
    earlier = Doubt(Subject.CERTIFICATE, date(2024, 4, 23))
    plans = [*map(plan_of, CARDS), plan_of(ADULT)._replace(doubts=(earlier,))]
    for plan, municipality in product(plans, CITIES):
        build_event_texts(plan, municipality, catalog)
        build_calendar_texts(plan, municipality, catalog, "https://page.example.jp")
    add_holder_name("", "花子", catalog)
    for subject, term, other in product(Subject, Term, (None, date(2024, 4, 23))):
        doubt_text(Doubt(subject, other), term, catalog)
        doubted = plan_of(ADULT)._replace(term=term, doubts=(Doubt(subject, other),))
        build_calendar_texts(doubted, OTARU, catalog)
    for code in CautionCode:
        catalog.format_caution(Caution(code, date(2024, 4, 23)))
    catalog.format_caution(Caution(CautionCode.RENEWAL_DAY_UNKNOWN))
    for key in ("calendar.name", "calendar.category"):
        catalog.text(key)
    catalog.text("calendar.description", {"city": "x"})
    of_events = re.compile(
        r"(calendar|certificate|card|both|stay|window|notice|expiry|grace|rule|after|contact"
        r"|caution|doubt|check|event)\b"
    )
    known = {key for key in get_catalog(lang).messages if of_events.match(key)}
    assert known - catalog.used_keys == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_caution_code_has_a_text(lang: str) -> None:
    assert set(DOUBTS) == set(CautionCode)
    for code, card in DOUBTS.items():
        cautions = check_and_assess(card, date(2026, 11, 24)).cautions
        (caution,) = [each for each in cautions if each.code is code]
        assert len(get_catalog(lang).format_caution(caution)) > 20


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_caution_of_the_golden_cards_has_a_text(lang: str) -> None:
    cards = [card_of(row) for row in rows("derived.csv") if not row["error_field"]]
    renewed = [card._replace(cert_renewed=Renewed.SOMETIME) for card in cards]
    for card in cards + renewed:
        for caution in assess(card).cautions:
            assert len(get_catalog(lang).format_caution(caution)) > 20


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("term", Term)
@pytest.mark.parametrize("subject", Subject)
@pytest.mark.parametrize("other", [None, date(2027, 5, 9)])
def test_every_doubt_of_a_link_has_a_text(
    other: date | None, subject: Subject, term: Term, lang: str
) -> None:
    catalog = get_catalog(lang)
    text = doubt_text(Doubt(subject, other), term, catalog)
    assert (other is not None) is (catalog.format_date(date(2027, 5, 9)) in text)


# --- contents of events ---------------------------------------------------------------------------


def test_titles_depend_on_the_kind_of_card() -> None:
    catalog = get_catalog("en")
    titles = {
        name: [event.title for event in build_event_texts(plan_of(card), OTARU, catalog)]
        for name, card in (("minor", MINOR), ("stay", STAY))
    }
    assert titles == {
        "minor": [
            "My Number Card (and certificate): renewal opens",
            "My Number Card and certificate: expiry notice expected",
            "My Number Card and certificate expire (last valid day)",
            "Last day usable as a health insurance card (if the card is not renewed)",
        ],
        "stay": [
            "My Number Card expires with your period of stay (last valid day)",
            "Last day usable as a health insurance card (if the card is not extended)",
        ],
    }


def test_japanese_event_text_is_as_published() -> None:
    event = build_event_texts(plan_of(ADULT), OTARU, get_catalog("ja"))[2]
    assert event.title == "電子証明書の有効期限です（未更新の場合、この日まで有効）"
    assert event.description.startswith(
        "マイナンバーカードに入っている電子証明書は、更新していなければ、2025年4月23日（水）の終わり"
    )


def test_expiry_on_a_closed_day_names_the_last_open_day() -> None:
    # 2028-04-23 is a Sunday.
    card = Card(date(1985, 4, 23), date(2018, 6, 1))
    event = build_event_texts(plan_of(card), OTARU, get_catalog("en"))[-2]
    assert "valid through the end of Sun 23 Apr 2028" in event.description
    assert "[Last day the counter is open] Fri 21 Apr 2028." in event.description


@pytest.mark.parametrize(
    ("municipality", "explanation"),
    [
        (OTARU, "through the end of that month, Thu 31 Jul 2025;"),
        (MONTH_END, "the last day of the third month"),
    ],
)
def test_end_of_grace_explains_the_grace_rule(
    municipality: model.Municipality, explanation: str
) -> None:
    event = build_event_texts(plan_of(ADULT), municipality, get_catalog("en"))[3]
    assert explanation in event.description


def test_only_events_of_leap_day_births_mention_28_february() -> None:
    for card, is_mentioned in ((LEAPLING, True), (ADULT, False)):
        for event in build_event_texts(plan_of(card), OTARU, get_catalog("en")):
            assert ("[Born on 29 February]" in event.description) is is_mentioned


def test_caution_on_the_certificate_begins_its_events() -> None:
    card = DOUBTS[CautionCode.CERTIFICATE_NOT_BIRTHDAY]
    cautioned = [
        (event.milestone.subject.value, event.description.startswith("[Please check]"))
        for event in build_event_texts(plan_of(card), OTARU, get_catalog("en"))
    ]
    assert cautioned == [("certificate", True)] * 4 + [("card", False)] * 4


def test_caution_on_the_card_is_in_events_of_the_card() -> None:
    card = DOUBTS[CautionCode.THRESHOLD_UNCERTAIN]
    cautioned = [
        (event.milestone.subject.value, event.description.startswith("[Please check]"))
        for event in build_event_texts(plan_of(card), OTARU, get_catalog("en"))
    ]
    assert cautioned == [("certificate", False)] * 4 + [("card", True)] * 5


def test_possible_earlier_expiry_adds_a_check_event() -> None:
    card = DOUBTS[CautionCode.THRESHOLD_UNCERTAIN]
    event = build_event_texts(plan_of(card), OTARU, get_catalog("ja"))[-1]
    assert (event.milestone.kind, event.milestone.start) == (MilestoneKind.CHECK, date(2026, 5, 21))
    assert event.title == "カードの期限を確認"


def test_municipality_without_extension_names_only_the_phone() -> None:
    event = build_event_texts(plan_of(ADULT), PLAIN, get_catalog("en"))[0]
    assert event.description.endswith("phone 0134-32-4111")
    assert "ext." not in event.description


@hypothesis_settings(max_examples=40)
@given(
    st.dates(date(1900, 1, 1), date(2016, 1, 1)),
    st.dates(date(2016, 1, 1), date(2027, 11, 24)),
    st.none() | st.integers(0, 1826),
    st.sampled_from(CITIES),
)
def test_texts_of_any_card_have_no_unfilled_placeholder(
    born: date, issued: date, stay: int | None, municipality: model.Municipality
) -> None:
    until = None if stay is None else issued + timedelta(days=stay)
    plan = plan_of(Card(born, issued, stay_until=until))
    for lang in LANGUAGES:
        events = build_event_texts(plan, municipality, get_catalog(lang))
        milestones = [
            each.milestone for each in events if each.milestone.kind != MilestoneKind.CHECK
        ]
        assert milestones == list(plan_milestones(plan, municipality.grace_rule))
        for event in events:
            assert not set("{}") & set(event.title + event.description)
            assert event.title
            assert "\n\n" not in event.description


def test_sample_cards_cover_every_term_and_grace_rule() -> None:
    assert {plan_of(card).term for card in CARDS} == set(Term)
    assert {municipality.grace_rule for municipality in CITIES} == set(GraceRule)


@pytest.mark.parametrize(
    ("stay_until", "is_mentioned"),
    [(date(2027, 5, 9), True), (date(2027, 5, 10), False), (date(2027, 5, 11), False)],
)
def test_grace_event_mentions_a_card_that_expires_earlier(
    stay_until: date, is_mentioned: bool
) -> None:
    card = Card(date(1990, 2, 10), date(2022, 6, 1), stay_until=stay_until)
    events = build_event_texts(check_and_assess(card, None).plan, OTARU, get_catalog("en"))
    of_certificate = [each for each in events if each.milestone.subject is Subject.CERTIFICATE]
    last = of_certificate[-1]
    assert last.milestone.start == date(2027, 5, 10)
    assert ("The card itself, however, expires on" in last.description) is is_mentioned
    assert "The card itself, however" not in of_certificate[0].description
