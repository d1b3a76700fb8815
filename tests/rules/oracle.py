"""The rules once more, in plain integers, for every card that can exist.

This module shares no code with calsvc. A day is its index in a calendar that is made here, so that
comparing days is comparing integers. `Holder` answers for one birthday after another.
"""

from collections.abc import Iterator
from itertools import pairwise

Day = tuple[int, int, int]

FIRST_YEAR, LAST_YEAR = 1900, 2060
LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def length(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else LENGTHS[month - 1]


DAYS: list[Day] = [
    (year, month, day)
    for year in range(FIRST_YEAR, LAST_YEAR + 1)
    for month in range(1, 13)
    for day in range(1, length(year, month) + 1)
]
INDEX = {day: index for index, day in enumerate(DAYS)}


def months_before(index: int, months: int) -> int:
    """The same day of an earlier month, or the last day of that month."""
    year, month, day = DAYS[index]
    year, month = divmod(year * 12 + month - 1 - months, 12)
    return INDEX[year, month + 1, min(day, length(year, month + 1))]


FIRST_ISSUE = INDEX[2016, 1, 1]
LAST_ISSUE = INDEX[2028, 3, 31]
CHANGE = INDEX[2022, 4, 1]
ISSUES = range(FIRST_ISSUE, LAST_ISSUE + 1)
SIX_MONTHS_BEFORE = {index: months_before(index, 6) for index in ISSUES}

Answer = tuple[int, int, tuple[tuple[str, int], ...]]
"""The last days of card and certificate, and each doubt of the card with its other date."""


def threshold(applied: int) -> int:
    return 20 if applied < CHANGE else 18


class Holder:
    """Somebody born on a day; ``birthdays[n]`` is the day on which they turn n."""

    def __init__(self, born: Day) -> None:
        year, month, day = born
        self.born = INDEX[born]
        self.birthdays = [
            INDEX[each, month, min(day, length(each, month))] for each in range(year, LAST_YEAR + 1)
        ]

    def answers(self, first: int, last: int) -> Iterator[tuple[int, Answer]]:
        """The issue dates from ``first`` to ``last`` with what follows from each."""
        for age, (birthday, following) in enumerate(pairwise(self.birthdays)):
            start, end = max(birthday, first), min(following - 1, last)
            if start > end:
                continue
            early_from = self.early_from(age + 1)
            fifth, tenth = self.birthdays[age + 5], self.birthdays[age + 10]
            for issued in range(start, end + 1):
                is_adult = age >= threshold(issued)
                card = tenth if is_adult else fifth
                doubts = self.doubts(age, issued, is_adult, fifth, tenth)
                if issued >= early_from:
                    later = age + (11 if is_adult else 6)
                    doubts = (*doubts, ("renewed_early", self.birthdays[later]))
                yield issued, (card, fifth, doubts)

    def doubts(
        self, age: int, issued: int, is_adult: bool, fifth: int, tenth: int
    ) -> tuple[tuple[str, int], ...]:
        applied = SIX_MONTHS_BEFORE[issued]
        if is_adult:
            if age < threshold(applied):
                return (("threshold_uncertain", fifth),)
            # The age on the earliest application day, where a birthday lies between.
            if age == threshold(applied) and applied < self.birthdays[age]:
                return (("age_uncertain", fifth),)
            return ()
        if age + 1 == threshold(issued) and issued + 1 == self.birthdays[age + 1]:
            return (("birthday_eve", tenth),)
        return ()

    def early_from(self, age: int) -> int:
        """The first day of the three months before turning ``age``, or a day that never comes."""
        birthday = self.birthdays[age]
        return months_before(birthday, 3) + 1 if self.can_end(age) else LAST_ISSUE + 1

    def can_end(self, age: int) -> bool:
        """Rule 14: some card can end on the day of turning ``age``."""
        return self.five_can_end(age) or self.six_can_end(age) or self.ten_can_end(age)

    def five_can_end(self, age: int) -> bool:
        """A minor's card, made from five years before to the eve of four years before."""
        if age < 5 or self.birthdays[age - 4] <= FIRST_ISSUE:
            return False
        return age <= 23 or (
            age <= 25 and self.is_minor_of_20(max(self.birthdays[age - 5], FIRST_ISSUE))
        )

    def six_can_end(self, age: int) -> bool:
        """A minor's card, made in the last three months of one that ended five years before."""
        if age < 10 or self.birthdays[age - 5] <= FIRST_ISSUE or not self.can_end(age - 5):
            return False
        first = max(months_before(self.birthdays[age - 5], 3) + 1, FIRST_ISSUE)
        return age <= 23 or (age <= 25 and self.is_minor_of_20(first))

    def is_minor_of_20(self, issued: int) -> bool:
        """A card that can have been applied for under the threshold 20, at 19 or younger."""
        applied = months_before(issued, 6)
        return applied < CHANGE and applied < self.birthdays[20]

    def ten_can_end(self, age: int) -> bool:
        """An adult's card: its last possible day may be the eve of turning 20.

        Cards of the threshold 18 end in 2031 and later, after the last issue date that is known.
        """
        return age >= 29 and self.birthdays[age - 9] > FIRST_ISSUE
