"""Letters by postal code and by month: their files, and what the tables say of them."""

import io
from pathlib import Path

import pypdfium2

from calsvc.bulk import csv_files
from calsvc.bulk.due import LAPSED, Selection
from calsvc.bulk.edition import UNMADE
from calsvc.bulk.output_folder import Journal, Stage
from calsvc.bulk.run import Order, look, produce, with_styles
from calsvc.bulk.styles import PLAIN_STYLES
from tests.support.bulk_tables import KEYS, OFFICE
from tests.support.letters import text_of

HEADER = "氏名,生年月日,発行日,有効期限,郵便番号,住所,町名より後,メール\n"
ROWS = (
    "小樽 一,1985-04-23,2022-06-01,,047-0024,小樽市花園2丁目10番1号,2丁目10番1号,\n"
    "小樽 二,1985-04-23,2022-06-01,,047-0024,小樽市花園2丁目9番1号,2丁目9番1号,a@example.jp\n"
    "小樽 三,1985-06-23,2022-06-24,,060-0001,札幌市中央区北一条西2丁目,2丁目,\n"
    "小樽 四,1985-04-23,2016-06-01,2026-04-23,045-0001,岩内町,1,\n"
    f"小樽 五,1985-04-23,2022-06-01,,047-0024,{'小樽市花園' * 90},2丁目1番1号,\n"
)


def made(folder: Path, selection: Selection, *, is_cut_off: bool = False) -> Journal:
    """Make letters in ``folder``; a run that is cut off is gone on with from its last shard."""
    order = Order(OFFICE, ("letters", "mail-merge"), KEYS[0], selection=selection)
    order = with_styles(order, PLAIN_STYLES)
    file = io.BytesIO((HEADER + ROWS).encode())
    with Stage(folder) as stage:
        run = look(file, order)
        begin = stage.resume if (folder.parent / ".out.partial").exists() else stage.begin
        journal = begin(run.digest, str(OFFICE.today), OFFICE.run_number.hex())
        last = journal
        for last in produce(run, order, stage, journal, lambda: True):
            if is_cut_off:
                return last
        stage.finish()
    return last


def cells(path: Path) -> list[list[str]]:
    with path.open("rb") as file:
        return [list(row.cells) for row in csv_files.read(file, "utf-8-sig").rows]


def names(path: Path) -> list[str]:
    pages = [text_of(page) for page in pypdfium2.PdfDocument(path)]
    return ["小樽" + page.partition("小樽 ")[2][:1] for page in pages]


def test_letters_come_by_postal_code_and_number(tmp_path: Path) -> None:
    journal = made(tmp_path / "out", Selection(by_postcode=True))
    folder = tmp_path / "out/letters"
    assert names(folder / "letters-0001.pdf") == ["小樽四", "小樽二", "小樽一", "小樽三"]
    assert cells(folder / "postcodes.csv") == [["0450001", "1"], ["0470024", "2"], ["0600001", "1"]]
    index = cells(folder / "letters.csv")
    assert [row[:2] for row in index] == [
        ["0000005", "letters/letters-0001.pdf 1"],
        ["0000006", ""],
        ["0000003", "letters/letters-0001.pdf 2"],
        ["0000002", "letters/letters-0001.pdf 3"],
        ["0000004", "letters/letters-0001.pdf 4"],
    ]
    assert index[1][4].startswith("住所か宛名が長く")
    links = [(row[-2], row[-5]) for row in cells(tmp_path / "out/links.csv")]
    assert [letter for letter, _ in links] == [
        *(f"letters/letters-0001.pdf {page}" for page in (3, 2, 4, 1)),
        "",
    ]
    assert [fault[:7] for _, fault in links] == ["", "", "", "", "住所か宛名が長"]
    assert journal.tally[UNMADE] == 1
    assert {each.name for each in (tmp_path / "out").iterdir()} == {
        *("letters", "links.csv", "mail-merge.csv"),
    }


def test_each_month_and_the_late_have_a_file_of_their_own(tmp_path: Path) -> None:
    made(tmp_path / "out", Selection(by_month=True))
    letters = {each.name for each in (tmp_path / "out/letters").iterdir()}
    assert letters == {
        *("2027-04-0001.pdf", "2027-06-0001.pdf", "lapsed-0001.pdf"),
        *("letters.csv", "postcodes.csv"),
    }
    assert names(tmp_path / "out/letters/lapsed-0001.pdf") == ["小樽四"]
    assert [row[1] for row in cells(tmp_path / "out/mail-merge-2027-04.csv")] == ["a@example.jp"]
    assert [row[-3:-1] for row in cells(tmp_path / "out/links.csv")][2:4] == [
        ["2027-06", "letters/2027-06-0001.pdf 1"],
        ["期限切れ", "letters/lapsed-0001.pdf 1"],
    ]


def test_those_who_are_not_due_get_a_link_and_no_letter(tmp_path: Path) -> None:
    made(tmp_path / "out", Selection("2027-06", "2027-06"))
    assert names(tmp_path / "out/letters/letters-0000000.pdf") == ["小樽三"]
    batches = [row[-3] for row in cells(tmp_path / "out/links.csv")]
    assert batches == ["", "", "2027-06", "", ""]


def test_no_letter_goes_to_those_with_an_e_mail_address(tmp_path: Path) -> None:
    made(tmp_path / "out", Selection(letters_without_email=True))
    assert "小樽二" not in names(tmp_path / "out/letters/letters-0000000.pdf")
    assert names(tmp_path / f"out/letters/{LAPSED}-0000000.pdf") == ["小樽四"]


def test_a_run_that_was_cut_off_sets_all_letters_in_order(tmp_path: Path) -> None:
    made(tmp_path / "out", Selection(by_postcode=True), is_cut_off=True)
    assert not (tmp_path / "out").exists()
    made(tmp_path / "out", Selection(by_postcode=True))
    assert len(names(tmp_path / "out/letters/letters-0001.pdf")) == 4
