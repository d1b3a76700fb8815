"""Every worker follows the file of ended links, and none serves an ended link as live again."""

import subprocess
from pathlib import Path

import pytest

from calsvc.links.ended import end_links
from tests.support.clients import connect, read_response
from tests.support.links import NUMBER
from tests.support.pages import ADULT_TOKEN
from tests.support.servers import SERVE, environment, free_port, running_service
from tests.support.waiting import HANG_SECONDS

REQUEST = f"GET /c/{ADULT_TOKEN} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
READ, AS_BEFORE = "Read the ended links again", "The ended links are as before"
OTHER = bytes(range(8, 16))


@pytest.mark.parametrize("workers", [pytest.param(1, marks=pytest.mark.large), 2])
def test_every_worker_follows_the_file_on_connections_that_stay(
    tmp_path: Path, workers: int
) -> None:
    file = tmp_path / "ended"
    with running_service(
        tmp_path, "--workers", str(workers), CALSVC_ENDED_LINKS=str(file)
    ) as server:
        server.wait_for_log("Application startup complete", workers)
        connections = [connect(server.port) for _ in range(8)]

        def statuses() -> set[int]:
            for connection in connections:
                connection.sendall(REQUEST)
            return {read_response(connection).status for connection in connections}

        assert statuses() == {200}
        end_links(str(file), [NUMBER])
        server.wait_for_log(READ, workers)
        assert statuses() == {410}
        whole = file.read_bytes()
        file.write_bytes(whole[:-3])
        server.wait_for_log(AS_BEFORE, workers)
        assert statuses() == {410}
        file.write_bytes(whole)
        end_links(str(file), [OTHER])
        server.wait_for_log(READ, 2 * workers)
        assert statuses() == {410}
        for connection in connections:
            connection.close()
    for word in (NUMBER.hex(), OTHER.hex(), ADULT_TOKEN):
        assert word not in server.log_text()


def test_damaged_file_keeps_the_service_from_starting(tmp_path: Path) -> None:
    (file := tmp_path / "ended").write_text(f"{NUMBER.hex()}\n")
    ended = subprocess.run(
        [*SERVE, "--port", str(free_port())],
        env=environment(CALSVC_ENDED_LINKS=str(file)),
        capture_output=True,
        text=True,
        check=False,
        timeout=HANG_SECONDS,
    )
    assert (ended.returncode, ended.stderr) == (
        1,
        f"Error: {file}: is not whole; its last line must count the numbers\n",
    )
