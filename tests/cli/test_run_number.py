"""``--run-number``: the accepted values."""

import click
import pytest

from calsvc.cli.links_run import parse_run_number
from calsvc.i18n.catalogs import get_catalog


@pytest.mark.parametrize("number", ["x", "0102", "010203040506070g", "01020304050607080"])
def test_a_malformed_run_number_is_rejected(number: str) -> None:
    with pytest.raises(click.ClickException) as caught:
        parse_run_number(number, get_catalog("ja"))
    assert caught.value.message.startswith("--run-number は16桁")
    assert caught.value.exit_code == 2


def test_a_run_number_is_parsed_or_random() -> None:
    assert parse_run_number("0102030405060708", get_catalog("ja")) == bytes.fromhex(
        "0102030405060708"
    )
    drawn = {parse_run_number("", get_catalog("ja")) for _ in range(10)}
    assert {len(number) for number in drawn} == {8}
    assert len(drawn) == 10
