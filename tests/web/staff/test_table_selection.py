"""The counts and samples before a run, and the selection of recipients."""

import io
import re
import zipfile
from datetime import date

import pypdfium2
import pytest
from starlette.testclient import TestClient

from calsvc.bulk.due import Basis, Selection
from calsvc.clock import today_in_japan
from calsvc.i18n.catalogs import get_catalog
from calsvc.web.staff.run_choices import parse_run_choices
from tests.support.letters import text_of
from tests.support.staff import post_form, redirect_path, upload_table, wait_for_end

YEAR = today_in_japan().year + 2
JA = get_catalog("ja")
TABLE = (
    "氏名,生年月日,有効期限,電子証明書有効期限,メール,携帯電話番号,住所\n"
    f"小樽 一,1985-04-23,{YEAR + 5}-04-23,{YEAR}-04-23,a@example.jp,09012345678,花園1\n"
    f"小樽 二太郎,1985-05-23,{YEAR + 4}-05-23,{YEAR}-05-23,,,花園2\n"
    f"小樽 三,1985-06-24,{YEAR + 4}-06-24,{YEAR}-06-24,,,花園2丁目12番1号\n"
).encode()


def test_samples_of_letters_mail_and_sms_precede_the_run(clerk: TestClient) -> None:
    job = redirect_path(upload_table(clerk, TABLE))
    assert "data:image/png;base64," not in clerk.get(job).text
    post_form(clerk, f"{job}/check", sample="on")
    page = clerk.get(job).text
    assert page.count("data:image/png;base64,iVBOR") == 3
    for key in ("first", "longest_name", "longest_address", "mail"):
        assert JA.text(f"staff.samples.{key}") in page
    assert JA.text("staff.samples.sms", {"parts": 2}) in page
    assert re.search(r'<pre class="sample-text" lang="ja">小樽 一 様', page)
    assert wait_for_end(clerk, job) == "checked"


def test_letters_without_settings_have_a_date_and_no_number(clerk: TestClient) -> None:
    page = clerk.get(redirect_path(upload_table(clerk, TABLE))).text
    assert 'name="letter-date"' in page
    assert 'name="letter-number"' not in page


def test_counts_by_month_and_kind_come_before_the_start(clerk: TestClient) -> None:
    page = clerk.get(redirect_path(upload_table(clerk, TABLE))).text
    for basis in Basis:
        assert JA.text(f"bulk.due.{basis}") in page
    row = re.search(rf'<th scope="row">{YEAR}年5月</th>((?:<td>\d+</td>)+)', page)
    assert row
    assert re.findall(r"\d+", row[1]) == ["1", "0", "0", "0"]


def test_only_those_who_are_due_get_letters(clerk: TestClient) -> None:
    job = redirect_path(upload_table(clerk, TABLE))
    months = {"due-first": f"{YEAR}-05", "due-last": f"{YEAR}-06"}
    wanted = {"format-letters": "on", "format-forecast": "on", "by-month": "on"}
    post_form(clerk, f"{job}/start", **months, **wanted)
    assert wait_for_end(clerk, job) == "done"
    archive = zipfile.ZipFile(io.BytesIO(post_form(clerk, f"{job}/download").content))
    letters = [name for name in archive.namelist() if name.endswith(".pdf")]
    assert letters == [f"letters/{YEAR}-05-0001.pdf", f"letters/{YEAR}-06-0001.pdf"]
    (sheet,) = pypdfium2.PdfDocument(archive.read(letters[0]))
    assert "小樽 二太郎" in text_of(sheet)
    assert "forecast.csv" in archive.namelist()
    assert "letters.rows" not in archive.namelist()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, Selection()),
        ({"due-first": "2027-04"}, Selection("2027-04", "2027-04")),
        ({"due-first": "2027-06", "due-last": "2027-04"}, Selection("2027-04", "2027-06")),
        ({"due-first": "x", "due-by": "x"}, Selection()),
        (
            {"due-last": "2027-04", "due-by": "window", "due-lapsed": "on", "no-email": "on"},
            Selection(
                *("2027-04", "2027-04", Basis.WINDOW), lapsed=True, letters_without_email=True
            ),
        ),
    ],
)
def test_form_selects_the_recipients(fields: dict[str, str], expected: Selection) -> None:
    assert parse_run_choices(fields, date(2026, 12, 1)).selection == expected


@pytest.mark.parametrize(
    ("typed", "dated"),
    [
        ("2026-12-10", date(2026, 12, 10)),
        ("", None),
        ("0026-12-10", None),
        ("2062-12-10", None),
        ("2026-W50-4x", None),
    ],
)
def test_letters_are_dated_within_a_year(typed: str, dated: date | None) -> None:
    wanted = parse_run_choices({"letter-date": typed}, date(2026, 12, 1))
    assert wanted.letters.dated == dated
