"""Output is published atomically and can be resumed from a checkpoint."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from calsvc.bulk.output_context import FilePiece
from calsvc.bulk.output_folder import Checkpoint, OutputFolder, OutputFolderError

DIGEST, TODAY = "of input and options", "2026-11-24"
RUN = "0102030405060708"
ROWS = [FilePiece("links.csv", b"1,a\r\n", appends=True), FilePiece("ics/0000/0000001.ics", b"a")]
MORE_ROWS = [
    FilePiece("links.csv", b"2,b\r\n", appends=True),
    FilePiece("ics/0000/0000002.ics", b"b"),
]


def write_interrupted(target: Path, pieces: Iterable[FilePiece] = ROWS) -> Path:
    """Commit ``pieces`` and stop there; returns the folder that stays."""
    with OutputFolder(target) as output:
        checkpoint = output.start(DIGEST, TODAY, RUN)
        output.write_all(pieces)
        output.commit(Checkpoint(DIGEST, checkpoint.today, RUN, chunks=1, counts={"rows": 1}))
    return output.folder


def content_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def error_key(output: OutputFolder, digest: str = DIGEST) -> str:
    with output, pytest.raises(OutputFolderError) as caught:
        output.resume(digest, TODAY, RUN)
    return caught.value.key


# --- a whole run ----------------------------------------------------------------------------------


def test_target_does_not_exist_before_the_end(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with OutputFolder(target) as output:
        output.start(DIGEST, TODAY, RUN)
        output.write_all(ROWS)
        output.commit(Checkpoint(DIGEST, TODAY, RUN))
        assert not target.exists()
        output.publish()
    assert content_of(target) == {"links.csv": b"1,a\r\n", "ics/0000/0000001.ics": b"a"}
    assert [*tmp_path.iterdir()] == [target]


def test_pieces_of_an_appended_file_keep_their_order(tmp_path: Path) -> None:
    with OutputFolder(tmp_path / "out") as output:
        output.start(DIGEST, TODAY, RUN)
        output.write_all(ROWS)
        output.write_all(MORE_ROWS)
        output.publish()
    assert content_of(tmp_path / "out")["links.csv"] == b"1,a\r\n2,b\r\n"


def test_output_folder_is_private_to_its_owner(tmp_path: Path) -> None:
    with OutputFolder(tmp_path / "out") as output:
        output.start(DIGEST, TODAY, RUN)
        assert output.folder.stat().st_mode & 0o777 == 0o700
        output.publish()
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700


def test_parent_folders_of_the_target_are_created(tmp_path: Path) -> None:
    with OutputFolder(tmp_path / "a" / "b" / "out") as output:
        output.start(DIGEST, TODAY, RUN)
        output.publish()
    assert (tmp_path / "a" / "b" / "out").is_dir()


def test_an_empty_folder_at_the_target_is_replaced(tmp_path: Path) -> None:
    (target := tmp_path / "out").mkdir()
    with OutputFolder(target) as output:
        output.start(DIGEST, TODAY, RUN)
        output.write_all(ROWS)
        output.publish()
    assert "links.csv" in content_of(target)


@pytest.mark.parametrize("is_folder", [True, False])
def test_existing_output_is_rejected_and_not_changed(tmp_path: Path, is_folder: bool) -> None:
    target = tmp_path / "out"
    (mine := target / "mine" if is_folder else target).parent.mkdir(exist_ok=True)
    mine.write_bytes(b"mine")
    with pytest.raises(OutputFolderError, match="exists"), OutputFolder(target):
        pass
    assert mine.read_bytes() == b"mine"
    assert [*tmp_path.iterdir()] == [target]


def test_second_run_on_the_same_target_is_rejected(tmp_path: Path) -> None:
    with (
        OutputFolder(tmp_path / "out"),
        pytest.raises(OutputFolderError, match="busy"),
        OutputFolder(tmp_path / "out"),
    ):
        pass


# --- a run that was cut off -----------------------------------------------------------------------


def test_run_without_a_checkpoint_leaves_no_files(tmp_path: Path) -> None:
    with OutputFolder(tmp_path / "out") as output:
        output.start(DIGEST, TODAY, RUN)
        output.write_all(ROWS)
    assert [*tmp_path.iterdir()] == []


def test_run_resumes_from_its_checkpoint(tmp_path: Path) -> None:
    write_interrupted(tmp_path / "out")
    with OutputFolder(tmp_path / "out") as output:
        checkpoint = output.resume(DIGEST, "2026-12-31", RUN)
        assert checkpoint == Checkpoint(DIGEST, TODAY, RUN, 1, {"links.csv": 5}, {"rows": 1})
        output.write_all(MORE_ROWS)
        output.publish()
    assert content_of(tmp_path / "out")["links.csv"] == b"1,a\r\n2,b\r\n"


def test_output_after_the_checkpoint_is_dropped(tmp_path: Path) -> None:
    folder = write_interrupted(tmp_path / "out")
    with (folder / "content" / "links.csv").open("ab") as file:
        file.write(b"2,half a r")
    with OutputFolder(tmp_path / "out") as output:
        output.resume(DIGEST, TODAY, RUN)
        output.write_all(MORE_ROWS)
        output.publish()
    assert content_of(tmp_path / "out")["links.csv"] == b"1,a\r\n2,b\r\n"


def test_resuming_without_a_checkpoint_starts_a_run(tmp_path: Path) -> None:
    with OutputFolder(tmp_path / "out") as output:
        assert output.resume(DIGEST, TODAY, RUN) == Checkpoint(DIGEST, TODAY, RUN)


def test_output_without_a_checkpoint_is_removed(tmp_path: Path) -> None:
    (content := tmp_path / ".out.partial" / "content").mkdir(parents=True)
    (content / "stray.csv").touch()
    with OutputFolder(tmp_path / "out") as output:
        output.start(DIGEST, TODAY, RUN)
        output.publish()
    assert content_of(tmp_path / "out") == {}


def test_resumable_run_is_not_started_again(tmp_path: Path) -> None:
    folder = write_interrupted(tmp_path / "out")
    before = content_of(folder)
    with (
        OutputFolder(tmp_path / "out") as output,
        pytest.raises(OutputFolderError, match="interrupted"),
    ):
        output.start(DIGEST, TODAY, RUN)
    assert content_of(folder) == before


def test_run_of_other_input_is_not_resumed(tmp_path: Path) -> None:
    write_interrupted(tmp_path / "out")
    assert error_key(OutputFolder(tmp_path / "out"), "of other input") == "changed"


def test_missing_or_truncated_output_file_is_damage(tmp_path: Path) -> None:
    links = write_interrupted(tmp_path / "out") / "content" / "links.csv"
    links.write_bytes(b"1,a")
    assert error_key(OutputFolder(tmp_path / "out")) == "damaged"
    links.unlink()
    assert error_key(OutputFolder(tmp_path / "out")) == "damaged"


def test_newest_checkpoint_is_resumed(tmp_path: Path) -> None:
    with OutputFolder(tmp_path / "out") as output:
        output.start(DIGEST, TODAY, RUN)
        for number, pieces in enumerate((ROWS, MORE_ROWS), start=1):
            output.write_all(pieces)
            output.commit(Checkpoint(DIGEST, TODAY, RUN, chunks=number))
    with OutputFolder(tmp_path / "out") as output:
        checkpoint = output.resume(DIGEST, TODAY, RUN)
    assert (checkpoint.chunks, checkpoint.sizes) == (2, {"links.csv": 10})
