"""A short, repeatable part of ``make fuzz``: untrusted bytes are parsed or rejected."""

import pytest
from hypothesis import given, settings

from tests.fuzz.parsers import build_inputs
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_examples_of_a_target_are_parsed(name: str) -> None:
    for piece in TARGETS[name].pieces:
        TARGETS[name].read(piece)


@pytest.mark.parametrize("name", TARGETS)
def test_untrusted_bytes_are_parsed_or_rejected(name: str) -> None:
    settings(max_examples=200)(given(build_inputs(TARGETS[name]))(TARGETS[name].read))()
