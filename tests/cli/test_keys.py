"""The command line lists, rotates and compares keys, and never shows one of a file."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from calsvc.cli.main import main
from calsvc.links.keys import fingerprint, generate_key, load_keys, parse_keys
from tests.support.servers import KEY, free_port, running_service


def run(*arguments: str, **environ: str) -> Result:
    return CliRunner(env=environ).invoke(main, ["keys", *arguments])


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "keys"
    path.write_text(f"{generate_key()}\n{generate_key()}\n")
    path.chmod(0o600)
    return path


# --- list -----------------------------------------------------------------------------------------


def test_list_shows_fingerprint_and_role_of_each_key(key_file: Path) -> None:
    first, second = load_keys("", str(key_file))
    result = run("list", CALSVC_KEY_FILE=str(key_file))
    assert result.exit_code == 0
    assert result.stdout == f"{fingerprint(first)} seals\n{fingerprint(second)} opens\n"


def test_list_reads_the_keys_of_the_setting() -> None:
    (key,) = parse_keys(KEY, "test")
    assert run("list", CALSVC_KEYS=KEY).stdout == f"{fingerprint(key)} seals\n"


def test_list_rejects_a_file_that_others_may_read(key_file: Path) -> None:
    key_file.chmod(0o644)
    result = run("list", CALSVC_KEY_FILE=str(key_file))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"Error: {key_file}: other users may read or change it; run: chmod 600 {key_file}\n"
    )


# --- rotate ---------------------------------------------------------------------------------------


def test_rotate_explains_each_step_and_the_next_one(key_file: Path) -> None:
    before = load_keys("", str(key_file))
    first = run("rotate", CALSVC_KEY_FILE=str(key_file))
    added = load_keys("", str(key_file))[-1]
    assert first.stdout.startswith(f"Step 1 of 2: the new key {fingerprint(added)} opens links.")
    assert "SIGHUP" in first.stdout
    assert "run `calsvc keys rotate` once more" in first.stdout
    second = run("rotate", CALSVC_KEY_FILE=str(key_file))
    assert second.stdout.startswith(f"Step 2 of 2: the key {fingerprint(added)} seals links")
    assert load_keys("", str(key_file)) == (added, *before)
    for word in key_file.read_text().split():
        assert word not in first.output + second.output


def test_rotate_of_keys_in_the_setting_explains_manual_steps() -> None:
    result = run("rotate", CALSVC_KEYS=KEY)
    assert result.exit_code == 1
    assert "behind the others" in result.stderr
    assert KEY not in result.output


# --- check ----------------------------------------------------------------------------------------


@contextmanager
def answering(body: bytes, status: int = 200) -> Iterator[str]:
    """Yield the URL of another service, which answers all requests with ``body``."""

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Write no log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_check_reports_if_a_copy_opens_local_links(tmp_path: Path) -> None:
    other = generate_key()
    (fingerprinted,) = (fingerprint(key) for key in parse_keys(KEY, "test"))
    with running_service(tmp_path) as copy:
        same = run("check", copy.base_url, CALSVC_KEYS=f"{KEY},{other}")
        differing = run("check", f"{copy.base_url}/", CALSVC_KEYS=f"{other},{KEY}")
    assert (same.exit_code, same.stdout) == (
        0,
        f"{copy.base_url} opens the links that the key {fingerprinted} seals here.\n",
    )
    assert (differing.exit_code, differing.stdout) == (1, "")
    assert "does not open the links that are sealed here" in differing.stderr
    for result in (same, differing):
        assert "/c/" not in result.output
    assert "TEST" not in copy.log_text()


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"BEGIN:VCALENDAR", 200, "answers, but not with the feed"),
        (b"", 503, "answers with 503"),
        (b"", 404, "does not open"),
    ],
)
def test_check_rejects_the_response_of_another_service(
    body: bytes, status: int, message: str
) -> None:
    with answering(body, status) as url:
        result = run("check", url, CALSVC_KEYS=KEY)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {url}: ")
    assert message in result.stderr


@pytest.mark.parametrize("url", ["calendar.example.jp", "file:///etc/passwd", "https://a b"])
def test_check_needs_the_url_of_a_service(url: str) -> None:
    result = run("check", url, CALSVC_KEYS=KEY)
    assert (result.exit_code, result.stderr) == (
        1,
        f"Error: {url}: must be like https://calendar.example.jp\n",
    )


def test_check_reports_an_unreachable_service() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    result = run("check", url, CALSVC_KEYS=KEY)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {url}: cannot be reached: ")
