"""Lists what a release of the law corrected, so that older links can ask their holders to check.

A link keeps the number of the revision by which its dates were computed. Where a later revision
corrected a rule, the links it touches get a check event, a caution and a question on their page.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from calsvc.rules.card import Subject, Term
from calsvc.rules.dates import DateRange
from calsvc.rules.plan import Doubt, Plan

LAW_REVISION = 1
"""The revision of the rules in this package. A release that corrects a rule adds one."""


class Recall(NamedTuple):
    """A correction: plans with one of ``terms`` whose card expires within ``expiries``.

    ``revision``: the first revision that computes them right. ``check_on``: the day on which
    calendars ask the holder to look at the card.
    """

    revision: int
    terms: frozenset[Term]
    expiries: DateRange
    check_on: date

    def touches(self, plan: Plan, revision: int) -> bool:
        """Return True if ``plan``, computed by ``revision``, may be wrong for this reason."""
        return (
            revision < self.revision
            and plan.term in self.terms
            and plan.card_expiry in self.expiries
            and not plan.card_is_read
        )


RECALLS: tuple[Recall, ...] = ()
"""No rule has been corrected since the first release."""


def apply_recalls(plan: Plan, revision: int, recalls: Sequence[Recall] = RECALLS) -> Plan:
    """Return ``plan`` with a doubt and a day to check if a recall touches it, else unchanged."""
    for recall in recalls:
        if recall.touches(plan, revision):
            doubts = (*plan.doubts, Doubt(Subject.CARD))
            return plan._replace(doubts=doubts, check_on=recall.check_on)
    return plan
