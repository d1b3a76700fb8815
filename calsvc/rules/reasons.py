"""Explains by which rule and which birthdays a card and its certificate expire.

The birthdays reveal the year of birth. So only the page where the card was
entered shows a reason. No link contains one.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from calsvc.rules.card import Card, Renewed, Subject, Term
from calsvc.rules.dates import nth_birthday
from calsvc.rules.legal_values import ADULT_CARD_BIRTHDAYS, MINOR_CARD_BIRTHDAYS
from calsvc.rules.plan import Plan
from calsvc.rules.printed_expiry import count_birthdays

SOURCES: Mapping[int, str] = {
    2: "小樽市; 飯能市; 北栄町",
    4: "小樽市; 湖南市",
    9: "小樽市; 神戸市; 対馬市",
    10: "小樽市",
    14: "平成26年総務省令第85号 第26条, 第27条, 第29条",
    15: "J-LIS 公的個人認証サービス; 金沢市; 大口町; 豊見城市",
    17: "葛城市; 芦屋市; 三宅町; 天理市; 上板町; 山陽小野田市",
}
"""The offices or laws that state each rule, by its number."""


class Reason(NamedTuple):
    """The rule that gives ``subject`` its ``expiry``.

    ``birthdays``: the counted birthdays in order. Empty if the rule counts none.
    ``after``: the day after which they are counted. None if the rule counts none.
    """

    subject: Subject
    expiry: date
    rule: int
    after: date | None
    birthdays: tuple[date, ...]

    @property
    def source(self) -> str:
        """The offices or laws that state the rule."""
        return SOURCES[self.rule]


def build_reasons(card: Card, plan: Plan) -> tuple[Reason, ...]:
    """Return the reason of the certificate's expiry in ``plan``, then that of the card's."""
    return (_certificate_reason(card, plan), _card_reason(card, plan))


def _card_reason(card: Card, plan: Plan) -> Reason:
    expiry = plan.card_expiry
    if plan.term is Term.STAY:
        is_extended = card.stay_until is not None and card.stay_until < expiry
        return Reason(Subject.CARD, expiry, 17 if is_extended else 9, None, ())
    if card.issued is None:
        return Reason(Subject.CARD, expiry, 10, None, ())
    birthdays = _counted_birthdays(card.born, card.issued, expiry)
    is_early = len(birthdays) not in (ADULT_CARD_BIRTHDAYS.value, MINOR_CARD_BIRTHDAYS.value)
    return Reason(Subject.CARD, expiry, 14 if is_early else 2, card.issued, birthdays)


def _certificate_reason(card: Card, plan: Plan) -> Reason:
    expiry = plan.certificate_expiry
    if card.cert_expires is not None:
        return Reason(Subject.CERTIFICATE, expiry, 10, None, ())
    if expiry == card.stay_until and not plan.expire_together:
        return Reason(Subject.CERTIFICATE, expiry, 17, None, ())
    rule, after = _certificate_rule(card)
    counted = () if after is None else _counted_birthdays(card.born, after, expiry)
    if counted and counted[-1] == expiry:
        return Reason(Subject.CERTIFICATE, expiry, rule, after, counted)
    if plan.expire_together and not isinstance(card.cert_renewed, Renewed):
        return _card_reason(card, plan)._replace(subject=Subject.CERTIFICATE)
    return Reason(Subject.CERTIFICATE, expiry, rule, None, ())


def _certificate_rule(card: Card) -> tuple[int, date | None]:
    if isinstance(card.cert_renewed, date):
        return 15, card.cert_renewed
    if card.cert_renewed is not None:
        return 15, None
    return (10, None) if card.issued is None else (4, card.issued)


def _counted_birthdays(born: date, after: date, expiry: date) -> tuple[date, ...]:
    count = count_birthdays(born, after, expiry)
    return tuple(nth_birthday(born, after, number) for number in range(1, count + 1))
