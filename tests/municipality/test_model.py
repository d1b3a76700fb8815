"""Page URLs and counters of a municipality, from a profile of any origin."""

from calsvc.municipality import loader
from calsvc.municipality.counters import Task


def test_a_page_url_is_japanese_if_the_language_has_none() -> None:
    otaru = loader.load_municipality("012033")
    assert otaru.page_url("counters", "vi") == "https://www.city.otaru.lg.jp/docs/2020110600073/"
    assert otaru.page_url("reserve_collect", "vi") == ""


def test_the_counters_of_a_task_are_those_that_offer_it() -> None:
    otaru = loader.load_municipality("012033")
    assert [each.id for each in otaru.counters_for(Task.CERTIFICATE)] == ["main", "service-centres"]
    assert [each.id for each in otaru.counters_for(Task.COLLECT)] == ["main"]
    assert otaru.counters_for(Task.STAY) == ()


def test_places_without_a_profile_share_the_source_of_texts() -> None:
    sapporo, togo = loader.load_municipality("011002"), loader.load_municipality("233021")
    assert (
        sapporo.text_source
        is loader.load_municipality("japan")
        is loader.load_municipality("401307").text_source
    )
    assert togo.text_source is togo
