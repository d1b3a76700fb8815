"""The resident's page as people meet it: in a browser, by hand or by keyboard."""

import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response, expect
from pypdf import PdfReader

from calsvc.clock import today_in_japan
from calsvc.i18n.catalogs import catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.web.pages import html_lang

OpenPage = Callable[..., Page]
DESK = {"width": 1280, "height": 800}
ANDROID = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Mobile Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
)
LINE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148 Safari Line/14.20.0"
)
MOST_BYTES, MOST_REQUESTS = 60_000, 3
EXPIRES = date(today_in_japan().year + 4, 4, 23)
"""On an adult's card, so that the certificate's days are past and the card's are to come."""
FAR = date(today_in_japan().year + 9, 4, 23)
"""On a card so new that all of its days are to come."""
BORN = date(1985, 4, 23)
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def enter(page: Page, field: str, day: date) -> None:
    """Type a Western date."""
    for part in ("year", "month", "day"):
        page.fill(f"#{field}-{part}", str(getattr(day, part)))


def enter_era(page: Page, field: str, era: str, *numbers: int) -> None:
    """Type a date with an era: year, month and day."""
    page.select_option(f"#{field}-era", era)
    for part, number in zip(("year", "month", "day"), numbers, strict=True):
        page.fill(f"#{field}-{part}", str(number))


def follow(page: Page, selector: str) -> None:
    """Press what leads to another page, and wait until that is there."""
    with page.expect_navigation():
        page.click(selector)


def submit(page: Page) -> None:
    follow(page, ".submit button")


def make(page: Page, lang: str = "ja", expires: date = EXPIRES) -> None:
    """From the empty form to the page of an adult's card."""
    page.goto(f"/?lang={lang}")
    enter(page, "c1-card_expires", expires)
    enter(page, "c1-born", BORN)
    submit(page)
    page.wait_for_url("**/c/*")


def token_of(page: Page) -> str:
    return urlsplit(page.url).path.removeprefix("/c/")


def way(page: Page, name: str) -> str:
    """The address on the button of a calendar, wherever on the page it stands."""
    buttons = page.locator(f"[data-way={name}]")
    assert buttons.count() == 1
    return buttons.get_attribute("href") or ""


def promised(base: str, lang: str, query: str) -> list[dict[str, str]]:
    """What the API says of the same card, in the order of days."""
    answer = httpx2.get(f"{base}/api/milestones?{query}&lang={lang}")
    return sorted(answer.json()["milestones"], key=lambda each: each["start"])


def said(milestone: dict[str, str], lang: str) -> str:
    """The days of a milestone as the page says them."""
    words = catalog(lang)
    start, end = (date.fromisoformat(milestone[each]) for each in ("start", "end"))
    if start == end:
        return words.day(start)
    return words.text("page.days", {"start": start, "end": end})


def shown(page: Page) -> list[tuple[str, str]]:
    """Days and title of each event on the page."""
    events = page.locator(".event")
    return [
        (each.locator(".when").text_content() or "", each.locator("h3").text_content() or "")
        for each in events.all()
    ]


# --- from the card to the calendar ----------------------------------------------------------------


def test_the_printed_expiry_leads_to_the_days_that_the_api_promises(page: Page, base: str) -> None:
    make(page)
    expected = promised(base, "ja", f"card_expires={EXPIRES}&born={BORN}")
    assert len(expected) == 8
    assert shown(page) == [(said(each, "ja"), each["title"]) for each in expected]


def test_every_button_leads_where_its_calendar_can_subscribe(page: Page, base: str) -> None:
    make(page)
    feed, name = f"{base}/c/{token_of(page)}.ics", "マイナンバーカードの期限"
    webcal = feed.replace("http://", "webcal://")
    assert way(page, "apple") == webcal
    google = urlsplit(way(page, "google"))
    assert (google.netloc, google.path) == ("calendar.google.com", "/calendar/r")
    assert parse_qs(google.query) == {"cid": [webcal]}
    for button, host in (("outlook", "outlook.live.com"), ("office", "outlook.office.com")):
        address = urlsplit(way(page, button))
        assert (address.netloc, address.path) == (host, "/calendar/0/addfromweb")
        assert parse_qs(address.query) == {"url": [feed], "name": [name]}
    assert way(page, "download") == feed
    assert page.input_value("#address") == feed
    assert httpx2.get(feed).content.count(b"BEGIN:VEVENT") == 8


def test_what_was_typed_stands_in_no_address_and_no_log(page: Page, log: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    make(page)
    traces = re.compile(rf"{EXPIRES.year}|1985|{token_of(page)}")
    assert not traces.search("\n".join(each.split("/c/")[0] for each in asked))
    assert not traces.search(log.read_text(encoding="utf-8"))


def test_a_year_of_an_era_is_as_good_as_a_western_one(page: Page) -> None:
    make(page)
    western = token_of(page)
    page.goto("/")
    enter(page, "c1-card_expires", EXPIRES)
    enter_era(page, "c1-born", "昭和", 60, 4, 23)
    submit(page)
    assert token_of(page) == western


def test_the_issue_date_can_be_given_instead(page: Page, base: str) -> None:
    page.goto("/")
    expect(page.locator("#c1-issued-year")).to_be_hidden()
    page.click("label[for=c1-have-issued]")
    expect(page.locator("#c1-card_expires-year")).to_be_hidden()
    enter_era(page, "c1-issued", "令和", 5, 6, 1)
    enter(page, "c1-born", date(2012, 3, 15))
    submit(page)
    expected = promised(base, "ja", "issued=2023-06-01&born=2012-03-15")
    assert shown(page) == [(said(each, "ja"), each["title"]) for each in expected]


# --- errors ---------------------------------------------------------------------------------------


def test_an_error_is_told_where_it_is_and_repaired_without_typing_again(page: Page) -> None:
    page.goto("/")
    enter(page, "c1-card_expires", EXPIRES)
    enter_era(page, "c1-born", "昭和", 60, 13, 23)
    submit(page)
    expect(page.locator(".faults")).to_be_focused()
    expect(page.locator(".faults a")).to_have_attribute("href", "#c1-born-year")
    message = catalog("ja").text("error.date.no_such_day")
    expect(page.locator("#c1-born-fault")).to_contain_text(message)
    expect(page.locator("#c1-born-month")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#c1-born-era")).to_have_value("昭和")
    expect(page.locator("#c1-card_expires-year")).to_have_value(str(EXPIRES.year))
    page.fill("#c1-born-month", "4")
    submit(page)
    assert page.locator(".event").count() == 8


def test_the_summary_of_errors_leads_to_the_field(page: Page) -> None:
    page.goto("/")
    submit(page)
    assert page.locator(".faults li").count() == 2
    page.click(".faults a >> nth=1")
    expect(page.locator("#c1-born-year")).to_be_focused()


def test_a_fault_in_a_folded_field_unfolds_it(page: Page) -> None:
    page.goto("/")
    enter(page, "c1-card_expires", EXPIRES)
    enter(page, "c1-born", BORN)
    page.click("details:has(#c1-cert_expires-year) > summary")
    enter(page, "c1-cert_expires", date(2099, 1, 1))
    submit(page)
    expect(page.locator("#c1-cert_expires-year")).to_be_visible()
    expect(page.locator("#c1-cert_expires-fault")).to_be_visible()
    expect(page.locator("#c1-stay_until-year")).to_be_hidden()


def test_an_expiry_that_is_no_birthday_asks_for_the_period_of_stay(page: Page) -> None:
    page.goto("/")
    enter(page, "c1-card_expires", date(EXPIRES.year, 5, 31))
    enter(page, "c1-born", BORN)
    submit(page)
    expect(page.locator("#c1-stay_until-year")).to_be_visible()
    enter(page, "c1-stay_until", date(EXPIRES.year, 5, 31))
    submit(page)
    assert page.locator(".event").count() == 2
    expect(page.locator(".cautions li")).to_have_count(1)


# --- a household ----------------------------------------------------------------------------------


def test_a_household_of_three_shares_one_calendar(page: Page) -> None:
    page.goto("/")
    enter(page, "c1-card_expires", EXPIRES)
    enter(page, "c1-born", BORN)
    follow(page, "button[value=add]")
    expect(page.locator("#c2-name")).to_be_focused()
    page.fill("#c1-name", "花子さん")
    page.fill("#c2-name", "太郎さん")
    enter(page, "c2-card_expires", date(EXPIRES.year, 5, 3))
    enter(page, "c2-born", date(EXPIRES.year - 10, 5, 3))
    follow(page, "button[value=add]")
    page.click("label[for=c3-have-issued]")
    enter(page, "c3-issued", date(2023, 7, 1))
    enter(page, "c3-born", date(1990, 6, 15))
    submit(page)
    names = [each.text_content() or "" for each in page.locator(".plan > h2").all()]
    assert [each.split(":")[0] for each in names] == ["花子さん", "太郎さん", "3枚目のカード"]
    assert page.locator(".plan svg[role=img]").count() == 3
    assert page.locator(".event").count() == 8 + 4 + 8


def test_a_card_too_many_is_taken_away_and_the_others_stay(page: Page) -> None:
    page.goto("/")
    follow(page, "button[value=add]")
    page.fill("#c1-name", "一郎")
    page.fill("#c2-name", "二郎")
    follow(page, "button[value=add]")
    page.fill("#c3-name", "三郎")
    follow(page, "button[value=remove-2]")
    assert [page.input_value(f"#c{place}-name") for place in (1, 2)] == ["一郎", "三郎"]
    assert page.locator("#c3-name").count() == 0


def test_enter_in_a_field_sends_the_form_and_adds_no_card(page: Page) -> None:
    page.goto("/")
    follow(page, "button[value=add]")
    follow(page, "button[value=remove-2]")
    enter(page, "c1-card_expires", EXPIRES)
    enter(page, "c1-born", BORN)
    page.press("#c1-born-day", "Enter")
    page.wait_for_url("**/c/*")


# --- languages ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_language_is_spoken_from_the_form_to_the_calendar(page: Page, lang: str) -> None:
    make(page, lang)
    words = catalog(lang)
    expect(page.locator("html")).to_have_attribute("lang", html_lang(lang))
    expect(page.locator("h1")).to_have_text(words.text("page.calendar.title"))
    current = page.locator(".languages [aria-current]")
    expect(current).to_have_text(words.text("language.name"))
    assert httpx2.get(page.input_value("#address")).headers["Content-Language"] == lang


def test_another_language_is_one_press_away_and_has_a_link_of_its_own(page: Page) -> None:
    make(page)
    japanese = page.url
    follow(page, ".languages a >> text=English")
    assert page.url != japanese
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.locator(".event").count() == 8
    follow(page, ".languages a >> text=日本語 >> nth=0")
    assert page.url == japanese


def test_the_browsers_language_is_spoken_first(open_page: OpenPage) -> None:
    page = open_page(locale="en-GB")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "en")


# --- devices --------------------------------------------------------------------------------------


def first_ways(page: Page) -> list[str | None]:
    buttons = page.locator(".subscribe a.button").all()
    return [each.get_attribute("data-way") for each in buttons]


@pytest.mark.parametrize(
    ("agent", "first"),
    [
        (IPHONE, ["apple"]),
        (ANDROID, ["download"]),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64)", ["google", "outlook", "office"]),
    ],
    ids=["iPhone", "Android", "Windows"],
)
def test_the_calendar_of_the_device_comes_first_and_all_others_are_there(
    open_page: OpenPage, agent: str, first: list[str]
) -> None:
    page = open_page(user_agent=agent)
    make(page)
    assert first_ways(page) == first
    for name in ("apple", "google", "outlook", "office", "download"):
        assert way(page, name)
    assert page.locator("#address").count() == 1


def test_android_can_add_the_coming_events_one_by_one(open_page: OpenPage, base: str) -> None:
    page = open_page(user_agent=ANDROID)
    make(page)
    milestones = promised(base, "ja", f"card_expires={EXPIRES}&born={BORN}")
    today = today_in_japan().isoformat()
    coming = [each for each in milestones if each["end"] >= today]
    offered = [
        parse_qs(urlsplit(each.get_attribute("href") or "").query)
        for each in page.locator("[data-way=event]").all()
    ]
    assert [each["text"] for each in offered] == [[each["title"]] for each in coming]
    starts = [each["dates"][0].split("/")[0] for each in offered]
    assert starts == [each["start"].replace("-", "") for each in coming]


def test_lines_browser_is_told_to_open_the_page_outside(open_page: OpenPage) -> None:
    page = open_page(user_agent=LINE)
    page.goto("/")
    enter(page, "c1-card_expires", EXPIRES)
    enter(page, "c1-born", BORN)
    submit(page)
    assert urlsplit(page.url).query == "openExternalBrowser=1"
    link = page.locator(".line a.button")
    expect(link).to_be_in_viewport()
    expect(link).to_have_attribute("href", page.url)


def test_no_other_browser_is_told_so(open_page: OpenPage) -> None:
    page = open_page(user_agent=IPHONE)
    make(page)
    assert page.locator(".line").count() == 0
    assert urlsplit(page.url).query == ""


def test_the_address_is_copied_by_one_press(open_page: OpenPage) -> None:
    page = open_page(DESK, permissions=["clipboard-read", "clipboard-write"])
    make(page)
    page.click(".others > summary")
    page.click("[data-copy]")
    expect(page.locator(".copy [role=status]")).to_have_text("コピーしました")
    assert page.evaluate("navigator.clipboard.readText()") == page.input_value("#address")


def test_without_javascript_no_button_stands_that_does_nothing(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    make(page)
    page.click(".others > summary")
    for button in page.locator("[data-copy], [data-print]").all():
        expect(button).to_be_hidden()


# --- on paper -------------------------------------------------------------------------------------


def paper(page: Page) -> PdfReader:
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("expires", [EXPIRES, FAR], ids=["older card", "newer card"])
def test_a_card_is_printed_on_one_sheet_of_a4(
    open_page: OpenPage, lang: str, expires: date
) -> None:
    page = open_page(DESK)
    make(page, lang, expires)
    printed = paper(page)
    assert len(printed.pages) == 1
    box = printed.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)
    assert "0134-32-4111" in printed.pages[0].extract_text()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_caution_still_leaves_one_sheet(open_page: OpenPage, lang: str) -> None:
    page = open_page(DESK)
    page.goto(f"/?lang={lang}")
    page.click("label[for=c1-have-issued]")
    enter(page, "c1-issued", date(2022, 6, 1))
    enter(page, "c1-born", date(2003, 8, 20))
    submit(page)
    expect(page.locator(".cautions li")).to_have_count(1)
    assert len(paper(page).pages) == 1


def test_what_cannot_be_pressed_on_paper_is_not_printed(open_page: OpenPage) -> None:
    page = open_page(DESK)
    make(page)
    page.emulate_media(media="print")
    for unseen in (".subscribe", ".languages", ".actions", ".event .standing", ".key"):
        expect(page.locator(unseen).first).to_be_hidden()
    for seen in ("h1", ".event h3 >> visible=true", ".timeline svg", ".contact", ".qr"):
        expect(page.locator(seen).first).to_be_visible()


# --- for everyone ---------------------------------------------------------------------------------


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": LEVELS}})
    return [f"{each['id']}: {each['nodes']}" for each in found.response["violations"]]


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")


@pytest.mark.parametrize("viewport", [{"width": 390, "height": 844}, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_on_any_page(
    open_page: OpenPage, lang: str, viewport: dict[str, int]
) -> None:
    page = open_page(viewport, user_agent=ANDROID)
    page.goto(f"/?lang={lang}")
    assert violations(page) == []
    unfold(page)
    page.click("label[for=c1-have-issued]")
    assert violations(page) == []
    follow(page, "button[value=add]")
    submit(page)
    assert violations(page) == []
    page.goto(f"/nowhere?lang={lang}")
    assert violations(page) == []
    make(page, lang)
    assert violations(page) == []
    unfold(page)
    assert violations(page) == []


def test_axe_finds_nothing_with_cautions_in_lines_browser(open_page: OpenPage) -> None:
    page = open_page(user_agent=LINE)
    page.goto("/")
    page.click("label[for=c1-have-issued]")
    enter(page, "c1-issued", date(2022, 6, 1))
    enter(page, "c1-born", date(2003, 8, 20))
    submit(page)
    expect(page.locator(".cautions li")).to_have_count(1)
    assert violations(page) == []


def press_until(page: Page, selector: str, key: str = "Tab", most: int = 60) -> None:
    """Move on by keyboard until the element has the focus, as a person would see it."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.locator(selector).first.evaluate("each => each === document.activeElement"):
            outline = "getComputedStyle(document.activeElement).outlineStyle"
            assert page.evaluate(outline) != "none"
            return
    raise AssertionError(f"{selector} is not reached by keyboard")


def test_the_whole_way_can_be_gone_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(DESK)
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    press_until(page, "#c1-have-card_expires")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#c1-issued-year")).to_be_visible()
    page.keyboard.press("ArrowUp")
    for part in ("year", "month", "day"):
        press_until(page, f"#c1-card_expires-{part}")
        page.keyboard.type(str(getattr(EXPIRES, part)))
    press_until(page, "#c1-born-era")
    for _ in ("令和", "平成", "昭和"):
        page.keyboard.press("ArrowDown")
    for part, number in (("year", "60"), ("month", "4"), ("day", "23")):
        press_until(page, f"#c1-born-{part}")
        page.keyboard.type(number)
    press_until(page, ".further > summary")
    page.keyboard.press("Enter")
    press_until(page, "#c1-stay_until-era")
    press_until(page, ".submit button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/c/*")
    press_until(page, "[data-way=google]")
    press_until(page, ".others > summary")
    page.keyboard.press("Enter")
    press_until(page, "#address")
    press_until(page, "[data-copy]")
    press_until(page, ".past > summary")
    page.keyboard.press("Enter")
    press_until(page, ".event details > summary")
    page.keyboard.press("Enter")
    expect(page.locator(".description >> visible=true")).to_have_count(1)
    press_until(page, "[data-print]")


def test_no_button_is_smaller_than_a_thumb(open_page: OpenPage) -> None:
    page = open_page(user_agent=ANDROID)
    for address in ("/", None):
        page.goto(address) if address else make(page)
        unfold(page)
        for each in page.locator("button, .button, .button-quiet, select, summary").all():
            box = each.bounding_box()
            if box and box["width"] > 1:
                large = each.evaluate("each => !each.closest('.event, .past')")
                assert box["height"] >= (44 if large else 24)


def widest(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_scrolls_sideways_on_the_narrowest_phone(open_page: OpenPage, lang: str) -> None:
    page = open_page({"width": 320, "height": 640}, user_agent=ANDROID)
    page.goto(f"/?lang={lang}")
    follow(page, "button[value=add]")
    submit(page)
    unfold(page)
    assert widest(page) == 320
    make(page, lang)
    unfold(page)
    assert widest(page) == 320


@pytest.mark.parametrize("lang", LANGUAGES)
def test_text_of_twice_the_size_still_fits(
    large_type_browser: Browser, base: str, lang: str
) -> None:
    page = large_type_browser.new_page(viewport={"width": 390, "height": 844}, base_url=base)
    page.goto(f"/?lang={lang}")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "36px"
    unfold(page)
    assert widest(page) == 390
    make(page, lang)
    unfold(page)
    assert widest(page) == 390
    page.close()


def loaded(page: Page, address: str) -> list[Response]:
    """All answers that a browser without a cache needs to paint the page."""
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    page.on("response", note)
    page.goto(address, wait_until="networkidle")
    return answers


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_form_is_light_even_uncompressed(open_page: OpenPage, lang: str) -> None:
    answers = loaded(open_page(), f"/?lang={lang}")
    assert len(answers) <= MOST_REQUESTS
    assert sum(len(each.body()) for each in answers) <= MOST_BYTES


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_calendar_is_light_as_it_is_sent(open_page: OpenPage, lang: str) -> None:
    page = open_page()
    make(page, lang)
    answers = loaded(open_page(user_agent=ANDROID), page.url)
    assert len(answers) <= MOST_REQUESTS
    assert sum(each.request.sizes()["responseBodySize"] for each in answers) <= MOST_BYTES


def test_the_picture_says_in_words_what_it_shows(open_page: OpenPage) -> None:
    page = open_page()
    make(page)
    words = catalog("ja")
    description = page.locator(".timeline desc").text_content() or ""
    for day in (EXPIRES, EXPIRES.replace(year=EXPIRES.year - 5), today_in_japan()):
        assert words.day(day) in description
