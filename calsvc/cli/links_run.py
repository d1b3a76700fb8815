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

from calsvc.bulk.columns import FIELDS, field_named, known_names
from calsvc.bulk.due import BadMonthsError, Selection, read_months
from calsvc.bulk.edition import UNMADE, Piece
from calsvc.bulk.forecast import forecast_piece, take_stock, told
from calsvc.bulk.letter_check import check_styles
from calsvc.bulk.outcomes import Office
from calsvc.bulk.output_folder import Journal, Stage, StagingError
from calsvc.bulk.run import (
    Order,
    RowsError,
    Run,
    look,
    produce,
    remarks,
    summary,
    with_styles,
)
from calsvc.bulk.styles import LetterWishes, read_styles, styles_of_file
from calsvc.bulk.worker_processes import WorkerError, count_workers
from calsvc.cli.links_samples import make_samples
from calsvc.clock import throttle, today_in_japan
from calsvc.errors import CalsvcError, InvalidInputError
from calsvc.i18n.catalogs import Catalog
from calsvc.letters.compiler import TemplateError
from calsvc.links.content import NUMBER_BYTES, new_number
from calsvc.links.keys import load_keys
from calsvc.links.sealing import Keyring
from calsvc.municipality.served import Municipalities
from calsvc.settings import env_name, load_settings

__all__ = [
    "LetterWishes",
    "Order",
    "count_due",
    "given_columns",
    "make",
    "make_samples",
    "office_from_settings",
    "parse_run_number",
    "parse_selection",
    "refusals_in_words",
    "styled",
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


def office_from_settings(catalog: Catalog, base_url: str, city: str) -> tuple[Office, bytes]:
    """Returns the municipality, URL and keys that the settings give, and the sealing key.

    ``base_url`` and ``city`` replace their settings unless they are empty. Raises `Refusal`.
    """
    given = {"public_url": base_url, "municipalities": city}
    environ = {env_name(name): value for name, value in given.items() if value}
    settings = load_settings({**os.environ, **environ})
    if not settings.public_url:
        raise Refusal(catalog.text("bulk.no_base_url"))
    sealing = load_keys(settings.keys, settings.key_file)
    cities = Municipalities(settings.municipalities)
    office = Office(
        cities.default, Keyring(sealing), settings.public_url, today_in_japan(), cities=cities
    )
    return office, sealing[0]


def styled(order: Order, file: str, wishes: LetterWishes) -> Order:
    """Returns ``order`` with the letters and messages that ``file`` or the settings describe.

    Raises `MunicipalityFileError`, also where sample letters cannot be printed, and `BadFontError`.
    """
    cities = order.office.cities
    assert cities  # noqa: S101 - see office_from_settings
    entries = load_settings(os.environ).letter_settings
    styles = styles_of_file(file) if file else read_styles(entries, cities)
    order = with_styles(order, styles, wishes)
    order.styles.refuse_without_number()
    check_styles(order.styles, cities, order.office.today)
    return order


def given_columns(columns: tuple[str, ...], catalog: Catalog) -> Mapping[str, tuple[str, ...]]:
    """Returns the headers of each field that ``--column`` names. Raises `Refusal`."""
    found: dict[str, tuple[str, ...]] = {}
    for each in columns:
        name, _, header = each.partition("=")
        field = field_named(name)
        if not field or not header:
            known = ", ".join(known_names()[field][0] for field in FIELDS)
            raise Refusal(catalog.text("bulk.bad_column", {"known": known}))
        found[field] = (*found.get(field, ()), header)
    return found


def parse_run_number(text: str, catalog: Catalog) -> bytes:
    """Returns the run number that ``text`` holds, or a random one for ''. Raises `Refusal`."""
    if not text:
        return new_number()
    if not RUN_NUMBER_PATTERN.fullmatch(text):
        raise Refusal(catalog.text("bulk.bad_run_number"))
    return bytes.fromhex(text)


def parse_selection(due: tuple[str, ...], selection: Selection, catalog: Catalog) -> Selection:
    """Returns ``selection`` with the months that ``--due`` names. Raises `Refusal`."""
    try:
        return read_months(due, selection)
    except BadMonthsError:
        raise Refusal(catalog.text("bulk.bad_months")) from None


def count_due(
    table: Path, order: Order, catalog: Catalog, forecast: bool, only_count: bool
) -> tuple[Piece, ...]:
    """Print who is due where it matters, before anything is made; returns the forecast, if asked.

    Raises `InvalidInputError`.
    """
    if order.selection.is_of_all and not forecast and not only_count:
        return ()
    with table.open("rb") as file:
        stock = take_stock(file, order)
    for line in told(stock, order.selection.basis, catalog):
        click.echo(line, err=not only_count)
    return (forecast_piece(stock, catalog),) if forecast else ()


def make(  # noqa: PLR0913 - each is a part of the run
    table: Path,
    output: Path,
    order: Order,
    catalog: Catalog,
    beforehand: tuple[Piece, ...] = (),
    *,
    resume: bool,
) -> bool:
    """Make the output; returns whether some rows are faulty."""
    with table.open("rb") as file, Stage(output) as stage:
        run = look(file, order)
        for line in remarks(run, catalog):
            click.echo(line, err=True)
        start = stage.resume if resume else stage.begin
        journal = start(run.digest, str(order.office.today), order.office.run_number.hex())
        due, workers = throttle(SECONDS_BETWEEN_COMMITS), count_workers()
        made = produce(run, order, stage, journal, due, workers=workers, beforehand=beforehand)
        for each in _shown(made, journal, run, catalog):
            journal = each
        stage.finish()
    for line in summary(journal.tally, catalog):
        click.echo(line)
    click.echo(catalog.text("bulk.done", {"folder": str(output)}))
    return bool(journal.tally.get("faulty") or journal.tally.get(UNMADE))


def _shown(
    journals: Iterator[Journal], first: Journal, run: Run, catalog: Catalog
) -> Iterator[Journal]:
    """``journals``, with a bar on a terminal and plain lines elsewhere."""
    show = _bar if sys.stderr.isatty() else _lines
    return show(journals, first, run, catalog)


def _bar(
    journals: Iterator[Journal], first: Journal, run: Run, catalog: Catalog
) -> Iterator[Journal]:
    done = first.tally.get("rows", 0)
    unit = catalog.text("bulk.unit")
    tqdm.monitor_interval = 0  # no thread, because processes are forked
    with tqdm(total=run.expected or None, initial=done, unit=unit, file=sys.stderr) as bar:
        for journal in journals:
            bar.update(journal.tally["rows"] - bar.n)
            yield journal


def _lines(
    journals: Iterator[Journal], first: Journal, _run: Run, catalog: Catalog
) -> Iterator[Journal]:
    begun, due = time.monotonic(), throttle(SECONDS_BETWEEN_LINES)
    for journal in journals:
        if due():
            rows = journal.tally["rows"]
            rate = int((rows - first.tally.get("rows", 0)) / (time.monotonic() - begun))
            click.echo(catalog.text("bulk.progress", {"rows": rows, "rate": rate}), err=True)
        yield journal


def _in_words(error: InvalidInputError, catalog: Catalog) -> Iterator[str]:
    """Yield what is wrong with the table, and which options help."""
    yield from map(catalog.problem, error.problems)
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
    except StagingError as error:
        raise Refusal(
            catalog.text(f"bulk.staging.{error.key}", {"place": str(error.place)})
        ) from None
    except TemplateError as error:
        raise Refusal(
            catalog.text(f"letter.template.{error.key}", {"place": error.place})
        ) from None
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
