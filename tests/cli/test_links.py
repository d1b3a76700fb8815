"""``calsvc links``: atomic output, interruption and resumption, in a process of its own."""

import json
import os
import subprocess
import sys
import termios
from datetime import date, timedelta
from pathlib import Path

import pytest

from calsvc.bulk.output_folder import OutputFolder
from calsvc.i18n.catalogs import get_catalog
from tests.support.links_runs import (
    COMMAND,
    ENVIRONMENT,
    ONE_RESIDENT,
    ROWS_OF_THREE_BATCHES,
    kill_after_two_batches,
    read_rows,
    read_tree,
    run_links,
    write_large_table,
    write_table,
)
from tests.support.paths import ROOT

EXAMPLE = ROOT / "examples" / "residents.csv"


def run_with_file_limit(kilobytes: int, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command with a limit on the size of a file, as on a disk that fills up."""
    shell = f'ulimit -f {kilobytes}; exec "$@"'
    command = ["bash", "-c", shell, "bash", *COMMAND, *map(str, arguments)]
    return subprocess.run(
        command, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=300
    )


# --- runs -----------------------------------------------------------------------------------------


def test_example_run_makes_all_output_and_reports_faulty_rows(tmp_path: Path) -> None:
    formats = ("links", "ics", "qr-svg", "qr-png", "letters", "eml", "mail-merge")
    chosen = [part for name in formats for part in ("--format", name)]
    done = run_links(EXAMPLE, "-o", tmp_path / "out", *chosen)
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines()[0] == "行 21、リンク 14（うち注意 7）、誤りのある行 6、空行 1"
    assert get_catalog("ja").text("bulk.summary.stays", {"number": 1}) in done.stdout
    names = {name.split("/")[0] for name in read_tree(tmp_path / "out")}
    assert names == {"eml", "ics", "faulty.csv", "letters", "links.csv", "mail-merge.csv", "qr"}
    assert [*tmp_path.iterdir()] == [tmp_path / "out"]
    assert len(read_rows(tmp_path / "out" / "links.csv")) == 21


def test_a_run_without_faulty_rows_exits_with_0(tmp_path: Path) -> None:
    done = run_links(write_table(tmp_path), "-o", tmp_path / "out")
    assert done.returncode == 0
    assert done.stderr == "使う列：氏名=氏名, 生年月日=生年月日, 発行日=発行日, メール=メール\n"
    assert [*read_tree(tmp_path / "out")] == ["links.csv"]
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700


def test_no_message_contains_personal_data(tmp_path: Path) -> None:
    content = (
        ONE_RESIDENT + "小樽 花子,平成32年4月1日,2020-06-01,\n小樽 花子,1985-04-23,2015-12-31,\n"
    )
    done = run_links(write_table(tmp_path, content), "-o", tmp_path / "out")
    output = done.stdout + done.stderr
    assert "…年（……）" in output
    for secret in ("花子", "1985", "2020", "令和", "2031", "/c/", "a@example.jp"):
        assert secret not in output.replace("2020-06-01、2020年6月1日、令和2年6月1日", "")


def test_messages_can_be_in_english(tmp_path: Path) -> None:
    done = run_links(write_table(tmp_path), "-o", tmp_path / "out", "--lang", "en")
    assert done.stdout.startswith("1 rows: 1 links (0 with a caution), 0 faulty rows")


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        ("氏名,発行日\nx,y\n", (), "生年月日の列が見つかりません"),
        ("生年月日\nx\n", (), "カードの発行日の列も有効期限の列も見つかりません"),
        ("", (), "表に何も書かれていません"),
        (b"born,issued\n\x81\n", (), "文字コードがわかりません"),
        (ONE_RESIDENT, ("--column", "born=誕"), "「誕」という見出しの列がありません"),
        (ONE_RESIDENT, ("--column", "birth=誕"), "--column は 生年月日=誕生日 のように"),
        (ONE_RESIDENT, ("--base-url", "x"), "CALSVC_PUBLIC_URL: must be like https"),
        (ONE_RESIDENT, ("--municipality", "atlantis"), "atlantis"),
        (ONE_RESIDENT, ("--format", "letters", "--font", __file__), Path(__file__).name),
        (ONE_RESIDENT, ("--format", "fax"), "fax"),
    ],
)
def test_invalid_options_are_rejected_before_any_work(
    tmp_path: Path, content: str | bytes, arguments: tuple[str, ...], message: str
) -> None:
    path = write_table(tmp_path, content)
    done = run_links(path, "-o", tmp_path / "out", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert [*tmp_path.iterdir()] == [path]


def test_a_run_without_a_public_url_is_rejected(tmp_path: Path) -> None:
    done = run_links(write_table(tmp_path), "-o", tmp_path / "out", CALSVC_PUBLIC_URL="")
    assert done.returncode == 2
    assert "--base-url" in done.stderr


def test_an_existing_output_folder_is_unchanged(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    done = run_links(write_table(tmp_path), "-o", out)
    assert done.returncode == 2
    assert "すでにあります" in done.stderr
    assert read_tree(out) == {"mine.txt": b"mine"}


# --- accidents ------------------------------------------------------------------------------------


@pytest.mark.large
def test_a_killed_run_resumes_to_the_same_bytes(tmp_path: Path) -> None:
    path = write_large_table(tmp_path, ROWS_OF_THREE_BATCHES)
    formats = ("--format", "eml", "--format", "ics", "--format", "mail-merge")
    partial = kill_after_two_batches(path, tmp_path / "out", "eml", "ics", "mail-merge")
    journal = json.loads((partial / "journal.json").read_bytes())
    assert journal["shards"] == 2
    with (partial / "content" / "links.csv").open("ab") as file:
        file.write(b"half a row")  # what was written after the journal

    rejected = run_links(path, "-o", tmp_path / "out", *formats)
    assert rejected.returncode == 2
    assert "--resume" in rejected.stderr
    other = run_links(path, "-o", tmp_path / "out", "--resume")
    assert other.returncode == 2
    assert "変わっています" in other.stderr

    resumed = run_links(path, "-o", tmp_path / "out", *formats, "--resume")
    whole = run_links(
        path, "-o", tmp_path / "whole", *formats, "--run-number", journal["run_number"]
    )
    assert (resumed.returncode, resumed.stdout.splitlines()[:1]) == (
        0,
        whole.stdout.splitlines()[:1],
    )
    assert not partial.exists()
    assert read_tree(tmp_path / "out") == read_tree(tmp_path / "whole")


def test_a_run_is_repeated_by_its_run_number(tmp_path: Path) -> None:
    path = write_table(tmp_path)
    for folder in ("first", "second"):
        assert run_links(path, "-o", tmp_path / folder).returncode == 0
    first = (tmp_path / "first" / "links.csv").read_text(encoding="utf-8-sig").splitlines()
    number = first[1].rpartition(",")[2]
    assert first != (tmp_path / "second" / "links.csv").read_text("utf-8-sig").splitlines()
    assert run_links(path, "-o", tmp_path / "again", "--run-number", number).returncode == 0
    assert read_tree(tmp_path / "again") == read_tree(tmp_path / "first")


def test_resume_rejects_a_changed_table(tmp_path: Path) -> None:
    path = write_large_table(tmp_path, ROWS_OF_THREE_BATCHES)
    kill_after_two_batches(path, tmp_path / "out")
    write_large_table(tmp_path, ROWS_OF_THREE_BATCHES + 1)
    done = run_links(path, "-o", tmp_path / "out", "--resume")
    assert done.returncode == 2
    assert "変わっています" in done.stderr


INTERRUPTED = """
import signal, sys
from pathlib import Path
from calsvc.cli.main import main

journal = Path(sys.argv.pop(1))

def interrupt(event, arguments):
    if event == "open" and str(arguments[0]) == str(journal.parent) and journal.exists():
        signal.raise_signal(signal.SIGINT)

# A shell without job control starts what runs in its background with SIGINT ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.addaudithook(interrupt)
main()
"""
"""The command, interrupted in its first commit: it opens the folder once the journal is there."""


def test_an_interrupted_run_explains_resume(tmp_path: Path) -> None:
    path, journal = write_table(tmp_path), tmp_path / ".out.partial" / "journal.json"
    command = [sys.executable, "-c", INTERRUPTED, journal, "links", path, "-o", tmp_path / "out"]
    done = subprocess.run(
        command, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 2
    assert "--resume" in done.stderr
    assert not (tmp_path / "out").exists()
    assert journal.exists()


def test_a_full_disk_is_reported_and_can_be_resumed(tmp_path: Path) -> None:
    path = write_large_table(tmp_path, ROWS_OF_THREE_BATCHES)
    partial = kill_after_two_batches(path, tmp_path / "out")
    journal = json.loads((partial / "journal.json").read_bytes())
    written = journal["sizes"]["links.csv"]
    done = run_with_file_limit(written // 1024 + 20, path, "-o", tmp_path / "out", "--resume")
    assert done.returncode == 2
    assert "空きがありません" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
    resumed = run_links(path, "-o", tmp_path / "out", "--resume")
    assert resumed.returncode == 0
    run_links(path, "-o", tmp_path / "whole", "--run-number", journal["run_number"])
    assert read_tree(tmp_path / "out") == read_tree(tmp_path / "whole")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out", "residents.csv", "whole"]


def test_a_disk_that_is_full_at_the_start_leaves_no_output(tmp_path: Path) -> None:
    path = write_large_table(tmp_path, 3000)
    done = run_with_file_limit(100, path, "-o", tmp_path / "out")
    assert done.returncode == 2
    assert "空きがありません" in done.stderr
    assert [*tmp_path.iterdir()] == [path]


def test_resume_without_an_interrupted_run_starts_one(tmp_path: Path) -> None:
    done = run_links(write_table(tmp_path), "-o", tmp_path / "out", "--resume")
    assert done.returncode == 0
    assert [*read_tree(tmp_path / "out")] == ["links.csv"]


def test_a_second_run_on_the_same_output_is_rejected(tmp_path: Path) -> None:
    with OutputFolder(tmp_path / "out"):
        second = run_links(write_table(tmp_path), "-o", tmp_path / "out", "--resume")
    assert second.returncode == 2
    assert "別の処理が" in second.stderr


# --- progress -------------------------------------------------------------------------------------


def test_a_terminal_shows_a_bar_with_rate_and_remaining_time(tmp_path: Path) -> None:
    path = write_large_table(tmp_path, 3000)
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    command = [*COMMAND, str(path), "-o", str(tmp_path / "out")]
    done = subprocess.run(
        command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=theirs, text=True, check=True
    )
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()  # all of it: less than what a terminal holds
    os.close(ours)
    assert done.stdout.startswith("行 3000、")
    assert "3000/" in shown
    assert "行/s]" in shown


PEAK = """
import os, subprocess, sys
from tests.support.paths import ROOT
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
print(used.ru_maxrss * (1 if sys.platform == "darwin" else 1024))
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Started from a small process: a child's peak begins with the size of what it was forked from."""


def peak_memory(*arguments: str | Path) -> int:
    """Bytes that a run which ends well takes at most."""
    command = [sys.executable, "-c", PEAK, *COMMAND, *map(str, arguments)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    return int(done.stdout)


FIRST_BIRTH = date(1930, 1, 1)


def numbered_table(folder: Path, rows: int) -> Path:
    """A table whose rows differ, each with a number of its own."""
    path = folder / "residents.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("宛名番号,生年月日,発行日\n")
        file.writelines(f"{at},{birth_of(at)},2020-06-01\n" for at in range(rows))
    return path


def birth_of(at: int) -> date:
    return FIRST_BIRTH + timedelta(days=at % 30_000)


def peak_of_rows(folder: Path, rows: int) -> int:
    """Bytes that a run of so many rows takes, which must come out whole and in order."""
    peak = peak_memory(numbered_table(folder, rows), "-o", folder / f"out-{rows}")
    with (folder / f"out-{rows}" / "links.csv").open(encoding="utf-8") as file:
        next(file)
        for at, line in enumerate(file):
            number, born, _, _ = line.split(",", 3)
            assert (number, born) == (str(at), str(birth_of(at)))
            assert "/c/1" in line
    assert at == rows - 1
    return peak


def test_memory_does_not_grow_with_the_number_of_rows(tmp_path: Path) -> None:
    assert peak_of_rows(tmp_path, 60_000) - peak_of_rows(tmp_path, 20_000) < 5_000_000


@pytest.mark.large
def test_a_million_rows_are_complete_within_150_megabytes(tmp_path: Path) -> None:
    assert peak_of_rows(tmp_path, 1_000_000) < 150_000_000
