"""Counts the actions in the audit log by month, without names."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from calsvc.clock import JAPAN
from calsvc.people.audit import AUDIT_FOLDER, Action

MAX_MONTHS = 12
COUNTED_ACTIONS = (Action.RUN, Action.DOWNLOAD, Action.SIGN_IN, Action.SIGN_IN_FAILED)
ROWS_FIELD, FAULTY_FIELD = "rows", "faulty"
Counts = Counter[str]


def count_by_month(folder: Path) -> dict[str, Counts]:
    """Return the counts of the last `MAX_MONTHS` months with actions, newest first.

    A month is ``2026-11``, in Japan's time zone. Raises ``OSError``.
    """
    months: dict[str, Counts] = {}
    for entry in _entries(folder):
        if entry["act"] in COUNTED_ACTIONS:
            when = datetime.fromisoformat(entry["when"]).astimezone(JAPAN)
            counts = months.setdefault(f"{when:%Y-%m}", Counter())
            counts[entry["act"]] += 1
            counts.update(
                {name: entry[name] for name in (ROWS_FIELD, FAULTY_FIELD) if name in entry}
            )
    newest = sorted(months, reverse=True)[:MAX_MONTHS]
    return {month: months[month] for month in newest}


def _entries(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield each complete entry. A crash of the machine can truncate the last line of a file."""
    files = sorted((folder / AUDIT_FOLDER).glob("*.jsonl"), reverse=True)
    newest = sorted({path.name[:7] for path in files}, reverse=True)[: MAX_MONTHS + 1]
    for path in (path for path in files if path.name[:7] in newest):
        with path.open(encoding="utf-8") as file:
            for text in file:
                try:
                    yield json.loads(text)
                except ValueError:
                    continue
