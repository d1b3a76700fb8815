"""Addresses are split after the town with Japan Post's list of postal codes."""

import pytest

from calsvc.errors import MunicipalityFileError
from calsvc.letters.towns import parse_towns, split_after_town


def row(code: str, prefecture: str, city: str, town: str, several: str = "0") -> str:
    flags = f"0,0,0,{several},0,0"
    return f'01203,"047  ","{code}","","","","{prefecture}","{city}","{town}",{flags}\r\n'


LIST = (
    row("0470024", "北海道", "小樽市", "花園")
    + row("1020075", "東京都", "千代田区", "三番町")
    + row("1040032", "東京都", "中央区", "八丁堀")
    + row("0470000", "北海道", "小樽市", "以下に掲載がない場合")
    + row("0600001", "北海道", "札幌市中央区", "北一条西（１〜１９丁目）")
    + row("9999999", "北海道", "小樽市", "甲", "1")
    + row("8888888", "北海道", "小樽市", "乙")
    + row("8888888", "北海道", "小樽市", "丙")
)
TOWNS = parse_towns("utf_ken_all.csv", LIST.encode())


@pytest.mark.parametrize(
    ("postcode", "address", "expected"),
    [
        ("0470024", "北海道小樽市花園2丁目12番1号", "2丁目12番1号"),
        ("0470024", "小樽市花園　２－１２", "2-12"),
        ("0470024", "小樽市花園二丁目12番", "二丁目12番"),
        ("1020075", "東京都千代田区三番町6-26", "6-26"),
        ("1040032", "中央区八丁堀2-1-1", "2-1-1"),
        ("0470024", "小樽市花園町2-12", ""),
        ("0470024", "小樽市緑1-2", ""),
        ("0470024", "花園2-12", ""),
        ("0470000", "小樽市以下に掲載がない場合1", ""),
        ("0600001", "札幌市中央区北一条西2丁目", ""),
        ("9999999", "小樽市甲1", ""),
        ("8888888", "小樽市乙1", ""),
        ("", "小樽市花園1", ""),
    ],
)
def test_address_is_split_only_if_the_town_is_certain(
    postcode: str, address: str, expected: str
) -> None:
    assert split_after_town(postcode, address, TOWNS) == expected


@pytest.mark.parametrize("content", [b"", b"a,b\r\n", "北海道".encode("cp932")])
def test_other_csv_file_is_rejected(content: bytes) -> None:
    with pytest.raises(MunicipalityFileError, match="utf_ken_all"):
        parse_towns("utf_ken_all.csv", content)
