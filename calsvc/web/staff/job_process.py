"""A process that makes the files for one table, so that those who answer requests are not held up.

``python -m calsvc.web.staff.job_process`` reads an `Assignment` as JSON from its standard input.
It stops by itself when the process that started it is gone, or the job's folder.
"""

import base64
import json
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from calsvc.bulk.output_folder import Journal
from calsvc.bulk.rows import Office
from calsvc.bulk.run import Order, look, produce, summary, with_font
from calsvc.clock import throttle
from calsvc.errors import InvalidInput, where
from calsvc.i18n.catalogs import catalog
from calsvc.links.content import new_number
from calsvc.links.sealing import Keyring
from calsvc.municipality import toml_reader
from calsvc.web.staff.job_store import DONE, FAILED, WORKING, Job, Status
from calsvc.web.staff.zip_output import Archive

SECONDS_BETWEEN_REPORTS = 0.2
DONE_WELL, FAILED_CODE = 0, 1
NICE = 10
"""Whoever fetches a feed comes first."""


@dataclass(frozen=True)
class Assignment:
    """What is to be made of the table in ``folder``, and for whom.

    ``keys``: base64; ``today``: ISO; ``language``: the clerk's; ``parent``: the process that asks.
    """

    folder: str
    municipality: str
    keys: tuple[str, ...]
    base: str
    today: str
    encoding: str
    formats: tuple[str, ...]
    language: str
    parent: int

    def text(self) -> str:
        """As the process reads it."""
        return json.dumps(asdict(self))


def assignment(text: str) -> Assignment:
    """The inverse of `Assignment.text`."""
    given = json.loads(text)
    return Assignment(**{**given, "keys": tuple(given["keys"]), "formats": tuple(given["formats"])})


class GoneError(Exception):
    """Nobody waits for the result any more."""


def work(assigned: Assignment) -> int:
    """Make the ZIP file; returns the exit code. The job's status tells how it went."""
    job = Job("", Path(assigned.folder))
    words = catalog(assigned.language)
    try:
        lines = tuple(_make(assigned, job))
        job.tell(replace(job.status, state=DONE, lines=lines))
    except GoneError:
        return FAILED_CODE
    except InvalidInput as error:
        faults = tuple(words.problem(each) for each in error.problems)
        job.tell(replace(job.status, state=FAILED, lines=faults))
    except Exception as error:
        sys.stderr.write(f"failed: {where(error)}\n")
        return FAILED_CODE
    return DONE_WELL


def _make(assigned: Assignment, job: Job) -> Iterator[str]:
    order, due = _order(assigned), throttle(SECONDS_BETWEEN_REPORTS)
    unfinished = job.folder / "unfinished.zip"
    with job.table.open("rb") as file:
        run = look(file, order)
        journal = Journal(run.digest, assigned.today, new_number().hex())
        archive = Archive(unfinished, order.office.today)
        for each in produce(run, order, archive, journal, lambda: False):
            journal = each
            _refuse_if_gone(job, assigned.parent)
            if due():
                rows = journal.tally["rows"]
                job.tell(Status(WORKING, rows, max(rows, run.expected), (), order.formats))
        archive.finish()
    unfinished.replace(job.result)
    rows = journal.tally.get("rows", 0)
    job.tell(Status(WORKING, rows, rows, (), order.formats))
    return summary(journal.tally, catalog(assigned.language))


def _refuse_if_gone(job: Job, parent: int) -> None:
    if os.getppid() != parent or not job.folder.is_dir():
        raise GoneError


def _order(assigned: Assignment) -> Order:
    keys = tuple(base64.b64decode(each) for each in assigned.keys)
    today, city = date.fromisoformat(assigned.today), toml_reader.load(assigned.municipality)
    office = Office(city, Keyring(keys), assigned.base, today)
    return with_font(Order(office, assigned.formats, assigned.encoding, {}, None, keys[0]))


def main() -> int:
    """Do what standard input says. Libraries are kept from speaking: they might name names."""
    os.nice(NICE)
    logging.disable()
    warnings.simplefilter("ignore")
    return work(assignment(sys.stdin.read()))


if __name__ == "__main__":
    sys.exit(main())
