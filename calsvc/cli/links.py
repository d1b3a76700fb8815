"""``calsvc links``: links, letters and e-mails for a whole table of residents."""

import errno
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from calsvc import settings
from calsvc.bulk.csv_files import ENCODINGS
from calsvc.clock import throttle, today_in_japan
from calsvc.errors import CalsvcError, InvalidInput
from calsvc.i18n.catalogs import Catalog, catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE, LANGUAGES
from calsvc.links.keys import load_keys
from calsvc.links.sealing import Keyring
from calsvc.municipality import toml_reader

if TYPE_CHECKING:
    from calsvc.bulk.output_folder import Journal
    from calsvc.bulk.rows import Office
    from calsvc.bulk.run import Order, Run

FORMATS = ("links", "ics", "qr-svg", "qr-png", "letters", "eml", "mail-merge")
SOME_FAULTY, NO_OUTPUT = 1, 2
"""Exit codes."""
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
SECONDS_BETWEEN_LINES = 10
SECONDS_BETWEEN_COMMITS = 1


class Refusal(click.ClickException):
    """No output is made."""

    exit_code = NO_OUTPUT


@click.command()
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Folder to make; it must not exist yet.",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FORMATS),
    default=["links"],
    show_default=True,
    help="What to make; may be repeated. links.csv is always made.",
)
@click.option(
    "--encoding",
    default="",
    type=click.Choice(["", *ENCODINGS]),
    metavar="NAME",
    help=f"Encoding of TABLE, where it is not detected: {', '.join(ENCODINGS)}.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="FIELD=HEADER",
    help="Which column a field is in, as born=誕生日; may be repeated.",
)
@click.option("--base-url", default="", help="Where the service is reached (CALSVC_PUBLIC_URL).")
@click.option("--municipality", "city", default="", help="Built-in city, or path of a file.")
@click.option(
    "--font",
    default="",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Font for letters, for a city that has characters of its own (.ttf, .otf).",
)
@click.option("--resume", is_flag=True, help="Go on with a run that was interrupted.")
@click.option(
    "--lang",
    default=DEFAULT_LANGUAGE,
    type=click.Choice(LANGUAGES),
    show_default=True,
    help="Language of messages.",
)
def links(  # noqa: PLR0913 - each is an option of the command
    table: Path,
    output: Path,
    *,
    formats: tuple[str, ...],
    encoding: str,
    columns: tuple[str, ...],
    base_url: str,
    city: str,
    font: str,
    resume: bool,
    lang: str,
) -> None:
    """Make links for all residents in TABLE: CSV or TSV in UTF-8, CP932 or UTF-16, or .xlsx.

    Needed columns: 生年月日 (born), and 発行日 (issued) or 有効期限 (card_expires). Others are
    carried through. Faulty rows stay in place with their reason.

    Exit code: 0 all rows good, 1 some faulty, 2 no output.
    """
    from calsvc.bulk.run import Order, with_font  # noqa: PLC0415 - other commands need none of it

    words = catalog(lang)
    with _refusals_in_words(words, output):
        office, secret = _office(words, base_url, city)
        given = _given(columns, words)
        order = with_font(Order(office, formats, encoding, given, None, secret), font)
        faulty = _make(table, output, order, words, resume=resume)
    sys.exit(SOME_FAULTY if faulty else 0)


def _office(words: Catalog, base_url: str, city: str) -> tuple["Office", bytes]:
    from calsvc.bulk.rows import Office  # noqa: PLC0415 - other commands need none of it

    given = {"public_url": base_url, "municipality": city}
    environ = {settings.variable(name): value for name, value in given.items() if value}
    configured = settings.load({**os.environ, **environ})
    if not configured.public_url:
        raise Refusal(words.text("bulk.no_base_url"))
    sealing = load_keys(configured.keys, configured.key_file)
    chosen = toml_reader.load(configured.municipality)
    return Office(chosen, Keyring(sealing), configured.public_url, today_in_japan()), sealing[0]


def _given(columns: tuple[str, ...], words: Catalog) -> Mapping[str, str]:
    from calsvc.bulk.columns import FIELDS  # noqa: PLC0415

    parted = [each.partition("=") for each in columns]
    if any(field not in FIELDS or not header for field, _, header in parted):
        raise Refusal(words.text("bulk.bad_column", {"known": ", ".join(FIELDS)}))
    return {field: header for field, _, header in parted}


def _make(table: Path, output: Path, order: "Order", words: Catalog, *, resume: bool) -> bool:
    """Make the output; returns whether some rows are faulty."""
    from calsvc.bulk.output_folder import Stage  # noqa: PLC0415
    from calsvc.bulk.run import look, produce, summary  # noqa: PLC0415

    with table.open("rb") as file, Stage(output) as stage:
        run = look(file, order)
        start = stage.resume if resume else stage.begin
        journal = start(run.digest, str(order.office.today))
        made = produce(run, order, stage, journal, throttle(SECONDS_BETWEEN_COMMITS))
        for each in _shown(made, journal, run, words):
            journal = each
        stage.finish()
    for line in summary(journal.tally, words):
        click.echo(line)
    click.echo(words.text("bulk.done", {"folder": str(output)}))
    return bool(journal.tally.get("faulty"))


def _shown(
    journals: Iterator["Journal"], first: "Journal", run: "Run", words: Catalog
) -> Iterator["Journal"]:
    """``journals``, with a bar on a terminal and plain lines elsewhere."""
    show = _bar if sys.stderr.isatty() else _lines
    return show(journals, first, run, words)


def _bar(
    journals: Iterator["Journal"], first: "Journal", run: "Run", words: Catalog
) -> Iterator["Journal"]:
    from tqdm import tqdm  # noqa: PLC0415

    done = first.tally.get("rows", 0)
    unit = words.text("bulk.unit")
    with tqdm(total=run.expected or None, initial=done, unit=unit, file=sys.stderr) as bar:
        for journal in journals:
            bar.update(journal.tally["rows"] - bar.n)
            yield journal


def _lines(
    journals: Iterator["Journal"], first: "Journal", _run: "Run", words: Catalog
) -> Iterator["Journal"]:
    begun, due = time.monotonic(), throttle(SECONDS_BETWEEN_LINES)
    for journal in journals:
        if due():
            rows = journal.tally["rows"]
            rate = int((rows - first.tally.get("rows", 0)) / (time.monotonic() - begun))
            click.echo(words.text("bulk.progress", {"rows": rows, "rate": rate}), err=True)
        yield journal


@contextmanager
def _refusals_in_words(words: Catalog, output: Path) -> Iterator[None]:
    """End the program with what is wrong, no traceback and the right exit code."""
    from calsvc.bulk.output_folder import StagingError  # noqa: PLC0415

    try:
        yield
    except InvalidInput as error:
        raise Refusal("\n".join(words.problem(each) for each in error.problems)) from None
    except StagingError as error:
        raise Refusal(
            words.text(f"bulk.staging.{error.key}", {"place": str(error.place)})
        ) from None
    except CalsvcError as error:
        raise Refusal(str(error)) from None
    except KeyboardInterrupt:
        raise Refusal(words.text("bulk.interrupted")) from None
    except OSError as error:
        key = "bulk.disk_full" if error.errno in FULL else "bulk.disk"
        facts = {"place": str(output.parent), "reason": error.strerror or ""}
        raise Refusal(words.text(key, facts)) from None
