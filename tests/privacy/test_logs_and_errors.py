"""Whatever is asked, no log line, header or error repeats a date or a token that was sent."""

import json
import logging
from datetime import date
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from calsvc.links.keys import generate_key, parse_keys
from calsvc.links.sealing import Keyring
from calsvc.rules.card import Card
from calsvc.rules.plan import assess
from calsvc.settings import Settings
from calsvc.web.app import create_app
from tests.support.links import link_of

KEY = generate_key()
CLIENT = TestClient(
    create_app(Settings(keys=KEY, posts_per_minute=100_000), today=lambda: date(2026, 11, 24)),
    base_url="http://localhost",
    raise_server_exceptions=False,
    follow_redirects=False,
)
RING = Keyring(parse_keys(KEY, "test"))
DAYS = st.dates(date(1890, 1, 1), date(2040, 12, 31))
FORMS = st.sampled_from(
    ["{:%Y-%m-%d}", "{:%Y/%m/%d}", "{:%Y%m%d}", "{:%Y年%m月%d日}", "{:%Y-%m-%d}x", "x{:%Y-%m-%d}"]
)
WRITTEN = st.builds(lambda form, day: form.format(day), FORMS, DAYS)
FIELDS = st.sampled_from(
    ["born", "issued", "card_expires", "applied", "cert_expires", "stay_until", "birth", "lang"]
)
PLACES = st.sampled_from(["/calendar.ics", "/api/milestones", "/calendar.ics/", "/", "/nowhere"])
ACCEPTS = st.sampled_from(["*/*", "text/html", "application/json"])
LANGUAGES = st.sampled_from(["", "en", "vi,en;q=0.5"])


@pytest.fixture(autouse=True)
def _every_log_line_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


def assert_silent(
    sent: list[str], answer: httpx2.Response, caplog: pytest.LogCaptureFixture, allowed: str = ""
) -> None:
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    # httpx2 is the client, and tells what it asks for.
    lines = [each.getMessage() for each in caplog.records if not each.name.startswith("http")]
    said = "\n".join([headers.replace(allowed or "\0", ""), *lines])
    if answer.status_code >= 400:
        said += answer.text
    for each in sent:
        assert each not in said
        assert quote(each) not in said
    caplog.clear()


FUZZ = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@FUZZ
@given(PLACES, st.dictionaries(FIELDS, WRITTEN, min_size=1), ACCEPTS, LANGUAGES)
def test_url_values_are_in_no_error_header_or_log(
    caplog: pytest.LogCaptureFixture,
    place: str,
    query: dict[str, str],
    accept: str,
    language: str,
) -> None:
    headers = {"Accept": accept, "Accept-Language": language}
    answer = CLIENT.get(place, params=query, headers=headers)
    assert answer.status_code != 500
    assert_silent(list(query.values()), answer, caplog)


@FUZZ
@given(st.dictionaries(FIELDS, WRITTEN, min_size=1), ACCEPTS)
def test_json_values_are_in_no_error_header_or_log(
    caplog: pytest.LogCaptureFixture, card: dict[str, str], accept: str
) -> None:
    body = json.dumps({"cards": [card]})
    headers = {"Accept": accept, "Content-Type": "application/json"}
    answer = CLIENT.post("/api/links", content=body, headers=headers)
    assert answer.status_code in (200, 400)
    assert_silent(list(card.values()), answer, caplog)


@FUZZ
@given(st.dates(date(1920, 1, 1), date(2015, 1, 1)), st.dates(date(2016, 1, 1), date(2027, 11, 1)))
def test_no_date_of_a_sealed_page_stands_in_its_headers_or_the_log(
    caplog: pytest.LogCaptureFixture, born: date, issued: date
) -> None:
    token = RING.seal(link_of(Card(born, issued)))
    for path in (f"/c/{token}", f"/c/{token}.ics"):
        answer = CLIENT.get(path)
        assert answer.status_code in (200, 400)
        assert_silent([token, born.isoformat(), issued.isoformat()], answer, caplog)


@FUZZ
@given(
    st.text("ABCabc019-_", min_size=20, max_size=60), st.sampled_from(["", ".ics", "/"]), ACCEPTS
)
def test_a_token_that_does_not_open_is_not_repeated(
    caplog: pytest.LogCaptureFixture, token: str, ending: str, accept: str
) -> None:
    answer = CLIENT.get(f"/c/1{token}{ending}", headers={"Accept": accept})
    assert answer.status_code == 404
    assert_silent([token], answer, caplog)


def test_a_failure_that_nobody_foresaw_repeats_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> date:
        raise RuntimeError("1985-04-23")

    client = TestClient(create_app(Settings(keys=KEY), today=broken), raise_server_exceptions=False)
    answer = client.get("/calendar.ics?issued=2020-06-01&born=1985-04-23")
    assert answer.status_code == 500
    assert_silent(["1985-04-23", "2020-06-01"], answer, caplog)


def test_the_form_leads_to_its_link_and_tells_it_nowhere_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    form = CLIENT.get("/").text
    assert 'name="c1-card_expires-year"' in form
    fields = {
        "cards": "c1",
        **dict(
            zip(
                ("c1-card_expires-year", "c1-card_expires-month", "c1-card_expires-day"),
                ("2030", "4", "23"),
                strict=True,
            )
        ),
        **dict(
            zip(("c1-born-year", "c1-born-month", "c1-born-day"), ("1990", "4", "23"), strict=True)
        ),
    }
    answer = CLIENT.post("/", data=fields)
    assert answer.status_code == 303
    path = answer.headers["Location"]
    token = path.removeprefix("/c/")
    card = Card(date(1990, 4, 23), card_expires=date(2030, 4, 23))
    assert [linked.plan for linked in RING.open(token).cards] == [assess(card).plan]
    assert_silent([token, "1990", "2030"], answer, caplog, allowed=path)
