"""Letters by postal code and by month: their files, and the tables that list them."""

import io
from pathlib import Path

import pypdfium2

from calsvc.bulk import csv_files
from calsvc.bulk.due import LAPSED, Selection
from calsvc.bulk.output_context import UNMADE
from calsvc.bulk.output_folder import Checkpoint, OutputFolder
from calsvc.bulk.run import RunOptions, execute, prepare, with_styles
from calsvc.bulk.styles import PLAIN_STYLES
from tests.support.bulk_tables import CONTEXT, KEYS
from tests.support.letters import text_of

HEADER = "氏名,生年月日,発行日,有効期限,郵便番号,住所,町名より後,メール\n"
ROWS = (
    "小樽 一,1985-04-23,2022-06-01,,047-0024,小樽市花園2丁目10番1号,2丁目10番1号,\n"
    "小樽 二,1985-04-23,2022-06-01,,047-0024,小樽市花園2丁目9番1号,2丁目9番1号,a@example.jp\n"
    "小樽 三,1985-06-23,2022-06-24,,060-0001,札幌市中央区北一条西2丁目,2丁目,\n"
    "小樽 四,1985-04-23,2016-06-01,2026-04-23,045-0001,岩内町,1,\n"
    f"小樽 五,1985-04-23,2022-06-01,,047-0024,{'小樽市花園' * 90},2丁目1番1号,\n"
)


def make_letters(folder: Path, selection: Selection, *, is_interrupted: bool = False) -> Checkpoint:
    """Make letters in ``folder``; a run that is cut off is gone on with from its last shard."""
    options = RunOptions(CONTEXT, ("letters", "mail-merge"), KEYS[0], selection=selection)
    options = with_styles(options, PLAIN_STYLES)
    file = io.BytesIO((HEADER + ROWS).encode())
    with OutputFolder(folder) as output:
        run = prepare(file, options)
        begin = output.resume if (folder.parent / ".out.partial").exists() else output.start
        checkpoint = begin(run.digest, str(CONTEXT.today), CONTEXT.run_number.hex())
        last = checkpoint
        for last in execute(run, options, output, checkpoint, lambda: True):
            if is_interrupted:
                return last
        output.publish()
    return last


def cells(path: Path) -> list[list[str]]:
    with path.open("rb") as file:
        return [list(row.cells) for row in csv_files.read(file, "utf-8-sig").rows]


def names(path: Path) -> list[str]:
    pages = [text_of(page) for page in pypdfium2.PdfDocument(path)]
    return ["小樽" + page.partition("小樽 ")[2][:1] for page in pages]


def test_letters_are_sorted_by_postal_code_and_number(tmp_path: Path) -> None:
    checkpoint = make_letters(tmp_path / "out", Selection(by_postcode=True))
    folder = tmp_path / "out/letters"
    assert names(folder / "letters-0001.pdf") == ["小樽二", "小樽一", "小樽三"]
    assert names(folder / "lapsed-0001.pdf") == ["小樽四"]
    assert cells(folder / "postcodes.csv") == [["0450001", "1"], ["0470024", "2"], ["0600001", "1"]]
    index = cells(folder / "letters.csv")
    assert [row[:2] for row in index] == [
        ["0000006", ""],
        ["0000003", "letters/letters-0001.pdf 1"],
        ["0000002", "letters/letters-0001.pdf 2"],
        ["0000004", "letters/letters-0001.pdf 3"],
        ["0000005", "letters/lapsed-0001.pdf 1"],
    ]
    assert index[0][4].startswith("住所か宛名が長く")
    links = [(row[-2], row[-5]) for row in cells(tmp_path / "out/links.csv")]
    assert [letter for letter, _ in links] == [
        *(f"letters/letters-0001.pdf {page}" for page in (2, 1, 3)),
        "letters/lapsed-0001.pdf 1",
        "",
    ]
    assert [fault[:7] for _, fault in links] == ["", "", "", "", "住所か宛名が長"]
    assert checkpoint.counts[UNMADE] == 1
    assert {each.name for each in (tmp_path / "out").iterdir()} == {
        *("letters", "links.csv", "mail-merge.csv"),
    }


def test_each_month_and_lapsed_residents_have_their_own_file(tmp_path: Path) -> None:
    make_letters(tmp_path / "out", Selection(by_month=True))
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


def test_residents_who_are_not_due_get_a_link_but_no_letter(tmp_path: Path) -> None:
    make_letters(tmp_path / "out", Selection("2027-06", "2027-06"))
    assert names(tmp_path / "out/letters/letters-0000000.pdf") == ["小樽三"]
    batches = [row[-3] for row in cells(tmp_path / "out/links.csv")]
    assert batches == ["", "", "2027-06", "", ""]


def test_residents_with_an_e_mail_address_get_no_letter(tmp_path: Path) -> None:
    make_letters(tmp_path / "out", Selection(letters_without_email=True))
    assert "小樽二" not in names(tmp_path / "out/letters/letters-0000000.pdf")
    assert names(tmp_path / f"out/letters/{LAPSED}-0000000.pdf") == ["小樽四"]


def test_resumed_run_sets_all_letters_in_order(tmp_path: Path) -> None:
    make_letters(tmp_path / "out", Selection(by_postcode=True), is_interrupted=True)
    assert not (tmp_path / "out").exists()
    make_letters(tmp_path / "out", Selection(by_postcode=True))
    assert len(names(tmp_path / "out/letters/letters-0001.pdf")) == 3
