"""Endpoints for tables of many residents: upload, check, start, download of a ZIP file."""

import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus

import anyio
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse

from calsvc.people.audit import DIGEST_PURPOSE, Action, Detail
from calsvc.web.observability.metrics import get_metrics
from calsvc.web.pages import PRIVATE
from calsvc.web.service import get_service, require_base_url
from calsvc.web.staff.access import (
    MEGABYTE,
    RETRY_AFTER_SECONDS,
    build_job_spec,
    find_job,
    get_staff_state,
    is_csrf_token,
    log_refusal,
    read_form_with_csrf_token,
    redirect_to,
    session_of,
    write_audit,
)
from calsvc.web.staff.job import CHECKED, CHECKING, DONE, FAILED, NEW, REFUSED, Job, status_json
from calsvc.web.staff.job_process import MAKE, SAMPLE
from calsvc.web.staff.job_store import TooManyJobsError, TooManySessionJobsError
from calsvc.web.staff.run_choices import RunChoices, parse_run_choices
from calsvc.web.staff.staff_page import StaffPage
from calsvc.web.staff.table_choices import read_choices
from calsvc.web.staff.table_preview import preview_page, read_preview
from calsvc.web.staff.threads import in_thread
from calsvc.web.staff.uploads import save_upload

logger = logging.getLogger("calsvc.staff")
REQUIRED_FREE_UPLOADS = 2
"""Tables of the maximum size for which the disk must have space before an upload."""
SMALL_BYTES = 2 << 20
"""Requests wait for the check of a table up to this size. Larger ones get a progress page."""
MAX_CHECK_WAIT_SECONDS = 30
CHECK_INTERVAL_SECONDS = 0.05
ARCHIVE_NAME = "calsvc-links.zip"
FAULTY_NAME = "faulty"
CHUNK_BYTES = 1 << 18


async def send(request: Request) -> Response:
    """``POST /staff/tables``: an upload. Raises as `save_upload`, and 503 with Retry-After."""
    require_base_url(request)
    try:
        with _unavailable_if_full():
            return await _store_upload(request)
    except TooManySessionJobsError:
        return redirect_to(request, full=True)


@contextmanager
def _unavailable_if_full() -> Iterator[None]:
    """Raise `HTTPException` 503 with Retry-After if the disk is full or no process can start."""
    try:
        yield
    except (TooManyJobsError, OSError) as error:
        if isinstance(error, OSError):  # In most cases, the disk is full.
            logger.error("a table could not be kept: %s", error.strerror)
        retry = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, headers=retry) from None


async def _store_upload(request: Request) -> Response:
    max_bytes = get_service(request).settings.max_upload_mb * MEGABYTE
    new = get_staff_state(request).jobs.new
    job = await in_thread(new, session_of(request), REQUIRED_FREE_UPLOADS * max_bytes)
    try:
        await _receive(request, job, max_bytes)
        await in_thread(job.store_digest, get_service(request).keyring.derive_key(DIGEST_PURPOSE))
        await write_audit(request, Action.UPLOAD, context={"table": job.digest})
        await _check(request, job)
    except BaseException:  # A cancellation, too: the client may have disconnected.
        job.remove()
        raise
    return redirect_to(request, f"/tables/{job.id}")


async def _receive(request: Request, job: Job, max_bytes: int) -> None:
    """Receive the table. Log a form of another session as refused."""
    try:
        with job.table.open("wb") as file:
            await save_upload(request, file, max_bytes, partial(is_csrf_token, request))
    except HTTPException as error:
        if error.status_code == HTTPStatus.FORBIDDEN:
            await log_refusal(request, "foreign_form")
        raise


async def _check(request: Request, job: Job, formats: tuple[str, ...] = ()) -> None:
    spec = build_job_spec(request, job, formats=formats)
    await in_thread(get_staff_state(request).workers.start, job, spec)


async def show(request: Request) -> Response:
    """``GET /staff/tables/{job}``: the next step of the clerk, or the progress."""
    job = await find_job(request)
    job.record_request()
    await _wait_for_check(job)
    state = job.status.state
    if state == CHECKED:
        return preview_page(request, job)
    if state == REFUSED:
        response = _page(request, "table_refused.html", job, HTTPStatus.BAD_REQUEST)
        job.remove()
        return response
    template = {DONE: "staff_done.html", FAILED: "staff_failed.html"}
    return _page(request, template.get(state, "staff_working.html"), job)


async def _wait_for_check(job: Job) -> None:
    """Wait until a small table is checked. Raises `HTTPException` 404 if it is removed."""
    with suppress(FileNotFoundError):
        if job.table.stat().st_size > SMALL_BYTES:
            return
    with anyio.move_on_after(MAX_CHECK_WAIT_SECONDS):
        while job.status.state in (NEW, CHECKING) and job.folder.is_dir():
            await anyio.sleep(CHECK_INTERVAL_SECONDS)
    if not job.folder.is_dir():
        raise HTTPException(HTTPStatus.NOT_FOUND)


def _page(
    request: Request, template: str, job: Job, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    page = StaffPage(request, template, session_of(request))
    return page.render({"job": job, "status": job.status}, status, path=f"/tables/{job.id}")


async def status(request: Request) -> Response:
    """``GET /staff/tables/{job}/status``: the progress as JSON, for a script."""
    job = await find_job(request)
    job.record_request()
    return JSONResponse(status_json(job.status), headers=PRIVATE)


async def check(request: Request) -> Response:
    """``POST /staff/tables/{job}/check``: check again with the choices of the clerk.

    Raises `HTTPException` 503 with Retry-After.
    """
    fields, job = await read_form_with_csrf_token(request), await find_job(request)
    job.record_request()
    if job.status.state == CHECKED:
        with _unavailable_if_full():
            job.save_choices(read_choices(fields, read_preview(job), job.choices))
            job.save_run_choices(parse_run_choices(fields, get_service(request).today()))
            await _check(request, job, (SAMPLE,) if fields.get(SAMPLE) else ())
    return redirect_to(request, f"/tables/{job.id}")


async def begin(request: Request) -> Response:
    """``POST /staff/tables/{job}/start``: start to make the files, once.

    If the choices have changed or are incomplete, check the table again. Raises `HTTPException` 503
    with Retry-After.
    """
    fields, job = await read_form_with_csrf_token(request), await find_job(request)
    job.record_request()
    await _wait_for_check(job)
    if job.status.state == CHECKED:
        preview = read_preview(job)
        choices = read_choices(fields, preview, job.choices)
        run_choices = parse_run_choices(fields, get_service(request).today())
        with _unavailable_if_full():
            if choices != job.choices or not preview.ready:
                job.save_choices(choices)
                job.save_run_choices(run_choices)
                await _check(request, job)
            elif job.claim():
                await _make(request, job, run_choices, preview.counts)
    return redirect_to(request, f"/tables/{job.id}")


async def _make(
    request: Request, job: Job, run_choices: RunChoices, counts: Mapping[str, int]
) -> None:
    """Start the process that makes the files. ``counts``: the rows and the faulty rows."""
    rows, faulty = counts["rows"], counts["faulty"]
    formats = run_choices.formats
    spec = build_job_spec(request, job, MAKE, formats)
    try:
        job.save_run_choices(run_choices)
        context: dict[str, Detail] = {"table": job.digest, "formats": formats, "rows": rows}
        await write_audit(request, Action.RUN, context={**context, "faulty": faulty})
        await in_thread(get_staff_state(request).workers.start, job, spec)
    except (HTTPException, OSError):
        job.unclaim()
        raise
    if metrics := get_metrics(request):
        metrics.count_run(rows, faulty)


async def remove(request: Request) -> Response:
    """``POST /staff/tables/{job}/remove``: cancel the job and delete its files."""
    await read_form_with_csrf_token(request)
    job = await find_job(request)
    get_staff_state(request).workers.stop(job)
    await in_thread(job.remove)
    return redirect_to(request)


async def faulty(request: Request) -> Response:
    """``GET /staff/tables/{job}/faulty``: the table of all faulty rows."""
    job = await find_job(request)
    job.record_request()
    if not job.faulty.is_file():
        raise HTTPException(HTTPStatus.NOT_FOUND)
    name = f"{FAULTY_NAME}{job.status.suffix or '.csv'}"
    kind = "application/octet-stream"
    return FileResponse(job.faulty, headers=PRIVATE, media_type=kind, filename=name)


async def download(request: Request) -> Response:
    """``POST /staff/tables/{job}/download``: the ZIP file."""
    await read_form_with_csrf_token(request)
    job = await find_job(request)
    if job.status.state != DONE:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    job.record_request()
    await write_audit(request, Action.DOWNLOAD, context={"table": job.digest})
    headers = {
        **PRIVATE,
        "Content-Disposition": f'attachment; filename="{ARCHIVE_NAME}"',
        "Content-Length": str(job.result.stat().st_size),
    }
    return StreamingResponse(_stream_result(job), headers=headers, media_type="application/zip")


async def _stream_result(job: Job) -> AsyncIterator[bytes]:
    async with await anyio.open_file(job.result, "rb") as file:
        while block := await file.read(CHUNK_BYTES):
            yield block
    with suppress(FileNotFoundError):  # it was removed during the download
        job.record_request()
