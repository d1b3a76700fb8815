"""The list of municipalities: complete, and every code with the right check digit."""

import re

import pytest

from calsvc.municipality.code_list import (
    all_places,
    check_digit,
    find_home_page,
    find_place,
    places_in_prefecture,
    prefectures,
    wards,
    wards_by_city,
)
from calsvc.municipality.romaji import latin_name


def test_the_list_has_all_municipalities_and_wards() -> None:
    assert sum(not each.within for each in all_places().values()) == 1741
    assert sum(bool(each.within) for each in all_places().values()) == 171
    assert len(wards_by_city()) == 20


def test_every_code_has_its_check_digit() -> None:
    assert [code for code in all_places() if check_digit(code[:5]) != code[5]] == []


@pytest.mark.parametrize(
    ("digits", "check"),
    [("01203", "3"), ("01100", "2"), ("01101", "1"), ("01107", "0"), ("01346", "3")],
)
def test_check_digit_is_the_last_digit_of_the_difference(digits: str, check: str) -> None:
    assert check_digit(digits) == check


def test_codes_are_sorted_and_have_their_prefecture() -> None:
    assert list(all_places()) == sorted(all_places())
    assert [each.number for each in prefectures()] == [f"{number:02}" for number in range(1, 48)]
    found = {(each.code[:2], each.prefecture) for each in all_places().values()}
    assert found == {(each.number, each.name) for each in prefectures()}


def test_every_ward_is_in_a_listed_city_and_has_its_name() -> None:
    for city, found in wards_by_city().items():
        whole = all_places()[city]
        assert all(each.name.startswith(whole.name) for each in found)
        assert all(each.prefecture == whole.prefecture for each in found)


def test_a_prefecture_lists_its_municipalities_without_wards() -> None:
    listed = places_in_prefecture("01")
    assert len(listed) == 179
    assert sum(len(places_in_prefecture(each.number)) for each in prefectures()) == 1741
    assert len(wards("011002")) == 10
    assert wards("012033") == ()


def test_every_place_has_a_home_page_and_latin_letters() -> None:
    name = "[A-Z][a-z]+(-[A-Z][a-z]+)?-(shi|ku|cho|machi|mura|son)"
    for code in all_places():
        assert re.fullmatch(r"https?://[!-~]+", find_home_page(code)), code
        assert re.fullmatch(f"{name}(, {name})?", latin_name(code)), code


def test_a_ward_without_a_home_page_has_that_of_its_city() -> None:
    assert find_home_page("221384") == find_home_page("221309") != ""
    assert find_home_page("999999") == ""


def test_an_unknown_code_has_no_place() -> None:
    assert find_place("999999") is None
    assert latin_name("999999") == ""


@pytest.mark.parametrize(
    ("code", "short", "latin"),
    [
        ("012033", "小樽市", "Otaru-shi"),
        ("011011", "札幌市中央区", "Chuo-ku, Sapporo-shi"),
        ("233021", "東郷町", "Togo-cho"),
        ("103446", "榛東村", "Shinto-mura"),
        ("072036", "郡山市", "Koriyama-shi"),
        ("422088", "松浦市", "Matsuura-shi"),
        ("336220", "勝央町", "Shoo-cho"),
        ("352161", "山陽小野田市", "Sanyo-Onoda-shi"),
        ("382159", "東温市", "Toon-shi"),
        ("292036", "大和郡山市", "Yamatokoriyama-shi"),
        ("284815", "上郡町", "Kamigori-cho"),
        ("122327", "白井市", "Shiroi-shi"),
        ("442020", "別府市", "Beppu-shi"),
        ("032093", "一関市", "Ichinoseki-shi"),
    ],
)
def test_short_and_latin_names(code: str, short: str, latin: str) -> None:
    assert (all_places()[code].short_name, latin_name(code)) == (short, latin)
