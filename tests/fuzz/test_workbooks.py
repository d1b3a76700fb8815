"""A short, repeatable part of ``make fuzz``: mutated workbooks are read or rejected."""

import pytest

from tests.fuzz.workbooks import SAMPLES, count_outcomes, read_in_child


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_read(name: str) -> None:
    assert read_in_child(SAMPLES[name]) == "read"


@pytest.mark.large
def test_mutated_workbooks_are_read_or_rejected() -> None:
    assert sum(count_outcomes(50, [*SAMPLES.values()]).values()) == 50
