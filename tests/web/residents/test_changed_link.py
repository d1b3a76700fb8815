"""A link changed by one button is the link of the same card entered with the renewal."""

from collections.abc import Iterator
from datetime import date, timedelta

from calsvc.rules.card import Card, Renewed, Subject
from calsvc.rules.plan import assess
from calsvc.rules.validation import check_card
from calsvc.web.residents.changed_link import (
    computed_dates,
    form_from_link,
    with_renewed_certificate,
)
from calsvc.web.residents.questions import renewed_since
from tests.support.links import link_of

TODAY = date(2026, 11, 25)
BIRTHS = (date(1960, 2, 29), date(1985, 4, 23), date(1996, 11, 24), date(2002, 1, 5))


def cards() -> Iterator[Card]:
    """Yield cards of adults and minors, by issue date and by printed date."""
    for born in BIRTHS:
        for days in range(0, 3900, 13):
            yield Card(born, issued=date(2016, 1, 1) + timedelta(days=days))
        for year in range(2026, 2037):
            if born.year + 28 <= year and born.day != 29:
                yield Card(born, card_expires=born.replace(year=year))


def test_button_and_form_make_the_same_link() -> None:
    offered = 0
    for card in cards():
        answers = None, Renewed.SOMETIME
        for each in (card._replace(cert_renewed=answer) for answer in answers):
            check_card(each, TODAY)
            new = with_renewed_certificate(link_of(each), "0", TODAY)
            if new is not None:
                offered += 1
                expected = assess(card._replace(cert_renewed=Renewed.IN_WINDOW)).plan
                assert new.cards[0].plan == expected
                assert expected.doubts == ()
    assert offered > 500


def test_the_button_is_not_offered_before_its_day() -> None:
    plan = assess(Card(date(1985, 4, 23), issued=date(2020, 6, 1))).plan
    first, end = date(2025, 1, 24), date(2030, 4, 23)
    for today, day in (
        (first - timedelta(days=1), None),
        (first, first),
        (end, first),
        (end + timedelta(days=1), None),
    ):
        assert renewed_since(plan, today) == day


def test_every_date_of_a_link_is_either_filled_in_or_named() -> None:
    for card in cards():
        link = link_of(card, card._replace(cert_renewed=Renewed.IN_WINDOW))
        for position, given in enumerate(form_from_link(link).cards, start=1):
            named = computed_dates(link)
            filled = {field for field, typed in given.dates.items() if typed.text}
            assert filled <= {"card_expires", "cert_expires"}
            assert (f"c{position}-card_expires" in named) == ("card_expires" not in filled)
            assert f"c{position}-cert_expires" in named


def test_a_doubt_about_the_card_offers_no_button() -> None:
    in_doubt = [card for card in cards() if assess(card).plan.doubts_of(Subject.CARD)]
    assert len(in_doubt) > 5
    assert not [card for card in in_doubt if renewed_since(assess(card).plan, TODAY)]
