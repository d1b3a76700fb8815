"""The process that checks one table or makes its files, so that feeds are not delayed.

``python -m calsvc.web.staff.job_process`` reads a `JobSpec` as JSON from standard input. It
stops when its parent process has ended, or when the folder of the job has been removed.
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
from calsvc.web.staff.zip_output import GrowingTable, ZipOutput

REPORT_INTERVAL_SECONDS = 0.2
CHECK, MAKE = "check", "make"
SAMPLE = "sample"
"""The pseudo-format of a check that also makes samples of letters and messages."""
CHOICE_BY_PROBLEM = {
    "table.encoding": ENCODING,
    "table.which_sheet": SHEET,
    "table.no_sheet": SHEET,
}
"""Problems of a table that a choice of the clerk may solve, with that choice."""
EXIT_OK, EXIT_FAILED = 0, 1
LIST_FIELDS = ("keys", "formats", "municipalities", "letter_settings")
"""Fields of a `JobSpec` that are tuples."""
NICENESS = 10
"""The niceness of the process, so that feeds take precedence."""


OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class JobSpec:
    """The specification of a job: a task for the table in ``folder``.

    ``task``: `CHECK` or `MAKE`. The clerk's choices are files of the folder. ``keys``: base64.
    ``today``: ISO 8601. ``language``: the clerk's. ``parent``: the id of the parent process.
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

    def to_json(self) -> str:
        """Return the specification as JSON."""
        return json.dumps(asdict(self))


def parse_job_spec(text: str) -> JobSpec:
    """Parse the JSON of `JobSpec.to_json`."""
    fields = json.loads(text)
    lists = {name: tuple(fields[name]) for name in LIST_FIELDS}
    return JobSpec(**{**fields, **lists})


class JobAbandonedError(Exception):
    """The parent process or the folder of the job does not exist any more."""


def run_job(spec: JobSpec) -> int:
    """Do the task, save the status of the job, and return the exit code."""
    job = Job("", Path(spec.folder))
    run_task = _check if spec.task == CHECK else _make
    try:
        with _save_problems_on_error(spec, job):
            run_task(spec, job)
    except JobAbandonedError:
        return EXIT_FAILED
    except Exception as error:  # such as a full disk, so the files are removed
        job.discard_work()
        reason = str(error) if isinstance(error, MunicipalityFileError) else error_location(error)
        print(f"failed: {reason}", file=sys.stderr)  # noqa: T201 - the service's log
        return EXIT_FAILED
    return EXIT_OK


@contextmanager
def _save_problems_on_error(spec: JobSpec, job: Job) -> Iterator[None]:
    """Save the problems of the table in the status. Raises ``OSError``."""
    try:
        yield
    except InvalidInputError as error:
        catalog = get_catalog(spec.language)
        problems = tuple(catalog.format_problem(each) for each in error.problems)
        state = REFUSED if spec.task == CHECK else FAILED
        job.save_status(replace(job.status, state=state, lines=problems))


def _check(spec: JobSpec, job: Job) -> None:
    """Write the preview, and the table of all faulty rows."""
    is_due, files = throttle(REPORT_INTERVAL_SECONDS), GrowingTable(job.folder)

    def on_progress(rows: int, expected: int) -> None:
        _check_not_abandoned(job, spec.parent)
        if is_due():
            job.save_status(Status(CHECKING, rows, max(rows, expected)))

    with job.table.open("rb") as file:
        samples = SampleResidents(_build_run_options(spec, job))
        preview = _build_preview(file, job, files.put, on_progress, samples)
    if samples.first:
        _add_samples(samples, preview)
    suffix = files.finish(job.faulty)
    job.preview.write_text(json.dumps(asdict(preview)), encoding="utf-8")
    rows = preview.counts.get("rows", 0)
    job.save_status(Status(CHECKED, rows, suffix=suffix, waits_for=_find_awaited_choice(preview)))


def _ignore_results(_outcomes: Sequence[Outcome]) -> None:
    """Do nothing, because no samples are wanted."""


def _add_samples(samples: SampleResidents, preview: Preview) -> None:
    """Add letters and messages to the preview."""
    preview.samples = [each.to_json() for each in set_sample_letters(samples)]
    if sample_mail := compose_sample_mail(samples):
        mail, _ = sample_mail
        preview.sample_mail = {"subject": mail.subject, "body": mail.body, "lang": mail.language}
    if sms := compose_sample_sms(samples):
        preview.sample_sms = {"text": sms.text, "parts": sms.parts}


def _find_awaited_choice(preview: Preview) -> str:
    """Return what the clerk must choose, or ''."""
    if preview.ready:
        return ""
    return next(
        (
            CHOICE_BY_PROBLEM[key]
            for problem in preview.problems
            if (key := problem["key"]) in CHOICE_BY_PROBLEM
        ),
        COLUMNS,
    )


def _build_preview(
    file: BinaryIO,
    job: Job,
    put: Callable[[FilePiece], None],
    on_progress: OnProgress,
    samples: SampleResidents,
) -> Preview:
    """Return the preview. If the clerk must choose something first, it contains the problem."""
    context = samples.options.context
    observe = samples.consider if samples.options.formats else _ignore_results
    try:
        return build_preview(file, context, job.choices, put, on_progress, observe=observe)
    except InvalidInputError as error:
        if CHOICE_BY_PROBLEM.keys().isdisjoint(each.key for each in error.problems):
            raise
        sheets = [vars(each) for each in error.sheets] if isinstance(error, SheetError) else []
        return Preview(problems=[*map(problem_to_json, error.problems)], sheets=sheets)


def _make(spec: JobSpec, job: Job) -> None:
    options, progress = _build_run_options(spec, job), _Progress(job, spec)
    check_styles(options.styles, _municipalities(options), options.context.today)
    unfinished = job.folder / "unfinished.zip"
    with job.table.open("rb") as file:
        run = prepare(file, options)
        checkpoint = Checkpoint(run.digest, spec.today, generate_link_number().hex())
        archive = ZipOutput(unfinished, options.context.today)
        progress.expected = run.estimated_rows
        checkpoints = execute(
            run,
            options,
            archive,
            checkpoint,
            lambda: False,
            tick=progress.tick,
            first_pieces=_build_forecast(spec, job, options),
        )
        for checkpoint in checkpoints:
            progress.finish_rows(checkpoint.counts["rows"])
        archive.finish()
    unfinished.replace(job.result)
    rows = checkpoint.counts.get("rows", 0)
    lines = tuple(format_summary(checkpoint.counts, get_catalog(spec.language)))
    job.save_status(Status(DONE, rows, rows, lines, options.formats))


def _build_forecast(spec: JobSpec, job: Job, options: RunOptions) -> Sequence[FilePiece]:
    if FORECAST not in spec.formats:
        return ()
    with job.table.open("rb") as file:
        return [build_forecast_file(count_due_cards(file, options), get_catalog(spec.language))]


class _Progress:
    """Saves the progress, even within a chunk, because a chunk of letters takes seconds."""

    def __init__(self, job: Job, spec: JobSpec) -> None:
        self.expected = 0
        self._job, self._spec = job, spec
        self._due = throttle(REPORT_INTERVAL_SECONDS)
        self._rows, self._ticks = 0, 0
        self._ticks_a_row = len(spec.formats) + ("letters" in spec.formats)

    def tick(self) -> None:
        """Count a file before it is made."""
        self._ticks += 1
        if self._due():
            self._report(self._rows + min(CHUNK_ROWS - 1, self._ticks // self._ticks_a_row))

    def finish_rows(self, rows: int) -> None:
        """Set the number of finished rows."""
        self._rows, self._ticks = rows, 0
        _check_not_abandoned(self._job, self._spec.parent)
        if self._due():
            self._report(rows)

    def _report(self, rows: int) -> None:
        _check_not_abandoned(self._job, self._spec.parent)
        expected, formats = max(rows, self.expected), self._spec.formats
        self._job.save_status(Status(WORKING, rows, expected, (), formats))


def _check_not_abandoned(job: Job, parent: int) -> None:
    if os.getppid() != parent or not job.folder.is_dir():
        raise JobAbandonedError


def _build_context(spec: JobSpec) -> BulkContext:
    keys = tuple(base64.b64decode(each) for each in spec.keys)
    today, base_url = date.fromisoformat(spec.today), spec.base
    served = Municipalities(spec.municipalities)
    return BulkContext(served.default, Keyring(keys), base_url, today, municipalities=served)


def _build_run_options(spec: JobSpec, job: Job) -> RunOptions:
    context, run_choices = _build_context(spec), job.run_choices
    formats = ("letters",) if SAMPLE in spec.formats else spec.formats
    sealing_key = base64.b64decode(spec.keys[0])
    options = RunOptions(
        context, formats, sealing_key, job.choices, selection=run_choices.selection
    )
    styles = (
        load_styles(spec.letter_settings, _municipalities(options)) if formats else PLAIN_STYLES
    )
    return with_styles(options, styles, run_choices.letters)


def _municipalities(options: RunOptions) -> Municipalities:
    assert options.context.municipalities  # noqa: S101 - see _build_context
    return options.context.municipalities


def main() -> int:
    """Run the job specified on standard input, and return the exit code.

    Logging and warnings of libraries are disabled, because they could contain personal data.
    """
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.lastResort = None
    logging.getLogger("calsvc.bulk").addHandler(logging.StreamHandler())
    warnings.simplefilter("ignore")
    sys.unraisablehook = lambda _: None  # a ZIP file that cannot be closed would name its path
    return run_job(parse_job_spec(sys.stdin.read()))


if __name__ == "__main__":
    sys.exit(main())
