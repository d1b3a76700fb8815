"""The style of a municipality in the letters and messages that clerks see in the browser."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pypdfium2
import pytest
from starlette.testclient import TestClient

from calsvc.clock import today_in_japan
from calsvc.errors import MunicipalityFileError
from calsvc.i18n.catalogs import get_catalog
from calsvc.letters.layout import format_era_date
from calsvc.settings import Settings
from calsvc.web.app import create_app
from tests.support.letters import text_of
from tests.support.paths import ROOT
from tests.support.staff import (
    CARD,
    job_store_of,
    log_in,
    post_form,
    redirect_path,
    staff_client,
    staff_settings,
    upload_table,
    wait_for_end,
)

FILE = str(ROOT / "examples/letters/city-letter.toml")
TABLE = (
    "氏名,生年月日,発行日,メール,携帯電話番号,郵便番号,住所\n"
    "小樽 一,1985-04-23,2022-06-01,a@example.jp,09012345678,0470024,花園2丁目12番1号\n"
    "小樽 二太郎,1985-04-23,2022-06-01,,,0470024,花園2丁目12番1号\n"
).encode()
LATER = today_in_japan() + timedelta(days=9)
WANTED = {
    "format-letters": "on",
    "format-eml": "on",
    "letter-number": "77",
    "letter-date": str(LATER),
    "by-postcode": "on",
    "due-by": "window",
}


@pytest.fixture
def settings() -> Settings:
    return replace(staff_settings(), letter_settings=(FILE,))


def test_mail_slip_and_letter_have_the_municipality_s_style(clerk: TestClient) -> None:
    page = post_form(clerk, "/staff", **CARD, name="小樽 花子", email="a@example.jp").text
    assert "見本市役所 市民課です。" in page
    assert "mynumber@city.mihon.example.jp" in unquote(page)
    (slip,) = re.findall(r'<div class="slip".*?</div>\n</section>|<div class="slip".*', page, re.S)
    for words in ("見本市長　見本 太郎", "電話 00-0000-0000", "data:image/svg+xml;base64,"):
        assert words in slip
    token = re.search(r'name="link" value="([^"]+)"', page)
    assert token
    response = post_form(clerk, "/staff/letter", link=token[1], name="小樽 花子")
    (sheet,) = pypdfium2.PdfDocument(response.content)
    text = text_of(sheet)
    assert "見本市長" in text
    assert "日頃から市政に" in text
    assert "見市民第" not in text


def test_samples_and_files_have_the_municipality_s_style(clerk: TestClient) -> None:
    job = redirect_path(upload_table(clerk, TABLE))
    assert clerk.get(job).status_code == 200
    post_form(clerk, f"{job}/check", sample="on", **WANTED)
    page = clerk.get(job).text
    assert "見本市役所 市民課です。" in page
    assert "見本市役所です。" in page
    assert page.count("data:image/png;base64,iVBOR") == 2
    post_form(clerk, f"{job}/start", **WANTED)
    assert wait_for_end(clerk, job) == "done"
    archive = zipfile.ZipFile(io.BytesIO(post_form(clerk, f"{job}/download").content))
    pages = pypdfium2.PdfDocument(archive.read("letters/letters-0001.pdf"))
    assert f"見市民第77号 {format_era_date(LATER)}" in text_of(pages[0])
    (mail,) = (name for name in archive.namelist() if name.endswith(".eml"))
    assert b"<mynumber@city.mihon.example.jp>" in archive.read(mail)
    assert "letters/letters-0001.pdf 1" in archive.read("links.csv").decode("utf-8-sig")


def test_file_that_breaks_after_the_start_leaves_no_result(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "city-letter.toml"
    file.write_text("[letter]\nera = true\n", encoding="utf-8")
    settings = replace(staff_settings(), letter_settings=(str(file),))
    with staff_client(settings) as clerk:
        assert log_in(clerk).status_code == 303
        job = redirect_path(upload_table(clerk, TABLE))
        assert clerk.get(job).status_code == 200
        (tmp_path / "own.typ").write_text("\n#let letter(row, city, lengths) = x", encoding="utf-8")
        file.write_text('[letter]\ntemplate = "own.typ"\n', encoding="utf-8")
        post_form(clerk, f"{job}/start", **WANTED)
        assert wait_for_end(clerk, job) == "failed"
        assert not [*job_store_of(settings).root.rglob("*.zip")]
        assert post_form(clerk, f"{job}/download").status_code == 404
    assert "failed: city-letter.toml: faulty: own.typ:2: unknown variable" in capfd.readouterr().err


def test_choices_are_kept_when_samples_are_shown(clerk: TestClient) -> None:
    job = redirect_path(upload_table(clerk, TABLE))
    months = re.findall(r'<option value="(\d{4}-\d\d)">', clerk.get(job).text)
    also = {"letter-also": "en", "due-first": months[0], "due-last": months[-1]}
    post_form(clerk, f"{job}/check", sample="on", **WANTED, **also)
    page = clerk.get(job).text
    assert re.findall(r'name="([\w-]+)" value="on" checked', page) == [
        *("by-postcode", "format-letters", "format-eml"),
    ]
    assert re.search(r'name="letter-number" value="77"', page)
    assert f'name="letter-date" value="{LATER}"' in page
    selected = re.findall(r'<option(?: value="([^"]*)")?[^>]* selected>([^<]*)<', page)
    chosen = [value or text for value, text in selected]
    assert {"window", "en", months[0], months[-1]} <= {*chosen}


def test_document_number_is_a_field_if_letters_have_one(clerk: TestClient) -> None:
    job = redirect_path(upload_table(clerk, TABLE))
    assert get_catalog("ja").text("staff.letters.number.hint") in clerk.get(job).text


def test_service_does_not_start_with_a_faulty_settings_file() -> None:
    with pytest.raises(MunicipalityFileError, match=r"nowhere\.toml: No such file"):
        create_app(replace(staff_settings(), letter_settings=("nowhere.toml",)))
