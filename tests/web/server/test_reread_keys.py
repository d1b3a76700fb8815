"""SIGHUP lets every worker read the key file again, and ends no connection."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import httpx2
import pytest

from calsvc.links.key_file import rotate
from calsvc.links.keys import fingerprint, generate_key, load_keys, parse_keys
from calsvc.links.sealing import Keyring
from calsvc.rules.card import Card
from calsvc.web.staff.job import CHECKED, CHECKING
from tests.support.clients import FEED_REQUEST, connect, read_response, send_request
from tests.support.links import link_of
from tests.support.load_clients import LoadClients
from tests.support.servers import (
    SERVE,
    RunningService,
    environment,
    free_port,
    running_service,
)
from tests.support.staff import (
    BASE_URL,
    EXAMPLE,
    log_in,
    post_form,
    redirect_path,
    state_with_people,
    status_of,
    upload_table,
    wait_for_end,
)
from tests.support.waiting import HANG_SECONDS, wait_until

LINK = link_of(Card(date(1990, 10, 10), date(2020, 5, 15)))
REREAD = "Read the keys again"
workers_of_each_kind = pytest.mark.parametrize(
    "workers", [pytest.param(1, marks=pytest.mark.large), 2]
)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "keys"
    path.write_text(generate_key())
    path.chmod(0o600)
    return path


@contextmanager
def serving(
    folder: Path, key_file: Path, workers: int = 1, **environ: str
) -> Iterator[RunningService]:
    folder.mkdir()
    given = {"CALSVC_KEYS": "", "CALSVC_KEY_FILE": str(key_file), **environ}
    with running_service(folder, "--workers", str(workers), **given) as server:
        server.wait_for_log("Application startup complete", workers)
        yield server


def reread(server: RunningService, times: int, line: str = REREAD) -> None:
    """Send SIGHUP and return once the log contains ``line`` so many times."""
    server.process.send_signal(signal.SIGHUP)
    server.wait_for_log(line, times)


def feed_request(path: Path) -> bytes:
    token = Keyring(load_keys("", str(path))).seal(LINK)
    return f"GET /c/{token}.ics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


@workers_of_each_kind
def test_every_worker_opens_with_a_new_key_on_connections_that_stay(
    tmp_path: Path, key_file: Path, workers: int
) -> None:
    with serving(tmp_path / "copy", key_file, workers) as server:
        connections = [connect(server.port) for _ in range(8)]
        old = feed_request(key_file)
        for connection in connections:
            connection.sendall(old)
            assert read_response(connection).status == 200
        (first,) = load_keys("", str(key_file))
        key_file.write_text(f"{generate_key()}\n{key_file.read_text()}")
        reread(server, workers)
        for connection in connections:
            for request in (old, feed_request(key_file)):
                connection.sendall(request)
                assert read_response(connection).status == 200
            connection.close()
        assert fingerprint(load_keys("", str(key_file))[0]) in server.log_text()
        assert fingerprint(first) not in server.log_text()
        for word in key_file.read_text().split():
            assert word not in server.log_text()


@pytest.mark.large
@workers_of_each_kind
def test_sighup_ends_no_process_that_still_starts(
    tmp_path: Path, key_file: Path, workers: int
) -> None:
    """Signals come from the moment on in which they are blocked until they are handled."""
    given = {"CALSVC_KEYS": "", "CALSVC_KEY_FILE": str(key_file)}
    port, log = free_port(), tmp_path / "log"
    command = [*SERVE, "--port", str(port), "--workers", str(workers)]
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=environment(**given), stdout=file, stderr=file)
    server = RunningService(port, process, log)
    try:
        wait_until(lambda: is_blocked(process.pid, signal.SIGHUP) or process.poll() is not None)
        process.send_signal(signal.SIGHUP)
        while "Application startup complete" not in server.log_text():
            assert process.poll() is None
            process.send_signal(signal.SIGHUP)
        server.wait_for_log("Application startup complete", workers)
        server.wait_for_log(REREAD, workers)
        assert "died" not in server.log_text()
        assert _status(port, feed_request(key_file)) == 200
    finally:
        server.stop()


def is_blocked(process_id: int, number: int) -> bool:
    status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
    mask = next(line for line in status.splitlines() if line.startswith("SigBlk:"))
    return bool(int(mask.split()[1], 16) >> (number - 1) & 1)


def test_no_copy_answers_404_while_keys_rotate(tmp_path: Path, key_file: Path) -> None:
    second_file = tmp_path / "second-keys"

    def bring_over() -> None:
        second_file.write_bytes(key_file.read_bytes())
        second_file.chmod(0o600)

    def statuses() -> set[int]:
        requests = (feed_request(key_file), feed_request(second_file))
        return {_status(copy.port, each) for copy in (first, second) for each in requests}

    bring_over()
    with (
        serving(tmp_path / "first", key_file) as first,
        serving(tmp_path / "second", second_file) as second,
    ):
        for step in (1, 2):
            rotate(str(key_file))
            reread(first, step)
            assert statuses() == {200}
            bring_over()
            reread(second, step)
            assert statuses() == {200}


def _status(port: int, request: bytes) -> int:
    with connect(port) as connection:
        connection.sendall(request)
        return read_response(connection).status


@pytest.mark.large
def test_no_request_under_load_fails_while_keys_are_read(tmp_path: Path, key_file: Path) -> None:
    with serving(tmp_path / "copy", key_file, 2, CALSVC_ACCESS_LOG="off") as server:
        answer = send_request(server.port, FEED_REQUEST)
        callers = LoadClients(server.port, answer.body)
        callers.start(4, reconnect=False)
        wait_until(lambda: callers.correct > 100)
        key_file.write_text(f"{key_file.read_text()}\n{generate_key()}")
        reread(server, 2)
        count = callers.correct
        wait_until(lambda: callers.correct > count + 100)
        callers.stop()
    assert (callers.wrong, callers.cut_off, callers.refused) == (0, 0, 0)


@pytest.mark.parametrize(
    ("text", "mode", "reason"),
    [
        ("faulty", 0o600, "a key is faulty"),
        pytest.param("", 0o600, "holds no key", marks=pytest.mark.large),
        pytest.param("x", 0o644, "chmod 600", marks=pytest.mark.large),
    ],
)
def test_faulty_key_file_leaves_the_keys_as_they_are(
    tmp_path: Path, key_file: Path, text: str, mode: int, reason: str
) -> None:
    with serving(tmp_path / "copy", key_file) as server:
        request = feed_request(key_file)
        key_file.write_text(text)
        key_file.chmod(mode)
        reread(server, 1, "The keys are as before")
        assert reason in server.log_text()
        assert _status(server.port, request) == 200


@contextmanager
def serving_clerk(tmp_path: Path, key_file: Path) -> Iterator[tuple[RunningService, httpx2.Client]]:
    """Yield a service of two worker processes, and a client that has signed in."""
    staff = {"CALSVC_STATE_DIR": state_with_people(), "CALSVC_PUBLIC_URL": BASE_URL}
    with (
        serving(tmp_path / "copy", key_file, 2, TMPDIR=str(tmp_path), **staff) as server,
        httpx2.Client(base_url=server.base_url, timeout=HANG_SECONDS) as client,
    ):
        assert log_in(client).status_code == 303
        yield server, client


def test_rotation_ends_neither_session_nor_table(tmp_path: Path, key_file: Path) -> None:
    with serving_clerk(tmp_path, key_file) as (server, client):
        job = redirect_path(upload_table(client, EXAMPLE))
        for step in (1, 2):
            rotate(str(key_file))
            reread(server, 2 * step)
            assert status_of(client, job)["state"] in {CHECKING, CHECKED}
        wait_until(lambda: status_of(client, job)["state"] == CHECKED)
        assert redirect_path(post_form(client, f"{job}/start", **{"format-links": "on"})) == job
        assert wait_for_end(client, job) == "done"
        assert redirect_path(post_form(client, f"{job}/remove")) == "/staff"


def test_key_that_is_removed_ends_its_sessions(tmp_path: Path, key_file: Path) -> None:
    with serving_clerk(tmp_path, key_file) as (server, client):
        key_file.write_text(generate_key())
        reread(server, 2)
        assert redirect_path(client.get("/staff")) == "/staff/login"
        assert log_in(client).status_code == 303
        assert client.get("/staff").status_code == 200


def test_a_key_that_was_removed_opens_nothing(tmp_path: Path, key_file: Path) -> None:
    with serving(tmp_path / "copy", key_file) as server:
        request = feed_request(key_file)
        key_file.write_text(generate_key())
        assert len(parse_keys(key_file.read_text(), "test")) == 1
        reread(server, 1)
        assert _status(server.port, request) == 404
