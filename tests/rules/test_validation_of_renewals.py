"""Bounds of a renewal, of a written date beside it, and of a stay: what is rejected, and where."""

from datetime import date

import pytest

from calsvc.rules.card import Card, Caution, CautionCode, Renewed
from calsvc.rules.plan import CertificateSource, assess, check_and_assess
from calsvc.rules.validation import is_stay_unusual
from tests.rules.problems import problem_keys

TODAY = date(2026, 11, 25)
BORN = date(1985, 4, 23)
PRINTED = Card(BORN, card_expires=date(2030, 4, 23))


def problem_of(card: Card, today: date | None = TODAY) -> str:
    return ", ".join(problem_keys(card, today))


@pytest.mark.parametrize(
    ("card", "problem"),
    [
        (PRINTED._replace(cert_renewed=TODAY), ""),
        (PRINTED._replace(cert_renewed=date(2026, 11, 26)), "cert_renewed.in_future"),
        (PRINTED._replace(cert_renewed=date(2020, 4, 22)), "cert_renewed.before_issue"),
        (PRINTED._replace(cert_renewed=date(2020, 4, 23)), ""),
        (Card(BORN, date(2020, 6, 1), cert_renewed=date(2020, 5, 31)), "cert_renewed.before_issue"),
        (Card(BORN, date(2020, 6, 1), cert_renewed=date(2020, 6, 1)), ""),
        (
            Card(date(2010, 1, 20), card_expires=date(2025, 1, 20), cert_renewed=date(2025, 1, 21)),
            "cert_renewed.after_card_expires",
        ),
        (
            Card(date(2010, 1, 20), card_expires=date(2025, 1, 20), cert_renewed=date(2025, 1, 20)),
            "",
        ),
        # Renewed early, the card can have been issued three months before its first birthday.
        (
            Card(BORN, card_expires=date(2036, 4, 23), cert_renewed=date(2026, 1, 24)),
            "",
        ),
        (
            Card(BORN, card_expires=date(2036, 4, 23), cert_renewed=date(2026, 1, 23)),
            "cert_renewed.before_issue",
        ),
        (
            Card(
                BORN,
                stay_until=date(2027, 3, 31),
                card_expires=date(2027, 3, 31),
                cert_renewed=date(2015, 12, 31),
            ),
            "cert_renewed.before_issue",
        ),
    ],
)
def test_a_renewal_lies_between_issue_and_today(card: Card, problem: str) -> None:
    assert problem_of(card) == problem


def test_without_today_a_renewal_may_be_in_the_future() -> None:
    assert problem_of(PRINTED._replace(cert_renewed=date(2028, 1, 1)), None) == ""


CONTRADICTION = "cert_expires.not_of_this_renewal"


@pytest.mark.parametrize(
    ("renewed", "written", "problem"),
    [
        (Renewed.IN_WINDOW, date(2030, 4, 23), ""),
        (Renewed.IN_WINDOW, date(2025, 4, 23), CONTRADICTION),
        (date(2025, 2, 1), date(2030, 4, 23), ""),
        (date(2025, 2, 1), date(2025, 4, 23), CONTRADICTION),
        (date(2022, 5, 1), date(2027, 4, 23), ""),
        # It may have been in the window of a certificate that was not the first.
        (date(2022, 5, 1), date(2028, 4, 23), ""),
        (date(2022, 5, 1), date(2026, 4, 23), CONTRADICTION),
        (date(2022, 5, 1), date(2029, 4, 23), CONTRADICTION),
        (date(2022, 5, 1), date(2030, 4, 23), ""),
        (Renewed.SOMETIME, date(2025, 4, 23), ""),
        (Renewed.SOMETIME, date(2028, 4, 23), ""),
        (None, date(2025, 4, 23), ""),
    ],
)
def test_a_written_date_must_fit_the_renewal(
    renewed: date | Renewed | None, written: date, problem: str
) -> None:
    assert problem_of(PRINTED._replace(cert_renewed=renewed, cert_expires=written)) == problem


@pytest.mark.parametrize(
    ("written", "cautions"),
    [
        (date(2025, 4, 23), (Caution(CautionCode.RENEWAL_DAY_UNKNOWN),)),
        (date(2026, 4, 23), ()),
        (date(2030, 4, 23), ()),
    ],
)
def test_an_old_written_date_of_a_renewal_has_a_caution(
    written: date, cautions: tuple[Caution, ...]
) -> None:
    card = PRINTED._replace(cert_renewed=Renewed.SOMETIME, cert_expires=written)
    assessment = check_and_assess(card, TODAY)
    assert assessment.plan.certificate_expiry == written
    assert assessment.cautions == cautions
    assert assessment.plan.certificate_source is CertificateSource.READ


def test_an_unknown_renewal_day_is_fine_if_both_end_together() -> None:
    minor = Card(date(2015, 1, 20), card_expires=date(2029, 1, 20))
    for written in (None, date(2029, 1, 20)):
        card = minor._replace(cert_renewed=Renewed.SOMETIME, cert_expires=written)
        assert check_and_assess(card, TODAY).cautions == ()


@pytest.mark.parametrize(
    ("renewed", "source"),
    [
        (None, CertificateSource.COMPUTED),
        (Renewed.IN_WINDOW, CertificateSource.RENEWED),
        (date(2025, 2, 1), CertificateSource.RENEWED),
    ],
)
def test_plan_records_a_renewed_certificate(
    renewed: date | Renewed | None, source: CertificateSource
) -> None:
    card = PRINTED._replace(cert_renewed=renewed)
    assert assess(card).plan.certificate_source is source


EXTENDED = Card(date(1995, 7, 7), card_expires=date(2027, 1, 30), stay_until=date(2026, 11, 30))


@pytest.mark.parametrize(
    ("renewed", "expiry"),
    [
        (Renewed.IN_WINDOW, date(2027, 1, 30)),
        (date(2026, 11, 20), date(2027, 1, 30)),
        (date(2026, 8, 31), date(2027, 1, 30)),
        # Too early for the extension, so it ended with the card's old date.
        (date(2026, 8, 30), date(2026, 11, 30)),
    ],
)
def test_an_old_certificate_of_an_extended_card_ends_with_stay(
    renewed: date | Renewed, expiry: date
) -> None:
    card = EXTENDED._replace(cert_renewed=renewed)
    assert check_and_assess(card, TODAY).plan.certificate_expiry == expiry


def test_a_certificate_written_with_the_stays_end_is_accepted() -> None:
    card = EXTENDED._replace(cert_expires=date(2026, 11, 30))
    codes = [each.code for each in check_and_assess(card, TODAY).cautions]
    assert codes == [CautionCode.CARD_EXTENDED]


# --- a stay ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stay", "today", "problem", "unusual"),
    [
        (date(2032, 5, 25), TODAY, "", False),
        (date(2032, 5, 26), TODAY, "", True),
        (date(2032, 6, 1), TODAY, "", True),
        (date(2036, 11, 25), TODAY, "", True),
        (date(2036, 11, 26), TODAY, "stay_until.too_late", True),
        (date(2036, 12, 1), TODAY, "stay_until.too_late", True),
        (date(2038, 3, 31), None, "", None),
        (date(2038, 4, 1), None, "stay_until.too_late", None),
    ],
)
def test_a_stay_over_five_years_is_unusual_over_ten_rejected(
    stay: date, today: date | None, problem: str, unusual: bool | None
) -> None:
    card = Card(date(1990, 6, 15), date(2026, 7, 1), stay_until=stay)
    assert problem_of(card, today) == problem
    if today is not None:
        assert is_stay_unusual(stay, today) is unusual
        codes = [each.code for each in assess(card, today).cautions]
        assert (CautionCode.STAY_UNUSUAL in codes) is unusual
    assert assess(card, today).plan == assess(card).plan


def test_a_leap_day_is_a_year_after_28_february() -> None:
    card = Card(BORN, date(2028, 2, 29))
    assert problem_of(card, date(2027, 2, 28)) == "issued.too_late"
    assert problem_of(card, date(2027, 3, 1)) == ""
