"""The municipalities of a service: one, several or all."""

from pathlib import Path

import pytest

from calsvc.errors import MunicipalityFileError
from calsvc.municipality.code_list import NATIONAL, all_places
from calsvc.municipality.served import Municipalities
from tests.municipality.profiles import COUNTER, SMALL, changed


def test_one_municipality_is_the_only_one_and_the_default() -> None:
    cities = Municipalities(["012033"])
    assert cities.single is cities.default is cities.find("012033")
    assert cities.find("011002") is None


def test_several_municipalities_have_the_national_default() -> None:
    cities = Municipalities(["012033", "233021"])
    assert cities.single is None
    assert cities.default.code == NATIONAL
    assert cities.codes == {"012033", "233021"}


def test_a_designated_city_includes_its_wards() -> None:
    cities = Municipalities(["141500", "012033"])
    assert cities.codes == {"012033", "141500", "141518", "141526", "141534"}


def test_all_includes_every_place() -> None:
    assert Municipalities(["all"]).codes == frozenset(all_places())


def test_a_file_replaces_the_built_in_profile(tmp_path: Path) -> None:
    path = tmp_path / "togo.toml"
    path.write_text(SMALL + COUNTER, encoding="utf-8")
    cities = Municipalities(["all", str(path)])
    city = cities.find("233021")
    assert city is not None
    assert [each.names["ja"] for each in city.counters] == ["窓口"]
    assert cities.digest != Municipalities(["all"]).digest
    assert cities.modified_at > Municipalities(["all"]).modified_at


def test_a_link_of_an_unserved_municipality_is_national() -> None:
    cities = Municipalities(["012033"])
    assert cities.for_link("011002").code == NATIONAL
    assert cities.for_link(NATIONAL).code == NATIONAL
    assert cities.for_link("012033").code == "012033"


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([], "twice, or none"),
        (["012033", "012033"], "twice, or none"),
        (["all", "all"], "twice, or none"),
        (["012034"], "check digit"),
        (["otaru"], "give a code such as 012033"),
    ],
)
def test_faulty_entries_are_rejected(entries: list[str], message: str) -> None:
    with pytest.raises(MunicipalityFileError, match=message):
        Municipalities(entries)


def test_a_faulty_file_is_rejected_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "faulty.toml"
    path.write_bytes(changed("format = 2", "format = 3"))
    with pytest.raises(MunicipalityFileError, match="format: must be 2"):
        Municipalities(["all", str(path)])


def test_wards_use_the_file_of_their_city(tmp_path: Path) -> None:
    city_file, ward_file = tmp_path / "city.toml", tmp_path / "ward.toml"
    content = SMALL.replace("233021", "271004") + COUNTER
    city_file.write_text(content.replace("窓口", "市の窓口"), encoding="utf-8")
    extends = 'code = "271276"\nextends = "271004"'
    ward_file.write_text(
        SMALL.replace('code = "233021"', extends) + COUNTER.replace('"main"', '"ward"'),
        encoding="utf-8",
    )
    cities = Municipalities(["all", str(city_file), str(ward_file)])
    assert counters_of(cities, "271021") == ["市の窓口"]
    assert counters_of(cities, "271276") == ["市の窓口", "窓口"]
    assert counters_of(cities, "271403") == []
    assert cities.find("271021") is cities.find("271021")


def counters_of(cities: Municipalities, code: str) -> list[str]:
    """Return the names of the counters of the municipality with that code."""
    city = cities.find(code)
    assert city is not None
    return [each.names["ja"] for each in city.counters]


def test_a_changed_file_of_a_city_changes_its_wards(tmp_path: Path) -> None:
    path = tmp_path / "city.toml"
    digests = []
    for counter in ("窓口", "新しい窓口"):
        content = SMALL.replace("233021", "271004") + COUNTER.replace("窓口", counter)
        path.write_text(content, encoding="utf-8")
        ward = Municipalities([str(path)]).find("271276")
        assert ward is not None
        digests.append(ward.digest)
    assert digests[0] != digests[1]
