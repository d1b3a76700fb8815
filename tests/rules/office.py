"""An office that issues cards by one reading of the rules, in the oracle's plain integers."""

from dataclasses import dataclass, replace

from tests.rules.oracle import (
    DAYS,
    FIRST_ISSUE,
    INDEX,
    LAST_ISSUE,
    Holder,
    months_before,
    threshold,
)


@dataclass(frozen=True)
class Reading:
    """One reading of the law. ``longer``: a card renewed early lasts one birthday longer."""

    age_on_application: bool
    age_reached_on_eve: bool
    longer: bool


@dataclass(frozen=True)
class Issued:
    """A card with its certificate; ``expiry`` is printed, ``birthday`` ends it without a stay."""

    applied: int
    issued: int
    birthday: int
    expiry: int
    certificate: int
    renewed: int | None = None
    renewals: int = 0


@dataclass(frozen=True)
class Office:
    """One office and one holder. ``stay`` is the end of a limited stay."""

    holder: Holder
    reading: Reading

    def nth_birthday(self, after: int, number: int) -> int:
        later = [day for day in self.holder.birthdays if day > after]
        return later[number - 1]

    def age(self, day: int) -> int:
        aged_on = day + self.reading.age_reached_on_eve
        return sum(birthday <= aged_on for birthday in self.holder.birthdays) - 1

    def issue(
        self, applied: int, issued: int, old: Issued | None, stay: int | None = None
    ) -> Issued:
        aged_on = applied if self.reading.age_on_application else issued
        birthdays = 10 if self.age(aged_on) >= threshold(applied) else 5
        more = int(self.reading.longer and old is not None and is_early(old, issued))
        birthday = self.nth_birthday(issued, birthdays + more)
        expiry = birthday if stay is None else min(birthday, stay)
        certificate = min(self.nth_birthday(issued, 5 + more), expiry)
        return Issued(applied, issued, birthday, expiry, certificate)

    def renew_certificate(self, card: Issued, day: int) -> Issued:
        """In the last three months of the certificate the 6th birthday counts, else the 5th."""
        in_window = months_before(card.certificate, 3) < day <= card.certificate
        end = min(self.nth_birthday(day, 6 if in_window else 5), card.expiry)
        return replace(card, certificate=end, renewed=day, renewals=card.renewals + 1)

    def extend(self, card: Issued, day: int, stay: int) -> Issued:
        """The card follows the stay; its certificate is issued again at the same visit."""
        return self.renew_certificate(replace(card, expiry=min(card.birthday, stay)), day)


def is_early(old: Issued, issued: int) -> bool:
    """Rule 14: less than three months are left of a card that ends on a birthday."""
    ends_on_birthday = old.expiry == old.birthday
    return ends_on_birthday and months_before(old.expiry, 3) < issued < old.expiry


def is_known(card: Issued) -> bool:
    return FIRST_ISSUE <= card.issued <= LAST_ISSUE and card.applied >= INDEX[2015, 10, 5]


def iso(day: int) -> str:
    year, month, number = DAYS[day]
    return f"{year:04d}-{month:02d}-{number:02d}"
