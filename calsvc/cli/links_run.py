"""Runs ``calsvc links``: settings, progress, and errors in the clerk's language."""

import errno
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click
from tqdm import tqdm

from calsvc.bulk.columns import FIELDS, find_field, header_aliases
from calsvc.bulk.due import InvalidMonthsError, Selection, parse_months
from calsvc.bulk.forecast import build_forecast_file, count_due_cards, describe_due
from calsvc.bulk.letter_check import check_styles
from calsvc.bulk.outcomes import BulkContext
from calsvc.bulk.output_context import UNMADE, FilePiece
from calsvc.bulk.output_folder import Checkpoint, OutputFolder, OutputFolderError
from calsvc.bulk.result_counts import format_summary
from calsvc.bulk.run import (
    PreparedRun,
    RowsError,
    RunOptions,
    describe_input,
    execute,
    prepare,
    with_styles,
)
from calsvc.bulk.styles import LetterOptions, letter_dates, load_styles, load_styles_of_file
from calsvc.bulk.worker_processes import WorkerError, count_workers
from calsvc.cli.audit import AuditError
from calsvc.cli.links_audit import audit_run
from calsvc.cli.links_samples import write_samples
from calsvc.clock import throttle, today_in_japan
from calsvc.errors import CalsvcError, InvalidInputError, ParamValue
from calsvc.i18n.catalogs import Catalog
from calsvc.letters.compiler import TemplateError
from calsvc.links.content import NUMBER_BYTES, generate_link_number
from calsvc.links.keys import load_keys
from calsvc.links.sealing import Keyring
from calsvc.municipality.served import Municipalities
from calsvc.settings import env_name, load_settings

__all__ = [
    "LetterOptions",
    "RunOptions",
    "check_letter_date",
    "errors_as_no_output",
    "load_context",
    "parse_column_options",
    "parse_run_number",
    "parse_selection",
    "print_due_counts",
    "run_table",
    "with_letter_settings",
    "write_samples",
]

EXIT_NO_OUTPUT = 2
"""Exit code if an error prevents any output."""
PROBLEM_KEYS_BY_HINT = {
    "encoding": {"table.encoding"},
    "sheet": {"table.which_sheet", "table.no_sheet"},
    "column": {
        *("table.no_column", "table.no_born", "table.no_card_date", "column.date"),
        *("column.handed_over", "column.renewed_what", "column.expiry_of_what"),
    },
}
"""The keys of the problems that an option can solve, by the hint about the option."""
DISK_FULL_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
RUN_NUMBER_PATTERN = re.compile(f"[0-9a-f]{{{2 * NUMBER_BYTES}}}")
PROGRESS_INTERVAL_SECONDS = 10
COMMIT_INTERVAL_SECONDS = 1


class NoOutputError(click.ClickException):
    """An error that prevents any output. It has its own exit code."""

    exit_code = EXIT_NO_OUTPUT


def load_context(catalog: Catalog, base_url: str, municipality: str) -> tuple[BulkContext, bytes]:
    """Return the context of a run from the settings, and the sealing key.

    ``base_url`` and ``municipality`` override their settings unless they are empty. Raises
    `NoOutputError`.
    """
    overrides = {"public_url": base_url, "municipalities": municipality}
    environ = {env_name(name): value for name, value in overrides.items() if value}
    settings = load_settings({**os.environ, **environ})
    if not settings.public_url:
        raise NoOutputError(catalog.text("bulk.no_base_url"))
    keys = load_keys(settings.keys, settings.key_file)
    municipalities = Municipalities(settings.municipalities)
    context = BulkContext(
        municipalities.default,
        Keyring(keys),
        settings.public_url,
        today_in_japan(),
        municipalities=municipalities,
    )
    return context, keys[0]


def with_letter_settings(
    options: RunOptions, file: str, letter_options: LetterOptions
) -> RunOptions:
    """Return ``options`` with the styles in ``file``, or else in the settings.

    Raises `InvalidFontError` and `MunicipalityFileError`, also for sample letters that do not fit.
    """
    municipalities = options.context.municipalities
    assert municipalities  # noqa: S101 - see load_context
    entries = load_settings(os.environ).letter_settings
    styles = load_styles_of_file(file) if file else load_styles(entries, municipalities)
    options = with_styles(options, styles, letter_options)
    options.styles.require_numbers()
    check_styles(options.styles, municipalities, options.context.today)
    return options


def parse_column_options(
    columns: tuple[str, ...], catalog: Catalog
) -> Mapping[str, tuple[str, ...]]:
    """Return the headers of each field in ``--column`` options. Raises `NoOutputError`."""
    headers: dict[str, tuple[str, ...]] = {}
    for column in columns:
        name, _, header = column.partition("=")
        field = find_field(name)
        if not field or not header:
            known = ", ".join(header_aliases()[field][0] for field in FIELDS)
            raise NoOutputError(catalog.text("bulk.bad_column", {"known": known}))
        headers[field] = (*headers.get(field, ()), header)
    return headers


def parse_run_number(text: str, catalog: Catalog) -> bytes:
    """Return the run number in ``text``, or a random one for ''. Raises `NoOutputError`."""
    if not text:
        return generate_link_number()
    if not RUN_NUMBER_PATTERN.fullmatch(text):
        raise NoOutputError(catalog.text("bulk.bad_run_number"))
    return bytes.fromhex(text)


def check_letter_date(chosen: datetime | None, today: date, catalog: Catalog) -> date | None:
    """Return the day of ``--date``, or None without it. Raises `NoOutputError`."""
    days = letter_dates(today)
    if chosen and chosen.date() not in days:
        params: dict[str, ParamValue] = {"first": str(days.start), "last": str(days.end)}
        raise NoOutputError(catalog.text("bulk.bad_letter_date", params))
    return chosen.date() if chosen else None


def parse_selection(due: tuple[str, ...], selection: Selection, catalog: Catalog) -> Selection:
    """Return ``selection`` with the months in ``--due``. Raises `NoOutputError`."""
    try:
        return parse_months(due, selection)
    except InvalidMonthsError:
        raise NoOutputError(catalog.text("bulk.bad_months")) from None


def print_due_counts(
    table: Path, options: RunOptions, catalog: Catalog, forecast: bool, counts_only: bool
) -> tuple[FilePiece, ...]:
    """Print the numbers of due residents before the run, unless all residents are selected.

    Return the forecast if requested. Raises `InvalidInputError`.
    """
    if options.selection.selects_all and not forecast and not counts_only:
        return ()
    with table.open("rb") as file:
        counts = count_due_cards(file, options)
    for line in describe_due(counts, options.selection.basis, catalog):
        click.echo(line, err=not counts_only)
    return (build_forecast_file(counts, catalog),) if forecast else ()


def run_table(  # noqa: PLR0913 - each is a part of the run
    table: Path,
    output: Path,
    options: RunOptions,
    catalog: Catalog,
    first_pieces: tuple[FilePiece, ...] = (),
    *,
    resume: bool,
) -> bool:
    """Write the output and return True if some rows are faulty."""
    with table.open("rb") as file, OutputFolder(output) as folder:
        run = prepare(file, options)
        for line in describe_input(run, catalog):
            click.echo(line, err=True)
        start = folder.resume if resume else folder.start
        checkpoint = start(run.digest, str(options.context.today), options.context.run_number.hex())
        is_due, workers = throttle(COMMIT_INTERVAL_SECONDS), count_workers()
        checkpoints = execute(
            run, options, folder, checkpoint, is_due, workers=workers, first_pieces=first_pieces
        )
        for latest in _with_progress(checkpoints, checkpoint, run, catalog):
            checkpoint = latest
        audit_run(table, options, checkpoint.counts)  # Before the output is published.
        folder.publish()
    for line in format_summary(checkpoint.counts, catalog):
        click.echo(line)
    click.echo(catalog.text("bulk.done", {"folder": str(output)}))
    return bool(checkpoint.counts.get("faulty") or checkpoint.counts.get(UNMADE))


def _with_progress(
    checkpoints: Iterator[Checkpoint], first: Checkpoint, run: PreparedRun, catalog: Catalog
) -> Iterator[Checkpoint]:
    """Yield ``checkpoints`` and show the progress: a bar on a terminal, else lines."""
    show = _with_progress_bar if sys.stderr.isatty() else _with_progress_lines
    return show(checkpoints, first, run, catalog)


def _with_progress_bar(
    checkpoints: Iterator[Checkpoint], first: Checkpoint, run: PreparedRun, catalog: Catalog
) -> Iterator[Checkpoint]:
    done = first.counts.get("rows", 0)
    unit = catalog.text("bulk.unit")
    tqdm.monitor_interval = 0  # No monitor thread, because a fork would copy its locks.
    with tqdm(total=run.estimated_rows or None, initial=done, unit=unit, file=sys.stderr) as bar:
        for checkpoint in checkpoints:
            bar.update(checkpoint.counts["rows"] - bar.n)
            yield checkpoint


def _with_progress_lines(
    checkpoints: Iterator[Checkpoint], first: Checkpoint, _run: PreparedRun, catalog: Catalog
) -> Iterator[Checkpoint]:
    begun, is_due = time.monotonic(), throttle(PROGRESS_INTERVAL_SECONDS)
    for checkpoint in checkpoints:
        if is_due():
            rows = checkpoint.counts["rows"]
            rate = int((rows - first.counts.get("rows", 0)) / (time.monotonic() - begun))
            click.echo(catalog.text("bulk.progress", {"rows": rows, "rate": rate}), err=True)
        yield checkpoint


def _error_lines(error: InvalidInputError, catalog: Catalog) -> Iterator[str]:
    """Yield the problems of the table, then hints about options that solve them."""
    yield from map(catalog.format_problem, error.problems)
    keys = {each.key for each in error.problems}
    yield from (
        catalog.text(f"bulk.hint.{hint}")
        for hint, keys_of_hint in PROBLEM_KEYS_BY_HINT.items()
        if keys_of_hint & keys
    )


@contextmanager
def errors_as_no_output(catalog: Catalog, output: Path) -> Iterator[None]:
    """Convert errors to `NoOutputError` with a message in the clerk's language."""
    try:
        yield
    except InvalidInputError as error:
        raise NoOutputError("\n".join(_error_lines(error, catalog))) from None
    except OutputFolderError as error:
        raise NoOutputError(
            catalog.text(f"bulk.staging.{error.key}", {"place": str(error.path)})
        ) from None
    except TemplateError as error:
        raise NoOutputError(
            catalog.text(f"letter.template.{error.key}", {"place": error.place})
        ) from None
    except AuditError as error:
        raise NoOutputError(catalog.text("bulk.no_audit", {"reason": error.reason})) from None
    except RowsError as error:
        params = {"first": error.first, "last": error.last}
        raise NoOutputError(catalog.text("bulk.rows_failed", params)) from None
    except WorkerError:
        raise NoOutputError(catalog.text("bulk.worker_stopped")) from None
    except CalsvcError as error:
        raise NoOutputError(str(error)) from None
    except KeyboardInterrupt:
        raise NoOutputError(catalog.text("bulk.interrupted")) from None
    except OSError as error:
        key = "bulk.disk_full" if error.errno in DISK_FULL_ERRNOS else "bulk.disk"
        why = {"place": str(output.parent), "reason": error.strerror or ""}
        raise NoOutputError(catalog.text(key, why)) from None
