"""``calsvc links`` reports the limits of a workbook before it writes anything."""

from pathlib import Path

from calsvc.i18n.catalogs import get_catalog
from tests.support.links_runs import run_links, write_table
from tests.support.workbooks import HANAKO, HEADER, xls


def test_limits_of_an_old_workbook_are_shown(tmp_path: Path) -> None:
    done = run_links(write_table(tmp_path, xls(HEADER, HANAKO)), "-o", tmp_path / "out")
    assert get_catalog("ja").text("error.note.unknown_rows", {"format": ".xls"}) in done.stderr
