"""Cases of parametrised tests: few of a product in ``make test``, all in ``make test-large``."""

from collections.abc import Collection, Container, Iterable, Mapping, Sequence

import pytest
from _pytest.mark.structures import ParameterSet

LANGUAGE_WITH_LONGEST_TEXTS = "ja-x-easy"
"""The language whose pages are the tallest."""

QUICK_LANGUAGES = frozenset({LANGUAGE_WITH_LONGEST_TEXTS, "vi"})
"""The languages that tests of layout try in ``make test``; Vietnamese has the widest words."""


def large_except(cases: Iterable[str], kept: Container[str]) -> list[ParameterSet]:
    """Mark as large all cases that are not ``kept``."""
    return [
        pytest.param(each, marks=() if each in kept else pytest.mark.large, id=each)
        for each in cases
    ]


def alternating(
    cases: Sequence[str],
    variants: Mapping[str, object],
    kept: Container[str] = (),
    quick: Collection[str] = (),
) -> list[ParameterSet]:
    """Pair each case with one variant, in turn, and mark all other pairs as large.

    Cases that are ``kept`` have all their variants. If some are ``quick``, all others are large.
    """
    chosen = [case for case in cases if not quick or case in quick]
    return [
        pytest.param(
            case,
            variant,
            marks=()
            if case in kept or (case in chosen and chosen.index(case) % len(variants) == place)
            else pytest.mark.large,
            id=f"{case}, {name}",
        )
        for case in cases
        for place, (name, variant) in enumerate(variants.items())
    ]
