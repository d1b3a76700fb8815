"""The choice of a municipality where the service serves several, and their forms."""

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from calsvc.i18n.languages import LANGUAGES
from calsvc.municipality import loader
from calsvc.municipality.code_list import Place, all_places, prefectures, wards
from calsvc.settings import Settings
from tests.support.clients import CARD_QUERY, create_client
from tests.support.servers import KEY

CARD = {
    "cards": "1",
    **{"c1-card_expires-year": "2030", "c1-card_expires-month": "4", "c1-card_expires-day": "23"},
    **{"c1-born-year": "1980", "c1-born-month": "4", "c1-born-day": "23"},
}


def client_of(*municipalities: str) -> TestClient:
    client = create_client(
        Settings(keys=KEY, municipalities=municipalities, posts_per_minute=100_000)
    )
    client.base_url = client.base_url.copy_with(host="localhost")
    return client


ALL = client_of("all")
ONE = client_of("012033")
TWO = client_of("012033", "141500")


def search(query: str, client: TestClient = ALL, lang: str = "ja") -> dict[str, str]:
    """Return the names that a search lists, by the paths that they lead to."""
    page = client.post(f"/?lang={lang}", data={"place": query}).text
    links = re.findall(r'<li><a href="([^"]*)">([^<]+) <span', page.partition("</form>")[2])
    return {path.partition("?")[0]: unescape(name) for path, name in links}


# --- the first page -------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_page_asks_with_one_field_and_47_links(lang: str) -> None:
    page = ALL.get(f"/?lang={lang}")
    assert page.status_code == 200
    assert page.text.count("<input") == 1
    assert len(re.findall(r'href="/prefectures/\d\d\?lang=', page.text)) == 47
    assert "小樽市" not in page.text


def test_with_one_municipality_the_first_page_is_its_form() -> None:
    page = ONE.get("/").text
    assert "小樽市" in page
    assert 'name="c1-born-year"' in page


@pytest.mark.parametrize("query", ["小樽", "おたる", "otaru", "047-0024", "012033"])
def test_a_search_leads_to_the_form_of_a_place(query: str) -> None:
    assert search(query) == {"/012033/": "小樽市"}


def test_the_name_of_a_prefecture_leads_to_its_list() -> None:
    assert next(iter(search("東京").items())) == ("/prefectures/13", "東京都")
    assert search("tokyo") == {"/prefectures/13": "東京都", "/132292/": "西東京市"}
    assert search("東京", TWO) == {}


def test_double_names_show_their_prefecture() -> None:
    page = ALL.post("/", data={"place": "池田町"}).text
    for prefecture in ("北海道", "福井県", "長野県", "岐阜県"):
        assert f'<span class="hint">{prefecture}</span>' in page


def test_prefectures_are_in_latin_letters_for_their_readers() -> None:
    page = ALL.post("/?lang=en", data={"place": "fuchu-shi"}).text
    for name, latin in (("東京都", "Tokyo"), ("広島県", "Hiroshima")):
        assert f'<span class="hint"><span lang="ja">{name}</span> {latin}</span>' in page


def test_a_form_of_a_double_name_shows_its_prefecture() -> None:
    assert '<span class="city">府中市（広島県）</span>' in ALL.get("/342084/?lang=ja").text


def test_designated_city_leads_to_wards_and_a_form_without_one() -> None:
    assert search("札幌市") == {"/011002/wards": "札幌市"} | {
        f"/{each.code}/": each.name for each in wards("011002")
    }
    page = ALL.get("/011002/wards").text
    assert page.count("札幌市") >= 10
    assert re.search(r'href="/011002/\?lang=ja">区がわからない', page)


@pytest.mark.parametrize("query", ["", "どこでもない町", "999-9999", "<b>"])
def test_search_without_result_is_not_repeated(query: str) -> None:
    answer = ALL.post("/", data={"place": query})
    assert answer.status_code == 400
    assert "見つかりません" in answer.text
    assert "どこでもない町" not in answer.text
    assert "<b>" not in answer.text


def test_search_text_is_not_stored() -> None:
    answer = ALL.post("/", data={"place": "047-0024"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert "047" not in re.sub(r'href="[^"]*"', "", answer.text)


def test_search_text_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(0):
        ALL.post("/", data={"place": "047-0024"})
        ALL.get("/012033/")
    records = [record for record in caplog.records if record.name.startswith("calsvc")]
    said = "\n".join(record.getMessage() for record in records)
    assert "FrontPage 200" in said
    assert not re.search("047|012033|小樽", said)


def test_only_served_places_are_found_and_listed() -> None:
    assert search("札幌", TWO) == {}
    assert "/141526/" in search("相模原", TWO)
    page = TWO.get("/").text
    assert re.findall(r"/prefectures/(\d\d)", page) == ["01", "14"]
    assert TWO.get("/prefectures/13").status_code == 404
    assert TWO.get("/131121/").status_code == 404


def test_a_prefecture_lists_its_municipalities_by_kana() -> None:
    page = ALL.get("/prefectures/01").text
    listed = re.findall(r'href="/(\d{6})/(?:wards)?\?lang=ja"', page)
    assert len(listed) == 179
    assert listed.index("012033") > listed.index("012041")  # 旭川市 comes before 小樽市


@pytest.mark.parametrize(
    "path",
    ["/999999/", "/prefectures/48", "/prefectures/00", "/012033/wards", "/990000/wards"],
)
def test_unknown_place_is_not_found(path: str) -> None:
    assert ALL.get(path).status_code == 404


def test_with_one_municipality_its_path_leads_to_the_first_page() -> None:
    answer = ONE.get("/012033/?lang=en")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?lang=en")
    for path in ("/011002/", "/prefectures/01", "/141500/wards"):
        assert ONE.get(path).status_code == 404


# --- the form and the link ------------------------------------------------------------------------


def test_form_of_a_municipality_makes_its_link() -> None:
    form = ALL.get("/233021/?lang=en").text
    assert 'action="/233021/?lang=en"' in form
    made = ALL.post("/233021/?lang=en", data=CARD)
    assert made.status_code == 303
    page = ALL.get(made.headers["Location"]).text
    assert "Togo-cho (東郷町)" in page
    assert "小樽" not in page
    assert 'href="/233021/?lang=en"' in page
    feed = ALL.get(f"{made.headers['Location'].partition('?')[0]}.ics").text
    assert "東郷町" in feed


def test_a_faulty_form_is_shown_again_for_the_same_place() -> None:
    answer = ALL.post("/233021/", data={"cards": "1"})
    assert answer.status_code == 400
    assert "東郷町" in answer.text
    assert 'action="/233021/?lang=ja"' in answer.text


def test_a_link_goes_on_elsewhere_with_the_national_words() -> None:
    made = ALL.post("/233021/", data=CARD).headers["Location"]
    page = ONE.get(made)
    assert page.status_code == 200
    assert "東郷町" not in page.text
    assert "小樽" not in page.text


def test_service_of_several_is_national_without_municipality() -> None:
    plain = ALL.get(f"/calendar.ics?{CARD_QUERY}&lang=ja").text.replace("\r\n ", "")
    assert "お住まいの市区町村" in plain
    assert "小樽" not in plain
    told = ALL.get(f"/calendar.ics?{CARD_QUERY}&lang=ja&municipality=012033").text
    assert "小樽市" in told


@pytest.mark.parametrize("code", ["01203", "012034", "999999", "otaru"])
def test_a_code_that_is_not_served_is_a_fault(code: str) -> None:
    for path in ("/calendar.ics", "/api/milestones"):
        answer = ALL.get(f"{path}?{CARD_QUERY}&municipality={code}")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "municipality"
    body = {"cards": [{"born": "1980-04-23", "card_expires": "2030-04-23"}], "municipality": code}
    assert ALL.post("/api/links", json=body).status_code == 400


def test_api_accepts_a_municipality() -> None:
    body = {"cards": [{"born": "1980-04-23", "card_expires": "2030-04-23"}], "lang": "ja"}
    made = ALL.post("/api/links", json={**body, "municipality": "233021"}).json()
    assert "東郷町" in ALL.get(made["page"]).text
    texts = ALL.get(f"/api/milestones?{CARD_QUERY}&lang=ja&municipality=233021").text
    assert "会計課横" in texts


# --- every place ----------------------------------------------------------------------------------


def sample(each: Place) -> bool:
    """Return whether a place is the first or a late one of its prefecture, or the first ward."""
    codes = [other.code for other in all_places().values() if other.code[:2] == each.code[:2]]
    return each.code in (codes[0], codes[-1]) or each.code in {wards(c)[0].code for c in CITIES}


CITIES = [code for code in all_places() if wards(code)]
"""The designated cities."""


def assert_page_and_feed_name(each: Place) -> None:
    form = ALL.get(f"/{each.code}/?lang=ja")
    assert form.status_code == 200
    assert each.short_name in form.text
    made = ALL.post(f"/{each.code}/?lang=ja", data=CARD).headers["Location"]
    page, feed = ALL.get(made).text, ALL.get(f"{made}.ics").text.replace("\r\n ", "")
    for said in (form.text, page, feed):
        assert each.short_name in said
        assert "小樽" not in said or each.code == "012033"
    assert feed.count("BEGIN:VEVENT") == 8
    if loader.load_municipality(each.code).has_profile:  # it may have counters in another ward
        return
    near = [other for other in all_places().values() if other.prefecture == each.prefecture]
    named = {other.short_name for other in near if other.short_name in feed}
    assert [name for name in named if len(name) > 2 and name not in each.short_name] == []


@pytest.mark.parametrize("prefecture", ["01", "13", "27", "47"])
def test_municipalities_of_a_prefecture_have_form_page_and_feed(prefecture: str) -> None:
    for each in all_places().values():
        if each.code[:2] == prefecture and sample(each):
            assert_page_and_feed_name(each)


@pytest.mark.large
@pytest.mark.parametrize("prefecture", [each.number for each in prefectures()])
def test_every_place_has_a_form_a_page_and_a_feed(prefecture: str) -> None:
    for each in all_places().values():
        if each.code[:2] == prefecture:
            assert_page_and_feed_name(each)
