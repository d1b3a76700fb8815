"""Sessions are valid as long as their files exist, at all copies of the service."""

from pathlib import Path

from calsvc.people.session_files import MAX_IDLE_SECONDS, SessionFiles, compute_public_id


class Clock:
    """Tells the time that a test sets, beginning with that of the first file."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def start_session(
    folder: Path, session: str = "s", name: str = "花子"
) -> tuple[SessionFiles, Clock]:
    clock = Clock()
    sessions = SessionFiles(folder, clock)
    sessions.start(session, name, "192.0.2.1")
    clock.now = next((folder / "sessions").iterdir()).stat().st_mtime
    return sessions, clock


def test_a_session_is_valid_at_all_copies(tmp_path: Path) -> None:
    start_session(tmp_path)
    found = SessionFiles(tmp_path).find_and_touch("s")
    assert found
    assert (found.name, found.network, found.id) == ("花子", "192.0.2.1", compute_public_id("s"))
    assert SessionFiles(tmp_path).find_and_touch("another") is None
    assert SessionFiles(tmp_path).find_and_touch("") is None


def test_an_ended_session_is_invalid_at_all_copies(tmp_path: Path) -> None:
    sessions, _ = start_session(tmp_path)
    other = SessionFiles(tmp_path)
    assert other.end(compute_public_id("s"))
    assert sessions.find_and_touch("s") is None
    assert SessionFiles(tmp_path).find_and_touch("s") is None
    assert other.end(compute_public_id("s")) is None


def test_an_idle_session_ends_and_a_used_one_continues(tmp_path: Path) -> None:
    sessions, clock = start_session(tmp_path)
    for _ in range(3):
        clock.now += MAX_IDLE_SECONDS - 1
        assert sessions.find_and_touch("s")
    clock.now += MAX_IDLE_SECONDS + 1
    assert sessions.find_and_touch("s") is None
    assert sessions.all() == []
    clock.now -= MAX_IDLE_SECONDS
    assert sessions.find_and_touch("s") is None, "it comes back"


def test_all_sessions_of_a_person_are_ended(tmp_path: Path) -> None:
    sessions, _ = start_session(tmp_path)
    sessions.start("t", "花子", "")
    sessions.start("u", "一郎", "")
    assert sessions.end_all_of("花子") == 2
    assert [each.name for each in sessions.all()] == ["一郎"]


def test_session_id_is_never_a_path_outside_the_folder(tmp_path: Path) -> None:
    sessions, _ = start_session(tmp_path)
    (tmp_path / "accounts.json").write_text("[]")
    assert sessions.end("../accounts") is None
    assert (tmp_path / "accounts.json").exists()


def test_the_files_do_not_contain_the_session_itself(tmp_path: Path) -> None:
    start_session(tmp_path, session="secret-session")
    (file,) = (tmp_path / "sessions").iterdir()
    assert "secret-session" not in file.name + file.read_text()
