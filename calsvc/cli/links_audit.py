"""Lines of the audit log for the runs and samples of ``calsvc links``."""

import os
from collections.abc import Mapping
from pathlib import Path

from calsvc.bulk.run import RunOptions
from calsvc.cli.audit import append
from calsvc.people.audit import DIGEST_PURPOSE, Action, Detail, compute_table_digest
from calsvc.settings import env_name, load_settings

STATE_DIR = env_name("state_dir")
SAMPLE = ("sample",)


def audit_run(table: Path, options: RunOptions, result_counts: Mapping[str, int]) -> None:
    """Append a line for a run with its counts. Raises `AuditError` and ``OSError``."""
    counts = {name: result_counts.get(name, 0) for name in ("rows", "faulty")}
    _write(table, options, options.formats, counts)


def audit_samples(table: Path, options: RunOptions) -> None:
    """Append a line for samples. Raises `AuditError` and ``OSError``."""
    _write(table, options, SAMPLE, {})


def _write(
    table: Path, options: RunOptions, formats: tuple[str, ...], counts: Mapping[str, Detail]
) -> None:
    """Append a line, if ``CALSVC_STATE_DIR`` is set. Raises `AuditError` and ``OSError``.

    Without the setting, each user of the system has a folder of its own, which no auditor reads.
    """
    settings = load_settings({STATE_DIR: os.environ.get(STATE_DIR, "")})
    if not settings.shares_state:
        return
    with table.open("rb") as file:
        digest = compute_table_digest(file, options.context.keyring.derive_key(DIGEST_PURPOSE))
    append(settings, Action.RUN, {"table": digest, "formats": formats, **counts})
