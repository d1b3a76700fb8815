"""The form's field for a certificate that was renewed: a box, or a day that counts before it."""

from datetime import date

import pytest

from calsvc.errors import InvalidInputError
from calsvc.rules.card import Card, Renewed
from calsvc.web.card_form.form import parse_form, parse_named_cards

TODAY = date(2026, 11, 25)
DATES = {
    **{"c1-born-year": "1985", "c1-born-month": "4", "c1-born-day": "23"},
    **{"c1-card_expires-year": "2030", "c1-card_expires-month": "4", "c1-card_expires-day": "23"},
}
DAY = {
    "c1-cert_renewed-year": "2025",
    "c1-cert_renewed-month": "2",
    "c1-cert_renewed-day": "1",
}
ISSUED = {
    **{"c1-issued-year": "2020", "c1-issued-month": "6", "c1-issued-day": "1"},
}


def card_of(fields: dict[str, str]) -> Card:
    (named_card,) = parse_named_cards(parse_form(fields), TODAY)
    return named_card.card


@pytest.mark.parametrize(
    ("fields", "renewed"),
    [
        ({}, None),
        ({"c1-cert_renewed": "yes"}, Renewed.IN_WINDOW),
        ({"c1-cert_renewed": "no"}, None),
        (DAY, date(2025, 2, 1)),
        ({**DAY, "c1-cert_renewed": "yes"}, date(2025, 2, 1)),
        ({**ISSUED, "c1-cert_renewed": "yes"}, Renewed.IN_WINDOW),
        ({"c1-cert_renewed-era": "R"}, None),
    ],
)
def test_a_box_or_a_day_says_that_it_was_renewed(
    fields: dict[str, str], renewed: date | Renewed | None
) -> None:
    assert card_of({**DATES, **fields}).cert_renewed == renewed


def test_a_day_in_parts_is_a_fault_of_the_field() -> None:
    with pytest.raises(InvalidInputError) as caught:
        card_of({**DATES, "c1-cert_renewed-year": "2025"})
    assert [(each.field, each.key) for each in caught.value.problems] == [
        ("c1-cert_renewed", "cert_renewed.unreadable")
    ]
