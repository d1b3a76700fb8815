"""Links of all kinds, for property tests."""

from datetime import date, timedelta

from hypothesis import strategies as st

from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import EPOCH, MAX_SLOT, NUMBER_BYTES, Link, LinkedCard, Reminders
from calsvc.parsing.names import MAX_CARDS, MAX_NAME_LENGTH, clean_name
from calsvc.rules.card import Subject, Term
from calsvc.rules.plan import CertificateSource, Doubt, Plan

DAYS = st.dates(EPOCH, EPOCH + timedelta(days=0xFFFF))


def _doubts(subject: Subject) -> st.SearchStrategy[tuple[Doubt, ...]]:
    dated = st.lists(DAYS, max_size=3, unique=True).map(sorted)
    return st.builds(
        lambda dateless, others: (
            *([Doubt(subject)] if dateless else []),
            *(Doubt(subject, other) for other in others),
        ),
        st.booleans(),
        dated,
    )


PLANS = st.builds(
    Plan,
    card_expiry=DAYS,
    certificate_expiry=DAYS,
    term=st.sampled_from(Term),
    leap_day_birth=st.booleans(),
    card_is_read=st.booleans(),
    certificate_source=st.sampled_from(CertificateSource),
    doubts=st.builds(tuple.__add__, _doubts(Subject.CARD), _doubts(Subject.CERTIFICATE)),
    check_on=st.none(),
)
NAMES = st.text(max_size=MAX_NAME_LENGTH).map(clean_name)
CARDS = st.builds(LinkedCard, PLANS, NAMES, st.integers(0, MAX_SLOT))
LINKS = st.builds(
    Link,
    st.binary(min_size=NUMBER_BYTES, max_size=NUMBER_BYTES),
    st.lists(CARDS, min_size=1, max_size=MAX_CARDS, unique_by=lambda card: card.slot).map(tuple),
    st.sampled_from(LANGUAGES),
    st.integers(0, 999_999).map("{:06d}".format),
    st.sampled_from(Reminders),
    st.integers(0, 255),
)
PLAIN_PLAN = Plan(date(2029, 10, 10), date(2024, 10, 10), Term.TEN_BIRTHDAYS)
