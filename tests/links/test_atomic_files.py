"""Files that root makes in a folder of the service belong to the service, which must read them."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from calsvc.cli.main import main
from calsvc.links.atomic_files import append_line
from calsvc.links.ended import end_links

SERVICE = 64_999 if os.geteuid() == 0 else os.getuid()
"""The user of the service. Who is not root can give no file away, and need not."""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A folder of the service, in which root runs a command."""
    folder = tmp_path / "state"
    folder.mkdir(0o700)
    os.chown(folder, SERVICE, -1)
    return folder


def owners(folder: Path) -> set[int]:
    return {each.lstat().st_uid for each in folder.rglob("*")}


def add_person(state: Path) -> None:
    environ = {"CALSVC_STATE_DIR": str(state)}
    done = CliRunner().invoke(main, ["staff", "add", "hanako", "--no-password"], env=environ)
    assert done.exit_code == 0


def end_link(state: Path) -> None:
    end_links(str(state / "ended-links"), [b"12345678"])


@pytest.mark.parametrize("command", [add_person, end_link])
def test_what_root_makes_belongs_to_the_owner_of_the_folder(
    state: Path, command: Callable[[Path], None]
) -> None:
    command(state)
    assert owners(state) == {SERVICE}


def test_a_file_keeps_its_owner_when_root_appends_to_it(state: Path) -> None:
    (state / "log").touch(mode=0o600)
    before = (state / "log").stat().st_uid
    append_line(state / "log", "one\n")
    assert (state / "log").stat().st_uid == before
    assert (state / "log").read_text(encoding="utf-8") == "one\n"


def test_nothing_is_appended_through_a_symbolic_link(state: Path) -> None:
    (state / "target").touch()
    (state / "log").symlink_to(state / "target")
    with pytest.raises(OSError, match=os.strerror(errno.ELOOP)):
        append_line(state / "log", "one\n")
    assert (state / "target").read_text(encoding="utf-8") == ""
