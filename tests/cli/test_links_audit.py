"""``calsvc links`` writes down what it makes, where a folder for the state is named."""

import getpass
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from calsvc.cli.main import main
from calsvc.links.keys import generate_key
from tests.support.staff import EXAMPLE

ROWS, FAULTY = 21, 6
"""Of the example."""
SECRETS = ("小樽", "1985", "昭和", "example.jp", "residents.csv")
KEY = generate_key()


def run(folder: Path, *options: str, key: str = KEY, state: str = "state") -> Result:
    table = folder / "residents.csv"
    table.write_bytes(EXAMPLE)
    environ = {"CALSVC_KEYS": key, "CALSVC_PUBLIC_URL": "https://calendar.example.jp"}
    environ["CALSVC_STATE_DIR"] = str(folder / state) if state else ""
    environ["HOME"] = str(folder / "home")
    return CliRunner(env=environ).invoke(main, ["links", str(table), *options])


def lines_in(folder: Path) -> list[dict[str, Any]]:
    files = sorted(folder.glob("audit/*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def test_a_run_is_written_down_without_a_cell(tmp_path: Path) -> None:
    made = run(tmp_path, "-o", str(tmp_path / "out"), "--format", "ics", "--format", "eml")
    assert made.exit_code == 1, made.output
    (line,) = lines_in(tmp_path / "state")
    assert line["act"] == "run"
    assert line["who"] == f"{getpass.getuser()} (command line)"
    assert line["formats"] == ["ics", "eml"]
    assert (line["rows"], line["faulty"]) == (ROWS, FAULTY)
    text = json.dumps(line, ensure_ascii=False)
    assert not [secret for secret in SECRETS if secret in text]


def test_samples_are_written_down(tmp_path: Path) -> None:
    made = run(tmp_path, "-o", str(tmp_path / "out"), "--sample", "--format", "eml")
    assert made.exit_code == 0, made.output
    (line,) = lines_in(tmp_path / "state")
    assert (line["act"], line["formats"]) == ("run", ["sample"])


def test_count_option_writes_no_audit_entry(tmp_path: Path) -> None:
    made = run(tmp_path, "-o", str(tmp_path / "out"), "--count", "--due", "2027-04")
    assert made.exit_code == 0, made.output
    assert lines_in(tmp_path / "state") == []


def test_run_without_a_state_folder_writes_no_audit_entry(tmp_path: Path) -> None:
    assert run(tmp_path, "-o", str(tmp_path / "out"), state="").exit_code == 1
    assert [*tmp_path.rglob("*.jsonl")] == []


def test_the_digest_of_a_table_depends_on_the_key(tmp_path: Path) -> None:
    """Otherwise a guess of the table could be confirmed without the key."""
    for name, key in (("a", KEY), ("b", KEY), ("c", generate_key())):
        run(tmp_path, "-o", str(tmp_path / name), key=key)
    first, again, other = (line["table"] for line in lines_in(tmp_path / "state"))
    assert first == again != other


@pytest.mark.parametrize("options", [(), ("--sample", "--format", "eml")])
def test_run_without_a_writable_audit_log_makes_no_output(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "audit").touch()  # a file, where a folder is needed
    made = run(tmp_path, "-o", str(tmp_path / "out"), "--lang", "en", *options)
    assert made.exit_code == 2
    assert "the audit log in CALSVC_STATE_DIR cannot be written to" in made.output
    assert not (tmp_path / "out").exists()


def test_run_resumes_once_the_audit_log_is_writable(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "audit").touch()
    assert run(tmp_path, "-o", str(tmp_path / "out")).exit_code == 2
    (tmp_path / "state" / "audit").unlink()
    assert run(tmp_path, "-o", str(tmp_path / "out"), "--resume").exit_code == 1
    assert [line["rows"] for line in lines_in(tmp_path / "state")] == [ROWS]
