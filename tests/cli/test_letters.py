"""``calsvc letters check``, and a run with a city's settings."""

import shutil
from datetime import timedelta
from pathlib import Path

import pypdfium2
from click.testing import CliRunner

from calsvc.cli.main import main
from calsvc.clock import today_in_japan
from calsvc.i18n.languages import LANGUAGES
from calsvc.letters.layout import format_era_date
from tests.support.letters import text_of
from tests.support.links_runs import read_tree, run_links, write_table
from tests.support.paths import ROOT

EXAMPLE = ROOT / "examples/letters"
SETTINGS = EXAMPLE / "city-letter.toml"
LATER = today_in_japan() + timedelta(days=9)
POSTED = (
    "氏名,生年月日,発行日,郵便番号,住所\n"
    "小樽 花子,1985-04-23,2022-06-01,047-0024,小樽市花園2丁目12番1号\n"
    "小樽 一郎,1985-04-23,2022-06-01,,\n"
)


def check_letters(*arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["letters", "check", *map(str, arguments)])
    return done.exit_code, done.output


def test_the_example_settings_are_valid(tmp_path: Path) -> None:
    code, output = check_letters(SETTINGS, "--number", "1", "-o", tmp_path / "check.pdf")
    assert (code, output) == (0, f"In order. The samples are in {tmp_path / 'check.pdf'}.\n")
    assert len(pypdfium2.PdfDocument(tmp_path / "check.pdf")) == 6 + 2 * len(LANGUAGES)


def test_a_failing_template_is_reported_with_its_line(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    settings = tmp_path / "city-letter.toml"
    settings.write_text('[letter]\ntemplate = "own.typ"\n', encoding="utf-8")
    (tmp_path / "own.typ").write_text("\n#let letter(row, city, at) = missing\n", encoding="utf-8")
    code, output = check_letters(settings, "-o", tmp_path / "check.pdf")
    assert code == 1
    assert "own.typ:2: unknown variable: missing" in output
    assert not (tmp_path / "check.pdf").exists()
    done = run_links(
        *(write_table(tmp_path, POSTED), "-o", tmp_path / "out", "--format", "letters"),
        *("--letter", settings),
    )
    assert done.returncode == 2
    assert "own.typ:2" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_date_with_a_mistyped_year_makes_no_letters(tmp_path: Path) -> None:
    done = run_links(
        *(write_table(tmp_path, POSTED), "-o", tmp_path / "out", "--format", "letters"),
        *("--date", "0026-12-01"),
    )
    assert done.returncode == 2
    assert "Error: --date" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_run_with_settings_rejects_rows_without_an_address(
    tmp_path: Path,
) -> None:
    done = run_links(
        *(write_table(tmp_path, POSTED), "-o", tmp_path / "out", "--format", "letters"),
        *("--letter", SETTINGS, "--number", "77", "--date", str(LATER)),
    )
    assert done.returncode == 1
    files = read_tree(tmp_path / "out")
    document = pypdfium2.PdfDocument(files["letters/letters-0000000.pdf"])
    assert len(document) == 1
    assert f"見市民第77号 {format_era_date(LATER)}" in text_of(document[0])
    assert "郵便番号か住所がないため" in files["links.csv"].decode()
    for secret in ("花子", "一郎", "花園", "1985"):
        assert secret not in done.stdout + done.stderr
