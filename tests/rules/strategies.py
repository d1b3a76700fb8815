"""Cards and days for the properties that hold for every card."""

from datetime import date, timedelta

from hypothesis import strategies as st

from calsvc.rules.card import Card, Renewed
from calsvc.rules.dates import ONE_DAY, add_months
from calsvc.rules.milestones import GraceRule
from tests.rules.golden_tables import DATES

TODAY = date(2026, 11, 24)
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
ANY_RENEWAL = st.none() | ANY_DAY | st.sampled_from(Renewed)
ANY_CARD = st.builds(
    Card,
    ANY_DAY,
    *[ANY_RENEWAL if name == "cert_renewed" else st.none() | ANY_DAY for name in DATES],
)
GRACE = st.sampled_from(GraceRule)


@st.composite
def issued_cards(draw: st.DrawFn) -> Card:
    """A card known by its issue date, with or without a day of application."""
    issued = draw(ISSUED)
    born = draw(BORN.filter(lambda day: day <= issued))
    earliest = max(born, add_months(issued, -18), date(2015, 10, 5))
    return Card(born, issued, applied=draw(st.none() | st.dates(earliest, issued)))


@st.composite
def stay_cards(draw: st.DrawFn) -> Card:
    """A card known by its issue date, of a holder whose stay ends within five years."""
    card = draw(issued_cards())
    assert card.issued
    stay = draw(st.dates(card.issued, add_months(card.issued, 60)))
    return Card(card.born, card.issued, applied=card.applied, stay_until=stay)


@st.composite
def doubtful_cards(draw: st.DrawFn) -> Card:
    """A card whose holder came of age shortly before issue, perhaps after applying."""
    issued = draw(ISSUED)
    came_of_age = issued - timedelta(days=draw(st.integers(0, 200)))
    born = add_months(came_of_age, -12 * draw(st.sampled_from([18, 20])))
    applied = draw(st.none() | st.dates(max(add_months(issued, -18), date(2015, 10, 5)), issued))
    return Card(born, issued, applied=applied)


CARDS = issued_cards() | stay_cards() | doubtful_cards()
