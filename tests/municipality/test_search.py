"""The search for a municipality: by name, kana, Latin letters and postal code."""

import pytest

from calsvc.municipality.code_list import check_digit, places
from calsvc.municipality.postal_codes import _prefixes, places_of, read_postal_code
from calsvc.municipality.search import MAX_RESULTS, find

FULL_WIDTH = "\uff10\uff14\uff17\uff0d\uff10\uff10\uff12\uff14"


def names(query: str) -> list[str]:
    return [each.short_name for each in find(query)]


@pytest.mark.parametrize(
    "query",
    [
        "小樽市",
        "小樽",
        "北海道小樽市",
        "おたる",
        "オタルシ",
        "オタル",
        "otaru",
        "OTARU-shi",
        "Ōtaru",
        "012033",
    ],
)
def test_otaru_is_the_only_answer(query: str) -> None:
    assert names(query) == ["小樽市"]


def test_a_double_name_gives_every_place_of_that_name_first() -> None:
    found = find("池田町")
    assert [each.prefecture for each in found[:4]] == ["北海道", "福井県", "長野県", "岐阜県"]
    assert [each.short_name for each in found] == ["池田町"] * 4 + ["池田市"]


def test_the_whole_name_comes_before_its_wards() -> None:
    assert names("さっぽろ")[0] == "札幌市"
    assert names("Osaka")[0] == "大阪市"


@pytest.mark.parametrize("query", ["Oosaka", "Ohsaka", "ŌSAKA", "大阪", "おおさか"])
def test_long_vowels_may_be_written_in_any_way(query: str) -> None:
    assert names(query)[0] in {"大阪市", "大阪狭山市"}
    assert "大阪市" in names(query)


def test_a_ward_is_found_by_its_own_name() -> None:
    assert names("中央区")[0] == "札幌市中央区"
    assert "中央区" in names("中央区")
    assert names("世田谷") == ["世田谷区"]


@pytest.mark.parametrize("query", ["", "  ", "・", "qqq", "東京都庁", "a" * 5000])
def test_what_is_no_place_finds_none(query: str) -> None:
    assert find(query) == ()


def test_results_are_few_and_only_those_allowed() -> None:
    assert len(find("市")) <= MAX_RESULTS
    assert [each.code for each in find("中央区", frozenset({"011011", "141526"}))] == [
        "011011",
        "141526",
    ]
    assert find("012033", frozenset({"011011"})) == ()


def test_every_place_is_found_by_its_full_name() -> None:
    for each in list(places().values())[::23]:
        assert find(f"{each.prefecture}{each.name}")[0] == each


# --- postal codes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["0470024", "047-0024", "〒047-0024", FULL_WIDTH, "〒 047ー0024", "047−0024", " 047 0024 "],
)
def test_a_postal_code_may_be_written_in_any_way(text: str) -> None:
    assert read_postal_code(text) == "0470024"


@pytest.mark.parametrize("text", ["", "047002", "04700244", "047-0024x", "小樽市", "047_0024"])
def test_what_is_no_postal_code_is_none(text: str) -> None:
    assert read_postal_code(text) == ""


def test_a_postal_code_leads_to_its_place() -> None:
    assert [each.name for each in places_of("0470024")] == ["小樽市"]
    assert [each.name for each in places_of("0600000")] == ["札幌市中央区"]
    assert [each.name for each in places_of("1000001")] == ["千代田区"]


def test_a_postal_code_of_several_places_leads_to_each() -> None:
    shared = {prefix for prefix, codes in _prefixes().items() if len(codes) > 1}
    assert len(shared) > 100
    assert all(len(places_of(prefix)) > 1 for prefix in shared)


def test_every_beginning_leads_to_listed_places() -> None:
    found = {code for codes in _prefixes().values() for code in codes}
    assert {f"{code}{check_digit(code)}" for code in found} <= set(places())
    # All municipalities and wards, less the designated cities that have wards.
    assert len(found) == 1741 - 20 + 171


def test_a_code_without_a_beginning_leads_nowhere() -> None:
    assert places_of("") == ()
