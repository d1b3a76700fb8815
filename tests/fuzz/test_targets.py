"""A short, repeatable part of ``make fuzz``: untrusted bytes are parsed or rejected."""

import pytest
from hypothesis import given, settings

from tests.fuzz.parsers import made_of
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_the_examples_are_read(name: str) -> None:
    for piece in TARGETS[name].pieces:
        TARGETS[name].read(piece)


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_is_sent_is_read_or_refused(name: str) -> None:
    settings(max_examples=200)(given(made_of(TARGETS[name]))(TARGETS[name].read))()
