"""Writes down in the audit log what ``calsvc links`` makes."""

import os
from collections.abc import Mapping
from pathlib import Path

from calsvc import settings
from calsvc.bulk.run import Order
from calsvc.cli.audit import append
from calsvc.people.audit import DIGEST_PURPOSE, Act, Fact, table_digest

STATE_DIR = settings.variable("state_dir")
SAMPLE = ("sample",)


def write_run(table: Path, order: Order, tally: Mapping[str, int]) -> None:
    """Write down a run with its counts. Raises as `_write` does."""
    counts = {name: tally.get(name, 0) for name in ("rows", "faulty")}
    _write(table, order, order.formats, counts)


def write_samples(table: Path, order: Order) -> None:
    """Write down that samples are made. Raises as `_write` does."""
    _write(table, order, SAMPLE, {})


def _write(table: Path, order: Order, formats: tuple[str, ...], counts: Mapping[str, Fact]) -> None:
    """Append a line, if ``CALSVC_STATE_DIR`` is set. Raises `AuditError` and ``OSError``.

    Without that setting each user of the system has a folder of their own, which no auditor reads.
    """
    configured = settings.load({STATE_DIR: os.environ.get(STATE_DIR, "")})
    if not configured.shares_state:
        return
    with table.open("rb") as file:
        digest = table_digest(file, order.office.keyring.derive_key(DIGEST_PURPOSE))
    append(configured, Act.RUN, {"table": digest, "formats": formats, **counts})
