"""The search for a municipality: by name, kana, Latin letters and postal code."""

import pytest

from calsvc.municipality.code_list import all_places, check_digit
from calsvc.municipality.postal_codes import _prefixes, find_by_postal_code, parse_postal_code
from calsvc.municipality.search import MAX_RESULTS, find_places, find_prefecture, normalize

FULL_WIDTH = "\uff10\uff14\uff17\uff0d\uff10\uff10\uff12\uff14"


def names(query: str) -> list[str]:
    return [each.short_name for each in find_places(query)]


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
def test_otaru_is_the_only_result(query: str) -> None:
    assert names(query) == ["小樽市"]


def test_all_places_of_a_shared_name_come_first() -> None:
    found = find_places("池田町")
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


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("青ケ島村", "青ヶ島村"),
        ("鎌ヶ谷市", "鎌ケ谷市"),
        ("竜ヶ崎", "龍ケ崎市"),
        ("梼原町", "檮原町"),
        ("須恵町", "須惠町"),
        ("塩釜市", "塩竈市"),
        ("桧原村", "檜原村"),
        ("鯵ケ沢", "鰺ヶ沢町"),
        ("五条市", "五條市"),
        ("葛\U000e0100飾区", "葛飾区"),
    ],
)
def test_a_name_is_found_with_variants_of_its_letters(query: str, first: str) -> None:
    assert names(query)[0] == first


def test_variant_letters_make_no_two_places_equal() -> None:
    assert (
        len({normalize(f"{each.prefecture}{each.name}") for each in all_places().values()}) == 1912
    )


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("大阪 北区", "大阪市北区"),
        ("京都　左京", "京都市左京区"),
        ("kyoto sakyo", "京都市左京区"),
        ("Shibuya-ku, Tokyo", "渋谷区"),
        ("Tokyo Fuchu", "府中市"),
        ("ひろしま ふちゅうし", "府中市"),
        ("東京 大島", "大島町"),
    ],
)
def test_words_for_place_and_prefecture_match_together(query: str, first: str) -> None:
    assert names(query)[0] == first
    assert find_places("ひろしま ふちゅうし")[0].prefecture == "広島県"
    assert find_places("Tokyo Fuchu")[0].prefecture == "東京都"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("浜松市中区", ["浜松市"]),
        ("東京都千代田区千代田1-1", ["千代田区"]),
        ("札幌市中央区北1条西2丁目", ["札幌市中央区"]),
        ("府中市宮西町", ["府中市", "府中市"]),
    ],
)
def test_address_finds_the_place_at_its_start(query: str, expected: list[str]) -> None:
    assert names(query) == expected


def test_all_words_must_match() -> None:
    assert names("大阪 左京") == []


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("東京", "東京都"),
        ("とうきょう", "東京都"),
        ("Tōkyō", "東京都"),
        ("京都府", "京都府"),
        ("キョウト", "京都府"),
        ("hokkaido", "北海道"),
        ("かながわけん", "神奈川県"),
    ],
)
def test_a_prefecture_is_found_by_its_name(query: str, name: str) -> None:
    found = find_prefecture(query)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("query", ["", "東", "小樽", "京"])
def test_unknown_prefecture_is_none(query: str) -> None:
    assert find_prefecture(query) is None


@pytest.mark.parametrize("query", ["", "  ", "・", "qqq", "東京都庁", "a" * 5000])
def test_unknown_place_has_no_result(query: str) -> None:
    assert find_places(query) == ()


def test_results_are_limited_and_only_allowed_ones() -> None:
    assert len(find_places("市")) <= MAX_RESULTS
    assert [each.code for each in find_places("中央区", frozenset({"011011", "141526"}))] == [
        "011011",
        "141526",
    ]
    assert find_places("012033", frozenset({"011011"})) == ()


def test_every_place_is_found_by_its_full_name() -> None:
    for each in list(all_places().values())[::23]:
        assert find_places(f"{each.prefecture}{each.name}")[0] == each


# --- postal codes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["0470024", "047-0024", "〒047-0024", FULL_WIDTH, "〒 047ー0024", "047−0024", " 047 0024 "],
)
def test_a_postal_code_may_be_written_in_any_way(text: str) -> None:
    assert parse_postal_code(text) == "0470024"


@pytest.mark.parametrize("text", ["", "047002", "04700244", "047-0024x", "小樽市", "047_0024"])
def test_a_text_that_is_no_postal_code_gives_none(text: str) -> None:
    assert parse_postal_code(text) == ""


def test_a_postal_code_gives_its_place() -> None:
    assert [each.name for each in find_by_postal_code("0470024")] == ["小樽市"]
    assert [each.name for each in find_by_postal_code("0600000")] == ["札幌市中央区"]
    assert [each.name for each in find_by_postal_code("1000001")] == ["千代田区"]


def test_a_postal_code_of_several_places_gives_all() -> None:
    shared = {prefix for prefix, codes in _prefixes().items() if len(codes) > 1}
    assert len(shared) > 100
    assert all(len(find_by_postal_code(prefix)) > 1 for prefix in shared)


def test_every_prefix_gives_listed_places() -> None:
    found = {code for codes in _prefixes().values() for code in codes}
    assert {f"{code}{check_digit(code)}" for code in found} <= set(all_places())
    # All municipalities and wards, less the designated cities that have wards.
    assert len(found) == 1741 - 20 + 171


def test_empty_postal_code_finds_no_place() -> None:
    assert find_by_postal_code("") == ()
