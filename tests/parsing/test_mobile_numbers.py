"""Mobile phone numbers, as offices keep them."""

import pytest

from calsvc.parsing.mobile_numbers import parse_mobile_number


@pytest.mark.parametrize(
    ("text", "digits", "problem_key"),
    [
        ("090-1234-5678", "09012345678", ""),
        ("０８０（１２３４）５６７８", "08012345678", ""),
        ("+81 70-1234-5678", "07012345678", ""),
        ("060 1234 5678", "06012345678", ""),
        ("", "", ""),
        ("9012345678", "", "mobile.lost_zero"),
        ("0134-32-4111", "", "mobile.malformed"),
        ("090-1234-567", "", "mobile.malformed"),
        ("09012345678 / 08012345678", "", "mobile.malformed"),
        ("0201234567890", "", "mobile.malformed"),
        ("+1 901 234 5678", "", "mobile.malformed"),
        ("٠٩٠١٢٣٤٥٦٧٨", "", "mobile.malformed"),
    ],
)
def test_a_mobile_number_is_parsed_or_rejected(text: str, digits: str, problem_key: str) -> None:
    assert parse_mobile_number(text) == (digits, problem_key)
