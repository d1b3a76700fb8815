"""Cases of parametrised tests: few of a product in ``make test``, all in ``make test-large``."""

from collections.abc import Container, Iterable, Mapping

import pytest
from _pytest.mark.structures import ParameterSet

LONGEST = "ja-x-easy"
"""The language whose pages are the tallest."""


def large_except(cases: Iterable[str], kept: Container[str]) -> list[ParameterSet]:
    """Mark as large all cases that are not ``kept``."""
    return [
        pytest.param(each, marks=() if each in kept else pytest.mark.large, id=each)
        for each in cases
    ]


def alternating(
    cases: Iterable[str], variants: Mapping[str, object], kept: Container[str] = ()
) -> list[ParameterSet]:
    """Pair each case with one variant, in turn, and mark all other pairs as large.

    Cases that are ``kept`` have all their variants.
    """
    return [
        pytest.param(
            case,
            variant,
            marks=() if case in kept or number % len(variants) == place else pytest.mark.large,
            id=f"{case}, {name}",
        )
        for number, case in enumerate(cases)
        for place, (name, variant) in enumerate(variants.items())
    ]
