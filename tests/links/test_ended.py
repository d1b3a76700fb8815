"""The file of ended links holds numbers only, is written whole, and never read as a shorter one."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from calsvc.links.content import NO_NUMBER
from calsvc.links.ended import EndedFileError, EndedLinks, end_links
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


def refusal(path: Path) -> str:
    with pytest.raises(EndedFileError) as error:
        EndedLinks(str(path))
    return str(error.value)


# --- written --------------------------------------------------------------------------------------


def test_file_holds_numbers_only_and_may_be_read_by_the_service(file: Path) -> None:
    assert [line for line in file.read_text().splitlines() if line[0] != "#"] == [
        "0101010101010101",
        "0202020202020202",
    ]
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert [each.name for each in file.parent.iterdir()] == ["ended"]


def test_links_are_added_once_and_the_others_stay(file: Path) -> None:
    file.write_text(file.read_text().replace("0101\n", "0101  # lost letter\n"))
    assert end_links(str(file), [OTHER, THIRD, THIRD]) == 1
    assert EndedLinks(str(file)).numbers == {ONE, OTHER, THIRD}
    assert "0101010101010101  # lost letter" in file.read_text().splitlines()
    content, inode = file.read_bytes(), file.stat().st_ino
    assert end_links(str(file), [ONE]) == 0
    assert (file.read_bytes(), file.stat().st_ino) == (content, inode)


def test_links_that_eight_commands_end_at_once_are_all_ended(tmp_path: Path) -> None:
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


def test_full_disk_leaves_the_file_as_it_was(file: Path) -> None:
    content = file.read_bytes()
    _, error = start(FULL, file).communicate(timeout=HANG_SECONDS)
    assert "EndedFileError" in error
    assert file.read_bytes() == content
    assert [each.name for each in file.parent.iterdir()] == ["ended"]
    start(FULL, file.parent / "new").communicate(timeout=HANG_SECONDS)
    assert [each.name for each in file.parent.iterdir()] == ["ended"]


def test_faulty_file_is_not_added_to(file: Path) -> None:
    file.write_text(content := file.read_text()[:-1] + "x\n")
    with pytest.raises(EndedFileError, match="is not whole"):
        end_links(str(file), [THIRD])
    assert file.read_text() == content


# --- read -----------------------------------------------------------------------------------------


def test_without_a_file_no_link_is_ended(tmp_path: Path) -> None:
    assert EndedLinks(str(tmp_path / "none")).numbers == set()
    (tmp_path / "file").touch()
    assert EndedLinks(str(tmp_path / "file" / "none")).numbers == set()


def test_file_is_read_again_only_when_it_has_changed(tmp_path: Path) -> None:
    ended = EndedLinks(str(path := tmp_path / "ended"))
    assert not ended.reread()
    end_links(str(path), [ONE])
    assert (ended.reread(), ended.reread()) == (True, False)
    assert ended.numbers == {ONE}
    end_links(str(path), [OTHER])
    assert ended.reread()
    assert ended.numbers == {ONE, OTHER}


def test_file_cut_off_anywhere_ends_no_fewer_links(file: Path) -> None:
    running, content = EndedLinks(str(file)), file.read_bytes()
    for size in range(len(content) - 1):  # the last line end may be missing
        file.write_bytes(content[:size])
        assert "is not whole" in refusal(file) or "is not the number" in refusal(file)
        with pytest.raises(EndedFileError):
            running.reread()
        assert running.numbers == {ONE, OTHER}
    file.write_bytes(content)
    assert running.reread()


def test_file_that_has_gone_ends_no_fewer_links(file: Path) -> None:
    running, content = EndedLinks(str(file)), file.read_bytes()
    file.unlink()
    with pytest.raises(EndedFileError, match="No such file"):
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
def test_faulty_line_is_refused_and_not_shown(file: Path, line: str, reason: str) -> None:
    first, second, *others = file.read_text().splitlines()
    file.write_text("\n".join([first, second, line, *others]))
    assert refusal(file) == f"{file}: {reason}"


def test_file_of_another_kind_is_refused_by_name(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    assert refusal(file) == f"{file}: is no file of ended links"
    assert refusal(file.parent) == f"{file.parent}: Is a directory"
