"""Runs ``calsvc links``: the settings, the progress, and every refusal in the clerk's language."""

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

from calsvc.bulk.columns import FIELDS, find_field, header_aliases
from calsvc.bulk.due import InvalidMonthsError, Selection, parse_months
from calsvc.bulk.forecast import build_forecast_file, count_due_cards, describe_due
from calsvc.bulk.outcomes import BulkContext
from calsvc.bulk.output_context import UNMADE, FilePiece
from calsvc.bulk.output_folder import Checkpoint, OutputFolder, OutputFolderError
from calsvc.bulk.result_counts import format_summary
from calsvc.bulk.run import (
    LetterOptions,
    PreparedRun,
    RowsError,
    RunOptions,
    describe_input,
    execute,
    prepare,
    with_letter_settings,
)
from calsvc.bulk.worker_processes import WorkerError, count_workers
from calsvc.cli.audit import AuditError
from calsvc.cli.links_audit import write_run
from calsvc.cli.links_samples import make_samples
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
    "LetterOptions",
    "RunOptions",
    "context_from_settings",
    "count_due",
    "make",
    "make_samples",
    "parse_column_overrides",
    "parse_run_number",
    "parse_selection",
    "refusals_in_words",
    "with_letter_settings",
]

NO_OUTPUT = 2
"""Exit code."""
HINTS = {
    "encoding": {"table.encoding"},
    "sheet": {"table.which_sheet", "table.no_sheet"},
    "column": {
        *("table.no_column", "table.no_born", "table.no_card_date", "column.date"),
        *("column.handed_over", "column.renewed_what", "column.expiry_of_what"),
    },
}
"""Which option helps against which faults."""
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
RUN_NUMBER_PATTERN = re.compile(f"[0-9a-f]{{{2 * NUMBER_BYTES}}}")
SECONDS_BETWEEN_LINES = 10
SECONDS_BETWEEN_COMMITS = 1


class Refusal(click.ClickException):
    """No output is made."""

    exit_code = NO_OUTPUT


def context_from_settings(catalog: Catalog, base_url: str, city: str) -> tuple[BulkContext, bytes]:
    """Return the municipality, URL and keys that the settings give, and the sealing key.

    ``base_url`` and ``city`` replace their settings unless they are empty. Raises `Refusal`.
    """
    overrides = {"public_url": base_url, "municipalities": city}
    environ = {env_name(name): value for name, value in overrides.items() if value}
    settings = load_settings({**os.environ, **environ})
    if not settings.public_url:
        raise Refusal(catalog.text("bulk.no_base_url"))
    sealing = load_keys(settings.keys, settings.key_file)
    cities = Municipalities(settings.municipalities)
    context = BulkContext(
        cities.default,
        Keyring(sealing),
        settings.public_url,
        today_in_japan(),
        municipalities=cities,
    )
    return context, sealing[0]


def parse_column_overrides(
    columns: tuple[str, ...], catalog: Catalog
) -> Mapping[str, tuple[str, ...]]:
    """Return the headers of each field that ``--column`` names. Raises `Refusal`."""
    found: dict[str, tuple[str, ...]] = {}
    for each in columns:
        name, _, header = each.partition("=")
        field = find_field(name)
        if not field or not header:
            known = ", ".join(header_aliases()[field][0] for field in FIELDS)
            raise Refusal(catalog.text("bulk.bad_column", {"known": known}))
        found[field] = (*found.get(field, ()), header)
    return found


def parse_run_number(text: str, catalog: Catalog) -> bytes:
    """Return the run number that ``text`` holds, or a random one for ''. Raises `Refusal`."""
    if not text:
        return generate_link_number()
    if not RUN_NUMBER_PATTERN.fullmatch(text):
        raise Refusal(catalog.text("bulk.bad_run_number"))
    return bytes.fromhex(text)


def parse_selection(due: tuple[str, ...], selection: Selection, catalog: Catalog) -> Selection:
    """Return ``selection`` with the months that ``--due`` names. Raises `Refusal`."""
    try:
        return parse_months(due, selection)
    except InvalidMonthsError:
        raise Refusal(catalog.text("bulk.bad_months")) from None


def count_due(
    table: Path, options: RunOptions, catalog: Catalog, forecast: bool, only_count: bool
) -> tuple[FilePiece, ...]:
    """Print who is due where it matters, before anything is made; returns the forecast, if asked.

    Raises `InvalidInputError`.
    """
    if options.selection.selects_all and not forecast and not only_count:
        return ()
    with table.open("rb") as file:
        counts = count_due_cards(file, options)
    for line in describe_due(counts, options.selection.basis, catalog):
        click.echo(line, err=not only_count)
    return (build_forecast_file(counts, catalog),) if forecast else ()


def make(  # noqa: PLR0913 - each is a part of the run
    table: Path,
    output: Path,
    options: RunOptions,
    catalog: Catalog,
    first_pieces: tuple[FilePiece, ...] = (),
    *,
    resume: bool,
) -> bool:
    """Make the output; returns whether some rows are faulty."""
    with table.open("rb") as file, OutputFolder(output) as folder:
        run = prepare(file, options)
        for line in describe_input(run, catalog):
            click.echo(line, err=True)
        start = folder.resume if resume else folder.start
        checkpoint = start(run.digest, str(options.context.today), options.context.run_number.hex())
        due, workers = throttle(SECONDS_BETWEEN_COMMITS), count_workers()
        made = execute(
            run, options, folder, checkpoint, due, workers=workers, first_pieces=first_pieces
        )
        for each in _shown(made, checkpoint, run, catalog):
            checkpoint = each
        write_run(table, options, checkpoint.counts)  # first: nothing is handed out without a line
        folder.publish()
    for line in format_summary(checkpoint.counts, catalog):
        click.echo(line)
    click.echo(catalog.text("bulk.done", {"folder": str(output)}))
    return bool(checkpoint.counts.get("faulty") or checkpoint.counts.get(UNMADE))


def _shown(
    checkpoints: Iterator[Checkpoint], first: Checkpoint, run: PreparedRun, catalog: Catalog
) -> Iterator[Checkpoint]:
    """``checkpoints``, with a bar on a terminal and plain lines elsewhere."""
    show = _bar if sys.stderr.isatty() else _lines
    return show(checkpoints, first, run, catalog)


def _bar(
    checkpoints: Iterator[Checkpoint], first: Checkpoint, run: PreparedRun, catalog: Catalog
) -> Iterator[Checkpoint]:
    done = first.counts.get("rows", 0)
    unit = catalog.text("bulk.unit")
    tqdm.monitor_interval = 0  # no thread, because processes are forked
    with tqdm(total=run.estimated_rows or None, initial=done, unit=unit, file=sys.stderr) as bar:
        for checkpoint in checkpoints:
            bar.update(checkpoint.counts["rows"] - bar.n)
            yield checkpoint


def _lines(
    checkpoints: Iterator[Checkpoint], first: Checkpoint, _run: PreparedRun, catalog: Catalog
) -> Iterator[Checkpoint]:
    begun, due = time.monotonic(), throttle(SECONDS_BETWEEN_LINES)
    for checkpoint in checkpoints:
        if due():
            rows = checkpoint.counts["rows"]
            rate = int((rows - first.counts.get("rows", 0)) / (time.monotonic() - begun))
            click.echo(catalog.text("bulk.progress", {"rows": rows, "rate": rate}), err=True)
        yield checkpoint


def _in_words(error: InvalidInputError, catalog: Catalog) -> Iterator[str]:
    """Yield what is wrong with the table, and which options help."""
    yield from map(catalog.format_problem, error.problems)
    keys = {each.key for each in error.problems}
    yield from (
        catalog.text(f"bulk.hint.{hint}") for hint, helped in HINTS.items() if helped & keys
    )


@contextmanager
def refusals_in_words(catalog: Catalog, output: Path) -> Iterator[None]:
    """End the program with what is wrong, no traceback and the right exit code."""
    try:
        yield
    except InvalidInputError as error:
        raise Refusal("\n".join(_in_words(error, catalog))) from None
    except OutputFolderError as error:
        raise Refusal(
            catalog.text(f"bulk.staging.{error.key}", {"place": str(error.path)})
        ) from None
    except TemplateError as error:
        raise Refusal(
            catalog.text(f"letter.template.{error.key}", {"place": error.place})
        ) from None
    except AuditError as error:
        raise Refusal(catalog.text("bulk.no_audit", {"reason": error.reason})) from None
    except RowsError as error:
        params = {"first": error.first, "last": error.last}
        raise Refusal(catalog.text("bulk.rows_failed", params)) from None
    except WorkerError:
        raise Refusal(catalog.text("bulk.worker_stopped")) from None
    except CalsvcError as error:
        raise Refusal(str(error)) from None
    except KeyboardInterrupt:
        raise Refusal(catalog.text("bulk.interrupted")) from None
    except OSError as error:
        key = "bulk.disk_full" if error.errno in FULL else "bulk.disk"
        why = {"place": str(output.parent), "reason": error.strerror or ""}
        raise Refusal(catalog.text(key, why)) from None
