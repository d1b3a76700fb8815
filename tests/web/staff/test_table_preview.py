"""The preview of a table: what it shows, what a clerk can choose, and what is then made."""

import html
import io
import re
import zipfile

import pytest
from starlette.testclient import TestClient

from calsvc.bulk.choices import NO_CHOICES, Choices
from calsvc.bulk.preview import Preview
from calsvc.errors import Problem
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.web.ruby import with_ruby
from calsvc.web.staff.table_choices import UNUSED, read_choices
from tests.bulk.office_tables import two_sheets
from tests.bulk.rejected_tables import REJECTED_TABLES
from tests.support.staff import EXAMPLE, post_form, redirect_path, upload_table, wait_for_end
from tests.support.workbooks import HANAKO, HEADER, xls, xlsb, xlsx

JA = get_catalog("ja")
XLSB = xlsb(HEADER, ("小樽", 31160, 43983))
UNKNOWN = (
    "氏名,誕,発行日,交付日\n小樽 花子,S60.4.23,R2.6.1,R2.7.1\n塩谷 太郎,60/4/23,R2.6.1,R2.7.1\n"
)
COLUMNS = {"column-0": "name", "column-1": "born", "column-2": "issued", "column-3": UNUSED}


def visible_text(text: str) -> str:
    """Return what a person reads."""
    return html.unescape(re.sub(r"<[^>]+>", " ", text))


def selected_options(page: str) -> list[str]:
    """Return what is chosen for each column."""
    selects = re.findall(r'(?s)<select id="column-\d+".*?</select>', page)
    found = [re.search(r'<option value="([^"]*)" selected', each) for each in selects]
    return [match[1] if match else "?" for match in found]


def download_result(clerk: TestClient, job: str) -> zipfile.ZipFile:
    assert wait_for_end(clerk, job) == "done"
    return zipfile.ZipFile(io.BytesIO(post_form(clerk, f"{job}/download").content))


def test_the_preview_shows_encoding_columns_and_rows(clerk: TestClient) -> None:
    page = clerk.get(redirect_path(upload_table(clerk, EXAMPLE))).text
    assert "<strong>cp932</strong>" in page
    assert selected_options(page)[:4] == [UNUSED, "name", "born", "issued"]
    assert "<td>小樽 花子</td>" in page
    assert "<td>昭和60年4月23日</td>" in page


def test_preview_counts_rows_and_faults_before_the_run(clerk: TestClient) -> None:
    text = visible_text(clerk.get(redirect_path(upload_table(clerk, EXAMPLE))).text)
    for name, number in (("rows", 21), ("links", 14), ("faulty", 6), ("blank", 1)):
        assert re.search(rf"{JA.text(f'staff.count.{name}')}\s+{number}\s", text)
    assert JA.text("staff.faulty.row", {"number": 9}) in text


def test_rows_without_a_postal_address_are_counted(clerk: TestClient) -> None:
    text = (
        "氏名,生年月日,発行日,郵便番号,住所\n"
        "小樽 花子,S60.4.23,R2.6.1,047-0024,小樽市花園2丁目\n"
        "塩谷 太郎,S60.4.23,R2.6.1,,小樽市塩谷1丁目\n"
    )
    page = visible_text(clerk.get(redirect_path(upload_table(clerk, text.encode("cp932")))).text)
    assert re.search(rf"{JA.text('staff.count.no_address')}\s+1\s", page)


def test_rows_taken_as_stays_are_counted_before_anything_is_made(clerk: TestClient) -> None:
    page = clerk.get(redirect_path(upload_table(clerk, EXAMPLE))).text
    note = JA.text("error.note.stays", {"number": 1, "rows": "21"})
    assert note in page
    assert page.index(note) < page.index(JA.text("staff.start"))


def test_repeated_rows_are_named_before_anything_is_made(clerk: TestClient) -> None:
    row = "小樽 花子,S60.4.23,R2.6.1\n"
    page = clerk.get(
        redirect_path(upload_table(clerk, f"氏名,生年月日,発行日\n{row}{row}".encode()))
    ).text
    assert JA.text("error.note.repeated", {"number": 1, "rows": "3"}) in page


@pytest.mark.parametrize(("content", "name"), [(xls(HEADER, HANAKO), ".xls"), (XLSB, ".xlsb")])
def test_limits_of_an_old_workbook_are_shown(clerk: TestClient, content: bytes, name: str) -> None:
    page = clerk.get(redirect_path(upload_table(clerk, content))).text
    assert JA.text("error.note.unknown_rows", {"format": name}) in page


def test_open_question_is_named_at_the_top_with_its_field(clerk: TestClient) -> None:
    text = "氏名,生年月日,発行日,転入日\n小樽 花子,S60.4.23,R2.6.1,H30.4.1\n"
    page = clerk.get(redirect_path(upload_table(clerk, text.encode("cp932")))).text
    asked = JA.text("error.column.date", {"name": "転入日", "place": 4})
    assert f'<li><a href="#column-3">{asked}</a></li>' in page
    assert page.index(JA.text("staff.sample.choose")) < page.index("<h1>")


def test_question_about_a_far_column_can_be_answered(clerk: TestClient) -> None:
    header = ["氏名", "生年月日", "発行日", *(f"欄{at}" for at in range(60)), "転入日"]
    cells = ["小樽 花子", "S60.4.23", "R2.6.1", *[""] * 60, "H30.4.1"]
    table = "\n".join(map(",".join, (header, cells, ""))).encode("cp932")
    assert 'name="column-63"' in clerk.get(redirect_path(upload_table(clerk, table))).text


def test_columns_are_mapped_and_a_row_is_corrected(clerk: TestClient) -> None:
    job = redirect_path(upload_table(clerk, UNKNOWN.encode("cp932")))
    page = clerk.get(job).text
    assert selected_options(page) == ["name", "", "issued", ""]
    assert JA.text("error.table.no_born") in page
    assert JA.text("staff.start") not in page
    redirect_path(post_form(clerk, f"{job}/check", **COLUMNS))
    page = clerk.get(job).text
    assert selected_options(page) == [*COLUMNS.values()]
    assert 'name="mend-3-1" value="60/4/23"' in page
    redirect_path(post_form(clerk, f"{job}/check", **{"mend-3-1": "S60.4.23"}))
    page = clerk.get(job).text
    assert "mend-" not in page
    assert "<td>60/4/23</td>" not in page
    redirect_path(post_form(clerk, f"{job}/start", **{"format-ics": "on"}))
    archive = download_result(clerk, job)
    assert len([name for name in archive.namelist() if name.endswith(".ics")]) == 2
    assert "塩谷 太郎,S60.4.23,R2.6.1,R2.7.1,2025-04-23" in archive.read("links.csv").decode(
        "cp932"
    )


def test_a_change_is_checked_before_the_files_are_made(clerk: TestClient) -> None:
    job = redirect_path(upload_table(clerk, UNKNOWN.replace("誕", "生年月日").encode("cp932")))
    clerk.get(job)
    redirect_path(post_form(clerk, f"{job}/start", **COLUMNS))
    assert JA.text("staff.start") in clerk.get(job).text
    redirect_path(post_form(clerk, f"{job}/start", **COLUMNS))
    assert "links.csv" in download_result(clerk, job).namelist()


def test_nothing_is_started_while_a_question_is_open(clerk: TestClient) -> None:
    job = redirect_path(upload_table(clerk, UNKNOWN.encode("cp932")))
    clerk.get(job)
    redirect_path(post_form(clerk, f"{job}/start"))
    assert selected_options(clerk.get(job).text) == ["name", "", "issued", ""]


def test_a_sheet_is_chosen_and_comes_back_as_a_workbook(clerk: TestClient) -> None:
    job = redirect_path(upload_table(clerk, xlsx(HEADER, HANAKO, change=two_sheets)))
    page = clerk.get(job).text
    asked = JA.text("error.table.which_sheet", {"sheets": "Sheet, 塩谷"})
    assert f'<a href="#sheet">{asked}</a>' in page
    assert '<select id="sheet"' in page
    redirect_path(post_form(clerk, f"{job}/check", sheet="塩谷"))
    page = clerk.get(job).text
    facts = {"sheet": "塩谷", "others": "Sheet"}
    assert JA.text("error.note.other_sheets", facts) in html.unescape(page)
    redirect_path(post_form(clerk, f"{job}/start", sheet="塩谷"))
    assert download_result(clerk, job).namelist() == ["links.xlsx"]


def test_an_encoding_is_chosen_where_none_is_recognised(clerk: TestClient) -> None:
    job = redirect_path(upload_table(clerk, REJECTED_TABLES["04 Shift_JIS-2004"].content))
    page = clerk.get(job).text
    assert JA.text("staff.sample.choose") in page
    assert "<option>shift_jis_2004</option>" in page
    redirect_path(post_form(clerk, f"{job}/check", encoding="shift_jis_2004"))
    assert "<td>𠮟田</td>" in clerk.get(job).text


def test_all_faulty_rows_come_as_a_table(clerk: TestClient) -> None:
    job = redirect_path(upload_table(clerk, UNKNOWN.replace("誕", "生年月日").encode("cp932")))
    clerk.get(job)
    response = clerk.get(f"{job}/faulty")
    assert response.headers["content-disposition"] == 'attachment; filename="faulty.csv"'
    assert response.content.decode("cp932").startswith("行,エラー,氏名,")
    none = redirect_path(upload_table(clerk, b"born,issued\n1985-04-23,2020-06-01\n"))
    clerk.get(none)
    assert clerk.get(f"{none}/faulty").status_code == 404


def test_only_fifty_columns_are_shown_and_a_hundred_characters(clerk: TestClient) -> None:
    header = ",".join(["born", "issued", *(f"c{at}" for at in range(100))])
    cells = ",".join(["1985-04-23", "2020-06-01", "x" * 500, *["y"] * 99])
    page = clerk.get(redirect_path(upload_table(clerk, f"{header}\n{cells}\n".encode()))).text
    assert ">c47</label>" in page
    assert ">c48</label>" not in page
    assert "x" * 100 in page
    assert "x" * 101 not in page
    assert JA.text("staff.columns.further", {"number": 52}) in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_preview_exists_in_every_language(clerk: TestClient, lang: str) -> None:
    job = redirect_path(upload_table(clerk, UNKNOWN.encode("cp932")))
    text = html.unescape(clerk.get(f"{job}?lang={lang}").text)
    problem = Problem("table", "column.handed_over", {"name": "交付日", "place": 4})
    assert with_ruby(get_catalog(lang).format_problem(problem), get_catalog(lang)) in text


def test_another_sheet_resets_choices_and_an_unknown_does_not() -> None:
    shown = Preview(sheet="a", sheets=[{"name": "a"}, {"name": "b"}])
    before = Choices(sheet="a", overrides={"born": ("#1",)}, corrections={2: {0: "x"}})
    assert read_choices({"sheet": "b"}, shown, before) == Choices(sheet="b")
    assert read_choices({"sheet": "c"}, shown, before) == before
    assert read_choices({"encoding": "nonsense"}, shown, NO_CHOICES) == NO_CHOICES
