"""The rules against two tables, one that offices published and one reckoned by hand, and laws.

``golden/published.csv`` and ``golden/published-rules.csv`` hold what an office has printed; they
are never edited to make a test pass. ``golden/derived.csv`` was reckoned from the rules by hand.
"""

import csv
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from calsvc.errors import InvalidInput
from calsvc.parsing.dates import ERAS
from calsvc.rules.bounds import bounds, check
from calsvc.rules.card import LATEST_ISSUE, Card, CardExpiry, Caution, Doubt, Term, is_birthday
from calsvc.rules.certificate import certificate_expiry
from calsvc.rules.dates import DateRange, age_on, months_after, nth_birthday
from calsvc.rules.expiry import (
    ADULT_BEFORE_2022,
    ADULT_SINCE_2022,
    adult_age,
    card_expiry,
    days_of_issue,
    possible_issue,
)
from calsvc.rules.milestones import (
    GraceRule,
    Kind,
    Subject,
    deadline,
    grace_end,
    notice_period,
    renewal_window,
    stay_reminder,
)
from calsvc.rules.plan import Plan, plan
from tests.support.paths import GOLDEN

TODAY = date(2026, 11, 24)
DATES = ("issued", "card_expires", "applied", "cert_expires", "stay_until")
ONE_DAY = timedelta(days=1)
Row = dict[str, str]


def rows(name: str) -> list[Row]:
    with (GOLDEN / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def card_of(row: Row) -> Card:
    given = {name: date.fromisoformat(row[name]) for name in DATES if row.get(name)}
    return Card(date.fromisoformat(row["born"]), **given)


def keys_of(card: Card, today: date | None = TODAY) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        check(card, today)
    return [problem.key for problem in caught.value.problems]


def milestones_of(found: Plan) -> Iterator[str]:
    for each in found.milestones:
        days = f"{each.start}" if each.start == each.end else f"{each.start}/{each.end}"
        yield f"{each.subject}.{each.kind}={days}"


def cautions_of(found: Plan) -> Iterator[str]:
    for each in found.cautions:
        yield f"{each.code}={each.other}" if each.other else str(each.code)


def day_of(found: Plan, subject: Subject, kind: Kind) -> date:
    return next(
        each.start for each in found.milestones if (each.subject, each.kind) == (subject, kind)
    )


# --- the tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize("row", rows("published.csv"), ids=lambda row: row["source"])
def test_a_published_example_comes_out_as_published(row: Row) -> None:
    if not row["born"]:  # a page that shows no card, only its dates: any adult of that birthday
        row = {**row, "born": "1980-04-23", "card_expires": row["card_expires_in"]}
    found = plan(card_of(row), GraceRule.ANNIVERSARY, today=TODAY)
    certificate = Subject.CARD if found.together else Subject.CERTIFICATE
    shown = {
        "cert_expiry": found.certificate_expiry,
        "cert_window": day_of(found, certificate, Kind.WINDOW_OPENS),
        "card_expiry": found.card_expiry,
        "card_window": day_of(found, Subject.CARD, Kind.WINDOW_OPENS),
        "grace_end": day_of(found, certificate, Kind.GRACE_ENDS),
    }
    published = {name: row[name] for name in shown if row[name]}
    assert {name: shown[name].isoformat() for name in published} == published


@pytest.mark.parametrize("row", rows("published-rules.csv"), ids=lambda row: row["source"])
def test_a_published_rule_comes_out_as_published(row: Row) -> None:
    assert shown_of(row["what"], row["given"]) == date.fromisoformat(row["expected"])


def shown_of(what: str, text: str) -> date:
    if what == "window_opens":
        return renewal_window(date.fromisoformat(text)).start
    if what == "grace_ends_anniversary":
        return grace_end(date.fromisoformat(text), GraceRule.ANNIVERSARY)
    if what == "grace_ends_month_end":
        return grace_end(date.fromisoformat(text), GraceRule.MONTH_END)
    card = card_of(dict(part.split("=") for part in text.split()))
    found = plan(card, GraceRule.ANNIVERSARY, today=TODAY)
    shown = {
        "card_expiry": found.card_expiry,
        "certificate_of_card_expires": found.certificate_expiry,
    }
    return shown[what]


ACCEPTED = [row for row in rows("derived.csv") if not row["error_field"]]
REFUSED = [row for row in rows("derived.csv") if row["error_field"]]


@pytest.mark.parametrize("row", ACCEPTED, ids=lambda row: row["case"])
def test_a_card_of_the_table_has_the_dates_of_the_table(row: Row) -> None:
    found = plan(card_of(row), GraceRule(row["grace_rule"]), today=TODAY)
    assert found.card_expiry.isoformat() == row["card_expiry"]
    assert found.certificate_expiry.isoformat() == row["certificate_expiry"]
    assert list(milestones_of(found)) == row["milestones"].split()
    assert sorted(cautions_of(found)) == sorted(filter(None, row["caution"].split("+")))


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row["case"])
def test_a_card_of_the_table_that_cannot_exist_is_refused(row: Row) -> None:
    with pytest.raises(InvalidInput) as caught:
        plan(card_of(row), GraceRule(row["grace_rule"]), today=TODAY)
    assert [problem.field for problem in caught.value.problems] == row["error_field"].split("+")


def test_the_tables_hold_what_they_should() -> None:
    derived = rows("derived.csv")
    assert len(derived) >= 60
    assert len({row["case"] for row in derived}) == len(derived)
    assert {row["grace_rule"] for row in derived} == set(GraceRule)
    told = {part.partition("=")[0] for row in derived for part in row["caution"].split("+") if part}
    assert told == set(Doubt)


def test_no_value_can_be_changed_once_it_is_made() -> None:
    card = Card(date(1985, 4, 23), date(2020, 6, 1))
    found = plan(card, GraceRule.ANNIVERSARY)
    milestone = found.milestones[0]
    caution = Caution(Doubt.EXPIRY_UNUSUAL)
    days = renewal_window(found.card_expiry)
    values = (card, found, milestone, caution, days, card_expiry(card), ERAS[0])
    for value in (*values, deadline(found.card_expiry, GraceRule.ANNIVERSARY)):
        with pytest.raises(AttributeError):
            setattr(value, next(iter(type(value).__annotations__)), None)


# --- bounds that the table cannot show ------------------------------------------------------------


def test_every_faulty_field_is_named_at_once() -> None:
    card = Card(
        born=date(1899, 12, 31),
        issued=date(2015, 12, 31),
        applied=date(1890, 1, 1),
        stay_until=date(2015, 12, 30),
    )
    assert keys_of(card) == [
        "born.too_early",
        "issued.too_early",
        "applied.too_early",
        "stay_until.before_issue",
    ]


@pytest.mark.parametrize(
    ("card", "key"),
    [
        (Card(date(1899, 12, 31), date(2020, 1, 1)), "born.too_early"),
        (Card(date(2026, 11, 25), date(2027, 1, 1)), "born.in_future"),
        (Card(date(1985, 4, 23)), "issued.missing"),
        (Card(date(1985, 4, 23), date(2015, 12, 31)), "issued.too_early"),
        (Card(date(2020, 5, 2), date(2020, 5, 1)), "issued.before_birth"),
        (Card(date(1985, 4, 23), date(2027, 11, 25)), "issued.too_late"),
        (
            Card(date(2018, 4, 23), date(2020, 6, 1), applied=date(2018, 4, 22)),
            "applied.before_birth",
        ),
        (
            Card(date(1985, 4, 23), date(2020, 6, 1), applied=date(2015, 10, 4)),
            "applied.too_early",
        ),
        (
            Card(date(1985, 4, 23), card_expires=date(2030, 4, 23), applied=date(2021, 4, 23)),
            "applied.after_issue",
        ),
        (
            Card(date(1985, 4, 23), date(2020, 6, 1), applied=date(2020, 6, 2)),
            "applied.after_issue",
        ),
        (
            Card(date(1985, 4, 23), card_expires=date(2030, 4, 23), applied=date(2030, 4, 24)),
            "applied.after_issue",
        ),
        (
            Card(date(1985, 4, 23), date(2020, 6, 1), stay_until=date(2020, 5, 31)),
            "stay_until.before_issue",
        ),
        (
            Card(date(1985, 4, 23), card_expires=date(2025, 3, 31), stay_until=date(2025, 3, 30)),
            "stay_until.before_card_expires",
        ),
        (Card(date(1985, 4, 23), card_expires=date(2030, 4, 24)), "card_expires.not_birthday"),
        (Card(date(2022, 4, 23), card_expires=date(2026, 4, 23)), "card_expires.impossible_age"),
        (Card(date(2001, 4, 23), card_expires=date(2026, 4, 23)), "card_expires.impossible_age"),
        (Card(date(1999, 4, 23), card_expires=date(2026, 4, 23)), "card_expires.impossible_age"),
        (Card(date(1985, 4, 23), card_expires=date(2024, 4, 23)), "card_expires.too_early"),
        (Card(date(1985, 4, 23), card_expires=date(2038, 4, 23)), "card_expires.too_late"),
        (
            Card(date(1985, 4, 23), date(2020, 6, 1), date(2025, 4, 23)),
            "card_expires.not_of_this_issue",
        ),
        (
            Card(date(1985, 4, 23), card_expires=date(2030, 4, 23), cert_expires=date(2030, 4, 24)),
            "cert_expires.outside_validity",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_each_fault_has_its_own_message(card: Card, key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check(card, TODAY)
    assert [(each.field, each.key) for each in caught.value.problems] == [
        (key.partition(".")[0], key)
    ]


def test_an_error_names_the_earliest_day_and_nothing_that_was_given() -> None:
    with pytest.raises(InvalidInput) as caught:
        check(Card(date(1899, 12, 31), date(2015, 12, 31)), TODAY)
    assert [dict(problem.facts) for problem in caught.value.problems] == [
        {"earliest": date(1900, 1, 1)},
        {"earliest": date(2016, 1, 1)},
    ]


def test_bounds_finds_nothing_wrong_with_a_good_card() -> None:
    assert bounds(Card(date(1985, 4, 23), date(2020, 6, 1)), TODAY) == []


@pytest.mark.parametrize(
    ("born", "expires", "key"),
    [
        (date(2021, 4, 23), date(2026, 4, 23), ""),
        (date(2021, 4, 24), date(2026, 4, 24), ""),
        (date(2002, 4, 23), date(2026, 4, 23), ""),
        (date(1998, 4, 23), date(2026, 4, 23), ""),
        (date(2022, 4, 24), date(2026, 4, 24), "card_expires.impossible_age"),
        (date(2000, 4, 24), date(2026, 4, 24), "card_expires.impossible_age"),
    ],
)
def test_a_printed_expiry_is_at_5_to_24_or_from_28(born: date, expires: date, key: str) -> None:
    card = Card(born, card_expires=expires)
    assert ([key] if key else []) == (keys_of(card) if key else bounds(card, TODAY))
    if not key:
        assert plan(card, GraceRule.ANNIVERSARY, today=TODAY).card_expiry == expires


@pytest.mark.parametrize(
    ("born", "expires", "refused"),
    [
        # The last card whose 10th birthday falls on it was issued on 2015-12-31 / 2016-01-01.
        (date(1985, 1, 1), date(2025, 1, 1), True),
        (date(1985, 1, 2), date(2025, 1, 2), False),
        # The same for 5 birthdays.
        (date(2010, 1, 1), date(2020, 1, 1), True),
        (date(2010, 1, 2), date(2020, 1, 2), False),
    ],
)
def test_a_card_issued_before_2016_cannot_be_the_one(
    born: date, expires: date, refused: bool
) -> None:
    card = Card(born, card_expires=expires)
    if refused:
        assert keys_of(card) == ["card_expires.too_early"]
    else:
        check(card, TODAY)


@pytest.mark.parametrize(
    ("born", "expires", "refused"),
    [
        (date(1985, 11, 24), date(2037, 11, 24), False),
        (date(1985, 11, 25), date(2037, 11, 25), True),
        (date(2015, 11, 24), date(2032, 11, 24), False),
        (date(2015, 11, 25), date(2032, 11, 25), True),
    ],
)
def test_a_card_issued_more_than_a_year_from_now_cannot_be_the_one(
    born: date, expires: date, refused: bool
) -> None:
    card = Card(born, card_expires=expires)
    if refused:
        assert keys_of(card) == ["card_expires.too_late"]
    else:
        check(card, TODAY)


@pytest.mark.parametrize(
    ("card", "key"),
    [
        (Card(date(1985, 4, 23), None, date(2015, 12, 31), stay_until=date(2015, 12, 31)), "early"),
        (Card(date(1985, 4, 23), None, date(2016, 1, 1), stay_until=date(2016, 1, 1)), ""),
        (Card(date(2020, 5, 2), None, date(2020, 5, 1), stay_until=date(2020, 5, 1)), "early"),
        (Card(date(2020, 5, 2), None, date(2020, 5, 2), stay_until=date(2020, 5, 2)), ""),
        (Card(date(1985, 4, 23), None, date(2037, 4, 23), stay_until=date(2037, 4, 23)), ""),
        (Card(date(1985, 4, 23), None, date(2037, 4, 24), stay_until=date(2037, 4, 24)), "late"),
    ],
)
def test_an_expiry_by_the_stay_lies_between_the_first_card_and_the_latest_10th_birthday(
    card: Card, key: str
) -> None:
    if key:
        assert keys_of(card) == [f"card_expires.too_{key}"]
    else:
        check(card, TODAY)


@pytest.mark.parametrize(
    ("expires", "refused"),
    [
        (date(2023, 6, 30), True),
        (date(2023, 7, 1), False),
        (date(2033, 6, 15), False),
        (date(2033, 6, 16), True),
    ],
)
def test_an_expiry_by_the_stay_lies_between_issue_and_10th_birthday(
    expires: date, refused: bool
) -> None:
    stay = max(expires, date(2023, 7, 1))
    card = Card(date(1990, 6, 15), date(2023, 7, 1), expires, stay_until=stay)
    if refused:
        assert keys_of(card) == ["card_expires.not_of_this_issue"]
    else:
        check(card, TODAY)


def test_without_a_clock_only_the_bounds_that_need_none_are_checked() -> None:
    card = Card(date(2026, 12, 1), date(2079, 12, 31))
    assert keys_of(card) == ["born.in_future", "issued.too_late"]
    assert plan(card, GraceRule.ANNIVERSARY).card_expiry == date(2089, 12, 1)


@pytest.mark.parametrize("today", [None, date(2078, 12, 31), date(2079, 1, 1), date(2080, 1, 1)])
@pytest.mark.parametrize("issued", [date(2079, 12, 31), date(2080, 1, 1), date(2080, 1, 2)])
def test_no_card_is_issued_after_the_bound_whatever_the_clock_says(
    today: date | None, issued: date
) -> None:
    card = Card(date(1985, 4, 23), issued)
    latest = date(2079, 12, 31) if today == date(2078, 12, 31) else date(2080, 1, 1)
    if issued > latest:
        assert keys_of(card, today) == ["issued.too_late"]
    else:
        check(card, today)


def test_the_clock_may_stand_at_the_end_of_time() -> None:
    check(Card(date(1985, 4, 23), date(2020, 6, 1)), date.max)


def test_without_a_clock_nobody_is_born_after_the_bound() -> None:
    assert keys_of(Card(date(2080, 1, 2), date(2080, 1, 1)), None) == [
        "born.in_future",
        "issued.before_birth",
    ]
    check(Card(date(2080, 1, 1), date(2080, 1, 1)), None)


def test_an_unchecked_card_without_any_date_has_no_expiry() -> None:
    with pytest.raises(AssertionError, match=r"^a card is checked before its expiry is reckoned$"):
        card_expiry(Card(date(1985, 4, 23)))


# --- what a plan says besides its dates -----------------------------------------------------------


@pytest.mark.parametrize(
    ("card", "term"),
    [
        (Card(date(1985, 4, 23), date(2020, 6, 1)), Term.TEN_BIRTHDAYS),
        (Card(date(2012, 3, 15), date(2023, 6, 1)), Term.FIVE_BIRTHDAYS),
        (Card(date(1985, 4, 23), card_expires=date(2030, 4, 23)), Term.TEN_BIRTHDAYS),
        (Card(date(2012, 3, 15), card_expires=date(2028, 3, 15)), Term.FIVE_BIRTHDAYS),
        (Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2026, 3, 31)), Term.STAY),
        (
            Card(date(1990, 6, 15), card_expires=date(2026, 3, 31), stay_until=date(2026, 3, 31)),
            Term.STAY,
        ),
        (
            Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2033, 6, 16)),
            Term.TEN_BIRTHDAYS,
        ),
    ],
)
def test_a_plan_says_what_set_the_cards_expiry(card: Card, term: Term) -> None:
    assert plan(card, GraceRule.ANNIVERSARY, today=TODAY).term is term


@pytest.mark.parametrize(
    ("born", "leap"),
    [
        (date(2000, 2, 29), True),
        (date(2000, 2, 28), False),
        (date(2000, 3, 29), False),
    ],
)
def test_a_plan_says_whether_the_holder_was_born_on_a_leap_day(born: date, leap: bool) -> None:
    card = Card(born, date(2023, 7, 1))
    assert plan(card, GraceRule.ANNIVERSARY, today=TODAY).leap_day_birth is leap


@pytest.mark.parametrize(
    ("card", "together"),
    [
        (Card(date(1985, 4, 23), date(2020, 6, 1)), False),
        (Card(date(2012, 3, 15), date(2023, 6, 1)), True),
    ],
)
def test_a_plan_says_whether_card_and_certificate_expire_together(
    card: Card, together: bool
) -> None:
    assert plan(card, GraceRule.ANNIVERSARY, today=TODAY).together is together


@pytest.mark.parametrize(
    ("card", "first", "last"),
    [
        (Card(date(1985, 4, 23), date(2020, 6, 1)), date(2020, 6, 1), date(2020, 6, 1)),
        (
            Card(date(1985, 4, 23), date(2020, 6, 1), date(2030, 4, 23)),
            date(2020, 6, 1),
            date(2020, 6, 1),
        ),
        (
            Card(date(1985, 4, 23), card_expires=date(2030, 4, 23)),
            date(2020, 4, 23),
            date(2021, 4, 22),
        ),
        (
            Card(date(2012, 3, 15), card_expires=date(2028, 3, 15)),
            date(2023, 3, 15),
            date(2024, 3, 14),
        ),
        (
            Card(date(1990, 6, 15), card_expires=date(2026, 3, 31), stay_until=date(2026, 3, 31)),
            date(2016, 1, 1),
            date(2026, 3, 31),
        ),
        (
            Card(
                date(1990, 6, 15),
                date(2023, 7, 1),
                date(2026, 3, 31),
                None,
                None,
                date(2026, 3, 31),
            ),
            date(2023, 7, 1),
            date(2023, 7, 1),
        ),
        (
            Card(date(2020, 6, 15), card_expires=date(2026, 3, 31), stay_until=date(2026, 3, 31)),
            date(2020, 6, 15),
            date(2026, 3, 31),
        ),
    ],
)
def test_an_expiry_says_when_the_card_can_have_been_issued(
    card: Card, first: date, last: date
) -> None:
    assert days_of_issue(card, card_expiry(card).day) == DateRange(first, last)


@pytest.mark.parametrize(
    ("applied", "age"),
    [(date(2022, 3, 31), 20), (date(2022, 4, 1), 18), (date(2016, 1, 1), 20)],
)
def test_the_day_of_application_decides_who_is_adult(applied: date, age: int) -> None:
    assert adult_age(applied) == age
    assert {ADULT_BEFORE_2022, ADULT_SINCE_2022} == {20, 18}


@pytest.mark.parametrize(
    ("born", "expires", "other"),
    [
        (date(1988, 2, 10), date(2027, 3, 31), date(2027, 2, 10)),
        (date(1988, 7, 10), date(2027, 3, 31), date(2026, 7, 10)),
        # The certificate of the first card, of 2016-01-01, ended on 2020-01-02 at the earliest.
        (date(1988, 1, 2), date(2020, 6, 30), date(2020, 1, 2)),
        (date(1988, 1, 1), date(2020, 6, 30), None),
        (date(1988, 7, 10), date(2020, 6, 30), None),
        # Whoever has turned 18 (before 2022-04-01: 20) by then holds an adult's card.
        (date(2008, 2, 10), date(2031, 3, 31), date(2031, 2, 10)),
        (date(2009, 2, 10), date(2031, 3, 31), None),
    ],
)
def test_a_card_ended_by_the_stay_may_have_outlived_its_certificate(
    born: date, expires: date, other: date | None
) -> None:
    card = Card(born, card_expires=expires, stay_until=expires)
    found = plan(card, GraceRule.ANNIVERSARY, today=TODAY)
    expected = (Caution(Doubt.CERTIFICATE_UNCERTAIN, other),) if other else ()
    assert found.cautions == expected


def test_the_early_reminder_of_a_limited_stay_is_three_months_ahead() -> None:
    assert stay_reminder(date(2026, 3, 31)) == date(2025, 12, 31)
    assert stay_reminder(date(2026, 5, 31)) == date(2026, 2, 28)


# --- laws that hold for every card ----------------------------------------------------------------

BORN = st.one_of(
    st.dates(date(1900, 1, 1), date(2026, 11, 24)),
    st.dates(date(1996, 1, 1), date(2009, 12, 31)),
    st.integers(475, 506).map(lambda fours: date(fours * 4, 2, 28) + ONE_DAY),
)
ISSUED = st.one_of(
    st.dates(date(2016, 1, 1), date(2027, 11, 24)),
    st.dates(date(2021, 10, 1), date(2022, 10, 31)),
)
EXPIRY = st.dates(date(2016, 1, 1), date(2095, 12, 31))
ANY_DAY = st.one_of(st.dates(), st.dates(date(1900, 1, 1), date(2100, 12, 31)))
ANY_CARD = st.builds(Card, ANY_DAY, *[st.none() | ANY_DAY for _ in DATES])
GRACE = st.sampled_from(GraceRule)


@st.composite
def issued_cards(draw: st.DrawFn) -> Card:
    """A card known by its issue date, with or without a day of application."""
    issued = draw(ISSUED)
    born = draw(BORN.filter(lambda day: day <= issued))
    earliest = max(born, months_after(issued, -18), date(2015, 10, 5))
    return Card(born, issued, applied=draw(st.none() | st.dates(earliest, issued)))


@st.composite
def stay_cards(draw: st.DrawFn) -> Card:
    """A card known by its issue date, of a holder whose stay ends within five years."""
    card = draw(issued_cards())
    assert card.issued
    stay = draw(st.dates(card.issued, months_after(card.issued, 60)))
    return Card(card.born, card.issued, applied=card.applied, stay_until=stay)


@st.composite
def doubtful_cards(draw: st.DrawFn) -> Card:
    """A card whose holder came of age shortly before issue, perhaps after applying."""
    issued = draw(ISSUED)
    came_of_age = issued - timedelta(days=draw(st.integers(0, 200)))
    born = months_after(came_of_age, -12 * draw(st.sampled_from([18, 20])))
    applied = draw(st.none() | st.dates(max(months_after(issued, -18), date(2015, 10, 5)), issued))
    return Card(born, issued, applied=applied)


CARDS = issued_cards() | stay_cards() | doubtful_cards()


@given(issued_cards() | doubtful_cards(), GRACE)
def test_each_expiry_is_a_birthday_strictly_after_issue(card: Card, grace: GraceRule) -> None:
    found = plan(card, grace, today=TODAY)
    assert card.issued
    assert is_birthday(card.born, found.card_expiry)
    assert is_birthday(card.born, found.certificate_expiry)
    assert card.issued < found.certificate_expiry <= found.card_expiry
    assert age_on(card.born, found.certificate_expiry) - age_on(card.born, card.issued) == 5
    assert age_on(card.born, found.card_expiry) - age_on(card.born, card.issued) in {5, 10}


@given(stay_cards(), GRACE)
def test_a_limited_stay_only_ever_shortens_a_card(card: Card, grace: GraceRule) -> None:
    assert card.stay_until
    limited = plan(card, grace, today=TODAY)
    free = plan(Card(card.born, card.issued, applied=card.applied), grace, today=TODAY)
    assert limited.card_expiry in {card.stay_until, free.card_expiry}
    assert limited.card_expiry <= min(card.stay_until, free.card_expiry)
    assert limited.certificate_expiry in {free.certificate_expiry, limited.card_expiry}
    assert limited.certificate_expiry <= limited.card_expiry


@given(CARDS, GRACE)
def test_the_milestones_of_a_subject_come_in_order(card: Card, grace: GraceRule) -> None:
    found = plan(card, grace, today=TODAY)
    for subject in Subject:
        of_subject = [each for each in found.milestones if each.subject is subject]
        kinds = [each.kind for each in of_subject]
        ends = [each.end for each in of_subject]
        assert kinds in ([], list(Kind), [Kind.EXPIRY, Kind.GRACE_ENDS])
        assert ends == sorted(set(ends))
        assert all(each.start <= each.end for each in of_subject)


@given(CARDS, GRACE)
def test_a_certificate_has_milestones_of_its_own_only_if_it_expires_before_the_card(
    card: Card, grace: GraceRule
) -> None:
    found = plan(card, grace, today=TODAY)
    own = sum(each.subject is Subject.CERTIFICATE for each in found.milestones)
    of_card = sum(each.subject is Subject.CARD for each in found.milestones)
    assert own == (0 if found.together else 4)
    assert of_card == (2 if found.term is Term.STAY else 4)


@given(EXPIRY)
@example(date(2025, 5, 28))
@example(date(2025, 5, 31))
@example(date(2024, 5, 31))
def test_three_months_after_the_day_before_the_window_is_the_expiry(expiry: date) -> None:
    window = renewal_window(expiry)
    back = months_after(window.start - ONE_DAY, 3)
    assert window.end == expiry
    if window.start.day > 1 or expiry.day == (window.start - ONE_DAY).day:
        assert back == expiry
    else:  # that month has no such day: the window opens on the first of the next
        assert window.start.day == 1
        assert timedelta(0) < expiry - back <= timedelta(days=3)


@given(EXPIRY)
def test_a_window_is_open_for_about_three_months(expiry: date) -> None:
    window = renewal_window(expiry)
    assert timedelta(days=88) <= window.end - window.start <= timedelta(days=91)


@given(EXPIRY)
def test_a_notice_is_expected_from_the_eve_of_the_window_for_about_a_month(expiry: date) -> None:
    window, notice = renewal_window(expiry), notice_period(expiry)
    assert notice.start + ONE_DAY == window.start
    assert timedelta(days=28) <= notice.end - notice.start <= timedelta(days=31)
    assert timedelta(days=59) <= expiry - notice.end <= timedelta(days=62)


@given(EXPIRY)
def test_the_grace_by_the_months_end_never_ends_before_the_other(expiry: date) -> None:
    by_day = grace_end(expiry, GraceRule.ANNIVERSARY)
    by_month = grace_end(expiry, GraceRule.MONTH_END)
    assert timedelta(days=89) <= by_day - expiry <= timedelta(days=92)
    assert timedelta(0) <= by_month - by_day <= timedelta(days=30)
    assert (by_month + ONE_DAY).day == 1


@given(EXPIRY)
def test_three_months_before_the_grace_ends_is_the_expiry_or_its_month_is_longer(
    expiry: date,
) -> None:
    last = grace_end(expiry, GraceRule.ANNIVERSARY)
    back = months_after(last, -3)
    assert back == expiry or ((last + ONE_DAY).day == 1 and back < expiry)
    assert (back.year, back.month) == (expiry.year, expiry.month)


@given(issued_cards() | doubtful_cards(), GRACE)
def test_a_card_read_from_its_face_has_the_dates_reckoned_from_its_issue(
    card: Card, grace: GraceRule
) -> None:
    reckoned = plan(card, grace, today=TODAY)
    read = plan(Card(card.born, card_expires=reckoned.card_expiry), grace, today=TODAY)
    both = plan(card._replace(card_expires=reckoned.card_expiry), grace, today=TODAY)
    assert (read.term, read.milestones) == (reckoned.term, reckoned.milestones)
    assert (both.term, both.milestones) == (reckoned.term, reckoned.milestones)
    assert not read.cautions
    assert not both.cautions


@given(doubtful_cards(), GRACE)
def test_the_other_expiry_of_a_caution_is_accepted_when_it_is_printed(
    card: Card, grace: GraceRule
) -> None:
    found = plan(card, grace, today=TODAY)
    assume(found.cautions)
    (caution,) = found.cautions
    settled = Card(card.born, card.issued, caution.other, card.applied)
    other = plan(settled, grace, today=TODAY)
    assert other.card_expiry == caution.other != found.card_expiry
    assert not other.cautions


@given(stay_cards(), GRACE)
def test_a_card_ended_by_the_stay_has_the_same_dates_when_read_from_its_face(
    card: Card, grace: GraceRule
) -> None:
    reckoned = plan(card, grace, today=TODAY)
    assume(reckoned.term is Term.STAY)
    printed = Card(
        card.born,
        card_expires=reckoned.card_expiry,
        cert_expires=reckoned.certificate_expiry,
        stay_until=card.stay_until,
    )
    assume(reckoned.card_expiry > date(2016, 1, 1))
    assume(reckoned.certificate_expiry > card.born)
    read = plan(printed, grace, today=TODAY)
    assert (read.term, read.milestones) == (reckoned.term, reckoned.milestones)


@given(BORN, st.integers(2020, 2035))
def test_no_caution_names_the_date_that_is_shown_already(born: date, year: int) -> None:
    birthday = nth_birthday(born, date(year, 1, 1), 1)
    for expires in (birthday - ONE_DAY, birthday, birthday + ONE_DAY):
        with suppress(InvalidInput):
            card = Card(born, card_expires=expires, stay_until=expires)
            found = plan(card, GraceRule.ANNIVERSARY, today=TODAY)
            assert expires not in {each.other for each in found.cautions}


@given(BORN, st.integers(2021, 2090), st.sampled_from([5, 10]))
def test_possible_issue_holds_exactly_the_issue_dates_that_give_the_expiry(
    born: date, year: int, birthdays: int
) -> None:
    expiry = nth_birthday(born, date(year, 1, 1), 1)
    days = possible_issue(born, expiry, birthdays)
    assert nth_birthday(born, days.start, birthdays) == expiry
    assert nth_birthday(born, days.end, birthdays) == expiry
    assert nth_birthday(born, days.start - ONE_DAY, birthdays) < expiry
    assert nth_birthday(born, days.end + ONE_DAY, birthdays) > expiry


@pytest.mark.parametrize(
    ("born", "expiry", "birthdays", "first", "last"),
    [
        (date(1985, 4, 23), date(2030, 4, 23), 10, date(2020, 4, 23), date(2021, 4, 22)),
        (date(2012, 3, 15), date(2028, 3, 15), 5, date(2023, 3, 15), date(2024, 3, 14)),
        (date(2000, 2, 29), date(2034, 2, 28), 10, date(2024, 2, 29), date(2025, 2, 27)),
        (date(2000, 2, 29), date(2033, 2, 28), 10, date(2023, 2, 28), date(2024, 2, 28)),
        (date(1990, 1, 1), date(2030, 1, 1), 10, date(2020, 1, 1), date(2020, 12, 31)),
    ],
)
def test_a_printed_expiry_tells_when_the_card_was_issued(
    born: date, expiry: date, birthdays: int, first: date, last: date
) -> None:
    assert possible_issue(born, expiry, birthdays) == DateRange(first, last)


@given(ANY_CARD, st.none() | ANY_DAY)
def test_whatever_the_dates_a_card_is_planned_or_refused_with_its_faults(
    card: Card, today: date | None
) -> None:
    with suppress(InvalidInput):
        found = plan(card, GraceRule.MONTH_END, today=today)
        assert date(2016, 1, 1) <= found.card_expiry < date(2099, 1, 1)
        assert found.certificate_expiry <= found.card_expiry


@given(BORN, st.none() | ISSUED, EXPIRY, st.none() | EXPIRY, st.none() | EXPIRY)
def test_whatever_is_printed_a_card_is_planned_or_refused_with_its_faults(
    born: date, issued: date | None, printed: date, written: date | None, stay: date | None
) -> None:
    for expires in (printed, nth_birthday(born, printed, 1), stay or printed):
        with suppress(InvalidInput):
            card = Card(born, issued, expires, cert_expires=written, stay_until=stay)
            found = plan(card, GraceRule.ANNIVERSARY, today=TODAY)
            assert found.card_expiry == expires
            assert found.certificate_expiry == (written or found.certificate_expiry)
            assert found.certificate_expiry <= expires


@given(CARDS, st.dates(TODAY, date(2079, 1, 1)))
def test_a_plan_does_not_depend_on_the_clock(card: Card, later: date) -> None:
    without = plan(card, GraceRule.ANNIVERSARY)
    assert plan(card, GraceRule.ANNIVERSARY, today=TODAY) == without
    assert plan(card, GraceRule.ANNIVERSARY, today=later) == without


def test_the_latest_issue_leaves_room_for_ten_birthdays_and_the_grace() -> None:
    found = plan(Card(date(1985, 1, 1), LATEST_ISSUE), GraceRule.MONTH_END)
    assert found.milestones[-1].end == date(2090, 4, 30)


def test_a_written_certificate_date_counts_before_what_would_be_reckoned() -> None:
    expiry = CardExpiry(
        date(2030, 4, 23), Term.TEN_BIRTHDAYS, DateRange(date(2020, 4, 23), date(2021, 4, 22))
    )
    assert certificate_expiry(
        Card(date(1985, 4, 23), card_expires=expiry.day, cert_expires=date(2027, 1, 5)), expiry
    ) == (date(2027, 1, 5), (Caution(Doubt.CERTIFICATE_NOT_BIRTHDAY),))
