"""The customer barcode, by the examples of Japan Post's manual."""

import csv
import re

import pytest
import zint

from calsvc.letters import customer_barcode
from calsvc.letters.customer_barcode import (
    compute_codes,
    compute_display_number,
    draw_svg,
    may_have_barcode,
)
from tests.support.paths import ROOT

GOLDEN = ROOT / "tests/golden/customer_barcode.csv"
with GOLDEN.open(encoding="utf-8-sig", newline="") as file:
    VECTORS = [*csv.DictReader(file)]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda each: each["postcode"])
def test_codes_equal_the_example_of_the_manual(vector: dict[str, str]) -> None:
    display = compute_display_number(vector["rest (B)"])
    assert display == vector["display number"]
    assert [*compute_codes(vector["postcode"], display)][1:-1] == vector[
        "codes between start and stop"
    ].split()


def test_manual_has_17_examples() -> None:
    assert len(VECTORS) == 17


@pytest.mark.parametrize(
    ("town", "rest", "display"),
    [
        ("三番町", "6-26", "6-26"),
        ("八丁堀", "2-1-1", "2-1-1"),
        ("三ノ輪", "1-2-3", "1-2-3"),
        ("一番町", "三丁目7番1号", "3-7-1"),
        ("二の丸", "1番2号", "1-2"),
    ],
)
def test_number_in_a_town_name_changes_the_display_number(
    town: str, rest: str, display: str
) -> None:
    assert compute_display_number(rest) == display
    assert compute_display_number(town + rest) != display


@pytest.mark.parametrize(
    ("postcode", "display", "check"),
    [("1234567", "3-20-5B604", "6")],
)
def test_check_code_makes_the_sum_a_multiple_of_19(postcode: str, display: str, check: str) -> None:
    assert compute_codes(postcode, display)[-2] == check


def test_every_barcode_has_67_bars_of_four_kinds() -> None:
    picture = draw_svg(compute_codes("2730102", "3-20-5B604"))
    bars = re.findall(r"M(\d+)\.5 (\d)V(\d)", picture)
    assert [int(x) for x, _, _ in bars] == [*range(0, 134, 2)]
    assert {(top, bottom) for _, top, bottom in bars} == {
        ("0", "6"),
        ("0", "4"),
        ("2", "6"),
        ("2", "4"),
    }
    assert 'viewBox="0 0 133 6"' in picture


@pytest.mark.parametrize("vector", VECTORS[:10], ids=lambda each: each["postcode"])
def test_bars_equal_those_of_zint(vector: dict[str, str]) -> None:
    symbol = zint.Symbol()
    symbol.symbology = zint.Symbology.JAPANPOST
    symbol.encode(vector["postcode"] + vector["display number"])
    rows = [symbol.encoded_data.tobytes()[index * 144 :][:17] for index in range(3)]
    pixels = [[row[x // 8] >> x % 8 & 1 for x in range(0, 134, 2)] for row in rows]
    kinds = {(1, 1): "1", (1, 0): "2", (0, 1): "3", (0, 0): "4"}
    bars = "".join(kinds[pair] for pair in zip(pixels[0], pixels[2], strict=True))
    codes = compute_codes(vector["postcode"], vector["display number"])
    assert bars == "".join(customer_barcode.BARS_BY_CODE[code] for code in codes)


def test_postal_code_ending_in_00_has_no_barcode() -> None:
    assert may_have_barcode("0470024")
    assert not may_have_barcode("0470000")
    assert not may_have_barcode("")


def test_every_code_has_different_bars() -> None:
    assert (
        len({*customer_barcode.BARS_BY_CODE.values()}) == len(customer_barcode.BARS_BY_CODE) == 21
    )
