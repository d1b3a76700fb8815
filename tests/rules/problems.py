"""Lists the problems of a card as message keys."""

from datetime import date

from calsvc.errors import InvalidInputError
from calsvc.rules.card import Card
from calsvc.rules.plan import check_and_assess


def problem_keys(card: Card, today: date | None = None) -> list[str]:
    """Return the message keys of the problems that `check_and_assess` finds in ``card``."""
    try:
        check_and_assess(card, today)
    except InvalidInputError as error:
        return [each.key for each in error.problems]
    return []
