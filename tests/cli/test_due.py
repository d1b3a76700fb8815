"""``calsvc links --due``: counts first, then letters and messages for those who are due."""

from datetime import date
from pathlib import Path

import pytest

from calsvc.clock import today_in_japan
from calsvc.i18n.catalogs import get_catalog
from tests.support.links_runs import read_rows, run_links, write_table

YEAR = today_in_japan().year + 2
ROWS = (
    "氏名,生年月日,有効期限,電子証明書有効期限\n"
    f"小樽 一,1985-04-23,{YEAR + 5}-04-23,{YEAR}-04-23\n"
    f"小樽 二,1985-05-23,{YEAR + 4}-05-23,{YEAR}-05-23\n"
    f"小樽 三,1985-05-24,{YEAR + 4}-05-24,{YEAR}-05-24\n"
)
WORDS = get_catalog("ja")


def counted(month: str, number: int) -> str:
    facts = {"month": month, "certificate": number, "card": 0, "both": 0, "stay": 0}
    return WORDS.text("bulk.due.month", facts)


def test_a_count_writes_no_output(tmp_path: Path) -> None:
    done = run_links(write_table(tmp_path, ROWS), "-o", tmp_path / "out", "--count")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    late = WORDS.text("bulk.due.lapsed")
    assert lines[:2] == [WORDS.text("bulk.due.expiry"), counted(late, 0)]
    assert lines[2:4] == [counted(f"{YEAR}-04", 1), counted(f"{YEAR}-05", 2)]
    assert not (tmp_path / "out").exists()


def test_due_rows_are_counted_before_letters_are_written(tmp_path: Path) -> None:
    months = f"{YEAR}-05..{YEAR}-06"
    options = ("--due", months, "--format", "mail-merge", "--by-month", "--forecast")
    done = run_links(write_table(tmp_path, ROWS), "-o", tmp_path / "out", *options)
    assert done.returncode == 0, done.stderr
    assert counted(f"{YEAR}-05", 2) in done.stderr
    assert {each.name for each in (tmp_path / "out").iterdir()} == {"links.csv", "forecast.csv"}
    batches = [row.cells[-2] for row in read_rows(tmp_path / "out/links.csv")]
    assert batches == ["", f"{YEAR}-05", f"{YEAR}-05"]
    days = [row.cells for row in read_rows(tmp_path / "out/forecast.csv")]
    assert all(date.fromisoformat(day).year >= YEAR - 1 for day, _, _ in days)
    assert sum(int(opens) for _, opens, _ in days) == sum(int(ends) for _, _, ends in days) == 6


@pytest.mark.parametrize("months", ["2027-13", "2027-06..2027-04", "spring"])
def test_invalid_months_are_rejected(tmp_path: Path, months: str) -> None:
    done = run_links(write_table(tmp_path, ROWS), "-o", tmp_path / "out", "--due", months)
    assert done.returncode == 2
    assert WORDS.text("bulk.bad_months") in done.stderr
