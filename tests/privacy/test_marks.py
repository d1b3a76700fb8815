"""Every route is given marked dates, names and links; nowhere that stays do the marks turn up."""

import json
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote, urlsplit

import httpx2
import pytest

from calsvc.links.keys import parse_keys
from calsvc.links.sealing import Keyring
from calsvc.parsing.names import NamedCard
from calsvc.passwords import hash_password
from calsvc.people.accounts import Account, Accounts, Role
from calsvc.rules.card import Card
from calsvc.web import app
from calsvc.web.static_files import asset_path
from tests.support.clients import send_request, token_in
from tests.support.links import link_of
from tests.support.servers import KEY, RunningService, free_port, running_service
from tests.support.staff import CLERK
from tests.support.waiting import HANG_SECONDS, wait_until

PASSWORD = f"Markiert-{token_hex(8)}"
NAME, MAIL = "標識花子", "hyoshiki-hanako@marked.example"
BORN, ISSUED = date(1987, 3, 29), date(2021, 11, 17)
TOKEN = Keyring(parse_keys(KEY, "test")).seal(link_of(NamedCard(Card(BORN, ISSUED), NAME)))
QUERY = {"born": str(BORN), "issued": str(ISSUED)}
JUNK = "Zugemarkt4711"
WAYS = ("{:%Y-%m-%d}", "{:%Y/%m/%d}", "{:%Y%m%d}", "{:%Y年%m月%d日}", "{:%m-%d}", "{:%m%d}")
MARKS = {way.format(day) for way in WAYS for day in (BORN, ISSUED)} | {
    *("昭和62年", "S62", "R3.11.17", "1987", "hyoshiki", "marked.example"),
    *(NAME, TOKEN, PASSWORD, JUNK, "9.87.65.43"),
}
TABLE = f"born,issued,name,email\n{BORN},{ISSUED},{NAME},{MAIL}\n{JUNK},{ISSUED},{NAME},{MAIL}\n"
CARD = {
    **{"cards": "c1", "c1-name": NAME},
    **{"c1-born-year": "1987", "c1-born-month": "3", "c1-born-day": "29"},
    **{"c1-issued-year": "2021", "c1-issued-month": "11", "c1-issued-day": "17"},
}
RANDOM = re.compile(r"[0-9a-f]{12,}")
"""A random name, which may hold the four digits of a day by chance."""
SPECIAL = {"location", "set-cookie"}
"""Headers that lead a browser on, to its own link and with its own session."""

EDIT = f"/c/{TOKEN}/edit"
FORMS = {"/", EDIT, "/staff", "/staff/login"}
"""Routes that show an error together with the submitted form."""


@dataclass
class ResponseRecorder:
    """The responses outside of the clients' own pages."""

    texts: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)

    def record(self, answer: httpx2.Response) -> None:
        for name, value in answer.headers.items():
            if name not in SPECIAL:
                self.texts.append(f"{name}: {value}")
        form_again = answer.request.method == "POST" and answer.request.url.path in FORMS
        if answer.status_code >= 400 and not form_again:
            self.texts.append(answer.text)


@dataclass(frozen=True)
class Trial:
    """A service with everything switched on, and what was heard of it."""

    server: RunningService
    recorder: ResponseRecorder
    metrics: str
    temporary: list[str]
    left: list[Path]


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    folder, port = tmp_path_factory.mktemp("trial"), free_port()
    (temporary := folder / "temporary").mkdir()
    Accounts(folder).add(Account(CLERK, Role.CLERK, hash_password(PASSWORD)))
    recorder = ResponseRecorder()
    with running_service(
        folder,
        TMPDIR=str(temporary),
        CALSVC_STATE_DIR=str(folder),
        CALSVC_LOG_FORMAT="json",
        CALSVC_METRICS_PORT=str(port),
        CALSVC_TRUSTED_PROXIES="127.0.0.1",
    ) as server:
        with httpx2.Client(
            base_url=server.base_url,
            headers={"User-Agent": JUNK, "X-Request-Id": JUNK, "X-Forwarded-For": "9.87.65.43"},
            event_hooks={"response": [lambda answer: (answer.read(), recorder.record(answer))]},
            timeout=HANG_SECONDS,
        ) as client:
            fetch_feeds(client)
            use_pages(client)
            found = use_staff_pages(client, temporary, recorder)
        send_what_is_no_request(server)
        metrics = httpx2.get(f"http://127.0.0.1:{port}/", timeout=HANG_SECONDS).text
    return Trial(server, recorder, metrics, found, [*temporary.iterdir()])


def fetch_feeds(client: httpx2.Client) -> None:
    for accept in ("*/*", "text/html"):
        client.headers["Accept"] = accept
        for path in (
            "/calendar.ics",
            "/api/milestones",
            "/openapi.json",
            "/readyz",
            "/healthz",
            "/robots.txt",
        ):
            client.get(path, params=QUERY)
            client.post(path, params=QUERY)
        for wrong in ({"born": JUNK}, {JUNK: "1"}, {**QUERY, "issued": str(BORN)}, {"lang": JUNK}):
            client.get("/calendar.ics", params=wrong)
            client.get("/api/milestones", params=wrong)
        for path in (f"/c/{TOKEN}.ics", f"/c/{TOKEN}", f"/c/{TOKEN}x.ics", f"/c/{TOKEN}x"):
            client.get(path, params={"x": JUNK})
            client.head(path)
        for path in (f"/{BORN}", f"/static/{JUNK}", f"/{quote(NAME)}", f"/staff/tables/{JUNK}"):
            client.get(path)
        client.get(asset_path("page.css"))


def use_pages(client: httpx2.Client) -> None:
    about = ("/privacy", "/accessibility", "/embed", "/api")
    for path in (*about, "/manifest.webmanifest", "/favicon.ico"):
        client.get(path, params={**QUERY, "municipality": JUNK})
    for path in ("/012033/", "/012033/wards", f"/prefectures/{JUNK}"):
        client.get(path, params={"place": JUNK})
    client.post("/012033/", data=CARD)
    client.get("/", params=QUERY)
    assert client.post("/", data=CARD).status_code == 303
    assert client.post("/", data={**CARD, "c1-born-day": JUNK}).status_code == 400
    client.get(EDIT, params=QUERY)
    assert client.post(EDIT, data={"do": "renewed", "slot": JUNK}).status_code == 404
    assert client.post(EDIT, data=CARD).status_code == 303
    assert client.post(EDIT, data={**CARD, "c1-born-day": JUNK}).status_code == 400
    cards = {"cards": [{**QUERY, "name": NAME}]}
    assert client.post("/api/links", json=cards).status_code == 200
    wrong = {"cards": [{**QUERY, "born": JUNK, JUNK: NAME}], JUNK: 1}
    assert client.post("/api/links", json=wrong).status_code == 400
    assert client.post("/api/links", content=NAME.encode()).status_code == 415


def use_staff_pages(
    client: httpx2.Client, temporary: Path, recorder: ResponseRecorder
) -> list[str]:
    """All that staff can do; the names of files that there were meanwhile."""
    client.post("/staff/login", data={"csrf": JUNK, "name": CLERK, "password": PASSWORD})
    page = client.get("/staff/login").text
    wrong = {"csrf": secret_token_in(page, recorder), "name": JUNK, "password": JUNK}
    assert client.post("/staff/login", data=wrong).status_code == 403
    page = client.get("/staff/login").text
    right = {"csrf": secret_token_in(page, recorder), "name": CLERK, "password": PASSWORD}
    assert client.post("/staff/login", data=right).status_code == 303
    recorder.secrets.update(client.cookies.values())
    own = {"csrf": secret_token_in(client.get("/staff").text, recorder)}
    assert client.get("/staff/sessions").status_code == 403
    assert client.get("/staff/counts").status_code == 403
    assert client.post("/staff/sessions", data={**own, "session": JUNK}).status_code == 403
    made = client.post("/staff", data={**own, **CARD, "name": NAME, "email": MAIL})
    for link, status in ((JUNK, 404), (re.findall(r"/c/([\w-]{30,})", made.text)[0], 200)):
        letter = client.post("/staff/letter", data={**own, "link": link, "name": NAME})
        assert letter.status_code == status
    client.post("/staff", data={**own, **CARD, "name": NAME, "c1-born-day": JUNK})
    client.post("/staff/tables", data=own, files={"table": (NAME, JUNK.encode())})
    some = {"format-ics": "on", "format-eml": "on"}
    for ending, wanted in (("remove", some), ("download", {**some, "format-letters": "on"})):
        job = sent(client, own, recorder)
        client.get(job)
        client.get(job, params={"encoding": JUNK})
        client.post(f"{job}/check", data={**own, "mend-3-0": JUNK, "column-9": JUNK})
        client.get(job)
        client.get(f"{job}/faulty")
        client.post(f"{job}/start", data={**own, **wanted})
        wait_until_done(client, job)
        names = [str(each.relative_to(temporary)) for each in temporary.rglob("*")]
        client.get(job)
        client.post(f"{job}/{ending}", data=own)
        client.post(f"{job}/{ending}", data={"csrf": JUNK})
    client.post("/staff/logout", data=own)
    return names


def secret_token_in(page: str, recorder: ResponseRecorder) -> str:
    token = token_in(page)
    recorder.secrets.add(token)
    return token


def sent(client: httpx2.Client, own: dict[str, str], recorder: ResponseRecorder) -> str:
    answer = client.post("/staff/tables", data=own, files={"table": (NAME, TABLE.encode())})
    assert answer.status_code == 303
    path = urlsplit(answer.headers["Location"]).path
    recorder.secrets.add(path.rpartition("/")[2])
    return path


def wait_until_done(client: httpx2.Client, job: str) -> None:
    wait_until(lambda: client.get(f"{job}/status").json()["state"] == "done", "the job is done")


def send_what_is_no_request(server: RunningService) -> None:
    for request in (
        f"GET /calendar.ics?born={BORN} HTTP/1.1\r\n{JUNK}\x00: 1\r\n\r\n",
        f"{JUNK} /c/{TOKEN}.ics HTTP/1.1\r\n\r\n",
        f"GET /{JUNK * 1000} HTTP/1.1\r\n\r\n",
        f"GET / HTTP/1.1\r\nCookie: {JUNK * 4000}\r\n\r\n",
    ):
        assert send_request(server.port, request.encode()).status in (400, 414, 431)


def assert_unmarked(text: str, recorder: ResponseRecorder) -> None:
    for mark in MARKS | recorder.secrets:
        assert mark not in text, mark
        assert quote(mark, safe="") not in text, mark


def test_every_route_has_been_asked(trial: Trial) -> None:
    asked = set(re.findall(r'"route": "(\w+)"', trial.server.log_text()))
    routes = [*app.ROUTES, *app.STAFF_ROUTES]
    assert {each.endpoint.__name__ for each in routes} <= asked
    assert {"calendar", "sealed_calendar", "none"} <= asked


def test_no_line_of_the_log_is_marked(trial: Trial) -> None:
    lines = [json.loads(each) for each in trial.server.log_text().splitlines()]
    assert len(lines) > 80
    for each in lines:
        each.pop("time"), each.pop("request_id", None), each.pop("milliseconds", None)
        assert_unmarked(json.dumps(each, ensure_ascii=False), trial.recorder)
    assert "127.0.0.1:" not in "".join(map(str, [each for each in lines if "route" in each]))


def test_no_header_and_no_error_is_marked(trial: Trial) -> None:
    own = re.compile(r"^(content-length|date|etag|x-request-id|last-modified): .*$", re.MULTILINE)
    assert len(trial.recorder.texts) > 300
    assert_unmarked(own.sub("", "\n".join(trial.recorder.texts)), trial.recorder)


def test_nothing_was_answered_with_a_failure(trial: Trial) -> None:
    statuses = re.findall(r'"status": (\d+)', trial.server.log_text())
    assert "200" in statuses
    assert "500" not in statuses


def test_no_metric_is_marked(trial: Trial) -> None:
    assert 'calsvc_answers_total{route="sealed_calendar",status="200"}' in trial.metrics
    names = " ".join(re.findall(r"^\S+", trial.metrics, re.MULTILINE))
    assert_unmarked(names, trial.recorder)


def test_no_temporary_file_has_a_marked_name_and_none_stays(trial: Trial) -> None:
    assert any(name.endswith("result.zip") for name in trial.temporary)
    names = "\n".join(trial.temporary)
    assert_unmarked(RANDOM.sub("", names), trial.recorder)
    assert not [secret for secret in trial.recorder.secrets if secret in names]
    assert trial.left == []
