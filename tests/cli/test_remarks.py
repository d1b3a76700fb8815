"""``calsvc links`` says what a workbook cannot tell before it makes anything."""

from pathlib import Path

from calsvc.i18n.catalogs import get_catalog
from tests.cli.test_links import run, table
from tests.support.workbooks import HANAKO, HEADER, xls


def test_what_an_old_workbook_cannot_tell_is_said(tmp_path: Path) -> None:
    done = run(table(tmp_path, xls(HEADER, HANAKO)), "-o", tmp_path / "out")
    assert get_catalog("ja").text("error.note.unknown_rows", {"format": ".xls"}) in done.stderr
