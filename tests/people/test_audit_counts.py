"""The audit log is counted by month of Japan, without persons."""

from datetime import UTC, datetime
from pathlib import Path

from calsvc.people.audit import Action, AuditLog
from calsvc.people.audit_counts import MAX_MONTHS, count_by_month


def write(folder: Path, when: datetime, action: Action, **details: int) -> None:
    AuditLog(folder, lambda: when).write(action, "小樽 花子", "10.0.0.0/8", details)


def test_actions_and_rows_are_counted_by_month(tmp_path: Path) -> None:
    october, november = datetime(2026, 10, 2, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)
    write(tmp_path, october, Action.RUN, rows=10, faulty=2)
    write(tmp_path, november, Action.RUN, rows=5, faulty=0)
    write(tmp_path, november, Action.RUN, rows=7, faulty=1)
    write(tmp_path, november, Action.SIGN_IN)
    write(tmp_path, november, Action.REFUSED)
    found = count_by_month(tmp_path)
    assert [*found.items()] == [
        ("2026-11", {"run": 2, "rows": 12, "faulty": 1, "sign_in": 1}),
        ("2026-10", {"run": 1, "rows": 10, "faulty": 2}),
    ]


def test_a_month_begins_at_midnight_in_japan(tmp_path: Path) -> None:
    write(tmp_path, datetime(2026, 10, 31, 15, 0, tzinfo=UTC), Action.SIGN_IN)
    assert [*count_by_month(tmp_path)] == ["2026-11"]


def test_old_months_and_broken_lines_are_ignored(tmp_path: Path) -> None:
    for month in range(1, 13):
        write(tmp_path, datetime(2025, month, 2, tzinfo=UTC), Action.SIGN_IN)
        write(tmp_path, datetime(2026, month, 2, tzinfo=UTC), Action.SIGN_IN)
    newest = max((tmp_path / "audit").iterdir())
    newest.write_text(newest.read_text() + '{"when": "2026-1')
    found = count_by_month(tmp_path)
    assert len(found) == MAX_MONTHS
    assert found["2026-12"] == {"sign_in": 1}


def test_without_a_log_there_are_no_counts(tmp_path: Path) -> None:
    assert count_by_month(tmp_path) == {}
