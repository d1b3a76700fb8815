"""The staff pages without a browser: who gets in, what is made, and that nothing stays behind."""

import logging
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from datetime import date
from http.cookies import SimpleCookie
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import anyio
import httpx2
import pytest
from click.testing import CliRunner
from openpyxl import Workbook
from starlette.testclient import TestClient

import calsvc
from calsvc import passwords
from calsvc.bulk.columns import FIELDS
from calsvc.bulk.formats import FORMATS
from calsvc.cli.main import main
from calsvc.clock import today_in_japan
from calsvc.i18n.catalogs import catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.keys import new_key
from calsvc.settings import InvalidSetting, Settings, load
from calsvc.web.app import STAFF_ROUTES, create_app
from calsvc.web.rate_limits import OF_ALL, OF_ONE, Attempts, network
from calsvc.web.staff.access import Desk
from calsvc.web.staff.job_store import (
    KEPT,
    MOST_JOBS,
    UNATTENDED,
    WORKING,
    Jobs,
    Status,
    TooManyJobsError,
)
from calsvc.web.staff.sessions import Sessions
from tests.support.paths import ROOT

EXAMPLE = ROOT / "examples" / "residents.csv"
PASSWORD = "correct horse battery"  # noqa: S105 - of the tests alone
HASH = passwords.hash_of(PASSWORD)
BASE = "http://localhost:8000"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
CARD = {
    "cards": "1",
    "c1-have": "issued",
    "c1-issued-year": "2020",
    "c1-issued-month": "6",
    "c1-issued-day": "1",
    "c1-born-year": "1985",
    "c1-born-month": "4",
    "c1-born-day": "23",
}
PATIENCE = 60


def settings(**changed: str | int) -> Settings:
    return Settings(
        **{"keys": new_key(), "staff_password_hash": HASH, "public_url": BASE, **changed}
    )


def client_of(configured: Settings, base: str = BASE) -> TestClient:
    app = create_app(configured, today=today_in_japan)
    return TestClient(app, base_url=base, headers=BROWSER, follow_redirects=False)


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A service of its own; whatever a test leaves behind must be gone when it has ended."""
    with client_of(settings()) as client:
        yield client
        root = desk_of(client).jobs.root
    assert not root.exists()


@pytest.fixture
def clerk(client: TestClient) -> TestClient:
    assert log_in(client).status_code == 303
    return client


def desk_of(client: TestClient) -> Desk:
    desk = client.app.state.desk  # type: ignore[attr-defined]
    assert isinstance(desk, Desk)
    return desk


def token_in(response: httpx2.Response) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', response.text)
    assert found
    return found[1]


def log_in(client: TestClient, password: str = PASSWORD) -> httpx2.Response:
    token = token_in(client.get("/staff/login"))
    return client.post("/staff/login", data={"csrf": token, "password": password})


def post(client: TestClient, path: str, **fields: str) -> httpx2.Response:
    token = token_in(client.get("/staff"))
    return client.post(path, data={"csrf": token, **fields})


def send(client: TestClient, content: bytes, token: str = "") -> httpx2.Response:
    token = token or token_in(client.get("/staff"))
    return client.post("/staff/tables", data={"csrf": token}, files={"table": ("r.csv", content)})


def place_of(response: httpx2.Response) -> str:
    assert response.status_code == 303
    return urlsplit(response.headers["location"]).path


def finished(client: TestClient, job: str) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        state = client.get(f"{job}/status").json()["state"]
        if state != WORKING:
            return str(state)
        time.sleep(0.05)
    raise AssertionError("the work does not end")


def made(client: TestClient, content: bytes, *formats: str) -> str:
    """A job whose work is done."""
    job = place_of(send(client, content))
    chosen = {f"format-{each}": "on" for each in formats}
    place_of(post(client, f"{job}/start", **chosen))
    assert finished(client, job) == "done"
    return job


def folders(client: TestClient) -> list[Path]:
    return list(desk_of(client).jobs.root.glob("worker-*/*"))


# --- off until wanted -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/staff", "/staff/login", "/staff/tables/x"])
def test_without_a_password_there_are_no_such_pages(path: str) -> None:
    assert client_of(settings(staff_password_hash="")).get(path).status_code == 404


def test_the_password_s_hash_is_made_on_the_command_line() -> None:
    made_ = CliRunner().invoke(main, ["staff-password"], input=f"{PASSWORD}\n{PASSWORD}\n")
    hashed = made_.stdout.splitlines()[-1]
    assert load({"CALSVC_STAFF_PASSWORD_HASH": hashed}).staff_password_hash == hashed
    assert passwords.fits(PASSWORD, hashed)
    assert not passwords.fits("another password", hashed)
    assert PASSWORD not in made_.output


def test_a_short_password_is_refused() -> None:
    made_ = CliRunner().invoke(main, ["staff-password"], input="short\nshort\n")
    assert made_.exit_code == 1


@pytest.mark.parametrize("text", ["secret", "$argon2id$v=19$m=1", "$2b$12$abcdefghijklmnopqrstuv"])
def test_a_hash_that_is_none_is_refused_at_start(text: str) -> None:
    with pytest.raises(InvalidSetting):
        load({"CALSVC_STAFF_PASSWORD_HASH": text})


@pytest.mark.parametrize("text", ["0", "2001", "x"])
def test_the_largest_upload_is_from_1_to_2000_megabytes(text: str) -> None:
    with pytest.raises(InvalidSetting):
        load({"CALSVC_MAX_UPLOAD_MB": text})


def test_the_hash_does_not_show_when_settings_are_printed() -> None:
    assert HASH not in repr(settings())


# --- logging in -----------------------------------------------------------------------------------


def test_every_page_but_the_log_in_leads_there_without_a_session(client: TestClient) -> None:
    for route in (each for each in STAFF_ROUTES if each.path != "/staff/login"):
        path = route.path.replace("{job}", "x")
        for method in route.methods or {"GET", "POST"}:
            response = client.request(method, path)
            assert place_of(response) == "/staff/login", (method, path)


def test_whoever_knows_the_password_gets_in_and_out_again(client: TestClient) -> None:
    assert place_of(log_in(client)) == "/staff"
    assert client.get("/staff").status_code == 200
    assert place_of(post(client, "/staff/logout")) == "/staff/login"
    assert place_of(client.get("/staff")) == "/staff/login"


def test_a_session_that_was_ended_is_not_taken_again(clerk: TestClient) -> None:
    cookie = clerk.cookies["calsvc_staff"]
    post(clerk, "/staff/logout")
    response = clerk.get("/staff", headers={"Cookie": f"calsvc_staff={cookie}"})
    assert place_of(response) == "/staff/login"


def test_a_wrong_password_is_refused(client: TestClient) -> None:
    response = log_in(client, "wrong")
    assert response.status_code == 403
    assert catalog("ja").text("staff.log_in.wrong") in response.text
    assert place_of(client.get("/staff")) == "/staff/login"


@pytest.mark.parametrize("token", ["", "0" * 64, "ü"])
def test_a_log_in_without_the_page_s_token_is_refused(client: TestClient, token: str) -> None:
    client.get("/staff/login")
    response = client.post("/staff/login", data={"csrf": token, "password": PASSWORD})
    assert response.status_code == 403
    assert "calsvc_staff" not in client.cookies


def test_a_log_in_without_the_page_s_cookie_is_refused(client: TestClient) -> None:
    token = token_in(client.get("/staff/login"))
    client.cookies.clear()
    response = client.post("/staff/login", data={"csrf": token, "password": PASSWORD})
    assert response.status_code == 403


def test_attempts_are_limited_and_told_when_to_come_back(client: TestClient) -> None:
    said = [log_in(client, "wrong").status_code for _ in range(OF_ONE.amount)]
    assert said == [403] * OF_ONE.amount
    refused = log_in(client)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= OF_ONE.get_expiry()


def test_attempts_of_all_together_are_limited() -> None:
    attempts = Attempts()
    assert not any(attempts.wait(f"192.0.2.{number}") for number in range(OF_ALL.amount))
    assert attempts.wait("192.0.2.200")


def test_whoever_knew_the_password_has_no_attempts_against_him() -> None:
    attempts = Attempts()
    for _ in range(OF_ONE.amount * 2):
        assert attempts.wait("192.0.2.1") == 0
        attempts.forget("192.0.2.1")


def test_addresses_of_one_home_count_as_one_client() -> None:
    assert network("2001:db8::1") == network("2001:db8::ffff") != network("2001:db8:0:1::1")
    assert network("192.0.2.1") == "192.0.2.1"
    assert network("testclient") == "testclient"


@pytest.mark.parametrize(("url", "secure"), [(BASE, False), ("https://c.example.jp", True)])
def test_the_cookie_is_for_no_script_no_other_site_and_no_open_line(url: str, secure: bool) -> None:
    client = client_of(settings(public_url=url), "https://c.example.jp" if secure else BASE)
    first = log_in(client).headers.get_list("set-cookie")[0]
    cookie = SimpleCookie(first)["calsvc_staff"]
    assert cookie["httponly"]
    assert cookie["samesite"].lower() == "strict"
    assert bool(cookie["secure"]) is secure
    assert cookie["path"] == "/staff"
    assert cookie["max-age"] == "28800"


def test_a_session_is_signed_and_ends_with_the_password() -> None:
    sessions = Sessions(b"k" * 64, HASH)
    cookie = sessions.begin()
    assert sessions.session(cookie)
    assert Sessions(b"k" * 64, HASH).session(cookie) == sessions.session(cookie)
    assert not sessions.session(cookie[:-2] + "xx")
    assert not Sessions(b"k" * 64, passwords.hash_of("another one")).session(cookie)
    assert not Sessions(b"l" * 64, HASH).session(cookie)
    assert not sessions.session(sessions.greet())


@pytest.mark.parametrize(
    "path", ["/staff", "/staff/logout", "/staff/tables/x/start", "/staff/tables/x/download"]
)
@pytest.mark.parametrize("token", ["", "0" * 64])
def test_a_form_without_the_session_s_token_is_refused(
    clerk: TestClient, path: str, token: str
) -> None:
    assert clerk.post(path, data={"csrf": token, **CARD}).status_code == 403


@pytest.mark.parametrize("token", ["0" * 64, "x" * 1000])
def test_a_table_without_the_session_s_token_is_refused(clerk: TestClient, token: str) -> None:
    assert send(clerk, b"x", token).status_code == 403
    assert folders(clerk) == []


def test_a_table_that_comes_before_the_token_is_refused(clerk: TestClient) -> None:
    token = token_in(clerk.get("/staff"))
    parts = {"table": ("r.csv", b"x"), "csrf": (None, token)}
    assert clerk.post("/staff/tables", files=parts).status_code == 403
    assert folders(clerk) == []


# --- one resident ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_resident_gets_a_link_a_code_and_an_e_mail(clerk: TestClient, lang: str) -> None:
    given = {**CARD, "name": "髙橋 <b>", "email": "a@example.jp", "lang": lang}
    page = post(clerk, "/staff", **given).text
    address = re.search(rf'value="({BASE}/c/[^"]+)"', page)
    assert address
    assert clerk.get(address[1]).headers["content-language"] == lang
    body = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert body
    assert "髙橋 &lt;b&gt;" in body[1]
    assert address[1] in body[1]
    assert '<div role="img"' in page
    assert 'href="data:image/png;base64,' in page


def test_neither_page_nor_e_mail_tells_the_birth_date(clerk: TestClient) -> None:
    page = post(clerk, "/staff", **CARD, email="a@example.jp").text
    link = re.search(r'href="(mailto:[^"]+)"', page)
    assert link
    assert not re.search(r"1985|昭和|2020", unquote(page))


def test_the_mail_program_gets_the_address_subject_and_text(clerk: TestClient) -> None:
    page = post(clerk, "/staff", **CARD, email="a@example.jp").text
    link = re.search(r'href="(mailto:[^"]+)"', page)
    assert link
    parts = urlsplit(link[1].replace("&amp;", "&"))
    fields = parse_qs(parts.query)
    assert parts.path == "a@example.jp"
    assert catalog("ja").text("staff.mail") not in fields["subject"]
    body = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert body
    assert fields["body"][0].replace("\r\n", "\n") == body[1]


def test_faults_are_told_and_what_was_typed_stays(clerk: TestClient) -> None:
    wrong = {**CARD, "c1-born-month": "13", "email": "nobody", "name": "髙橋"}
    response = post(clerk, "/staff", **wrong)
    assert response.status_code == 400
    assert 'value="髙橋"' in response.text
    assert 'id="email-fault"' in response.text
    assert 'id="c1-born-fault"' in response.text


# --- many -----------------------------------------------------------------------------------------


def test_the_zip_holds_what_the_command_line_makes(clerk: TestClient, tmp_path: Path) -> None:
    key = clerk.app.state.service.settings.keys  # type: ignore[attr-defined]
    options = [f"--format={each}" for each in FORMATS]
    command = [sys.executable, "-m", "calsvc", "links", str(EXAMPLE), "-o", str(tmp_path / "out")]
    environ = {"CALSVC_KEYS": key, "CALSVC_PUBLIC_URL": BASE, "PYTHONPATH": str(ROOT)}
    subprocess.run([*command, *options], env=environ, check=False, capture_output=True)
    expected = {
        str(path.relative_to(tmp_path / "out")): path.read_bytes()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert len(expected) > 40
    job = made(clerk, EXAMPLE.read_bytes(), *FORMATS)
    response = post(clerk, f"{job}/download")
    assert "calsvc-links.zip" in response.headers["content-disposition"]
    with zipfile.ZipFile(BytesIO(response.content)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    assert found == expected
    assert folders(clerk) == []
    assert clerk.get(job).status_code == 404


def test_the_preview_shows_encoding_columns_and_rows(clerk: TestClient) -> None:
    page = clerk.get(place_of(send(clerk, EXAMPLE.read_bytes()))).text
    assert "<strong>cp932</strong>" in page
    assert "<td>電子証明書有効期限</td>" in page
    assert "<td>小樽 花子</td>" in page
    assert "<td>昭和60年4月23日</td>" in page


def test_a_workbook_is_taken_too(clerk: TestClient) -> None:
    book, file = Workbook(), BytesIO()
    sheet = book.worksheets[0]
    sheet.append(["生年月日", "発行日"])
    sheet.append([date(1985, 4, 23), date(2020, 6, 1)])
    book.save(file)
    page = clerk.get(place_of(send(clerk, file.getvalue()))).text
    assert "<strong>xlsx</strong>" in page
    assert "<td>1985-04-23</td>" in page
    job = made(clerk, file.getvalue())
    with zipfile.ZipFile(BytesIO(post(clerk, f"{job}/download").content)) as archive:
        assert "2025-04-23" in archive.read("links.csv").decode("utf-8-sig")


def test_work_that_breaks_off_is_told_and_nothing_of_the_table_with_it(
    clerk: TestClient, capfd: pytest.CaptureFixture[str]
) -> None:
    job = place_of(send(clerk, EXAMPLE.read_bytes()))
    next(desk_of(clerk).jobs.root.rglob("table")).unlink()
    place_of(post(clerk, f"{job}/start"))
    assert finished(clerk, job) == "failed"
    assert catalog("ja").text("staff.failed.text") in clerk.get(job).text
    said = capfd.readouterr().err
    assert "FileNotFoundError at " in said
    assert "calsvc-staff-" not in said


def test_another_encoding_can_be_tried(clerk: TestClient) -> None:
    content = "born,issued,備考\n1985-04-23,2020-06-01,ｱｲｳ\n".encode("cp932")
    job = place_of(send(clerk, content))
    assert "ｱｲｳ" in clerk.get(job).text
    assert "<td>ｱｲｳ</td>" not in clerk.get(f"{job}?encoding=utf-8").text


def test_a_cell_is_text_and_no_markup(clerk: TestClient) -> None:
    content = b"born,issued,<b>\n1985-04-23,2020-06-01,<script>alert(1)</script>\n"
    page = clerk.get(place_of(send(clerk, content))).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"\n", b"PK\x03\x04broken", b"\x81\xff\x00,\n"])
def test_an_unusable_table_is_explained_and_removed(clerk: TestClient, content: bytes) -> None:
    response = clerk.get(place_of(send(clerk, content)))
    assert response.status_code == 400
    assert catalog("ja").text("staff.sample.unusable") in response.text
    assert folders(clerk) == []


def test_a_table_without_a_single_row_gives_a_zip_too(clerk: TestClient) -> None:
    job = made(clerk, b"born,issued\n")
    with zipfile.ZipFile(BytesIO(post(clerk, f"{job}/download").content)) as archive:
        assert archive.namelist() == ["links.csv"]


@pytest.mark.parametrize("times", [1, 3, 6])
def test_a_too_large_table_is_refused(times: int) -> None:
    with client_of(settings(max_upload_mb=1)) as client:
        log_in(client)
        response = send(client, b"x" * (times * (1 << 20) + 1))
        assert response.status_code == 413
        assert folders(client) == []


def test_a_table_of_just_the_limit_is_taken() -> None:
    with client_of(settings(max_upload_mb=1)) as client:
        log_in(client)
        assert send(client, b"x" * (1 << 20)).status_code == 303


def test_what_is_no_upload_is_refused(clerk: TestClient) -> None:
    token = token_in(clerk.get("/staff"))
    assert clerk.post("/staff/tables", data={"csrf": token}).status_code == 415
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    assert clerk.post("/staff/tables", content=b"nonsense", headers=kind).status_code == 400
    assert send(clerk, b"").status_code == 400
    assert folders(clerk) == []


def test_there_is_room_for_a_few_tables_only(clerk: TestClient) -> None:
    jobs = [place_of(send(clerk, b"x")) for _ in range(MOST_JOBS)]
    refused = send(clerk, b"x")
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    post(clerk, f"{jobs[0]}/remove")
    assert send(clerk, b"x").status_code == 303


def test_a_table_can_be_had_from_its_own_session_alone(clerk: TestClient) -> None:
    job = place_of(send(clerk, EXAMPLE.read_bytes()))
    assert clerk.get(job).status_code == 200
    log_in(clerk)
    for path in (job, f"{job}/status"):
        assert clerk.get(path).status_code == 404
    for path in ("start", "download", "remove"):
        assert post(clerk, f"{job}/{path}").status_code == 404


def test_work_is_begun_once_however_often_the_button_is_pressed(clerk: TestClient) -> None:
    job = made(clerk, EXAMPLE.read_bytes())
    place_of(post(clerk, f"{job}/start"))
    assert clerk.get(f"{job}/status").json()["state"] == "done"


def test_nothing_is_downloaded_before_it_is_done(clerk: TestClient) -> None:
    job = place_of(send(clerk, EXAMPLE.read_bytes()))
    assert post(clerk, f"{job}/download").status_code == 404


# --- nothing stays behind -------------------------------------------------------------------------


def test_folders_are_for_the_owner_alone(clerk: TestClient) -> None:
    send(clerk, EXAMPLE.read_bytes())
    root = desk_of(clerk).jobs.root
    for folder in (root, *root.glob("worker-*/"), *root.glob("worker-*/*/")):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_what_nobody_downloads_is_removed_after_its_time(clerk: TestClient) -> None:
    job = made(clerk, EXAMPLE.read_bytes())
    jobs = desk_of(clerk).jobs
    jobs.sweep(time.time() + KEPT - 60)
    assert len(folders(clerk)) == 1
    jobs.sweep(time.time() + KEPT + 1)
    assert folders(clerk) == []
    assert clerk.get(job).status_code == 404


def test_work_that_nobody_asks_about_is_removed_sooner(tmp_path: Path) -> None:
    jobs = Jobs(b"k" * 64, tmp_path)
    jobs.new("session").tell(Status(WORKING))
    jobs.sweep(time.time() + UNATTENDED + 1)
    assert list(jobs.root.glob("worker-*/*")) == []
    jobs.close()
    assert list(tmp_path.iterdir()) == []


def test_logging_out_removes_the_session_s_tables(clerk: TestClient) -> None:
    send(clerk, EXAMPLE.read_bytes())
    post(clerk, "/staff/logout")
    assert folders(clerk) == []


def test_shutting_down_removes_everything_and_stops_the_work() -> None:
    with client_of(settings()) as client:
        log_in(client)
        header, *rows = EXAMPLE.read_bytes().splitlines(keepends=True)
        content = header + rows[0] * 100_000
        job = place_of(send(client, content))
        place_of(post(client, f"{job}/start", **{"format-letters": "on"}))
        running = [*desk_of(client).workers._running.values()]
        assert [each.poll() for each in running] == [None]
    assert [each.poll() is None for each in running] == [False]
    assert not desk_of(client).jobs.root.exists()


def test_what_a_killed_worker_left_is_removed_by_another(tmp_path: Path) -> None:
    code = (
        "import sys, os, signal; from pathlib import Path\n"
        "from calsvc.web.staff.job_store import Jobs\n"
        f"jobs = Jobs(b'k' * 64, Path({str(tmp_path)!r}))\n"
        "jobs.new('session').table.write_text('secret')\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT)}, check=False)
    assert list(tmp_path.rglob("table"))
    jobs = Jobs(b"k" * 64, tmp_path)
    jobs.sweep(time.time())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_another_worker_finds_a_job_and_leaves_it_alone(tmp_path: Path) -> None:
    one, other = Jobs(b"k" * 64, tmp_path), Jobs(b"k" * 64, tmp_path)
    job = one.new("session")
    other.new("session")
    other.sweep(time.time())
    found = other.find("session", job.id)
    assert found == job
    assert other.find("another", job.id) is None
    other.close()
    assert job.folder.is_dir()
    one.close()
    assert list(tmp_path.iterdir()) == []


def test_no_more_jobs_than_there_is_room_for_with_any_number_of_workers(tmp_path: Path) -> None:
    workers = [Jobs(b"k" * 64, tmp_path) for _ in range(MOST_JOBS + 1)]
    for each in workers[:-1]:
        each.new("session")
    with pytest.raises(TooManyJobsError):
        workers[-1].new("session")


def test_a_folder_that_another_made_is_not_used(tmp_path: Path) -> None:
    jobs = Jobs(b"k" * 64, tmp_path)
    jobs.root.mkdir(mode=0o777)
    jobs.root.chmod(0o777)
    with pytest.raises(PermissionError):
        jobs.new("session")


def test_a_browser_that_goes_away_in_the_middle_leaves_nothing(clerk: TestClient) -> None:
    token = token_in(clerk.get("/staff"))
    start = (
        f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{token}\r\n'
        '--x\r\nContent-Disposition: form-data; name="table"; filename="r.csv"\r\n\r\nabc'
    )
    seen: list[int] = []
    messages = [
        {"type": "http.request", "body": start.encode(), "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, object]:
        if len(messages) == 1:
            seen.append(len(folders(clerk)))
        return messages.pop(0)

    async def forget(_message: object) -> None:
        pass

    cookie = f"calsvc_staff={clerk.cookies['calsvc_staff']}".encode()
    kind = b"multipart/form-data; boundary=x"
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/staff/tables",
        "query_string": b"",
        "headers": [(b"cookie", cookie), (b"content-type", kind), (b"host", b"localhost")],
        "scheme": "http",
        "http_version": "1.1",
        "server": ("localhost", 8000),
        "client": ("127.0.0.1", 1),
    }
    anyio.run(clerk.app, scope, receive, forget)  # type: ignore[arg-type]
    assert seen == [1]
    assert folders(clerk) == []


# --- what stays unsaid ----------------------------------------------------------------------------


def test_nothing_personal_is_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "calsvc")
    log_in(client, "wrong password")
    log_in(client)
    post(client, "/staff", **CARD, name="髙橋", email="a@example.jp")
    job = made(client, EXAMPLE.read_bytes())
    post(client, f"{job}/download")
    said = "\n".join(
        record.getMessage() for record in caplog.records if record.name[:6] == "calsvc"
    )
    assert "download 200" in said
    secrets = [
        "髙橋",
        "example.jp",
        "1985",
        "2020",
        job.split("/")[-1],
        "password",
        "r.csv",
        "小樽",
    ]
    assert [each for each in secrets if each in said] == []


def test_no_page_for_staff_is_kept_or_shown_inside_another(clerk: TestClient) -> None:
    job = place_of(send(clerk, EXAMPLE.read_bytes()))
    for path in ("/staff/login", "/staff", job):
        headers = clerk.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "script-src 'self'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"


# --- texts ----------------------------------------------------------------------------------------


def asked_keys() -> set[str]:
    templates = [each.read_text("utf-8") for each in Path(calsvc.__file__).parent.rglob("*.html")]
    found = {
        f"staff.{key}" for text in templates for key in re.findall(r'\bs\("([\w.]+)"[,)]', text)
    }
    found |= {f"staff.field.{each}" for each in FIELDS}
    found |= {f"staff.format.{each}" for each in FORMATS if each != "links"}
    return found | {"staff.log_in.wrong", "staff.log_in.stale"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_for_staff_is_there_and_every_one_is_used(lang: str) -> None:
    known = {key for key in catalog(lang).messages if key.startswith("staff.")}
    assert known == asked_keys()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_for_staff_is_had_in_every_language(clerk: TestClient, lang: str) -> None:
    job = made(clerk, EXAMPLE.read_bytes())
    for path in ("/staff/login", "/staff", job):
        response = clerk.get(f"{path}?lang={lang}")
        assert response.status_code == 200
        assert response.headers["content-language"] == lang
