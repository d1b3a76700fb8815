"""The key file is created atomically and once, and rotated in two steps."""

import os
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from calsvc.links.content import InvalidTokenError
from calsvc.links.key_file import Step, create_key_file, has_keys, rotate
from calsvc.links.keys import InvalidKeysError, generate_key, load_keys, parse_keys
from calsvc.links.sealing import Keyring
from calsvc.rules.card import Card
from tests.support.links import link_of
from tests.support.paths import ROOT
from tests.support.waiting import HANG_SECONDS

COPIES = 8
LINK = link_of(Card(date(1990, 10, 10), date(2020, 5, 15)))
MAKE = """
import sys
from calsvc.links.key_file import create_key_file
from calsvc.links.keys import load_keys
print("ready", flush=True)
sys.stdin.readline()
print(create_key_file(sys.argv[1]), load_keys("", sys.argv[1])[0].hex())
"""
FULL = """
import resource, signal, sys
from calsvc.links.key_file import create_key_file
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))
create_key_file(sys.argv[1])
"""


def start(program: str, path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )


# --- made -----------------------------------------------------------------------------------------


def test_key_file_is_created_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "config" / "keys"
    assert create_key_file(str(path))
    content = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not create_key_file(str(path))
    assert path.read_bytes() == content
    assert len(load_keys("", str(path))) == 1
    assert [each.name for each in path.parent.iterdir()] == ["keys"]


@pytest.mark.parametrize("is_empty", [False, True], ids=["none", "empty"])
def test_eight_copies_that_start_together_create_one_key(tmp_path: Path, is_empty: bool) -> None:
    path = tmp_path / "keys"
    if is_empty:
        path.touch()
    copies = [start(MAKE, path) for _ in range(COPIES)]
    for copy in copies:
        assert copy.stdout
        assert copy.stdout.readline() == "ready\n"
    for copy in copies:
        assert copy.stdin
        copy.stdin.write("go\n")
        copy.stdin.flush()
    said = [copy.communicate(timeout=HANG_SECONDS) for copy in copies]
    assert {error for _, error in said} == {""}
    made, keys = zip(*(output.split() for output, _ in said), strict=True)
    assert sorted(made) == ["False"] * (COPIES - 1) + ["True"]
    assert len(set(keys)) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["keys"]


def test_full_disk_leaves_no_key_file(tmp_path: Path) -> None:
    _, error = start(FULL, tmp_path / "keys").communicate(timeout=HANG_SECONDS)
    assert "InvalidKeysError" in error
    assert [*tmp_path.iterdir()] == []


def test_empty_key_file_is_replaced(tmp_path: Path) -> None:
    (path := tmp_path / "keys").touch()
    assert not has_keys(str(path))
    assert create_key_file(str(path))
    assert len(load_keys("", str(path))) == 1


def test_a_new_key_file_preserves_a_symbolic_link(tmp_path: Path) -> None:
    (link := tmp_path / "link").symlink_to(tmp_path / "keys")
    assert create_key_file(str(link))
    assert link.is_symlink()
    assert len(load_keys("", str(tmp_path / "keys"))) == 1


def test_key_file_in_a_forbidden_folder_is_rejected(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(InvalidKeysError, match=f"{loop}/keys"):
        has_keys(str(loop / "keys"))


def test_file_with_content_and_device_are_never_replaced(tmp_path: Path) -> None:
    (path := tmp_path / "keys").write_text("# only a comment\n")
    assert not create_key_file(str(path))
    assert path.read_text() == "# only a comment\n"
    assert not create_key_file("/dev/null")


def test_key_file_that_cannot_be_created_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidKeysError, match="CALSVC_KEYS"):
        create_key_file(str(tmp_path / "file" / "keys"))


# --- rotated --------------------------------------------------------------------------------------


def key_file(folder: Path, text: str) -> Path:
    path = folder / "keys"
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_rotation_adds_a_key_then_moves_it_to_the_front(tmp_path: Path) -> None:
    first, second = generate_key(), generate_key()
    path = key_file(tmp_path, f"# head\n{first}  # since May\n{second}")
    old = load_keys("", str(path))
    step, added = rotate(str(path))
    assert step is Step.ADDED
    assert load_keys("", str(path)) == (*old, added)
    assert rotate(str(path)) == (Step.MOVED, added)
    assert load_keys("", str(path)) == (added, *old)
    assert path.read_text().splitlines()[0] == "# head"
    assert f"{first}  # since May" in path.read_text().splitlines()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert rotate(str(path)).step is Step.ADDED


def test_all_copies_open_all_links_during_a_rotation(tmp_path: Path) -> None:
    path = key_file(tmp_path, generate_key())
    before = Keyring(load_keys("", str(path)))
    for _ in range(4):
        rotate(str(path))
        after = Keyring(load_keys("", str(path)))
        assert before.open(after.seal(LINK)) == after.open(before.seal(LINK)) == LINK
        before = after


def test_rotation_in_a_single_step_would_break_links() -> None:
    old, new = parse_keys(generate_key(), "old"), parse_keys(generate_key(), "new")
    with pytest.raises(InvalidTokenError):
        Keyring(old).open(Keyring((*new, *old)).seal(LINK))


def test_key_file_with_a_faulty_key_is_not_rotated(tmp_path: Path) -> None:
    path = key_file(tmp_path, f"{generate_key()}\nfaulty\n")
    content = path.read_text()
    with pytest.raises(InvalidKeysError, match="a key is faulty"):
        rotate(str(path))
    assert path.read_text() == content


def test_missing_key_file_is_not_rotated(tmp_path: Path) -> None:
    with pytest.raises(InvalidKeysError, match="No such file"):
        rotate(str(tmp_path / "keys"))


def test_rotation_preserves_a_symbolic_link(tmp_path: Path) -> None:
    path = key_file(tmp_path, generate_key())
    (link := tmp_path / "link").symlink_to(path)
    rotate(str(link))
    assert link.is_symlink()
    assert len(load_keys("", str(path))) == 2
