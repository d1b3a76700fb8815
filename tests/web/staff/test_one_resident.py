"""The link, the QR code and the e-mail of one resident."""

import json
import re
from urllib.parse import parse_qs, unquote, urlsplit

import pypdfium2
import pytest
from starlette.testclient import TestClient

from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.settings import Settings
from tests.support.letters import picture_of, text_of
from tests.support.qr_codes import read_code
from tests.support.staff import BASE_URL, CARD, CLERK, post_form
from tests.support.staff_entrance import acts


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_resident_gets_a_link_a_code_and_an_e_mail(clerk: TestClient, lang: str) -> None:
    given = {**CARD, "name": "髙橋 <b>", "email": "a@example.jp", "lang": lang}
    page = post_form(clerk, "/staff", **given).text
    address = re.search(rf'value="({BASE_URL}/c/[^"]+)"', page)
    assert address
    assert clerk.get(address[1]).headers["content-language"] == lang
    body = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert body
    assert "髙橋 &lt;b&gt;" in body[1]
    assert address[1] in body[1]
    assert 'role="img"' in page
    assert 'href="data:image/png;base64,' in page


def test_neither_page_nor_e_mail_tells_the_birth_date(clerk: TestClient) -> None:
    page = post_form(clerk, "/staff", **CARD, email="a@example.jp").text
    link = re.search(r'href="(mailto:[^"]+)"', page)
    assert link
    assert not re.search(r"1985|昭和|2020", unquote(page))


def test_the_mail_program_gets_the_address_subject_and_text(clerk: TestClient) -> None:
    page = post_form(clerk, "/staff", **CARD, email="a@example.jp").text
    link = re.search(r'href="(mailto:[^"]+)"', page)
    assert link
    parts = urlsplit(link[1].replace("&amp;", "&"))
    fields = parse_qs(parts.query)
    assert parts.path == "a@example.jp"
    assert get_catalog("ja").text("staff.mail") not in fields["subject"]
    body = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert body
    assert fields["body"][0].replace("\r\n", "\n") == body[1]


def test_errors_are_shown_beside_the_unchanged_input(clerk: TestClient) -> None:
    wrong = {**CARD, "c1-born-month": "13", "email": "nobody", "name": "髙橋"}
    response = post_form(clerk, "/staff", **wrong)
    assert response.status_code == 400
    assert 'value="髙橋"' in response.text
    assert 'id="email-fault"' in response.text
    assert 'id="c1-born-fault"' in response.text


def test_a_caution_leads_to_the_field_that_settles_it(clerk: TestClient) -> None:
    page = post_form(
        clerk, "/staff", **{**CARD, "c1-issued-year": "2022", "c1-born-year": "2003"}
    ).text
    assert 'href="#c1-card_expires-year"' in page
    assert 'id="c1-card_expires-year"' in page
    assert re.search(r'id="c1-born-year" name="c1-born-year" value="2003"', page)
    assert page.index('class="cautions"') < page.index('id="c1-born-year"')


def test_a_field_that_settles_a_caution_is_unfolded(clerk: TestClient) -> None:
    stay = {"c1-stay_until-year": "2027", "c1-stay_until-month": "5", "c1-stay_until-day": "31"}
    page = post_form(clerk, "/staff", **CARD, **stay).text
    assert 'href="#c1-cert_renewed-year"' in page
    unfolded = re.findall(r'<details class="further" open>.*?id="c1-(\w+)-year"', page, re.DOTALL)
    assert unfolded == ["stay_until", "cert_renewed", "issued"]


def test_a_card_without_a_caution_shows_no_form_again(clerk: TestClient) -> None:
    assert 'name="c1-born-year"' not in post_form(clerk, "/staff", **CARD).text


def test_a_clerk_answers_that_a_printed_date_ends_a_stay(clerk: TestClient) -> None:
    printed = {"c1-born-year": "1985", "c1-born-month": "4"}
    printed |= {"c1-born-day": "23", "c1-card_expires-year": "2028"}
    printed |= {"c1-card_expires-month": "5", "c1-card_expires-day": "31"}
    first = post_form(clerk, "/staff", **printed)
    assert (first.status_code, 'value="stay-1"' in first.text) == (400, True)
    assert post_form(clerk, "/staff", **printed, do="stay-1").status_code == 200


def test_a_clerk_chooses_the_alarms_of_the_calendar(clerk: TestClient) -> None:
    counts = []
    for alarms in ("on", "few", "off"):
        page = post_form(clerk, "/staff", **CARD, alarms=alarms).text
        address = re.search(rf'value="{BASE_URL}(/c/[^"?]+)', page)
        assert address
        counts.append(clerk.get(f"{address[1]}.ics").text.count("BEGIN:VALARM"))
    assert counts == [13, 4, 0]


@pytest.mark.parametrize("lang", ["ja", "vi", "zh-Hans", "ja-x-easy"])
def test_the_letter_of_one_resident_has_the_same_link(clerk: TestClient, lang: str) -> None:
    given = {**CARD, "name": "髙橋 <b>", "lang": lang}
    page = post_form(clerk, "/staff", **given).text
    token = re.search(r'name="link" value="([^"]+)"', page)
    assert token
    response = post_form(clerk, "/staff/letter", link=token[1], name="髙橋 <b>")
    assert response.headers["content-type"] == "application/pdf"
    (sheet,) = pypdfium2.PdfDocument(response.content)
    assert read_code(picture_of(sheet)).startswith(f"{BASE_URL}/c/{token[1]}?")
    assert "髙橋 <b>" in text_of(sheet)


def test_invalid_link_makes_no_letter(clerk: TestClient) -> None:
    assert post_form(clerk, "/staff/letter", link="1x", name="").status_code == 404


def test_the_counter_comes_first_and_tables_after_it(clerk: TestClient) -> None:
    page = clerk.get("/staff").text
    assert page.index("autofocus") < page.index('type="file"')
    assert page.count("autofocus") == 1


def test_each_link_and_letter_of_one_resident_is_written_down(
    clerk: TestClient, settings: Settings
) -> None:
    page = post_form(clerk, "/staff", **CARD, name="髙橋", email="a@example.jp").text
    token = re.search(rf'value="{BASE_URL}/c/([^"?]+)', page)
    assert token
    assert post_form(clerk, "/staff/letter", link=token[1], name="髙橋").status_code == 200
    made = [each for each in acts(settings) if each["act"] == "one_resident"]
    assert [each["formats"] for each in made] == [["links"], ["letters"]]
    assert {each["who"] for each in made} == {CLERK}
    text = json.dumps(acts(settings), ensure_ascii=False)
    for secret in ("髙橋", "1985", "2020", "a@example.jp", token[1]):
        assert secret not in text


def test_nothing_that_was_not_made_is_written_down(clerk: TestClient, settings: Settings) -> None:
    post_form(clerk, "/staff", **{**CARD, "c1-born-month": "13"})
    post_form(clerk, "/staff/letter", link="1x", name="")
    assert {each["act"] for each in acts(settings)} == {"sign_in"}
