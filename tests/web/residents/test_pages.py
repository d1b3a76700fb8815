"""The pages without a browser: headers, what is escaped, what is refused, what stays unsaid."""

import logging
import re
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import pytest
from starlette.testclient import TestClient

import calsvc
from calsvc.i18n.catalogs import catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.keys import read_keys
from calsvc.links.sealing import Keyring, Link
from calsvc.municipality import toml_reader
from calsvc.parsing.names import Member
from calsvc.rules.card import Card
from calsvc.rules.milestones import Kind, Subject
from calsvc.settings import Settings
from calsvc.web.app import create_app
from calsvc.web.card_form.form import ASKED
from calsvc.web.card_form.form_context import REWORDED
from calsvc.web.pages import inline
from calsvc.web.residents.event_status import State
from calsvc.web.residents.subscribe_options import Way
from tests.support.servers import KEY

KEYRING = Keyring(read_keys(KEY, "test"))
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ADULT = Card(date(1985, 4, 23), card_expires=date(2030, 4, 23))
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
SOURCE = Path(calsvc.__file__).parent


def today() -> date:
    return date(2026, 11, 24)


def client_of(settings: Settings, base: str = "http://localhost:8000") -> TestClient:
    app = create_app(settings, today=today)
    return TestClient(app, base_url=base, headers=BROWSER, follow_redirects=False)


@pytest.fixture(scope="module")
def client() -> TestClient:
    return client_of(Settings(keys=KEY))


def typed(place: int = 1, **fields: str) -> dict[str, str]:
    """The fields of a card: dates as ``2030-4-23``, everything else as it is."""
    form = {}
    for name, text in fields.items():
        parts = text.split("-")
        if len(parts) == 3:
            for part, number in zip(("year", "month", "day"), parts, strict=True):
                form[f"c{place}-{name}-{part}"] = number
        else:
            form[f"c{place}-{name.replace('_era', '-era')}"] = text
    return form


GOOD = typed(card_expires="2030-4-23", born="1985-4-23")


def page_of(client: TestClient, *members: Member, lang: str = "ja") -> httpx2.Response:
    token = KEYRING.seal(Link(members, lang))
    response = client.get(f"/c/{token}")
    assert response.status_code == 200
    return response


# --- headers --------------------------------------------------------------------------------------


def test_a_page_lets_a_browser_do_no_more_than_it_needs(client: TestClient) -> None:
    pages = [
        client.get("/"),
        client.post("/", data={}),
        page_of(client, Member(ADULT)),
        client.get("/nowhere"),
        client.get("/c/nothing"),
        client.get("/c/nothing.ics"),
        client.get("/calendar.ics"),
        client.delete("/"),
    ]
    for response in pages:
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        assert response.headers.get_list("Content-Security-Policy") == [POLICY]
        assert response.headers.get_list("Referrer-Policy") == ["no-referrer"]
        assert response.headers.get_list("X-Content-Type-Options") == ["nosniff"]
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in response.headers["Permissions-Policy"]


def test_a_city_decides_which_sites_may_show_a_page_inside_their_own() -> None:
    city = "https://www.city.otaru.lg.jp"
    response = client_of(Settings(keys=KEY, frame_ancestors=f"'self' {city}")).get("/")
    policy = response.headers["Content-Security-Policy"]
    assert policy.endswith(f"frame-ancestors 'self' {city}")


def test_no_page_holds_inline_script_or_style(client: TestClient) -> None:
    for response in (client.get("/"), client.post("/", data={}), page_of(client, Member(ADULT))):
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=)", response.text)


def test_personal_pages_are_neither_kept_nor_listed(client: TestClient) -> None:
    for response in (
        page_of(client, Member(ADULT)),
        client.post("/", data=GOOD),
        client.post("/", data={}),
        client.post("/", data={"do": "add"}),
    ):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_the_front_page_may_be_listed(client: TestClient) -> None:
    response = client.get("/")
    assert "X-Robots-Tag" not in response.headers
    assert response.headers["Cache-Control"] == "no-cache"
    assert "Accept-Language" in response.headers["Vary"]


def test_answers_for_programs_carry_the_headers_that_bear_on_them(client: TestClient) -> None:
    response = client.get("/healthz")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "Content-Security-Policy" not in response.headers


def test_robots_may_fetch_feeds_and_the_front_page(client: TestClient) -> None:
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.text.splitlines()
    assert {"Allow: /calendar.ics", "Allow: /c/", "Disallow: /api/", "Disallow: /staff"} < {*lines}
    assert "Disallow: /" not in lines


# --- static files ---------------------------------------------------------------------------------


def test_a_file_is_kept_for_a_year_at_the_address_that_the_page_names(client: TestClient) -> None:
    named = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/").text)
    assert len(named) == 2
    for address in named:
        response = client.get(address)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        other = client.get(address.partition("?")[0])
        assert other.headers["Cache-Control"] == "no-cache"
        assert other.content == response.content


@pytest.mark.parametrize("name", ["robots.txt", "..%2Fpages.py", "page.css.map"])
def test_no_other_file_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


# --- the form -------------------------------------------------------------------------------------


def test_a_good_form_leads_to_a_page_of_its_own(client: TestClient) -> None:
    response = client.post("/", data=GOOD)
    assert response.status_code == 303
    assert response.headers["Location"] == f"/c/{KEYRING.seal(Link((Member(ADULT),), 'ja'))}"


def test_the_language_of_the_form_is_kept_in_the_link(client: TestClient) -> None:
    for address, accepted in (("/?lang=en", "ja"), ("/", "en")):
        response = client.post(address, data=GOOD, headers={"Accept-Language": accepted})
        token = response.headers["Location"].removeprefix("/c/")
        assert KEYRING.open(token).lang == "en"


def test_a_service_below_a_path_stays_below_it() -> None:
    client = client_of(Settings(keys=KEY, public_url="https://www.example.jp/card"))
    assert client.post("/", data=GOOD).headers["Location"].startswith("/card/c/1")
    text = client.get("/").text
    assert 'action="/card/?lang=ja"' in text
    assert 'href="/card/static/page.css?v=' in text


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (typed(card_expires="2030-4-23"), "c1-born"),
        (typed(born="1985-4-23"), "c1-card_expires"),
        (typed(born="1985-4-23", have="issued"), "c1-issued"),
        (typed(card_expires="2030-4-23", born="60-4-23"), "c1-born"),
        (typed(card_expires="2030-4-", born="1985-4-23"), "c1-card_expires"),
        (typed(card_expires="2030-4-24", born="1985-4-23"), "c1-card_expires"),
        (typed(card_expires="2030-4-23", born="2004-4-23"), "c1-card_expires"),
        ({**GOOD, **typed(stay_until="2020-1-1")}, "c1-stay_until"),
        ({**GOOD, **typed(cert_expires="2031-1-1")}, "c1-cert_expires"),
        (
            typed(issued="2023-6-1", born="1985-4-23", applied="2024-1-1", have="issued"),
            "c1-applied",
        ),
        ({**GOOD, "cards": "2", **typed(2, card_expires="2030-4-23")}, "c2-born"),
        ({**GOOD, "c1-name": "名" * 21}, "c1-name"),
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_fault_is_told_beside_its_field(
    client: TestClient, form: dict[str, str], field: str, lang: str
) -> None:
    form = {"cards": "2" if "c1-name" in form else "1", **form}
    response = client.post(f"/?lang={lang}", data=form)
    assert response.status_code == 400
    assert f'id="{field}-fault"' in response.text
    assert f'href="#{field}' in response.text
    assert not re.search(r"\((issued|card_expires|stay_until)\)", response.text)


def test_what_is_not_asked_for_does_not_count(client: TestClient) -> None:
    hidden = typed(issued="2099-1-1", applied="1-1-1")
    response = client.post("/", data={**GOOD, **hidden, "unknown": "x", "c9-born-year": "x"})
    assert response.headers["Location"] == client.post("/", data=GOOD).headers["Location"]


@pytest.mark.parametrize("number", ["0", "11", "-1", "x", "", "1e1", "१"])
def test_an_impossible_number_of_cards_is_one(client: TestClient, number: str) -> None:
    response = client.post("/", data={**GOOD, "cards": number})
    assert response.status_code == 303


def test_there_is_room_for_ten_cards_and_no_more(client: TestClient) -> None:
    response = client.post("/", data={"cards": "9", "do": "add"})
    assert response.text.count('class="card"') == 10
    assert 'value="add"' not in response.text
    assert client.post("/", data={"cards": "10", "do": "add"}).text.count('class="card"') == 10


@pytest.mark.parametrize("action", ["remove-0", "remove-3", "remove-", "remove-x", "else", ""])
def test_an_action_that_does_not_exist_sends_the_form(client: TestClient, action: str) -> None:
    both = {**GOOD, **typed(2, card_expires="2030-4-23", born="1985-4-23"), "cards": "2"}
    assert client.post("/", data={**both, "do": action}).status_code == 303


def test_the_last_card_cannot_be_taken_away(client: TestClient) -> None:
    response = client.post("/", data={**GOOD, "cards": "1", "do": "remove-1"})
    assert response.status_code == 200
    assert response.text.count('class="card"') == 1


def test_a_name_is_kept_while_there_is_no_field_for_it(client: TestClient) -> None:
    both = {"cards": "2", "c1-name": "花子", "c2-name": "太郎", "do": "remove-2"}
    text = client.post("/", data=both).text
    assert '<input type="hidden" name="c1-name" value="花子">' in text


# --- bodies ---------------------------------------------------------------------------------------


def test_a_body_of_another_type_is_refused(client: TestClient) -> None:
    assert client.post("/", json=GOOD).status_code == 415
    assert client.post("/", content=b"", headers={"Content-Type": "text/plain"}).status_code == 415
    assert client.post("/", files={"c1-name": b"x"}).status_code == 415
    assert client.post("/").status_code == 415


def test_a_body_too_large_is_refused(client: TestClient) -> None:
    assert client.post("/", data={"c1-name": "x" * 65_000}).status_code == 400
    assert client.post("/", data={"c1-name": "x" * 66_000}).status_code == 413


def test_a_body_with_too_many_fields_is_refused(client: TestClient) -> None:
    assert client.post("/", data={str(each): "" for each in range(401)}).status_code == 413
    assert client.post("/", data={str(each): "" for each in range(400)}).status_code == 400


@pytest.mark.parametrize(
    "body",
    [b"c1-born-year=%ff%fe", b"\xff\xfe=\x00", b"%00=%00", b"&&&==&=;", b"c1-name=%ED%A0%80"],
)
def test_a_garbled_body_is_an_error_like_any_other(client: TestClient, body: bytes) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    assert client.post("/", content=body, headers=form).status_code == 400


# --- nothing is taken for markup ------------------------------------------------------------------

MARKUP = "\"><b>'&{{7*7}}"


def test_what_was_typed_comes_back_as_text(client: TestClient) -> None:
    hostile = dict.fromkeys(
        (
            *(f"c1-{field}-{part}" for field in ("born", "card_expires", "issued", "stay_until")
              for part in ("era", "year", "month", "day")),
            "c1-name", "c2-name", "c1-have", "do",
        ),
        MARKUP,
    )  # fmt: skip
    response = client.post("/", data={**hostile, "cards": "2"})
    assert response.status_code == 400
    assert "<b>" not in response.text
    assert "&#34;&gt;&lt;b&gt;&#39;&amp;{{7*7}}" in response.text


def test_a_name_is_text_on_the_page_of_a_link(client: TestClient) -> None:
    name = "<b>'\"&{{7*7}}"
    response = page_of(client, Member(ADULT, name), Member(ADULT, "</svg>"))
    assert "<b>" not in response.text
    assert "&lt;b&gt;&#39;&#34;&amp;{{7*7}}" in response.text
    assert "&lt;/svg&gt;" in response.text


# --- the page of a link ---------------------------------------------------------------------------


def standings(response: httpx2.Response) -> list[str]:
    return re.findall(r'<li class="event (\w+)">', response.text)


def next_step(response: httpx2.Response) -> str:
    found = re.search(r'<section class="next".*?</section>', response.text, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", "", found[0]).split())


def test_what_is_next_comes_first_with_the_days_left(client: TestClient) -> None:
    response = page_of(client, Member(ADULT), lang="en")
    assert standings(response) == ["passed"] * 4 + ["ahead"] * 4
    assert next_step(response) == (
        "Next My Number card: expiry notice expected "
        "2030-01-23 (Wed) to 2030-02-23 (Sat) 1156 days left"
    )


def test_a_renewal_that_can_be_made_now_comes_before_anything_else(client: TestClient) -> None:
    card = Card(date(1985, 12, 23), card_expires=date(2026, 12, 23))
    response = page_of(client, Member(ADULT), Member(card, "花子"), lang="en")
    assert next_step(response) == (
        "You can do this now 花子: Renew: My Number card through 2026-12-23 (Wed) 29 days left"
    )


def test_once_all_is_over_the_page_says_so(client: TestClient) -> None:
    card = Card(date(2005, 6, 1), card_expires=date(2022, 6, 1))
    response = page_of(client, Member(card), lang="en")
    assert standings(response) == ["passed"] * 4
    assert next_step(response).startswith("Nothing is left to come")
    assert '<details class="past" open>' in response.text


@pytest.mark.parametrize("path", ["/c/x", "/c/1", "/c/" + "1" * 80, "/c/%00", "/c/x.html"])
def test_a_link_that_does_not_open_is_a_page_not_found(client: TestClient, path: str) -> None:
    response = client.get(path, headers={"Accept-Language": "en"})
    assert response.status_code == 404
    assert "<h1>Not found</h1>" in response.text
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_head_gives_the_same_headers_and_no_body(client: TestClient) -> None:
    for path in ("/", f"/c/{KEYRING.seal(Link((Member(ADULT),), 'ja'))}"):
        head, get = client.head(path), client.get(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["Content-Type"] == get.headers["Content-Type"]


# --- errors: a page for people, JSON for programs -------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/html", "text/html; charset=utf-8"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("*/*", "application/problem+json"),
        ("application/json", "application/problem+json"),
        ("text/calendar", "application/problem+json"),
        ("", "application/problem+json"),
    ],
)
@pytest.mark.parametrize("path", ["/nowhere", "/c/x", "/c/x.ics", "/calendar.ics"])
def test_an_error_is_a_page_for_browsers_and_details_for_programs(
    client: TestClient, path: str, accept: str, media_type: str
) -> None:
    response = client.get(path, headers={"Accept": accept})
    assert response.headers["Content-Type"] == media_type
    assert "Accept" in response.headers["Vary"].split(", ")


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "/"), ("POST", "/c/x"), ("PUT", "/static/page.css")]
)
def test_another_method_is_told_which_ones_there_are(
    client: TestClient, method: str, path: str
) -> None:
    response = client.request(method, path, headers={"Accept-Language": "en"})
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert "<h1>Method not allowed</h1>" in response.text


def test_a_page_of_faults_names_them_all(client: TestClient) -> None:
    response = client.get("/calendar.ics?issued=x&lang=en")
    assert response.status_code == 400
    assert response.text.count("<li>This is not a date") == 1
    assert "<li>Enter the birth date.</li>" in response.text


# --- nobody else's host ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:8000", "a b"]
)
def test_a_host_that_is_not_allowed_is_refused_and_never_repeated(
    client: TestClient, host: str
) -> None:
    token = KEYRING.seal(Link((Member(ADULT),), "ja"))
    headers = {"Host": host}
    for response in (
        client.get("/", headers=headers),
        client.post("/", data=GOOD, headers=headers),
        client.get(f"/c/{token}", headers=headers),
    ):
        assert response.status_code == 421
        assert "evil" not in response.text
        assert "evil" not in str(response.headers)


def test_the_public_address_is_told_whatever_the_host_says() -> None:
    client = client_of(Settings(keys=KEY, public_url="https://card.example.jp"))
    token = KEYRING.seal(Link((Member(ADULT),), "ja"))
    text = client.get(f"/c/{token}", headers={"Host": "evil.example"}).text
    assert f'value="https://card.example.jp/c/{token}.ics"' in text
    assert "evil" not in text


def test_forwarded_hosts_are_not_believed(client: TestClient) -> None:
    token = KEYRING.seal(Link((Member(ADULT),), "ja"))
    text = client.get(f"/c/{token}", headers={"X-Forwarded-Host": "evil.example"}).text
    assert "evil" not in text


# --- nothing that was sent is told to others ------------------------------------------------------


def test_no_header_and_no_log_line_holds_a_date_or_a_token(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = KEYRING.seal(Link((Member(ADULT),), "ja"))
    responses = [
        client.post("/", data=GOOD),
        client.post("/", data={**GOOD, **typed(card_expires="2030-4-24")}),
        client.get(f"/c/{token}"),
        client.get(f"/c/{token}x"),
        client.post("/", content=urlencode(GOOD) + "&" * 500),
    ]
    said = "\n".join(each.getMessage() for each in caplog.records if each.name != "httpx2")
    assert "FrontPage 303" in said
    assert not re.search(rf"1985|2030|{token}", said)
    for response in responses:
        headers = {name: text for name, text in response.headers.items() if name != "location"}
        assert not re.search(rf"1985|2030|{token}", str(headers))


# --- texts ----------------------------------------------------------------------------------------


def asked_keys() -> set[str]:
    """Every key of a page's text that stands in a template or in the code, or is made there."""
    templates = [each.read_text("utf-8") for each in Path(calsvc.__file__).parent.rglob("*.html")]
    code = [each.read_text("utf-8") for each in (SOURCE / "web").rglob("*.py")]
    literal = {
        f"page.{key}" for text in templates for key in re.findall(r'\bt\("([\w.]+)"[,)]', text)
    }
    literal |= {key for text in code for key in re.findall(r'text\(\s*"(page\.[a-z_.]+)"', text)}
    made = {f"page.state.{each}" for each in State}
    made |= {f"page.subject.{each}" for each in (*Subject, "both")}
    made |= {f"page.have.{each}" for each in ASKED}
    made |= {f"page.field.{each}" for fields in ASKED.values() for each in (*fields, "name")}
    made |= {f"page.field.{each}.hint" for each in ("stay_until", "cert_expires", "applied")}
    made |= {f"page.further.{each}" for each in ("stay_until", "cert_expires", "applied")}
    made |= {f"page.era.{each}" for each in "RHSTM"}
    made |= {f"page.way.{each}" for each in Way}
    made |= {f"page.way.{each}.hint" for each in Way}
    made |= {f"page.{each}" for each in ("year", "month", "day")}
    return literal | made | {f"page.error.{each}" for each in REWORDED}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_of_the_pages_is_there_and_every_one_is_used(lang: str) -> None:
    known = {key for key in catalog(lang).messages if key.startswith("page.")}
    assert known == asked_keys()


CARDS = (
    ADULT,
    Card(date(2012, 3, 15), date(2023, 6, 1)),
    Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2027, 5, 31)),
    Card(date(2003, 8, 20), date(2022, 6, 1)),
    Card(date(1980, 2, 29), date(2023, 8, 1)),
    Card(date(2005, 6, 1), card_expires=date(2022, 6, 1)),
)


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_card_has_a_page_in_every_language(client: TestClient, card: Card, lang: str) -> None:
    response = page_of(client, Member(card), lang=lang)
    assert response.headers["Content-Language"] == lang
    assert len(standings(response)) in (2, 4, 8)
    assert response.text.count('<svg viewBox="0 0 330') == 1
    assert len(response.content) < 110_000


def test_the_page_says_who_runs_it(client: TestClient) -> None:
    city = toml_reader.load("otaru")
    for response in (client.get("/"), page_of(client, Member(ADULT)), client.get("/nowhere")):
        for fact in (city.texts["ja"].name, city.texts["ja"].office, city.phone, city.extension):
            assert fact in response.text


def test_the_qr_code_carries_the_page(client: TestClient) -> None:
    token = KEYRING.seal(Link((Member(ADULT),), "ja"))
    address = f"http://localhost:8000/c/{token}?openExternalBrowser=1"
    drawn = str(inline(address))
    assert drawn in client.get(f"/c/{token}").text
    assert "style=" not in drawn
    assert drawn != str(inline(f"{address}0"))


def test_a_city_without_extension_or_fax_says_neither(tmp_path: Path) -> None:
    otaru = (SOURCE / "municipality" / "profiles" / "otaru.toml").read_text(encoding="utf-8")
    plain = re.sub(r'^(extension|fax) = ".*"', r'\1 = ""', otaru, flags=re.MULTILINE)
    (tmp_path / "plain.toml").write_text(plain, encoding="utf-8")
    client = client_of(Settings(keys=KEY, municipality=str(tmp_path / "plain.toml")))
    for response in (client.get("/"), page_of(client, Member(ADULT))):
        assert "内線" not in response.text.replace("(内線 296, 297)", "内線")
        assert "0134-33-4644" not in re.sub(
            r'<div class="description">.*?</div>', "", response.text, flags=re.S
        )


def test_every_kind_of_milestone_is_shown(client: TestClient) -> None:
    text = page_of(client, Member(ADULT), lang="en").text
    assert text.count("<h3>") == 2 * len(Kind)
