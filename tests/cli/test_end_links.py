"""``calsvc end-links`` ends the links of a token, a table or a list, or no link at all."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from calsvc.cli.main import main
from calsvc.links.content import NO_NUMBER
from calsvc.links.ended import EndedLinks
from calsvc.links.keys import generate_key, parse_keys
from calsvc.links.sealing import Keyring
from calsvc.rules.card import Card
from tests.support.links import NUMBER, link_of
from tests.support.pages import ADULT, ADULT_TOKEN, KEYRING
from tests.support.paths import ROOT
from tests.support.servers import KEY
from tests.support.workbooks import HANAKO, HEADER, xls, xlsx

BASE_URL = "https://calendar.example.jp"
OTHER = bytes(range(8, 16))
OTHER_TOKEN = KEYRING.seal(link_of(Card(*HANAKO[1:]), number=OTHER))
FOREIGN_TOKEN = Keyring(parse_keys(generate_key(), "test")).seal(link_of(ADULT))
SOMEBODY = "1" * 30
"""Looks like a token."""


@pytest.fixture
def ended(tmp_path: Path) -> Path:
    return tmp_path / "ended"


def run(ended: Path, *arguments: str | Path) -> Result:
    environ = {"CALSVC_KEYS": KEY, "CALSVC_ENDED_LINKS": str(ended), "CALSVC_PUBLIC_URL": BASE_URL}
    environ["CALSVC_STATE_DIR"] = str(ended.with_name("state"))
    return CliRunner(env=environ).invoke(main, [str(each) for each in arguments])


def write_list(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = folder / "list"
    path.write_text("\n".join(lines), encoding=encoding)
    return path


def numbers_in(ended: Path) -> frozenset[bytes]:
    return EndedLinks(str(ended)).numbers


# --- one link -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "argument",
    [
        ADULT_TOKEN,
        f" {ADULT_TOKEN} ",
        f"{BASE_URL}/c/{ADULT_TOKEN}",
        f"{BASE_URL}/c/{ADULT_TOKEN}?openExternalBrowser=1",
        f"webcal://calendar.example.jp/under/c/{ADULT_TOKEN}.ics",
        f"{BASE_URL}/c/{ADULT_TOKEN}/edit?lang=en",
    ],
)
def test_a_link_is_ended_by_its_token_or_any_url(ended: Path, argument: str) -> None:
    result = run(ended, "end-links", argument)
    assert result.exit_code == 0
    assert result.stdout.startswith("Links ended: 1, ended before: 0.\n")
    assert str(ended) in result.stdout
    assert numbers_in(ended) == {NUMBER}
    assert run(ended, "end-links", argument).stdout.startswith("Links ended: 0, ended before: 1.\n")
    for word in (ADULT_TOKEN, NUMBER.hex()):
        assert word not in result.output
    assert ADULT_TOKEN not in ended.read_text()


@pytest.mark.parametrize(
    "token",
    [
        FOREIGN_TOKEN,
        f"{ADULT_TOKEN[:-1]}!",
        ADULT_TOKEN[:-1],
        SOMEBODY,
        KEYRING.seal(link_of(ADULT, number=NO_NUMBER)),
    ],
    ids=["foreign", "odd", "cut off", "alike", "without a number"],
)
def test_an_invalid_token_is_rejected_and_not_repeated(ended: Path, token: str) -> None:
    result = run(ended, "end-links", token)
    assert result.exit_code == 1
    assert result.stderr in {
        "Error: Row 1: no link that the keys here open. Nothing was ended.\n",
        "Error: Neither a link nor a file: No such file or directory.\n",
    }
    assert token not in result.output
    assert not ended.exists()


# --- a table of a run -----------------------------------------------------------------------------


def run_links(folder: Path, ended: Path, table: Path) -> Path:
    output = folder / "output"
    assert run(ended, "links", table, "-o", output).exit_code in {0, 1}
    return next(output.glob("links.*"))


def test_every_link_of_a_run_is_ended(tmp_path: Path, ended: Path) -> None:
    links = run_links(tmp_path, ended, ROOT / "examples" / "residents.csv")
    result = run(ended, "end-links", links)
    assert result.stdout.startswith(
        "Links ended: 14, ended before: 0.\nRows without a link: 7, hidden rows: 0.\n"
    )
    assert len(numbers_in(ended)) == 14


def test_links_in_hidden_rows_of_a_workbook_are_not_ended(tmp_path: Path, ended: Path) -> None:
    (table := tmp_path / "table.xlsx").write_bytes(xlsx(HEADER, HANAKO, HANAKO, HANAKO))
    book = load_workbook(links := run_links(tmp_path, ended, table))
    hide(book, book.active)
    book.save(links)
    result = run(ended, "end-links", links)
    assert result.stdout.startswith(
        "Links ended: 1, ended before: 0.\nRows without a link: 1, hidden rows: 2.\n"
    )
    assert len(numbers_in(ended)) == 1


def test_a_workbook_with_unknown_hidden_rows_is_rejected(tmp_path: Path, ended: Path) -> None:
    (path := tmp_path / "links.xls").write_bytes(xls(("リンク",), (f"{BASE_URL}/c/{ADULT_TOKEN}",)))
    result = run(ended, "end-links", path)
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: Hidden rows of this format are not known. Save it as .xlsx or .csv.\n",
    )
    assert not ended.exists()


def hide(_book: Workbook, sheet: Worksheet) -> None:
    for row in (2, 4):
        sheet.row_dimensions[row].hidden = True


# --- a list ---------------------------------------------------------------------------------------


def test_links_of_a_list_are_ended_once(tmp_path: Path, ended: Path) -> None:
    lines = (ADULT_TOKEN, "", f"{BASE_URL}/c/{OTHER_TOKEN}.ics", f"{BASE_URL}/c/{ADULT_TOKEN}")
    result = run(ended, "end-links", write_list(tmp_path, *lines))
    assert result.stdout.startswith(
        "Links ended: 2, ended before: 0.\nRows without a link: 0, hidden rows: 0.\n"
    )
    assert numbers_in(ended) == {NUMBER, OTHER}


def test_a_cell_that_resembles_a_token_is_ignored(tmp_path: Path, ended: Path) -> None:
    path = write_list(tmp_path, "住民番号,リンク", f"{SOMEBODY},{BASE_URL}/c/{ADULT_TOKEN}")
    assert run(ended, "end-links", path).exit_code == 0
    assert numbers_in(ended) == {NUMBER}


@pytest.mark.parametrize(
    "line",
    [FOREIGN_TOKEN, f"{BASE_URL}/c/{FOREIGN_TOKEN}.ics", SOMEBODY],
    ids=["token", "address", "number"],  # a token is another in each process that runs tests
)
def test_one_faulty_link_in_a_list_ends_no_link(tmp_path: Path, ended: Path, line: str) -> None:
    result = run(ended, "end-links", write_list(tmp_path, ADULT_TOKEN, line))
    assert result.exit_code == 1
    assert result.stderr == "Error: Row 2: no link that the keys here open. Nothing was ended.\n"
    assert not ended.exists()


def test_a_file_without_a_link_is_rejected(tmp_path: Path, ended: Path) -> None:
    result = run(ended, "end-links", write_list(tmp_path, "小樽 花子"))
    assert result.stderr == "Error: There is no link in it. Nothing was ended.\n"
    result = run(ended, "end-links", write_list(tmp_path, ""))
    assert (result.exit_code, "花子" in result.output) == (1, False)
    assert not ended.exists()


def test_a_damaged_file_of_ended_links_is_unchanged(ended: Path) -> None:
    ended.write_text("0101010101010101\n")
    result = run(ended, "end-links", ADULT_TOKEN)
    assert (result.exit_code, result.stderr) == (
        1,
        f"Error: {ended}: is not whole; its last line must count the numbers\n",
    )
    assert ended.read_text() == "0101010101010101\n"
