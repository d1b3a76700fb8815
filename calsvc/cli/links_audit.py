"""Lines of the audit log for the runs and samples of ``calsvc links``."""

import os
from collections.abc import Mapping
from pathlib import Path

from calsvc.bulk.run import Order
from calsvc.cli.audit import append
from calsvc.people.audit import DIGEST_PURPOSE, Act, ParamValue, compute_table_digest
from calsvc.settings import env_name, load_settings

STATE_DIR = env_name("state_dir")
SAMPLE = ("sample",)


def write_run(table: Path, order: Order, tally: Mapping[str, int]) -> None:
    """Append a line for a run with its counts. Raises `AuditError` and ``OSError``."""
    counts = {name: tally.get(name, 0) for name in ("rows", "faulty")}
    _write(table, order, order.formats, counts)


def write_samples(table: Path, order: Order) -> None:
    """Append a line for samples. Raises `AuditError` and ``OSError``."""
    _write(table, order, SAMPLE, {})


def _write(
    table: Path, order: Order, formats: tuple[str, ...], counts: Mapping[str, ParamValue]
) -> None:
    """Append a line, if ``CALSVC_STATE_DIR`` is set. Raises `AuditError` and ``OSError``.

    Without the setting, each user of the system has a folder of its own, which no auditor reads.
    """
    settings = load_settings({STATE_DIR: os.environ.get(STATE_DIR, "")})
    if not settings.shares_state:
        return
    with table.open("rb") as file:
        digest = compute_table_digest(file, order.office.keyring.derive_key(DIGEST_PURPOSE))
    append(settings, Act.RUN, {"table": digest, "formats": formats, **counts})
