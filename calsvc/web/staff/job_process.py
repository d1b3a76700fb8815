"""A process that checks one table or makes its files, so that feeds are not held up.

``python -m calsvc.web.staff.job_process`` reads an `Assignment` as JSON from its standard input.
It stops by itself when the process that started it is gone, or the job's folder.
"""

import base64
import json
import logging
import os
import resource
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import BinaryIO

from calsvc.bulk.forecast import FORECAST, build_forecast_file, count_due_cards
from calsvc.bulk.letter_check import check_styles
from calsvc.bulk.outcomes import BulkContext, Outcome
from calsvc.bulk.output_context import FilePiece
from calsvc.bulk.output_folder import Checkpoint
from calsvc.bulk.preview import Preview, build_preview, problem_to_json
from calsvc.bulk.result_counts import format_summary
from calsvc.bulk.rows import CHUNK_ROWS
from calsvc.bulk.run import RunOptions, execute, prepare, with_styles
from calsvc.bulk.samples import (
    SampleResidents,
    compose_sample_mail,
    compose_sample_sms,
    set_sample_letters,
)
from calsvc.bulk.styles import PLAIN_STYLES, load_styles
from calsvc.bulk.tables import SheetError
from calsvc.clock import throttle
from calsvc.errors import InvalidInputError, MunicipalityFileError, error_location
from calsvc.i18n.catalogs import get_catalog
from calsvc.links.content import generate_link_number
from calsvc.links.sealing import Keyring
from calsvc.municipality.served import Municipalities
from calsvc.web.staff.job import (
    CHECKED,
    CHECKING,
    COLUMNS,
    DONE,
    ENCODING,
    FAILED,
    REFUSED,
    SHEET,
    WORKING,
    Job,
    Status,
)
from calsvc.web.staff.zip_output import Archive, Growing

SECONDS_BETWEEN_REPORTS = 0.2
CHECK, MAKE = "check", "make"
SAMPLE = "sample"
"""A format of a check: letters and messages to look at."""
MENDABLE = {"table.encoding": ENCODING, "table.which_sheet": SHEET, "table.no_sheet": SHEET}
"""Faults of a table that another choice may mend, and which one."""
DONE_WELL, FAILED_CODE = 0, 1
LISTS = ("keys", "formats", "municipalities", "letter_settings")
"""Fields of an `Assignment`."""
NICE = 10
"""Whoever fetches a feed comes first."""


Beat = Callable[[int, int], None]


@dataclass(frozen=True)
class Assignment:
    """What is to be done with the table in ``folder``, and for whom.

    ``task``: `CHECK` or `MAKE`; what the clerk has chosen lies in the folder. ``keys``: base64;
    ``today``: ISO; ``language``: the clerk's; ``parent``: the process that asks.
    ``municipalities`` and ``letter_settings``: as in `Settings`.
    """

    folder: str
    municipalities: tuple[str, ...]
    letter_settings: tuple[str, ...]
    keys: tuple[str, ...]
    base: str
    today: str
    task: str
    formats: tuple[str, ...]
    language: str
    parent: int

    def text(self) -> str:
        """As the process reads it."""
        return json.dumps(asdict(self))


def assignment(text: str) -> Assignment:
    """The inverse of `Assignment.text`."""
    given = json.loads(text)
    lists = {name: tuple(given[name]) for name in LISTS}
    return Assignment(**{**given, **lists})


class GoneError(Exception):
    """Nobody waits for the result any more."""


def work(assigned: Assignment) -> int:
    """Do the task; returns the exit code. The job's status tells how it went."""
    job = Job("", Path(assigned.folder))
    do = _check if assigned.task == CHECK else _make
    try:
        with _faults_told(assigned, job):
            do(assigned, job)
    except GoneError:
        return FAILED_CODE
    except Exception as error:  # perhaps a full disk, which the files below have filled
        job.discard_work()
        reason = str(error) if isinstance(error, MunicipalityFileError) else error_location(error)
        print(f"failed: {reason}", file=sys.stderr)  # noqa: T201 - the service's log
        return FAILED_CODE
    return DONE_WELL


@contextmanager
def _faults_told(assigned: Assignment, job: Job) -> Iterator[None]:
    """Write down what is wrong with the table, if anything is. Raises ``OSError``."""
    try:
        yield
    except InvalidInputError as error:
        catalog = get_catalog(assigned.language)
        faults = tuple(catalog.format_problem(each) for each in error.problems)
        state = REFUSED if assigned.task == CHECK else FAILED
        job.tell(replace(job.status, state=state, lines=faults))


def _check(assigned: Assignment, job: Job) -> None:
    """Write the preview, and the table of all faulty rows."""
    due, files = throttle(SECONDS_BETWEEN_REPORTS), Growing(job.folder)

    def beat(rows: int, expected: int) -> None:
        _refuse_if_gone(job, assigned.parent)
        if due():
            job.tell(Status(CHECKING, rows, max(rows, expected)))

    with job.table.open("rb") as file:
        chosen = SampleResidents(_run_options(assigned, job))
        shown = _previewed(file, job, files.put, beat, chosen)
    if chosen.first:
        _show_samples(chosen, shown)
    suffix = files.finish(job.faulty)
    job.preview.write_text(json.dumps(asdict(shown)), encoding="utf-8")
    rows = shown.counts.get("rows", 0)
    job.tell(Status(CHECKED, rows, suffix=suffix, waits_for=_awaited(shown)))


def _ignore(_outcomes: Sequence[Outcome]) -> None:
    """Do nothing."""


def _show_samples(chosen: SampleResidents, shown: Preview) -> None:
    """Put letters and messages into the preview."""
    shown.samples = [each.to_json() for each in set_sample_letters(chosen)]
    if found := compose_sample_mail(chosen):
        mail, _ = found
        shown.sample_mail = {"subject": mail.subject, "body": mail.body, "lang": mail.language}
    if sms := compose_sample_sms(chosen):
        shown.sample_sms = {"text": sms.text, "parts": sms.parts}


def _awaited(shown: Preview) -> str:
    """Return what the clerk must choose, or ''."""
    if shown.ready:
        return ""
    return next(
        (MENDABLE[key] for each in shown.problems if (key := each["key"]) in MENDABLE), COLUMNS
    )


def _previewed(
    file: BinaryIO, job: Job, put: Callable[[FilePiece], None], beat: Beat, chosen: SampleResidents
) -> Preview:
    """Return the preview; a table that needs another choice has one that says so."""
    context = chosen.options.context
    see = chosen.consider if chosen.options.formats else _ignore
    try:
        return build_preview(file, context, job.choices, put, beat, observe=see)
    except InvalidInputError as error:
        if MENDABLE.keys().isdisjoint(each.key for each in error.problems):
            raise
        sheets = [vars(each) for each in error.sheets] if isinstance(error, SheetError) else []
        return Preview(problems=[*map(problem_to_json, error.problems)], sheets=sheets)


def _make(assigned: Assignment, job: Job) -> None:
    options, progress = _run_options(assigned, job), _Progress(job, assigned)
    check_styles(options.styles, _cities(options), options.context.today)
    unfinished = job.folder / "unfinished.zip"
    with job.table.open("rb") as file:
        run = prepare(file, options)
        checkpoint = Checkpoint(run.digest, assigned.today, generate_link_number().hex())
        archive = Archive(unfinished, options.context.today)
        progress.expected = run.estimated_rows
        made = execute(
            run,
            options,
            archive,
            checkpoint,
            lambda: False,
            tick=progress.tick,
            first_pieces=_forecast(assigned, job, options),
        )
        for each in made:
            checkpoint = each
            progress.tell(checkpoint.counts["rows"])
        archive.finish()
    unfinished.replace(job.result)
    rows = checkpoint.counts.get("rows", 0)
    lines = tuple(format_summary(checkpoint.counts, get_catalog(assigned.language)))
    job.tell(Status(DONE, rows, rows, lines, options.formats))


def _forecast(assigned: Assignment, job: Job, options: RunOptions) -> Sequence[FilePiece]:
    if FORECAST not in assigned.formats:
        return ()
    with job.table.open("rb") as file:
        return [build_forecast_file(count_due_cards(file, options), get_catalog(assigned.language))]


class _Progress:
    """Tells how far the work is, also within a chunk, because one of letters takes seconds."""

    def __init__(self, job: Job, assigned: Assignment) -> None:
        self.expected = 0
        self._job, self._assigned = job, assigned
        self._due = throttle(SECONDS_BETWEEN_REPORTS)
        self._rows, self._ticks = 0, 0
        self._ticks_a_row = len(assigned.formats) + ("letters" in assigned.formats)

    def tick(self) -> None:
        """Count a file that is about to be made."""
        self._ticks += 1
        if self._due():
            self._report(self._rows + min(CHUNK_ROWS - 1, self._ticks // self._ticks_a_row))

    def tell(self, rows: int) -> None:
        """Count whole rows."""
        self._rows, self._ticks = rows, 0
        _refuse_if_gone(self._job, self._assigned.parent)
        if self._due():
            self._report(rows)

    def _report(self, rows: int) -> None:
        _refuse_if_gone(self._job, self._assigned.parent)
        expected, formats = max(rows, self.expected), self._assigned.formats
        self._job.tell(Status(WORKING, rows, expected, (), formats))


def _refuse_if_gone(job: Job, parent: int) -> None:
    if os.getppid() != parent or not job.folder.is_dir():
        raise GoneError


def _context(assigned: Assignment) -> BulkContext:
    keys = tuple(base64.b64decode(each) for each in assigned.keys)
    today, base_url = date.fromisoformat(assigned.today), assigned.base
    served = Municipalities(assigned.municipalities)
    return BulkContext(served.default, Keyring(keys), base_url, today, municipalities=served)


def _run_options(assigned: Assignment, job: Job) -> RunOptions:
    context, wanted = _context(assigned), job.wanted
    formats = ("letters",) if SAMPLE in assigned.formats else assigned.formats
    sealing_key = base64.b64decode(assigned.keys[0])
    options = RunOptions(context, formats, sealing_key, job.choices, selection=wanted.selection)
    styles = load_styles(assigned.letter_settings, _cities(options)) if formats else PLAIN_STYLES
    return with_styles(options, styles, wanted.letters)


def _cities(options: RunOptions) -> Municipalities:
    assert options.context.municipalities  # noqa: S101 - see _context
    return options.context.municipalities


def main() -> int:
    """Do what standard input says. Libraries are kept from speaking: they might name names."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.lastResort = None
    logging.getLogger("calsvc.bulk").addHandler(logging.StreamHandler())
    warnings.simplefilter("ignore")
    sys.unraisablehook = lambda _: None  # a ZIP file that cannot be closed would name its path
    return work(assignment(sys.stdin.read()))


if __name__ == "__main__":
    sys.exit(main())
