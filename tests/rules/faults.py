"""The faults of a card, as message keys."""

from datetime import date

from calsvc.errors import InvalidInputError
from calsvc.rules.card import Card
from calsvc.rules.plan import check_and_assess


def fault_keys(card: Card, today: date | None = None) -> list[str]:
    """Return the keys of what `check_and_assess` rejects about ``card``."""
    try:
        check_and_assess(card, today)
    except InvalidInputError as error:
        return [each.key for each in error.problems]
    return []
