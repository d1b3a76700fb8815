"""Runs ``calsvc links``: settings, progress, and errors in the clerk's language."""

import errno
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
from tqdm import tqdm

from calsvc.bulk.columns import FIELDS, field_named, known_names
from calsvc.bulk.due import BadMonthsError, Selection, read_months
from calsvc.bulk.edition import UNMADE, Piece
from calsvc.bulk.forecast import forecast_piece, take_stock, told
from calsvc.bulk.outcomes import Office
from calsvc.bulk.output_folder import Journal, Stage, StagingError
from calsvc.bulk.run import (
    LetterWishes,
    Order,
    RowsError,
    Run,
    look,
    produce,
    remarks,
    summary,
    with_sheet,
)
from calsvc.bulk.worker_processes import WorkerError, count_workers
from calsvc.cli.links_samples import write_samples
from calsvc.clock import throttle, today_in_japan
from calsvc.errors import CalsvcError, InvalidInputError
from calsvc.i18n.catalogs import Catalog
from calsvc.letters.compiler import TemplateError
from calsvc.links.content import NUMBER_BYTES, generate_link_number
from calsvc.links.keys import load_keys
from calsvc.links.sealing import Keyring
from calsvc.municipality.served import Municipalities
from calsvc.settings import env_name, load_settings

__all__ = [
    "LetterWishes",
    "Order",
    "errors_as_no_output",
    "load_context",
    "parse_column_options",
    "parse_run_number",
    "parse_selection",
    "print_due_counts",
    "run_table",
    "with_sheet",
    "write_samples",
]

EXIT_NO_OUTPUT = 2
"""Exit code."""
HINTS = {
    "encoding": {"table.encoding"},
    "sheet": {"table.which_sheet", "table.no_sheet"},
    "column": {
        *("table.no_column", "table.no_born", "table.no_card_date", "column.date"),
        *("column.handed_over", "column.renewed_what", "column.expiry_of_what"),
    },
}
"""The message keys of the problems that an option can solve, by the hint about the option."""
DISK_FULL_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
RUN_NUMBER_PATTERN = re.compile(f"[0-9a-f]{{{2 * NUMBER_BYTES}}}")
PROGRESS_INTERVAL_SECONDS = 10
COMMIT_INTERVAL_SECONDS = 1


class NoOutputError(click.ClickException):
    """An error that prevents any output. It has its own exit code."""

    exit_code = EXIT_NO_OUTPUT


def load_context(catalog: Catalog, base_url: str, municipality: str) -> tuple[Office, bytes]:
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
    office = Office(
        municipalities.default,
        Keyring(keys),
        settings.public_url,
        today_in_japan(),
        cities=municipalities,
    )
    return office, keys[0]


def parse_column_options(
    columns: tuple[str, ...], catalog: Catalog
) -> Mapping[str, tuple[str, ...]]:
    """Return the headers of each field in ``--column`` options. Raises `NoOutputError`."""
    headers: dict[str, tuple[str, ...]] = {}
    for column in columns:
        name, _, header = column.partition("=")
        field = field_named(name)
        if not field or not header:
            known = ", ".join(known_names()[field][0] for field in FIELDS)
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


def parse_selection(due: tuple[str, ...], selection: Selection, catalog: Catalog) -> Selection:
    """Return ``selection`` with the months in ``--due``. Raises `NoOutputError`."""
    try:
        return read_months(due, selection)
    except BadMonthsError:
        raise NoOutputError(catalog.text("bulk.bad_months")) from None


def print_due_counts(
    table: Path, order: Order, catalog: Catalog, forecast: bool, only_count: bool
) -> tuple[Piece, ...]:
    """Print how many residents are due, unless all are selected. Return the forecast if requested.

    The clerk sees the numbers before any output is written. Raises `InvalidInputError`.
    """
    if order.selection.is_of_all and not forecast and not only_count:
        return ()
    with table.open("rb") as file:
        stock = take_stock(file, order)
    for line in told(stock, order.selection.basis, catalog):
        click.echo(line, err=not only_count)
    return (forecast_piece(stock, catalog),) if forecast else ()


def run_table(  # noqa: PLR0913 - each is a part of the run
    table: Path,
    output: Path,
    order: Order,
    catalog: Catalog,
    beforehand: tuple[Piece, ...] = (),
    *,
    resume: bool,
) -> bool:
    """Write the output and return True if some rows are faulty."""
    with table.open("rb") as file, Stage(output) as stage:
        run = look(file, order)
        for line in remarks(run, catalog):
            click.echo(line, err=True)
        start = stage.resume if resume else stage.begin
        journal = start(run.digest, str(order.office.today), order.office.run_number.hex())
        due, workers = throttle(COMMIT_INTERVAL_SECONDS), count_workers()
        made = produce(run, order, stage, journal, due, workers=workers, beforehand=beforehand)
        for each in _with_progress(made, journal, run, catalog):
            journal = each
        stage.finish()
    for line in summary(journal.tally, catalog):
        click.echo(line)
    click.echo(catalog.text("bulk.done", {"folder": str(output)}))
    return bool(journal.tally.get("faulty") or journal.tally.get(UNMADE))


def _with_progress(
    journals: Iterator[Journal], first: Journal, run: Run, catalog: Catalog
) -> Iterator[Journal]:
    """Yield ``journals`` and show the progress: a bar on a terminal, else lines."""
    show = _with_progress_bar if sys.stderr.isatty() else _with_progress_lines
    return show(journals, first, run, catalog)


def _with_progress_bar(
    journals: Iterator[Journal], first: Journal, run: Run, catalog: Catalog
) -> Iterator[Journal]:
    done = first.tally.get("rows", 0)
    unit = catalog.text("bulk.unit")
    tqdm.monitor_interval = 0  # No monitor thread, because a fork would copy its locks.
    with tqdm(total=run.expected or None, initial=done, unit=unit, file=sys.stderr) as bar:
        for journal in journals:
            bar.update(journal.tally["rows"] - bar.n)
            yield journal


def _with_progress_lines(
    journals: Iterator[Journal], first: Journal, _run: Run, catalog: Catalog
) -> Iterator[Journal]:
    begun, due = time.monotonic(), throttle(PROGRESS_INTERVAL_SECONDS)
    for journal in journals:
        if due():
            rows = journal.tally["rows"]
            rate = int((rows - first.tally.get("rows", 0)) / (time.monotonic() - begun))
            click.echo(catalog.text("bulk.progress", {"rows": rows, "rate": rate}), err=True)
        yield journal


def _error_lines(error: InvalidInputError, catalog: Catalog) -> Iterator[str]:
    """Yield the problems of the table, then hints about options that solve them."""
    yield from map(catalog.format_problem, error.problems)
    keys = {each.key for each in error.problems}
    yield from (
        catalog.text(f"bulk.hint.{hint}") for hint, helped in HINTS.items() if helped & keys
    )


@contextmanager
def errors_as_no_output(catalog: Catalog, output: Path) -> Iterator[None]:
    """End the command with a message in the clerk's language and the exit code for no output."""
    try:
        yield
    except InvalidInputError as error:
        raise NoOutputError("\n".join(_error_lines(error, catalog))) from None
    except StagingError as error:
        raise NoOutputError(
            catalog.text(f"bulk.staging.{error.key}", {"place": str(error.place)})
        ) from None
    except TemplateError as error:
        raise NoOutputError(
            catalog.text(f"letter.template.{error.key}", {"place": error.place})
        ) from None
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
