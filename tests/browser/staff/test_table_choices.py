"""A clerk in a browser selects a sheet, maps columns, corrects two rows and downloads twice."""

import io

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from calsvc.web.staff.job_store import JobStore
from tests.support.browsing import OpenPage
from tests.support.staff_browsing import (
    fetch_zip,
    send_table,
    sign_in,
    wait_until_no_job_is_left,
    words,
)
from tests.support.workbooks import BORN, ISSUED, xlsx

HEADER = ("宛名番号", "住民", "うまれ", "カード発行日", "交付日")
JAVASCRIPT = [
    pytest.param(True, marks=pytest.mark.large, id="with JavaScript"),
    pytest.param(False, id="without JavaScript"),
]


def two_wards() -> bytes:
    """Build a workbook with two sheets. The second sheet has two faulty rows."""

    def change(book: openpyxl.Workbook, sheet: object) -> None:
        sheet.title = "銭函"  # type: ignore[attr-defined]
        other = book.create_sheet("塩谷")
        other.append(HEADER)
        other.append(("0000000012", "塩谷 花子", BORN, ISSUED, ISSUED))
        other.append(("0000000013", "塩谷 太郎", "60/4/23", ISSUED, ISSUED))
        other.append(("0000000014", "塩谷 次郎", BORN, "2020-13-01", ISSUED))

    return xlsx(HEADER, ("0000000011", "銭函 花子", BORN, ISSUED, ISSUED), change=change)


def map_columns(page: Page) -> None:
    for column, field in (("住民", "name"), ("うまれ", "born"), ("交付日", "-")):
        page.get_by_label(column, exact=True).select_option(field)


@pytest.mark.parametrize("javascript", JAVASCRIPT)
def test_clerk_maps_columns_mends_rows_and_downloads(
    open_page: OpenPage, jobs: JobStore, javascript: bool
) -> None:
    page = open_page(java_script_enabled=javascript, accept_downloads=True)
    sign_in(page)
    send_table(page, two_wards(), "名簿.xlsx")
    expect(page.locator("#sheet option")).to_have_count(2)
    page.select_option("#sheet", "塩谷")
    page.get_by_role("button", name=words("encoding.try")).click()
    map_columns(page)
    page.get_by_role("button", name=words("check")).click()
    expect(page.locator("fieldset.mend")).to_have_count(2)
    page.fill("#mend-3-2", "昭和60年4月23日")
    page.fill("#mend-4-3", "R2.6.1")
    page.get_by_role("button", name=words("mend")).click()
    expect(page.locator("fieldset.mend")).to_have_count(0)
    page.get_by_role("button", name=words("start")).click()
    expect(page.locator("h1")).to_have_text(words("done"))
    first, second = fetch_zip(page), fetch_zip(page)
    assert first.namelist() == second.namelist() == ["links.xlsx"]
    sheet = openpyxl.load_workbook(io.BytesIO(second.read("links.xlsx"))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[0] for row in rows] == ["0000000012", "0000000013", "0000000014"]
    assert {row[6] for row in rows} == {"2030-04-23"}
    page.goto("/staff?lang=ja")
    page.locator("ul.messages a").first.click()
    page.get_by_role("button", name=words("remove")).click()
    wait_until_no_job_is_left(jobs)


@pytest.mark.large
def test_axe_finds_nothing_on_the_table_preview(open_page: OpenPage, jobs: JobStore) -> None:
    page = open_page()
    sign_in(page)
    send_table(page, two_wards(), "名簿.xlsx")
    page.select_option("#sheet", "塩谷")
    page.get_by_role("button", name=words("encoding.try")).click()
    map_columns(page)
    page.get_by_role("button", name=words("check")).click()
    expect(page.locator("fieldset.mend")).to_have_count(2)
    found = Axe().run(page)
    assert [each["id"] for each in found.response["violations"]] == []
    page.get_by_role("button", name=words("remove")).click()
    wait_until_no_job_is_left(jobs)


@pytest.mark.large
def test_a_long_cell_does_not_push_the_choices_out_of_sight(
    open_page: OpenPage, jobs: JobStore
) -> None:
    page = open_page(viewport={"width": 1000, "height": 900})
    sign_in(page)
    home = "特別養護老人ホーム小樽さくらの里 東館3階 さくらユニット312号室(長谷川太郎様方)"
    table = f"氏名,生年月日,個人番号カード有効期限,方書\n小樽 花子,{BORN},2030-04-23,{home}\n"
    send_table(page, table.encode(), "名簿.csv")
    choices = page.locator("table.columns")
    assert choices.evaluate("each => each.scrollWidth <= each.parentElement.clientWidth")
    page.get_by_role("button", name=words("remove")).click()
    wait_until_no_job_is_left(jobs)
