"""Line breaks and separators in a name are text in the calendar."""

import io
import json

import pytest
from icalendar import Calendar, Component

from calsvc.parsing.names import clean_name
from tests.support.hostile_client import BORN, INJECTED, MARK, Server, assert_rejected

IN_CALENDARS = (
    "A\r\nBEGIN:VEVENT",
    "A\nEND:VEVENT",
    "A\rEND:VCALENDAR",
    "\r\nX-INJECTED:1",
    "\r\n X-INJECTED:1",
    "A\\nX-INJECTED:1",
    "A\\r\\nATTENDEE:a",
    "A\u2028X-INJECTED:1",
    "A\u2029X-INJECTED:1",
    "A\x85X-INJECTED:1",
    "A\x0bX-INJECTED:1",
    "A\x0cX-INJECTED:1",
    "A\x1cX-INJECTED:1",
    "A\x00\r\nX-INJECTED:1",
    "A^nX-INJECTED:1",
    "a,b,c",
    "a;b;c",
    ";VALUE=DATE:20200101",
    "a:b:c",
    "a\\",
    "a\\\\",
    "\\,\\;\\n\\N",
    '"a";"b"',
    "'a'",
    "DTSTART:20200101",
    "BEGIN:VALARM",
    "%0d%0aX-INJECTED:1",
    "=0D=0AX-INJECTED:1",
    "&#13;&#10;X:1",
    "\u202eEND:VEVENT",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 3,
    "e\u0301" * 10,
    "\u0e01" * 20,
    "@evil.example",
    "mailto:a@b.example",
    "{city}{0.__class__}",
    "%s%n%(a)s${a}",
)


@pytest.mark.parametrize("name", IN_CALENDARS)
def test_a_name_in_a_calendar_is_text_and_nothing_else(server: Server, name: str) -> None:
    answer = server.client.get(server.link(name, "b")["feed"])
    assert answer.status_code == 200
    calendar = Calendar.from_ical(answer.content)
    harmless = Calendar.from_ical(server.client.get(server.link("a", "b")["feed"]).content)
    assert shape(calendar) == shape(harmless)
    titles = [str(event["SUMMARY"]) for event in calendar.walk("VEVENT")]
    shown = clean_name(name).replace("\\N", "\n")  # icalendar takes these two for a line break
    assert sum(shown in title for title in titles) == 8
    assert_lines_are_whole(answer.content)


def shape(component: Component) -> list[tuple[str, list[str]]]:
    return [(each.name, sorted(each.keys())) for each in component.walk()]


def assert_lines_are_whole(content: bytes) -> None:
    for line in io.BytesIO(content):
        assert line.endswith(b"\r\n")
        assert line.count(b"\r") == 1
        assert len(line) <= 77
        assert not line.lower().startswith(INJECTED.encode())


@pytest.mark.parametrize("name", [MARK * 4, "\r\n" * 9 + MARK * 4, "<b>" + MARK * 500])
def test_a_name_that_is_too_long_is_refused_and_not_repeated(server: Server, name: str) -> None:
    body = json.dumps({"cards": [{**BORN, "name": name}]}).encode()
    assert_rejected(server.post("/api/links", body, "application/json"))
