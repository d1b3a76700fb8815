"""The answers over HTTP: feeds, milestones, errors, conditional requests, and what stays unsaid."""

import logging
from datetime import date
from typing import Any

import anyio
import pytest
from icalendar import Calendar
from starlette.testclient import TestClient

from calsvc.i18n.languages import LANGUAGES
from calsvc.links.keys import BadKeysError
from calsvc.settings import Settings
from calsvc.web.app import app_from_environment, create_app

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0-Pw"
FEED = "/calendar.ics?issued=2020-05-15&born=1990-10-10"
MILESTONES = "/api/milestones?issued=2020-05-15&born=1990-10-10"
KNOWN = "born, issued, card_expires, applied, cert_expires, stay_until, lang, alarms"
LINK = {"cards": [{"born": "1990-10-10", "issued": "2020-05-15"}]}
REVISED = "Tue, 24 Nov 2026 00:00:00 GMT"


def today() -> date:
    return date(2026, 11, 24)


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = create_app(Settings(keys=KEY), today=today)
    return TestClient(app, follow_redirects=False)


def errors_of(client: TestClient, address: str, **headers: str) -> dict[str, str]:
    response = client.get(address, headers=headers)
    assert response.status_code == 400
    return {each["field"]: each["message"] for each in response.json()["errors"]}


# --- the feed -------------------------------------------------------------------------------------


def test_a_feed_is_answered_with_all_its_headers(client: TestClient) -> None:
    response = client.get(FEED)
    assert response.status_code == 200
    assert len(Calendar.from_ical(response.content).walk("VEVENT")) == 8
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Content-Length"] == str(len(response.content))
    assert response.headers["Content-Language"] == "ja"
    assert response.headers["Last-Modified"] == REVISED
    assert response.headers["Cache-Control"] == "private, max-age=3600"
    assert response.headers["Vary"] == "Accept-Language"
    assert len(response.headers["ETag"]) == 34
    assert response.headers["ETag"][0] == response.headers["ETag"][-1] == '"'


def test_a_feed_has_a_file_name_in_both_forms(client: TestClient) -> None:
    assert client.get(f"{FEED}&lang=en").headers["Content-Disposition"] == (
        "inline; filename=\"my-number-card.ics\"; filename*=UTF-8''My%20Number%20card%20dates.ics"
    )
    assert client.get(FEED).headers["Content-Disposition"] == (
        "inline; filename=\"my-number-card.ics\"; filename*=UTF-8''"
        "%E3%83%9E%E3%82%A4%E3%83%8A%E3%83%B3%E3%83%90%E3%83%BC%E3%82%AB%E3%83%BC%E3%83%89"
        "%E3%81%AE%E6%9C%9F%E9%99%90.ics"
    )


def test_the_same_address_gives_the_same_bytes_and_the_same_tag(client: TestClient) -> None:
    first, second = client.get(FEED), client.get(FEED)
    other = TestClient(create_app(Settings(keys=KEY), today=lambda: date(2029, 1, 1))).get(FEED)
    assert first.content == second.content == other.content
    assert first.headers["ETag"] == second.headers["ETag"] == other.headers["ETag"]


def test_either_feed_is_the_same_again_and_has_the_headers_of_its_head(client: TestClient) -> None:
    token = client.post("http://localhost/api/links", json=LINK).json()["feed"].rpartition("/")[2]
    for address in (FEED, f"/c/{token}"):
        first = client.get(address)
        for method in ("GET", "HEAD"):
            second = client.request(method, address)
            assert second.status_code == first.status_code == 200
            assert {*second.headers.items()} == {*first.headers.items()}
        assert client.get(address).content == first.content


def test_another_card_language_or_choice_of_alarms_has_another_tag(client: TestClient) -> None:
    addresses = (
        FEED,
        f"{FEED}&lang=en",
        f"{FEED}&alarms=off",
        "/calendar.ics?issued=2020-05-15&born=1990-10-11",
    )
    assert len({client.get(address).headers["ETag"] for address in addresses}) == 4


@pytest.mark.parametrize(
    "same",
    [
        "/calendar.ics?born=1990-10-10&issued=2020-05-15",
        "/calendar.ics?issued=令和2年5月15日&born=平成2年10月10日",
        "/calendar.ics?issued=R2.5.15&born=H2.10.10&lang=ja&alarms=on",
        "/calendar.ics?issued=20200515&born=1990/10/10&lang=&alarms=&applied=&stay_until=%20",
    ],
)
def test_the_same_card_written_otherwise_has_the_same_feed(client: TestClient, same: str) -> None:
    assert client.get(same).content == client.get(FEED).content


def test_head_gives_the_same_headers_and_no_body(client: TestClient) -> None:
    head, get = client.head(FEED), client.get(FEED)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == get.headers


def test_a_feed_without_alarms_has_none(client: TestClient) -> None:
    assert b"VALARM" in client.get(FEED).content
    assert b"VALARM" in client.get(f"{FEED}&alarms=on").content
    assert b"VALARM" not in client.get(f"{FEED}&alarms=off").content


def test_a_feed_takes_every_field_of_a_card(client: TestClient) -> None:
    response = client.get(
        "/calendar.ics?born=1990-06-15&issued=2023-07-01&applied=2023-06-01"
        "&card_expires=2026-05-31&cert_expires=2026-05-31&stay_until=2026-05-31"
    )
    assert b"UID:card-expiry-20260531@city.otaru.lg.jp" in response.content


def test_a_feed_names_its_source_only_where_the_host_is_known(client: TestClient) -> None:
    known = client.get(FEED, headers={"Host": "127.0.0.1:8000"})
    assert b"SOURCE;VALUE=URI:http://127.0.0.1:8000/c/1" in known.content
    assert b"SOURCE" not in client.get(FEED, headers={"Host": "evil.example"}).content


# --- conditional requests -------------------------------------------------------------------------


def tag_of(client: TestClient) -> str:
    return str(client.get(FEED).headers["ETag"])


@pytest.mark.parametrize(
    "form",
    ["{tag}", "W/{tag}", '"a", {tag}', '{tag}, "b"', '"a",W/{tag},"b"', "*", '"a", *', " {tag} "],
)
def test_whoever_has_the_feed_gets_304(client: TestClient, form: str) -> None:
    known = form.format(tag=tag_of(client))
    for response in (
        client.get(FEED, headers={"If-None-Match": known}),
        client.head(FEED, headers={"If-None-Match": known}),
    ):
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["ETag"] == tag_of(client)
        assert response.headers["Cache-Control"] == "private, max-age=3600"
        assert response.headers["Vary"] == "Accept-Language"
        assert response.headers["Last-Modified"] == REVISED
        assert "Content-Type" not in response.headers


@pytest.mark.parametrize("form", ['"a"', 'W/"a"', "", "{bare}", '"*"', '"a", "b"'])
def test_whoever_has_another_feed_gets_the_feed(client: TestClient, form: str) -> None:
    known = form.format(bare=tag_of(client).strip('"'))
    assert client.get(FEED, headers={"If-None-Match": known}).status_code == 200


@pytest.mark.parametrize(
    ("since", "status"),
    [
        (REVISED, 304),
        ("Tue, 24 Nov 2026 00:00:01 GMT", 304),
        ("Wed, 01 Jan 2098 00:00:00 GMT", 304),
        ("Mon, 23 Nov 2026 23:59:59 GMT", 200),
        ("Tue, 24 Nov 2026 09:00:00 +0900", 304),
        ("Tue, 24 Nov 2026 08:59:59 +0900", 200),
        ("Tue, 24 Nov 2026 00:00:00 -0000", 200),
        ("yesterday", 200),
        ("", 200),
        ("2026-11-25", 200),
        ("Tue, 99 Nov 2026 00:00:00 GMT", 200),
    ],
)
def test_a_copy_is_right_if_it_is_no_older_than_the_revision(
    client: TestClient, since: str, status: int
) -> None:
    assert client.get(FEED, headers={"If-Modified-Since": since}).status_code == status


def test_the_tag_counts_before_the_date(client: TestClient) -> None:
    older = {"If-None-Match": tag_of(client), "If-Modified-Since": "Mon, 23 Nov 2026 00:00:00 GMT"}
    other = {"If-None-Match": '"a"', "If-Modified-Since": REVISED}
    assert client.get(FEED, headers=older).status_code == 304
    assert client.get(FEED, headers=other).status_code == 200


# --- milestones -----------------------------------------------------------------------------------


def test_the_milestones_of_a_card_are_answered_in_json(client: TestClient) -> None:
    response = client.get(f"{MILESTONES}&lang=en")
    content: dict[str, Any] = response.json()
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Content-Language"] == "en"
    assert response.headers["Cache-Control"] == "no-store"
    assert list(content) == ["card_expiry", "certificate_expiry", "milestones", "cautions"]
    assert (content["card_expiry"], content["certificate_expiry"]) == ("2029-10-10", "2024-10-10")
    assert content["cautions"] == []
    shown = [
        (each["subject"], each["kind"], each["start"], each["end"], each["title"])
        for each in content["milestones"]
    ]
    assert shown == [
        (
            *("certificate", "window_opens", "2024-07-11", "2024-07-11"),
            "Digital certificate: renewal opens",
        ),
        (
            *("certificate", "notice", "2024-07-10", "2024-08-10"),
            "Digital certificate: expiry notice expected",
        ),
        (
            *("certificate", "expiry", "2024-10-10", "2024-10-10"),
            "Digital certificate expires (last valid day)",
        ),
        (
            *("certificate", "grace_ends", "2025-01-10", "2025-01-10"),
            "Last day as health insurance card (if certificate not renewed)",
        ),
        ("card", "window_opens", "2029-07-11", "2029-07-11", "My Number card: renewal opens"),
        ("card", "notice", "2029-07-10", "2029-08-10", "My Number card: expiry notice expected"),
        ("card", "expiry", "2029-10-10", "2029-10-10", "My Number card expires (last valid day)"),
        (
            *("card", "grace_ends", "2030-01-10", "2030-01-10"),
            "Last day as health insurance card (if card not renewed)",
        ),
    ]


def test_a_milestone_has_these_keys_and_a_description(client: TestClient) -> None:
    for each in client.get(MILESTONES).json()["milestones"]:
        assert list(each) == ["subject", "kind", "start", "end", "title", "description"]
        assert len(each["description"]) > 40


def test_a_doubt_is_answered_with_its_code_and_what_to_do(client: TestClient) -> None:
    response = client.get("/api/milestones?issued=2022-06-01&born=2003-08-20&lang=en")
    assert response.json()["cautions"] == [
        {
            "code": "threshold_uncertain",
            "message": "[Please check] The card may instead expire on 2026-08-20 (Thu). It depends "
            "on whether the application was received by 2022-03-31 or later. To settle it, enter "
            "the expiry date printed on the card.",
        }
    ]


def test_head_of_the_milestones_gives_the_same_headers_and_no_body(client: TestClient) -> None:
    head, get = client.head(MILESTONES), client.get(MILESTONES)
    assert (head.status_code, head.content, head.headers) == (200, b"", get.headers)


def test_the_process_says_that_it_is_alive(client: TestClient) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


# --- languages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "", "ja"),
        ("", "en", "en"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "fr,de;q=0.5", "ja"),
        ("", "ja,en", "ja"),
        ("", "ja;q=0.5,en;q=0.6", "en"),
        ("&lang=en", "ja", "en"),
        ("&lang=ja", "en", "ja"),
        ("&lang=", "en", "en"),
    ],
)
@pytest.mark.parametrize("address", [FEED, MILESTONES])
def test_the_language_is_asked_for_by_the_address_then_the_browser(
    client: TestClient, address: str, query: str, accepted: str, language: str
) -> None:
    response = client.get(address + query, headers={"Accept-Language": accepted})
    word = {"ja": "電子証明書の更新ができるようになります", "en": "Digital certificate: renewal"}
    assert response.headers["Content-Language"] == language
    assert word[language] in response.text


@pytest.mark.parametrize(
    ("query", "accepted", "title"),
    [
        ("", "", "入力に誤りがあります"),
        ("", "en", "The input has errors"),
        ("lang=en", "ja", "The input has errors"),
        ("lang=ja", "en", "入力に誤りがあります"),
        ("lang=xx", "en", "The input has errors"),
    ],
)
def test_an_error_speaks_the_callers_language(
    client: TestClient, query: str, accepted: str, title: str
) -> None:
    response = client.get(f"/calendar.ics?{query}", headers={"Accept-Language": accepted})
    assert response.json()["title"] == title


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/calendar.ics", "/api/milestones"])
def test_bad_input_is_a_problem_with_all_faulty_fields_at_once(
    client: TestClient, path: str
) -> None:
    response = client.get(f"{path}?issued=2020-05-32&birth=1990-10-10&alarms=no&lang=en")
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Content-Language"] == "en"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.json() == {
        "type": "about:blank",
        "title": "The input has errors",
        "status": 400,
        "errors": [
            {
                "field": "birth",
                "message": f"There is no such parameter. Known ones: {KNOWN}",
            },
            {"field": "alarms", "message": "Give on or off."},
            {"field": "issued", "message": "There is no such day. Check the year, month and day."},
            {"field": "born", "message": "Enter the birth date."},
        ],
    }


def test_bad_input_is_told_in_japanese_unless_asked_otherwise(client: TestClient) -> None:
    assert errors_of(client, "/calendar.ics?issued=2020-05-32&birth=1990-10-10&alarms=no") == {
        "birth": f"この項目はありません。使える項目: {KNOWN}",
        "alarms": "on か off を指定してください。",
        "issued": "その日付はありません。年、月、日を確かめてください。",
        "born": "生年月日を入力してください。",
    }


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("issued=6/1/2020", "日付として読めません。2020-06-01、2020年6月1日、令和2年6月1日の"),
        ("issued=平成32年6月1日", "その日は令和2年(R2)です。元号と年を確かめてください。"),
        ("issued=2015-12-31", "マイナンバーカードの発行が始まったのは2016年1月です。発行日は"),
        ("issued=1990-10-09", "マイナンバーカードの発行が始まったのは2016年1月です。発行日は"),
        ("issued=2027-11-25", "発行日が1年より先の日です。今日から1年以内の日を入力してください。"),
        ("", "カードの発行日か、カードに印字された有効期限のどちらか"),
    ],
)
def test_a_faulty_issue_date_is_told_what_is_expected(
    client: TestClient, query: str, message: str
) -> None:
    found = errors_of(client, f"/calendar.ics?born=1990-10-10&{query}")
    assert list(found) == ["issued"]
    assert found["issued"].startswith(message)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("born=1990-10-10&born=1990-10-10", "born"),
        ("born=1990-10-10&born=1990-10-11", "born"),
        ("born=1990-10-10&issued=2020-05-15", "issued"),
        ("born=1990-10-10&alarms=on&alarms=off", "alarms"),
        ("born=1990-10-10&lang=ja&lang=en", "lang"),
    ],
)
def test_a_parameter_given_twice_is_an_error(client: TestClient, query: str, field: str) -> None:
    found = errors_of(client, f"/calendar.ics?issued=2020-05-15&{query}")
    expected = {
        "ja": "同じ項目が2回以上あります。1回だけにしてください。",
        "en": "This parameter is given more than once. Give it once.",
    }
    assert found == {field: expected["en" if field == "lang" else "ja"]}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("birth", "birth"),
        ("Born", "Born"),
        ("born%20", "(unknown)"),
        ("1990-10-10", "(unknown)"),
        ("小樽花子", "(unknown)"),
        ("x" * 31, "(unknown)"),
        ("", "(unknown)"),
        ("<script>", "(unknown)"),
    ],
)
def test_an_unknown_parameter_is_an_error_and_named_only_if_it_can_be_no_date(
    client: TestClient, name: str, shown: str
) -> None:
    found = errors_of(client, f"{FEED}&{name}=1&lang=en")
    assert found == {shown: f"There is no such parameter. Known ones: {KNOWN}"}


@pytest.mark.parametrize("lang", ["fr", "JA", "ja-JP", "en%20"])
def test_an_unknown_language_is_an_error(client: TestClient, lang: str) -> None:
    assert errors_of(client, f"{FEED}&lang={lang}") == {
        "lang": f"この言語はありません。使える言語: {', '.join(LANGUAGES)}"
    }


@pytest.mark.parametrize("alarms", ["no", "OFF", "0", "false", "on%20"])
def test_alarms_are_on_or_off(client: TestClient, alarms: str) -> None:
    assert errors_of(client, f"{FEED}&alarms={alarms}") == {
        "alarms": "on か off を指定してください。"
    }


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/calendar.ICS", "/calendar", "/api", "/c/x.ics", "/calendar.ics/", "/healthz/"],
)
def test_an_unknown_path_is_a_problem_too(client: TestClient, path: str) -> None:
    response = client.get(path, headers={"Accept-Language": "en"})
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json() == {"type": "about:blank", "title": "Not found", "status": 404}
    assert response.status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("address", [FEED, MILESTONES])
def test_another_method_is_a_problem_too(client: TestClient, method: str, address: str) -> None:
    response = client.request(method, f"{address}&lang=en")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json() == {"type": "about:blank", "title": "Method not allowed", "status": 405}
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD"}
    assert response.status_code == 405


# --- nothing that was sent comes back -------------------------------------------------------------

SENT = {"1987-03-29", "1987年3月29日", "19870329", "S62.3.29"}
ASKED = [
    "/calendar.ics?issued=2020-05-15&born={day}",
    "/calendar.ics?issued=2020-05-15&born={day}&lang=en",
    "/calendar.ics?issued=2020-05-15&born={day}x",
    "/calendar.ics?issued={day}&born=2020-05-15",
    "/calendar.ics?issued=2020-05-15&born={day}&born={day}",
    "/calendar.ics?issued=2020-05-15&{day}=1",
    "/calendar.ics?issued=2020-05-15&born=1990-10-10&lang={day}&alarms={day}",
    "/calendar.ics?born=1990-10-10&card_expires={day}",
    "/api/milestones?issued=2020-05-15&born={day}",
    "/api/milestones?issued=2020-05-15&birth={day}",
    "/calendar.ics/?issued=2020-05-15&born={day}",
    "/api/milestones/?issued=2020-05-15&born={day}",
    "/{day}",
    "/c/{day}.ics",
    "/c/{day}?born={day}",
]


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("day", sorted(SENT))
def test_no_answer_and_no_line_of_the_log_holds_a_date_that_was_sent(
    client: TestClient, caplog: pytest.LogCaptureFixture, asked: str, day: str
) -> None:
    caplog.set_level(logging.INFO, "calsvc")
    response = client.get(asked.format(day=day))
    answer = f"{response.headers} {response.text.replace(chr(13) + chr(10) + ' ', '')}"
    logged = [record.getMessage() for record in caplog.records if record.name != "httpx2"]
    assert logged
    for form in {*SENT, "1987%E5%B9%B4", "1987-3-29", "1987年03月29日"}:
        assert form not in answer
        assert form not in " ".join(logged)


def test_a_line_of_the_log_names_the_route_and_not_the_address(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "calsvc")
    for address in (FEED, MILESTONES, "/nowhere", "/healthz"):
        client.get(address)
    lines = [record.getMessage() for record in caplog.records if record.name == "calsvc.access"]
    assert [line.rpartition(" ")[0] for line in lines] == [
        "GET calendar 200",
        "GET milestones 200",
        "GET none 404",
        "GET healthz 200",
    ]
    assert all(line.endswith("ms") for line in lines)


class NoClockError(Exception):
    """What nobody foresaw."""


def no_clock() -> date:
    raise NoClockError("born 1987-03-29")


@pytest.mark.parametrize("address", [FEED, MILESTONES])
def test_what_nobody_foresaw_is_answered_with_500_and_no_detail(
    caplog: pytest.LogCaptureFixture, address: str
) -> None:
    caplog.set_level(logging.INFO, "calsvc")
    broken = TestClient(
        create_app(Settings(keys=KEY), today=no_clock), raise_server_exceptions=False
    )
    response = broken.get(address)
    logged = " ".join(record.getMessage() for record in caplog.records if "calsvc" in record.name)
    assert response.status_code == 500
    assert "NoClockError at " in logged
    assert " 500 " in logged
    for told in (response.text, logged):
        assert "1987-03-29" not in told
        assert "1990-10-10" not in told
    assert "NoClockError" not in response.text
    assert not [record for record in caplog.records if record.exc_info]


def test_an_error_carries_the_id_under_which_the_log_tells_of_it(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "calsvc")
    marks = [client.get(path).headers["X-Request-Id"] for path in ("/nowhere", "/calendar.ics")]
    logged = [each.__dict__["request_id"] for each in caplog.records if each.name[:6] == "calsvc"]
    assert marks == logged
    assert len({*marks}) == 2
    assert "X-Request-Id" not in client.get(FEED).headers


def test_who_leaves_before_there_is_an_answer_is_no_failure(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "calsvc")
    messages = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    scope = {
        **{"type": "http", "method": "POST", "path": "/api/links", "query_string": b""},
        **{"headers": [(b"content-type", b"application/json")], "client": ("192.0.2.1", 1)},
    }

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(_message: object) -> None:
        raise AssertionError("nobody is there")

    anyio.run(client.app, scope, receive, send)
    lines = [each.getMessage() for each in caplog.records if each.name == "calsvc.access"]
    assert [line.rpartition(" ")[0] for line in lines] == ["POST links 499"]


def test_an_id_that_was_sent_is_not_taken(client: TestClient) -> None:
    answer = client.get("/nowhere", headers={"X-Request-Id": "1987-03-29"})
    assert answer.headers["X-Request-Id"] != "1987-03-29"


# --- starting -------------------------------------------------------------------------------------


def test_the_service_starts_as_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALSVC_KEYS", KEY)
    assert TestClient(app_from_environment()).get("/healthz").status_code == 200


def test_a_service_that_has_started_is_ready(client: TestClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_service_does_not_start_without_keys() -> None:
    with pytest.raises(BadKeysError):
        create_app(Settings(key_file="/nonexistent/keys"), today=today)
