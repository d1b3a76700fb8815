"""``calsvc municipality``: a profile to fill in, and the check of one."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from calsvc.cli.main import main
from calsvc.i18n.languages import LANGUAGES
from calsvc.municipality import loader
from calsvc.municipality.code_list import all_places


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["municipality", *arguments])


def test_a_new_profile_has_name_and_home_page_only(tmp_path: Path) -> None:
    result = run("new", "233021")
    assert result.exit_code == 0
    assert "東郷町" in result.stdout
    assert 'page = "https://www.town.aichi-togo.lg.jp/"' in result.stdout
    path = tmp_path / "233021.toml"
    path.write_text(result.stdout, encoding="utf-8")
    incomplete = run("check", str(path))
    assert (incomplete.exit_code, incomplete.stderr) == (
        1,
        f"Error: {path}: counter[main].name.ja: must be one line of text\n",
    )
    path.write_text(result.stdout.replace('name.ja = ""', 'name.ja = "窓口"'), encoding="utf-8")
    assert run("check", str(path)).exit_code == 0


@pytest.mark.parametrize("code", [*list(all_places())[::97], "141526"])
def test_every_new_profile_can_be_completed(code: str, tmp_path: Path) -> None:
    path = tmp_path / f"{code}.toml"
    filled = run("new", code).stdout.replace('name.ja = ""', 'name.ja = "窓口"')
    path.write_text(filled, encoding="utf-8")
    assert loader.load_municipality(str(path)).code == code


def test_every_key_of_a_new_profile_is_known(tmp_path: Path) -> None:
    lines = run("new", "233021").stdout.replace('name.ja = ""', 'name.ja = "窓口"').splitlines()
    used = [
        line.removeprefix("# ") if "=" in line or line.startswith("# [") else line for line in lines
    ]
    content = "\n".join(used).replace('"https://"', '"https://x.example/"')
    path = tmp_path / "all.toml"
    path.write_text(content, encoding="utf-8")
    city = loader.load_municipality(str(path))
    assert city.counters[0].reservation_ways.web == "https://x.example/"


@pytest.mark.parametrize("code", ["", "23302", "233022", "otaru"])
def test_an_unknown_code_is_rejected(code: str) -> None:
    result = run("new", code)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "look the code up again" in result.stderr


def test_the_check_prints_all_sentences_and_open_days() -> None:
    output = run("check", "233021").stdout
    for language in LANGUAGES:
        assert f"\n[{language}]\n" in output
    assert "第2・第4土曜 9:00〜12:00" in output
    assert "Ask the municipality whether a reservation is needed." in output
    assert sum(line.startswith("certificate 20") for line in output.splitlines()) >= 3


def test_the_check_reports_an_outdated_profile(tmp_path: Path) -> None:
    path = tmp_path / "old.toml"
    content = loader.built_in_content("233021").decode()
    path.write_text(content.replace("checked = 2026-11-25", "checked = 2020-01-01"), "utf-8")
    assert "more than a year ago" in run("check", str(path)).stdout
