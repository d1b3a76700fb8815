"""The file of ended links contains numbers only, is written atomically, and is never truncated."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from calsvc.links.content import NO_NUMBER
from calsvc.links.ended import EndedLinks, EndedLinksFileError, end_links
from tests.support.paths import ROOT
from tests.support.waiting import HANG_SECONDS

ONE, OTHER, THIRD = (bytes([byte]) * 8 for byte in (1, 2, 3))
COPIES = 8
ADD = """
import sys
from calsvc.links.ended import end_links
print("ready", flush=True)
sys.stdin.readline()
print(end_links(sys.argv[1], [bytes([int(sys.argv[2])]) * 8]))
"""
FULL = """
import resource, signal, sys
from calsvc.links.ended import end_links
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))
end_links(sys.argv[1], [b"2" * 8])
"""


def start(program: str, *arguments: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    end_links(str(path := tmp_path / "folder" / "ended"), [ONE, OTHER])
    return path


def file_error(path: Path) -> str:
    with pytest.raises(EndedLinksFileError) as error:
        EndedLinks(str(path))
    return str(error.value)


# --- written --------------------------------------------------------------------------------------


def test_the_file_contains_numbers_only_and_is_readable(file: Path) -> None:
    assert [line for line in file.read_text().splitlines() if line[0] != "#"] == [
        "0101010101010101",
        "0202020202020202",
    ]
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert [each.name for each in file.parent.iterdir()] == ["ended"]


def test_a_link_is_added_once(file: Path) -> None:
    file.write_text(file.read_text().replace("0101\n", "0101  # lost letter\n"))
    assert end_links(str(file), [OTHER, THIRD, THIRD]) == 1
    assert EndedLinks(str(file)).numbers == {ONE, OTHER, THIRD}
    assert "0101010101010101  # lost letter" in file.read_text().splitlines()
    content, inode = file.read_bytes(), file.stat().st_ino
    assert end_links(str(file), [ONE]) == 0
    assert (file.read_bytes(), file.stat().st_ino) == (content, inode)


def test_links_of_eight_concurrent_commands_are_all_ended(tmp_path: Path) -> None:
    path = tmp_path / "ended"
    commands = [start(ADD, path, place) for place in range(1, COPIES + 1)]
    for command in commands:
        assert command.stdout
        assert command.stdout.readline() == "ready\n"
    for command in commands:
        assert command.stdin
        command.stdin.write("go\n")
        command.stdin.flush()
    said = [command.communicate(timeout=HANG_SECONDS) for command in commands]
    assert said == [("1\n", "")] * COPIES
    assert len(EndedLinks(str(path)).numbers) == COPIES


def test_full_disk_leaves_the_file_unchanged(file: Path) -> None:
    content = file.read_bytes()
    _, error = start(FULL, file).communicate(timeout=HANG_SECONDS)
    assert "EndedLinksFileError" in error
    assert file.read_bytes() == content
    assert [each.name for each in file.parent.iterdir()] == ["ended"]
    start(FULL, file.parent / "new").communicate(timeout=HANG_SECONDS)
    assert [each.name for each in file.parent.iterdir()] == ["ended"]


def test_a_faulty_file_is_not_extended(file: Path) -> None:
    file.write_text(content := file.read_text()[:-1] + "x\n")
    with pytest.raises(EndedLinksFileError, match="is not whole"):
        end_links(str(file), [THIRD])
    assert file.read_text() == content


# --- read -----------------------------------------------------------------------------------------


def test_without_a_file_no_link_is_ended(tmp_path: Path) -> None:
    assert EndedLinks(str(tmp_path / "none")).numbers == set()
    (tmp_path / "file").touch()
    assert EndedLinks(str(tmp_path / "file" / "none")).numbers == set()


def test_the_file_is_reread_only_after_a_change(tmp_path: Path) -> None:
    ended = EndedLinks(str(path := tmp_path / "ended"))
    assert not ended.reread()
    end_links(str(path), [ONE])
    assert (ended.reread(), ended.reread()) == (True, False)
    assert ended.numbers == {ONE}
    end_links(str(path), [OTHER])
    assert ended.reread()
    assert ended.numbers == {ONE, OTHER}


def test_a_truncated_file_ends_no_fewer_links(file: Path) -> None:
    running, content = EndedLinks(str(file)), file.read_bytes()
    for size in range(len(content) - 1):  # the last line end may be missing
        file.write_bytes(content[:size])
        assert "is not whole" in file_error(file) or "is not the number" in file_error(file)
        with pytest.raises(EndedLinksFileError):
            running.reread()
        assert running.numbers == {ONE, OTHER}
    file.write_bytes(content)
    assert running.reread()


def test_a_removed_file_ends_no_fewer_links(file: Path) -> None:
    running, content = EndedLinks(str(file)), file.read_bytes()
    file.unlink()
    with pytest.raises(EndedLinksFileError, match="No such file"):
        running.reread()
    assert running.numbers == {ONE, OTHER}
    assert not running.reread()
    file.write_bytes(content)
    assert running.reread()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("03030303030303", "line 3 is not the number of a link"),
        ("030303030303030X", "line 3 is not the number of a link"),
        (NO_NUMBER.hex(), "line 3 is not the number of a link"),
        ("0303030303030303", "is not whole; its last line must count the numbers"),
    ],
)
def test_a_faulty_line_is_rejected_and_not_shown(file: Path, line: str, reason: str) -> None:
    first, second, *others = file.read_text().splitlines()
    file.write_text("\n".join([first, second, line, *others]))
    assert file_error(file) == f"{file}: {reason}"


def test_a_binary_file_is_rejected_with_its_name(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    assert file_error(file) == f"{file}: is no file of ended links"
    assert file_error(file.parent) == f"{file.parent}: Is a directory"
