"""Postal codes and addresses from columns of a table."""

import pytest

from calsvc.letters.postal_address import PostalAddress, parse_postal_address


@pytest.mark.parametrize(
    "text", ["0470024", "047-0024", "〒047-0024", "０４７−００２４", "〒 047 ‐ 0024", "047ー0024"]
)
def test_postal_code_is_parsed_in_every_notation(text: str) -> None:
    assert parse_postal_address(text, "小樽市").printed_postcode == "047-0024"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("470024", "postcode.lost_zero"),
        ("47", "postcode.malformed"),
        ("04700244", "postcode.malformed"),
        ("花園", "postcode.malformed"),
    ],
)
def test_invalid_postal_code_is_a_fault(text: str, fault: str) -> None:
    assert parse_postal_address(text, "小樽市").fault == fault


def test_building_is_a_separate_address_line() -> None:
    parsed = parse_postal_address("0470024", "小樽市花園2丁目", "花園荘203号")
    assert parsed.lines == ("小樽市花園2丁目", "花園荘203号")
    assert parsed.is_complete


def test_empty_address_is_no_fault() -> None:
    assert parse_postal_address("", "") == PostalAddress()
    assert not PostalAddress().is_complete
