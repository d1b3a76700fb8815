"""Gets the error of a text that is no date."""

import pytest

from calsvc.errors import InvalidDateError
from calsvc.parsing.dates import parse_date


def date_error(text: str) -> InvalidDateError:
    """Return the error that `parse_date` raises for ``text``."""
    with pytest.raises(InvalidDateError) as caught:
        parse_date(text)
    return caught.value
