"""Many residents: a table is sent, looked at, worked on, and fetched as a ZIP file."""

import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from itertools import islice

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from calsvc.bulk.columns import FIELDS
from calsvc.bulk.csv_files import ENCODINGS, Row
from calsvc.bulk.formats import FORMATS
from calsvc.bulk.rows import columns_of, open_table, survey
from calsvc.errors import InvalidInput
from calsvc.web.pages import PRIVATE
from calsvc.web.service import base_of, service_of
from calsvc.web.staff.access import (
    MEGABYTE,
    assigned,
    desk_of,
    is_token,
    job_of,
    own_fields,
    session_of,
    to,
)
from calsvc.web.staff.job_store import DONE, FAILED, NEW, Job, TooManyJobsError, said
from calsvc.web.staff.staff_page import StaffPage
from calsvc.web.staff.uploads import receive

logger = logging.getLogger("calsvc.staff")
SHOWN_ROWS = 5
LONGEST_SHOWN = 100
"""Characters of a cell."""
AGAIN_IN = 60
"""Seconds after which there may be room for another table."""
ARCHIVE_NAME = "calsvc-links.zip"
BLOCK = 1 << 18


@dataclass(frozen=True)
class Sample:
    """The beginning of a table. ``known``: what the column of each field is called in it."""

    encoding: str
    headers: tuple[str, ...]
    known: Mapping[str, str]
    rows: tuple[Row, ...]


async def send(request: Request) -> Response:
    """``POST /staff/tables``. Raises `HTTPException` 503 with Retry-After; see `receive`."""
    base_of(request)
    try:
        return await _kept(request)
    except (TooManyJobsError, OSError) as error:
        if isinstance(error, OSError):  # the disk is full, mostly
            logger.error("a table could not be kept: %s", error.strerror)
        retry = {"Retry-After": str(AGAIN_IN)}
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, headers=retry) from None


async def _kept(request: Request) -> Response:
    job = await run_in_threadpool(desk_of(request).jobs.new, session_of(request))
    most = service_of(request).settings.max_upload_mb * MEGABYTE
    try:
        with job.table.open("wb") as file:
            await receive(request, file, most, partial(is_token, request))
    except BaseException:  # whatever ends it, also a browser that was closed
        job.remove()
        raise
    return to(request, f"/tables/{job.id}")


async def show(request: Request) -> Response:
    """``GET /staff/tables/{job}``: what to do next, or how far it is."""
    job = job_of(request)
    job.attend()
    if job.status.state == NEW:
        return await _sample_page(request, job)
    template = {DONE: "staff_done.html", FAILED: "staff_failed.html"}
    return _page(request, template.get(job.status.state, "staff_working.html"), job)


async def _sample_page(request: Request, job: Job) -> Response:
    page = StaffPage(request, "table_preview.html", session_of(request))
    encoding = request.query_params.get("encoding", "")
    try:
        sample = await run_in_threadpool(_sample, job, encoding if encoding in ENCODINGS else "")
    except InvalidInput as error:
        lines = [page.words.problem(each) for each in error.problems]
        job.remove()
        return page.answer({"lines": lines}, HTTPStatus.BAD_REQUEST)
    facts = {"sample": sample, "formats": FORMATS, "encodings": ENCODINGS, "lines": ()}
    return page.answer({**facts, "job": job, "fields": FIELDS}, place=f"/tables/{job.id}")


def _sample(job: Job, encoding: str) -> Sample:
    with job.table.open("rb") as file:
        scan = survey(file, encoding)
        table = open_table(file, scan.encoding)
        columns = columns_of(table, {})
        return Sample(
            encoding=scan.encoding,
            headers=tuple(columns.headers),
            known={field: columns.header(field) for field in FIELDS if field in columns.places},
            rows=tuple(_shortened(each) for each in islice(table.rows, SHOWN_ROWS)),
        )


def _shortened(row: Row) -> Row:
    cells = [_showable(cell[:LONGEST_SHOWN]) for cell in row.cells]
    return Row(row.number, cells, row.fault)


def _showable(cell: str) -> str:
    """What can be put on a page, whatever bytes the table holds."""
    return cell.encode(errors="replace").decode()


def _page(request: Request, template: str, job: Job) -> Response:
    page = StaffPage(request, template, session_of(request))
    return page.answer({"job": job, "now": job.status}, place=f"/tables/{job.id}")


async def status(request: Request) -> Response:
    """``GET /staff/tables/{job}/status``: how far it is, for a script."""
    job = job_of(request)
    job.attend()
    return JSONResponse(said(job.status), headers=PRIVATE)


async def begin(request: Request) -> Response:
    """``POST /staff/tables/{job}/start``: have the files made; a second time it does nothing."""
    fields, job = await own_fields(request), job_of(request)
    formats = tuple(name for name in FORMATS if fields.get(f"format-{name}"))
    encoding = fields.get("encoding", "")
    wanted = assigned(request, job, encoding if encoding in ENCODINGS else "", formats)
    job.attend()
    if job.claim():
        await run_in_threadpool(desk_of(request).workers.start, job, wanted)
    return to(request, f"/tables/{job.id}")


async def remove(request: Request) -> Response:
    """``POST /staff/tables/{job}/remove``: never mind."""
    await own_fields(request)
    job = job_of(request)
    desk_of(request).workers.stop(job)
    await run_in_threadpool(job.remove)
    return to(request)


async def download(request: Request) -> Response:
    """``POST /staff/tables/{job}/download``: the ZIP file, which is removed once all of it went."""
    await own_fields(request)
    job = job_of(request)
    if job.status.state != DONE:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    job.attend()
    headers = {
        **PRIVATE,
        "Content-Disposition": f'attachment; filename="{ARCHIVE_NAME}"',
        "Content-Length": str(job.result.stat().st_size),
    }
    return StreamingResponse(_whole(job), headers=headers, media_type="application/zip")


async def _whole(job: Job) -> AsyncIterator[bytes]:
    async with await anyio.open_file(job.result, "rb") as file:
        while block := await file.read(BLOCK):
            yield block
    await run_in_threadpool(job.remove)
