"""Lists the rules that a release corrected, so that holders of older links check their cards.

A link stores the number of the revision that computed its dates. A later correction of a rule adds
a check event to each affected link. Its page shows a caution and a question.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from calsvc.rules.card import Subject, Term
from calsvc.rules.dates import DateRange
from calsvc.rules.plan import Doubt, Plan

LAW_REVISION = 1
"""The revision of the rules in this package. A release that corrects a rule increments it."""


class Recall(NamedTuple):
    """A correction of plans with one of ``terms`` whose card expires within ``expiries``.

    ``revision``: the first revision that computes them correctly.
    ``check_on``: the day on which the holder must check the card.
    """

    revision: int
    terms: frozenset[Term]
    expiries: DateRange
    check_on: date

    def affects(self, plan: Plan, revision: int) -> bool:
        """Return True if ``plan``, computed by ``revision``, may be wrong by the old rule."""
        return (
            revision < self.revision
            and plan.term in self.terms
            and plan.card_expiry in self.expiries
            and not plan.card_is_read  # A date read from the card needs no rule.
        )


RECALLS: tuple[Recall, ...] = ()
"""No rule has been corrected since the first release."""


def apply_recalls(plan: Plan, revision: int, recalls: Sequence[Recall] = RECALLS) -> Plan:
    """Return ``plan`` with a doubt and a day to check, or unchanged if no recall affects it."""
    for recall in recalls:
        if recall.affects(plan, revision):
            doubts = (*plan.doubts, Doubt(Subject.CARD))
            return plan._replace(doubts=doubts, check_on=recall.check_on)
    return plan
