"""Actions are written as JSON lines, and none is lost or mixed with another."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from calsvc.people.audit import Action, AuditLog


def lines_in(folder: Path) -> list[dict[str, object]]:
    texts = [each.read_text(encoding="utf-8") for each in sorted((folder / "audit").iterdir())]
    return [json.loads(line) for text in texts for line in text.splitlines()]


def test_an_action_is_a_line_with_time_name_and_network(tmp_path: Path) -> None:
    audit = AuditLog(tmp_path, lambda: datetime(2027, 4, 1, 0, 5, tzinfo=UTC))
    audit.write(Action.RUN, "小樽 花子", "192.0.2.1", {"rows": 3, "formats": ("ics",)})
    assert lines_in(tmp_path) == [
        {
            "when": "2027-04-01T00:05:00+00:00",
            "act": "run",
            "who": "小樽 花子",
            "network": "192.0.2.1",
            "rows": 3,
            "formats": ["ics"],
        }
    ]
    (file,) = (tmp_path / "audit").iterdir()
    assert file.name.startswith("2027-04-")
    assert file.stat().st_mode & 0o777 == 0o600


def test_concurrent_actions_are_complete_lines(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as people:
        list(
            people.map(lambda at: AuditLog(tmp_path).write(Action.UPLOAD, "x" * at, ""), range(200))
        )
    assert {len(str(each["who"])) for each in lines_in(tmp_path)} == {*range(200)}


def test_no_text_breaks_a_line(tmp_path: Path) -> None:
    AuditLog(tmp_path).write(Action.SIGN_IN, 'a\n{"who": "b"}', "")
    assert len(lines_in(tmp_path)) == 1
