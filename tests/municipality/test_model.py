"""A municipality's links and counters, whatever file they come from."""

from calsvc.municipality import toml_reader
from calsvc.municipality.counters import Task


def test_a_link_is_japanese_where_the_language_has_none() -> None:
    otaru = toml_reader.load("012033")
    assert otaru.link("counters", "vi") == "https://www.city.otaru.lg.jp/docs/2020110600073/"
    assert otaru.link("reserve_collect", "vi") == ""


def test_the_counters_of_a_task_are_those_known_to_do_it() -> None:
    otaru = toml_reader.load("012033")
    assert [each.id for each in otaru.counters_for(Task.CERTIFICATE)] == ["main", "service-centres"]
    assert [each.id for each in otaru.counters_for(Task.COLLECT)] == ["main"]
    assert otaru.counters_for(Task.STAY) == ()


def test_places_without_a_profile_share_one_voice() -> None:
    sapporo, togo = toml_reader.load("011002"), toml_reader.load("233021")
    assert sapporo.voice is toml_reader.load("japan") is toml_reader.load("401307").voice
    assert togo.voice is togo
