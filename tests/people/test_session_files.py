"""Sessions last as long as their files, and end everywhere at once."""

from pathlib import Path

from calsvc.people.session_files import MAX_IDLE_SECONDS, SessionFiles, digest


class Clock:
    """Tells the time that a test sets, beginning with that of the first file."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def begun(folder: Path, session: str = "s", name: str = "花子") -> tuple[SessionFiles, Clock]:
    clock = Clock()
    sessions = SessionFiles(folder, clock)
    sessions.begin(session, name, "192.0.2.1")
    clock.now = next((folder / "sessions").iterdir()).stat().st_mtime
    return sessions, clock


def test_a_session_is_known_to_every_copy(tmp_path: Path) -> None:
    begun(tmp_path)
    found = SessionFiles(tmp_path).use("s")
    assert found
    assert (found.name, found.network, found.id) == ("花子", "192.0.2.1", digest("s"))
    assert SessionFiles(tmp_path).use("another") is None
    assert SessionFiles(tmp_path).use("") is None


def test_an_ended_session_stays_ended_at_every_copy(tmp_path: Path) -> None:
    sessions, _ = begun(tmp_path)
    other = SessionFiles(tmp_path)
    assert other.end(digest("s"))
    assert sessions.use("s") is None
    assert SessionFiles(tmp_path).use("s") is None
    assert other.end(digest("s")) is None


def test_an_idle_session_ends_and_a_used_one_lasts(tmp_path: Path) -> None:
    sessions, clock = begun(tmp_path)
    for _ in range(3):
        clock.now += MAX_IDLE_SECONDS - 1
        assert sessions.use("s")
    clock.now += MAX_IDLE_SECONDS + 1
    assert sessions.use("s") is None
    assert sessions.all() == []
    clock.now -= MAX_IDLE_SECONDS
    assert sessions.use("s") is None, "it comes back"


def test_all_sessions_of_a_person_are_ended(tmp_path: Path) -> None:
    sessions, _ = begun(tmp_path)
    sessions.begin("t", "花子", "")
    sessions.begin("u", "一郎", "")
    assert sessions.end_of("花子") == 2
    assert [each.name for each in sessions.all()] == ["一郎"]


def test_no_name_of_a_file_leads_out_of_the_folder(tmp_path: Path) -> None:
    sessions, _ = begun(tmp_path)
    (tmp_path / "accounts.json").write_text("[]")
    assert sessions.end("../accounts") is None
    assert (tmp_path / "accounts.json").exists()


def test_the_files_do_not_hold_the_session_itself(tmp_path: Path) -> None:
    begun(tmp_path, session="secret-session")
    (file,) = (tmp_path / "sessions").iterdir()
    assert "secret-session" not in file.name + file.read_text()
