"""Reasons for the expiry dates of a card and its certificate."""

from datetime import date

import pytest

from calsvc.rules.card import Card, Renewed, Subject
from calsvc.rules.plan import check_and_assess
from calsvc.rules.reasons import SOURCES, Reason, build_reasons

BORN = date(1990, 10, 10)
BIRTHDAYS = tuple(date(year, 10, 10) for year in range(2020, 2030))
STAY_BORN = date(1990, 5, 5)


def reasons_of(card: Card) -> tuple[Reason, ...]:
    return build_reasons(card, check_and_assess(card, None).plan)


def test_the_counted_birthdays_are_in_order() -> None:
    issued = date(2020, 5, 15)
    assert reasons_of(Card(BORN, issued)) == (
        Reason(Subject.CERTIFICATE, date(2024, 10, 10), 4, issued, BIRTHDAYS[:5]),
        Reason(Subject.CARD, date(2029, 10, 10), 2, issued, BIRTHDAYS),
    )


@pytest.mark.parametrize(
    ("card", "certificate", "of_card"),
    [
        (Card(BORN, card_expires=date(2029, 10, 10)), (10, 0), (10, 0)),
        (Card(BORN, date(2020, 5, 15), date(2029, 10, 10)), (4, 5), (2, 10)),
        (Card(date(1980, 1, 20), date(2025, 12, 10), date(2036, 1, 20)), (4, 6), (14, 11)),
        (Card(date(2015, 1, 20), date(2025, 12, 10), date(2031, 1, 20)), (4, 6), (14, 6)),
        (Card(date(2015, 1, 20), date(2025, 12, 10)), (4, 5), (2, 5)),
        (Card(date(2015, 1, 20), card_expires=date(2030, 1, 20)), (10, 0), (10, 0)),
        (
            Card(BORN, card_expires=date(2029, 10, 10), cert_renewed=date(2022, 5, 1)),
            (15, 5),
            (10, 0),
        ),
        (
            Card(BORN, date(2020, 5, 15), cert_renewed=Renewed.IN_WINDOW),
            (15, 0),
            (2, 10),
        ),
        (
            Card(BORN, card_expires=date(2029, 10, 10), cert_expires=date(2026, 10, 10)),
            (10, 0),
            (10, 0),
        ),
        (Card(STAY_BORN, date(2021, 8, 1), stay_until=date(2029, 9, 30)), (4, 5), (9, 0)),
        (Card(STAY_BORN, date(2026, 6, 1), stay_until=date(2027, 3, 31)), (9, 0), (9, 0)),
        (
            Card(STAY_BORN, date(2025, 6, 1), date(2026, 12, 30), stay_until=date(2026, 11, 30)),
            (17, 0),
            (17, 0),
        ),
        (
            Card(STAY_BORN, card_expires=date(2026, 12, 30), stay_until=date(2026, 11, 30)),
            (17, 0),
            (17, 0),
        ),
        (
            Card(
                STAY_BORN,
                date(2021, 8, 1),
                cert_renewed=date(2026, 3, 10),
                stay_until=date(2029, 9, 30),
            ),
            (9, 0),
            (9, 0),
        ),
        (
            Card(
                STAY_BORN,
                date(2021, 8, 1),
                cert_renewed=date(2024, 2, 1),
                stay_until=date(2029, 9, 30),
            ),
            (15, 5),
            (9, 0),
        ),
    ],
)
def test_each_date_has_its_rule_and_its_birthdays(
    card: Card, certificate: tuple[int, int], of_card: tuple[int, int]
) -> None:
    found = [(each.rule, len(each.birthdays)) for each in reasons_of(card)]
    assert found == [certificate, of_card]
    assert [each.source for each in reasons_of(card)] == [
        SOURCES[rule] for rule, _ in (certificate, of_card)
    ]


def test_a_reason_has_a_start_day_only_with_birthdays() -> None:
    for card in (
        Card(BORN, date(2020, 5, 15)),
        Card(STAY_BORN, date(2026, 6, 1), stay_until=date(2027, 3, 31)),
        Card(BORN, card_expires=date(2029, 10, 10), cert_renewed=date(2022, 5, 1)),
    ):
        for reason in reasons_of(card):
            assert (reason.after is None) is (reason.birthdays == ())
            assert not reason.birthdays or reason.birthdays[-1] == reason.expiry


def test_every_named_rule_has_a_source() -> None:
    assert list(SOURCES) == [2, 4, 9, 10, 14, 15, 17]
    assert all(SOURCES.values())
    assert reasons_of(Card(BORN, date(2020, 5, 15)))[1].source == "小樽市; 飯能市; 北栄町"
