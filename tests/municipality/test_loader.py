"""Profiles: valid ones are merged, faulty ones are rejected with file, key and remedy."""

from datetime import date
from pathlib import Path

import pytest

from calsvc.errors import MunicipalityFileError
from calsvc.municipality import loader
from calsvc.municipality.counters import Answer, Photo, Reservation, Task
from calsvc.municipality.model import CollectionPlace, Price, PricedItem
from calsvc.rules.milestones import GraceRule
from tests.municipality.profiles import COUNTER, SMALL, changed, small

WARD = SMALL.replace('"233021"', '"141526"')


def file_error(content: str | bytes) -> MunicipalityFileError:
    with pytest.raises(MunicipalityFileError) as caught:
        loader.parse_municipality(
            "city.toml", content if isinstance(content, bytes) else content.encode()
        )
    assert caught.value.file == "city.toml"
    assert str(caught.value).startswith("city.toml: ")
    return caught.value


# --- good files -----------------------------------------------------------------------------------


def test_otaru_has_the_facts_of_its_page() -> None:
    otaru = loader.load_municipality("012033")
    assert (otaru.code, otaru.prefecture, otaru.names["ja"]) == ("012033", "北海道", "小樽市")
    assert otaru.grace_rule is GraceRule.ANNIVERSARY
    (phone,) = otaru.own_phones
    assert (phone.number, phone.extension, phone.fax) == (
        "0134-32-4111",
        "296, 297",
        "0134-33-4644",
    )
    main, centres = otaru.counters
    assert main.minutes == centres.minutes == {Task.CERTIFICATE: 15}
    assert main.reservation == {Task.CERTIFICATE: Reservation.NONE}
    assert main.photo is Photo.YES
    assert otaru.collect is CollectionPlace.COUNTERS
    assert otaru.checked_on == date(2026, 11, 25)


def test_a_missing_fact_is_unknown() -> None:
    city = small()
    assert city.post_offices.get(Task.CERTIFICATE, Answer.UNKNOWN) is Answer.UNKNOWN
    assert city.counters[0].reservation == {}
    assert city.collect is CollectionPlace.AS_NOTICE


def test_facts_of_all_of_japan_are_inherited_key_by_key() -> None:
    city = small('[cost]\ncertificate = "unknown"\n[post_offices]\ncertificate = "no"\n')
    assert city.prices == {
        PricedItem.CERTIFICATE: Price.UNKNOWN,
        PricedItem.LAPSED_STAY: Price.CHARGED,
        PricedItem.CARD: Price.FREE,
    }
    assert city.post_offices == {Task.CERTIFICATE: Answer.NO}
    assert city.page_url("certificate", "ja") == "https://www.kojinbango-card.go.jp/card/renewal/"
    assert [each.id for each in city.phones] == ["national", "national-languages"]


def test_a_ward_replaces_counters_of_its_city_by_id() -> None:
    ward = loader.load_municipality("141526")
    names = {each.id: each.names["ja"] for each in ward.counters}
    assert names["ward-office"] == "中央区役所区民課"
    assert names["branches"] == "まちづくりセンター（中央6地区を除く）"
    assert set(names) == {"station", "ward-office", "branches"}
    assert ward.names["ja"] == "相模原市中央区"


def test_a_ward_without_a_profile_has_the_facts_of_its_city() -> None:
    ward, city = loader.load_municipality("141534"), loader.load_municipality("141500")
    assert [each.id for each in ward.counters] == [each.id for each in city.counters]
    assert (ward.names["ja"], city.names["ja"]) == ("相模原市南区", "相模原市")


def test_an_inherited_counter_can_be_dropped() -> None:
    ward = loader.parse_municipality(
        "ward.toml", (WARD + 'extends = "141500"\ndrop = ["branches"]\n').encode()
    )
    assert [each.id for each in ward.counters] == ["station", "ward-office"]


def test_a_place_without_a_profile_has_name_and_home_page_only() -> None:
    sapporo = loader.load_municipality("011002")
    assert (sapporo.names, sapporo.home_page) == ({"ja": "札幌市"}, "https://www.city.sapporo.jp/")
    assert (sapporo.counters, sapporo.own_phones, sapporo.sources) == ((), (), ())


def test_a_file_is_read_from_its_path(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.toml"
    path.write_bytes(changed('grace = "anniversary"', 'grace = "month-end"'))
    assert loader.load_municipality(str(path)).grace_rule is GraceRule.MONTH_END


def test_two_contents_have_two_digests() -> None:
    assert small().digest != small('colour = "seagreen"\n').digest


# --- faulty files ---------------------------------------------------------------------------------

HEAD_ERRORS = [
    ("format = 2", "format = 1", "format", "must be 2"),
    ("format = 2", "", "format", "is missing"),
    ('code = "233021"', 'code = "23302"', "code", "six digits"),
    ('code = "233021"', 'code = "233022"', "code", "check digit is wrong"),
    ('code = "233021"', "code = 233021", "code", "a text in quotes"),
    ('code = "233021"', 'code = "990001"', "code", "check digit|no municipality"),
    ('code = "233021"', "", "code", "is missing"),
    ("checked = 2026-11-25", "", "checked", "is missing"),
    ("checked = 2026-11-25", 'checked = "2026-11-25"', "checked", "without quotes"),
    ("checked = 2026-11-25", "checked = 2026-11-25T00:00:00", "checked", "without quotes"),
    ("https://www", "www", "sources[1].page", "such as https://"),
    ('[{ page = "https://www.town.example.jp/page.html" }]', "[]", "sources", "name the page"),
    ('code = "233021"', 'code = "233021"\nextends = "230006"', "extends", "remove it"),
]


@pytest.mark.parametrize(("old", "new", "key", "message"), HEAD_ERRORS)
def test_an_error_in_the_head_is_located(old: str, new: str, key: str, message: str) -> None:
    assert old in SMALL
    error = file_error(SMALL.replace(old, new) + COUNTER)
    assert error.key == key
    assert any(part in error.reason for part in message.split("|")), error.reason


@pytest.mark.parametrize("extends", ["", 'extends = "141305"'])
def test_a_ward_without_its_city_is_rejected_with_the_code(extends: str) -> None:
    error = file_error(f"{WARD}{extends}\n{COUNTER}")
    assert error.key == "extends"
    assert 'write "141500"' in error.reason


COUNTER_ERRORS = [
    ("hours = ['mon-fri 08:30-25:00']", "hours[1]", "hours are 00:00 to 23:59"),
    ("hours = ['mon-fri 08:30-17:15', 'tus 09:00-10:00']", "hours[2]", "has no day 'tus'"),
    ("hours = 'mon-fri 08:30-17:15'", "hours", "must be a list"),
    ("hours = [1]", "hours[1]", "must be a text"),
    ("closed = ['12-32..01-03']", "closed[1]", "no such day: 12-32"),
    ("closed = ['holiday']", "closed[1]", "must be holidays, jlis"),
    ("closed_for.certificates = ['jlis']", "closed_for.certificates", "correct or remove"),
    ("open = ['2027-02-30']", "open[1]", "must be a day such as"),
    ("reservation = 'maybe'", "reservation", "must be one of: none, welcome, required, unknown"),
    ("reservation.renew = 'none'", "reservation.renew", "correct or remove it"),
    ("minutes = 0", "minutes", "must be 1 to 600"),
    ("minutes = true", "minutes", "must be a whole number"),
    ("phone = 'desk'", "phone", "neither a number nor the id of a [[phone]]"),
    ("not_for = ['children']", "not_for", "some of: proxy, limited-stay, under-15"),
    ("photo = 'maybe'", "photo", "must be one of: free, yes, no, unknown"),
    ("apply_then = 'by-mail'", "apply_then", 'must be "by-post"'),
    ("reserve.days_ahead = [1, 31]", "reserve.days_ahead", "the most and the least days"),
    ("reserve.phone = '12'", "reserve.phone", "a phone number such as"),
    ("from = 2027-01-02\nuntil = 2027-01-01", "until", "is before the day in from"),
    ("reserve.web = 'ftp://x.example/'", "reserve.web", "such as https://"),
    ("telex = '1'", "telex", "not an entry that calsvc knows"),
    ("name.English = 'x'", "name.English", "must be a language"),
]


@pytest.mark.parametrize(("line", "key", "message"), COUNTER_ERRORS)
def test_an_error_in_a_counter_is_located_by_its_id(line: str, key: str, message: str) -> None:
    error = file_error(f"{SMALL}{COUNTER}{line}\n")
    assert error.key == f"counter[main].{key}"
    assert message in error.reason


OTHER_ERRORS = [
    ("[closed]\nweekdays = ['Sat']\n", "closed.weekdays", "some of, not all of"),
    ("[closed]\nyear_end = []\n", "closed.year_end", "correct or remove it"),
    ("[collect]\nplace = 'here'\n", "collect.place", "as-notice, counters, district"),
    ("[cost]\ncertificate = 200\n", "cost.certificate", "a text in quotes"),
    ("[cost]\nphoto = 'free'\n", "cost.photo", "correct or remove it"),
    ("[post_offices]\ncertificate = 'some'\n", "post_offices.certificate", "yes, no, unknown"),
    ("[links]\nstay = 'x'\n", "links.stay", "such as https://"),
    ("[links.stay]\nen = 'x'\n", "links.stay.en", "such as https://"),
    ("[links]\nhome = 'https://x.example/'\n", "links.home", "correct or remove it"),
    ("[text.ja]\nname = 'x'\n", "text", "correct or remove it"),
    ("grace = 'x'\n", "grace", "must be one of: anniversary, month-end"),
    ("colour = '#4169e1'\n", "colour", "a CSS colour name"),
    ("drop = ['branch']\n", "drop", 'no counter or phone "branch"'),
    ("[names]\nja = 'a\\nb'\n".replace("'", '"'), "names.ja", "one line"),
]


@pytest.mark.parametrize(("further", "key", "message"), OTHER_ERRORS)
def test_any_other_error_is_located(further: str, key: str, message: str) -> None:
    error = file_error(f"{SMALL}{further}{COUNTER}")
    assert error.key == key
    assert message in error.reason


def test_two_counters_with_one_id_are_rejected() -> None:
    error = file_error(SMALL + COUNTER + COUNTER)
    assert error.key == "counter[main].id"
    assert "stands twice" in error.reason


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('does = ["certificate"]', "", "counter[main].does"),
        ('does = ["certificate"]', 'does = ["renewal"]', "counter[main].does"),
        ('id = "main"', "", "counter[1].id"),
        ('id = "main"', 'id = "Main"', "counter[Main].id"),
        ('kind = "town-hall"', 'kind = "hall"', "counter[main].kind"),
        ('name.ja = "窓口"', "", "counter[main].name.ja"),
    ],
)
def test_a_counter_without_a_required_entry_is_rejected(old: str, new: str, key: str) -> None:
    assert file_error(SMALL + COUNTER.replace(old, new)).key == key


@pytest.mark.parametrize("content", [b"id = ", b"\xff", b"id = 1\nid = 2", b"{}"])
def test_a_file_that_is_no_toml_is_rejected(content: bytes) -> None:
    error = file_error(content)
    assert (error.key, error.reason[:10]) == ("", "is no TOML")


def test_an_empty_file_is_rejected() -> None:
    assert file_error(b"").key == "format"


@pytest.mark.parametrize("name", ["otaru", "../otaru", "/nonexistent.toml", "", "."])
def test_a_missing_file_is_rejected_with_its_name(name: str) -> None:
    with pytest.raises(MunicipalityFileError, match="give a code such as 012033") as caught:
        loader.load_municipality(name)
    assert (caught.value.file, caught.value.key) == (name, "")


@pytest.mark.parametrize(
    ("code", "message"), [("012034", "check digit"), ("480002", "check|no such")]
)
def test_a_wrong_code_is_rejected(code: str, message: str) -> None:
    with pytest.raises(MunicipalityFileError, match=message):
        loader.load_municipality(code)
