"""The real server under faults and malice: what is killed, full, broken, slow or long past."""

import os
import resource
import signal
import socket
import subprocess
from datetime import date
from pathlib import Path
from statistics import quantiles

import httpx2
import pytest
from starlette.testclient import TestClient

from calsvc.links.keys import parse_keys
from calsvc.links.sealing import Keyring
from calsvc.rules.card import Card
from calsvc.settings import Settings
from calsvc.web.app import create_app
from tests.support.clients import (
    FEED_REQUEST,
    STAFF_PASSWORD,
    connect,
    is_closed,
    read_response,
    send_request,
    token_in,
)
from tests.support.links import link_of
from tests.support.load_clients import LoadClients
from tests.support.paths import ROOT
from tests.support.servers import KEY, SERVE, RunningService, environment, running_service
from tests.support.staff import CLERK, state_with_people
from tests.support.waiting import HANG_SECONDS, wait_until

CLIENTS = 4
"""Few, because each must send its request before a service that stops closes its connection."""
MANY = 2000
MAX_OVERTAKEN = 100
"""Responses that others may receive while a client waits for one; of 100, 99 wait no longer."""
BOUND_BY_MODES = (
    ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
)
"""Starts a program as root that may read no file whose mode forbids it."""
SLOW = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "


def worker_ids(server: RunningService) -> set[int]:
    pid = server.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    commands = {int(each): Path(f"/proc/{each}/cmdline").read_bytes() for each in children}
    return {each for each, command in commands.items() if b"spawn_main" in command}


def create_load_clients(port: int) -> LoadClients:
    return LoadClients(port, send_request(port, FEED_REQUEST).body)


# --- killed and stopped ---------------------------------------------------------------------------


def test_killed_worker_is_replaced_without_wrong_responses(tmp_path: Path) -> None:
    with running_service(tmp_path, "--workers", "2", CALSVC_ACCESS_LOG="off") as server:
        server.wait_for_log("Application startup complete", 2)
        callers, before = create_load_clients(server.port), worker_ids(server)
        callers.start(8, reconnect=True)
        wait_until(lambda: callers.correct > 200)
        first, second = before
        os.kill(first, signal.SIGKILL)
        server.wait_for_log("Application startup complete", 3)
        os.kill(second, signal.SIGKILL)  # so that the new one must be answering
        count = callers.correct
        wait_until(lambda: callers.correct > count + 200)
        server.wait_for_log("Application startup complete", 4)
        callers.stop()
        assert len(worker_ids(server)) == 2
        assert not worker_ids(server) & before
    assert (callers.wrong, callers.refused) == (0, 0)
    assert callers.cut_off <= 2 * 8  # those that the killed ones held


@pytest.mark.parametrize("workers", [pytest.param("1", marks=pytest.mark.large), "2"])
def test_a_service_that_is_stopped_loses_no_request(tmp_path: Path, workers: str) -> None:
    with running_service(tmp_path, "--workers", workers, CALSVC_ACCESS_LOG="off") as server:
        server.wait_for_log("Application startup complete", int(workers))
        callers = create_load_clients(server.port)
        callers.start(CLIENTS, reconnect=False)
        wait_until(lambda: callers.correct > 300)
        server.process.send_signal(signal.SIGTERM)
        callers.join()
        assert server.process.wait(HANG_SECONDS) == 0
    assert (callers.wrong, callers.cut_off) == (0, 0)


def test_stopped_service_finishes_requests_in_progress(tmp_path: Path) -> None:
    body = b'{"cards": [{"issued": "2020-05-15", "born": "1990-10-10"}]}'
    head = (
        "POST /api/links HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    with (
        running_service(tmp_path) as server,
        connect(server.port) as half,
        connect(server.port) as idle,
    ):
        idle.sendall(FEED_REQUEST)
        read_response(idle)
        half.sendall(head + body[:9])
        server.process.send_signal(signal.SIGTERM)
        server.wait_for_log("Shutting down")
        idle.sendall(FEED_REQUEST)
        assert read_response(idle).headers["connection"] == "close"
        half.sendall(body[9:])
        assert read_response(half).status == 200
        assert server.process.wait(HANG_SECONDS) == 0


@pytest.mark.parametrize("workers", [pytest.param("1", marks=pytest.mark.large), "2"])
def test_service_on_an_inherited_socket_restarts_without_gap(tmp_path: Path, workers: str) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        port = listening.getsockname()[1]
        first = start_service(listening, tmp_path / "first", workers)
        assert b"SOURCE;VALUE=URI:https://127.0.0.1/c/" in send_request(port, FORWARDED).body
        first.terminate()
        assert first.wait(HANG_SECONDS) == 0
        with connect(port) as early:
            early.sendall(FEED_REQUEST)
            second = start_service(listening, tmp_path / "second", workers)
            assert read_response(early).status == 200
        second.terminate()
        assert second.wait(HANG_SECONDS) == 0


@pytest.mark.large
@pytest.mark.parametrize("workers", [pytest.param("1", marks=pytest.mark.large), "2"])
def test_a_restart_on_a_held_socket_loses_no_new_connection(tmp_path: Path, workers: str) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        first = start_service(listening, tmp_path / "first", workers)
        callers = create_load_clients(listening.getsockname()[1])
        callers.connect_for_each_request = True
        callers.start(CLIENTS, reconnect=True)
        wait_until(lambda: callers.correct > 300)
        first.terminate()
        assert first.wait(HANG_SECONDS) == 0
        count = callers.correct
        second = start_service(listening, tmp_path / "second", workers)
        wait_until(lambda: callers.correct > count + 300)
        callers.stop()
        second.terminate()
        assert second.wait(HANG_SECONDS) == 0
    assert (callers.wrong, callers.cut_off, callers.refused) == (0, 0, 0)


FORWARDED = FEED_REQUEST.replace(b"\r\n\r\n", b"\r\nX-Forwarded-Proto: https\r\n\r\n")


def start_service(listening: socket.socket, log: Path, workers: str) -> "subprocess.Popen[bytes]":
    with log.open("wb") as file:
        return subprocess.Popen(
            [*SERVE, "--workers", workers, "--fd", str(listening.fileno())],
            env=environment(CALSVC_TRUSTED_PROXIES="127.0.0.1"),
            pass_fds=[listening.fileno()],
            stdout=file,
            stderr=file,
        )


# --- slow -----------------------------------------------------------------------------------------


@pytest.mark.large
def test_thousands_of_slow_clients_do_not_block_others(tmp_path: Path) -> None:
    least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    number = min(MANY, most - 500)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(least, number + 500), most))
    slow: list[socket.socket] = []
    given = {"CALSVC_REQUEST_SECONDS": "4", "CALSVC_MAX_CLIENT_CONNECTIONS": "5000"}
    with running_service(tmp_path, CALSVC_ACCESS_LOG="off", **given) as server:
        try:
            slow += [connect(server.port) for _ in range(number)]
            for each in slow:
                each.sendall(SLOW)
            callers = create_load_clients(server.port)
            callers.start(4, reconnect=True)
            wait_until(lambda: callers.correct > 500)
            for each in slow:
                send_slowly(each)
            assert sum(map(is_closed, slow)) == number
            callers.stop()
        finally:
            for each in slow:
                each.close()
        assert send_request(server.port, FEED_REQUEST).status == 200
    assert (callers.wrong, callers.cut_off, callers.refused) == (0, 0, 0)
    assert quantiles(callers.overtaken, n=100)[-1] < MAX_OVERTAKEN


def send_slowly(connection: socket.socket) -> None:
    try:
        connection.sendall(b"a")
    except ConnectionError:
        return


# --- broken ---------------------------------------------------------------------------------------


def start_error(
    tmp_path: Path, *arguments: str, before: tuple[str, ...] = (), **environ: str
) -> str:
    done = subprocess.run(
        [*before, *SERVE, "--port", "1", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), **environ},
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


def test_key_file_without_a_key_prevents_the_start(tmp_path: Path) -> None:
    (file := tmp_path / "keys").write_text("# none\n")
    file.chmod(0o600)
    assert start_error(tmp_path, CALSVC_KEY_FILE=str(file)) == (
        f"Error: {file}: holds no key; make one with: calsvc keys new\n"
    )


def test_unreadable_key_file_prevents_the_start(tmp_path: Path) -> None:
    assert (
        start_error(tmp_path, CALSVC_KEY_FILE=str(tmp_path))
        == f"Error: {tmp_path}: Is a directory\n"
    )
    (file := tmp_path / "keys").write_bytes(b"\xff\xfe")
    file.chmod(0o600)
    assert start_error(tmp_path, CALSVC_KEY_FILE=str(file)) == f"Error: {file}: is no key file\n"


def test_key_file_of_another_user_prevents_the_start(tmp_path: Path) -> None:
    (file := tmp_path / "keys").write_text(KEY)
    file.chmod(0)
    said = start_error(tmp_path, before=BOUND_BY_MODES, CALSVC_KEY_FILE=str(file))
    assert said == f"Error: {file}: Permission denied\n"


def test_key_file_readable_by_others_prevents_the_start(tmp_path: Path) -> None:
    (file := tmp_path / "keys").write_text(KEY)
    file.chmod(0o644)
    assert start_error(tmp_path, CALSVC_KEY_FILE=str(file)) == (
        f"Error: {file}: other users may read or change it; run: chmod 600 {file}\n"
    )


def test_faulty_municipality_prevents_the_start(tmp_path: Path) -> None:
    (file := tmp_path / "city.toml").write_text('id = "x', encoding="utf-8")
    said = start_error(tmp_path, "--municipalities", str(file), CALSVC_KEYS=KEY)
    assert said.startswith(f"Error: {file}: ")
    assert "Unterminated" in said


def test_invalid_socket_prevents_the_start(tmp_path: Path) -> None:
    assert (
        start_error(tmp_path, "--fd", "99", CALSVC_KEYS=KEY) == "Error: --fd: Bad file descriptor\n"
    )


# --- full -----------------------------------------------------------------------------------------


def test_table_without_room_on_the_disk_gets_503(tmp_path: Path) -> None:
    (temporary := tmp_path / "temporary").mkdir()
    with running_service(
        tmp_path,
        before=("sh", "-c", 'ulimit -f 512; exec "$@"', "sh"),  # 256 KiB a file
        TMPDIR=str(temporary),
        CALSVC_STATE_DIR=state_with_people(),
    ) as server:
        with httpx2.Client(
            base_url=server.base_url, headers={"Accept": "text/html"}, timeout=HANG_SECONDS
        ) as clerk:
            token = token_in(clerk.get("/staff/login").text)
            fields = {"csrf": token, "name": CLERK, "password": STAFF_PASSWORD}
            page = clerk.post("/staff/login", data=fields, follow_redirects=True)
            fields = {"csrf": token_in(page.text)}
            table = {"table": ("r.csv", b"born,issued\n1990-10-10,2020-05-15\n" * 20_000)}
            answer = clerk.post("/staff/tables", data=fields, files=table)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
            assert [*temporary.glob("*/worker-*/*-*")] == []
            table = {"table": ("r.csv", b"born,issued\n1990-10-10,2020-05-15\n")}
            assert clerk.post("/staff/tables", data=fields, files=table).status_code == 303
        assert send_request(server.port, FEED_REQUEST).status == 200
        assert "a table could not be kept: File too large" in server.log_text()


# --- long past ------------------------------------------------------------------------------------


def test_a_clock_that_is_years_off_changes_no_byte_of_a_feed() -> None:
    link = link_of(Card(date(1990, 10, 10), date(2020, 5, 15)))
    path = f"/c/{Keyring(parse_keys(KEY, 'test')).seal(link)}.ics"
    clocks = (date(1970, 1, 1), date(2019, 12, 31), date(2026, 11, 24), date(2099, 12, 31))
    answers = [
        TestClient(create_app(Settings(keys=KEY), today=lambda day=day: day)).get(path)
        for day in clocks
    ]
    assert {each.status_code for each in answers} == {200}
    assert len({(each.content, each.headers["ETag"]) for each in answers}) == 1
