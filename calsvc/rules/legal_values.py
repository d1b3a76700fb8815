"""Holds each number of the law with the issue dates for which it is known (rule 18).

The rules for cards issued from April 2028 on are announced, but not yet in force (次期個人番号
カードタスクフォース 中間とりまとめ, 2023). A lookup for a later issue date raises an error, because
the number may have changed.
"""

from datetime import date
from typing import Generic, NamedTuple, TypeVar

from calsvc.errors import CalsvcError
from calsvc.rules.dates import DateRange

T = TypeVar("T")

FIRST_CARD_ISSUE = date(2016, 1, 1)
"""Rule 12: the first cards were made in January 2016."""
ADULTHOOD_CHANGED = date(2022, 4, 1)
"""Rule 3: 民法の一部を改正する法律(平成30年法律第59号) came into force."""
LAST_KNOWN_ISSUE = date(2028, 3, 31)
"""Rule 18: the last issue date whose rules are certain."""
KNOWN_ISSUE_DATES = DateRange(FIRST_CARD_ISSUE, LAST_KNOWN_ISSUE)


class RuleNotKnownError(CalsvcError):
    """A day for which the law is not known."""


class Rule(NamedTuple, Generic[T]):
    """A number of the law, under its rule ``number``.

    ``spans``: ranges of issue dates, in order, and the value for each.
    """

    number: int
    spans: tuple[tuple[DateRange, T], ...]

    def on(self, issued: date) -> T:
        """Return the value for cards issued on ``issued``. Raises `RuleNotKnownError`."""
        for days, value in reversed(self.spans):
            if issued >= days.start:
                if issued > days.end:
                    break
                return value
        raise RuleNotKnownError

    @property
    def value(self) -> T:
        """The value for all known cards. Raises `ValueError` if there are several."""
        ((_, value),) = self.spans
        return value


ADULT_AGE = Rule(
    3,
    (
        (DateRange(FIRST_CARD_ISSUE, date(2022, 3, 31)), 20),
        (DateRange(ADULTHOOD_CHANGED, LAST_KNOWN_ISSUE), 18),
    ),
)
"""Rules 2 and 3. Look it up by the day on which J-LIS received the application
(申請受付日; Kobe, Yonago, Konosu, Osakasayama)."""
MAX_APPLICATION_MONTHS = Rule(3, ((KNOWN_ISSUE_DATES, 6),))
"""Months that may lie between application and issue if the application day is unknown."""
ADULT_CARD_BIRTHDAYS = Rule(2, ((KNOWN_ISSUE_DATES, 10),))
MINOR_CARD_BIRTHDAYS = Rule(2, ((KNOWN_ISSUE_DATES, 5),))
"""Rule 2 (Otaru: 発行日から10回目/5回目の誕生日)."""
CERTIFICATE_BIRTHDAYS = Rule(4, ((KNOWN_ISSUE_DATES, 5),))
"""Rule 4 (Otaru: 発行日から5回目の誕生日)."""
EARLY_RENEWAL_BIRTHDAYS = Rule(14, ((KNOWN_ISSUE_DATES, 1),))
"""Rules 14 and 15: birthdays added by a renewal in the last three months. Sources: 平成26年総務省令
第85号 第26条, 第27条, 第29条; for certificates JPKI, Niimi, Oguchi."""
WINDOW_MONTHS = Rule(6, ((KNOWN_ISSUE_DATES, 3),))
"""Rule 6 (Otaru: 有効期限の3か月前の翌日から)."""
NOTICE_MONTHS = Rule(7, ((KNOWN_ISSUE_DATES, (3, 2)),))
"""Rule 7 (Otaru: 有効期限の2~3か月前)."""
GRACE_MONTHS = Rule(8, ((KNOWN_ISSUE_DATES, 3),))
"""Rule 8 (Otaru: 健康保険証としての利用は失効後3か月間)."""
EXTENSION_MONTHS = Rule(17, ((KNOWN_ISSUE_DATES, 2),))
"""Rule 17(a): months by which a card is extended while a permit is pending (Katsuragi, Ashiya,
Miyake, Tenri)."""
COLLECTION_MONTHS = Rule(21, ((KNOWN_ISSUE_DATES, 2),))
"""Rule 21 (Otaru: a new card takes one to two months)."""

RULES: tuple[Rule[int] | Rule[tuple[int, int]], ...] = (
    ADULT_AGE,
    MAX_APPLICATION_MONTHS,
    ADULT_CARD_BIRTHDAYS,
    MINOR_CARD_BIRTHDAYS,
    CERTIFICATE_BIRTHDAYS,
    EARLY_RENEWAL_BIRTHDAYS,
    WINDOW_MONTHS,
    NOTICE_MONTHS,
    GRACE_MONTHS,
    EXTENSION_MONTHS,
    COLLECTION_MONTHS,
)
