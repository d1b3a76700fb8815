"""Builds the preview page of a checked table, with the choices of the clerk."""

import json
from collections.abc import Iterator, Mapping
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from calsvc.bulk.columns import FIELDS
from calsvc.bulk.due import EXPIRY_KINDS, Basis
from calsvc.bulk.encodings import ENCODINGS
from calsvc.bulk.preview import JsonObject, Preview, problem_text
from calsvc.bulk.records import XLSX
from calsvc.bulk.styles import letter_dates
from calsvc.errors import Problem
from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.languages import LANGUAGE_HEADS
from calsvc.web.service import get_service
from calsvc.web.staff.access import get_staff_state, session_of
from calsvc.web.staff.job import Job
from calsvc.web.staff.run_choices import OFFERED_FORMATS
from calsvc.web.staff.staff_page import StaffPage
from calsvc.web.staff.table_choices import UNUSED, preset

COUNTS = (
    *("rows", "links", "faulty", "blank", "row.hidden", "row.total", "cautions"),
    *("card_lapsed", "certificate_lapsed", "no_name", "no_email", "no_address"),
)
"""The counts, in the order of the page."""


def read_preview(job: Job) -> Preview:
    """Return the preview that the job process has written."""
    return Preview(**json.loads(job.preview.read_bytes()))


def preview_page(request: Request, job: Job) -> Response:
    """Return the page of a table that has been checked."""
    page = StaffPage(request, "table_preview.html", session_of(request))
    preview, catalog = read_preview(job), page.catalog
    columns = [_column(each, catalog) for each in preview.columns]
    context = {
        "preview": preview,
        "problems": _lines(preview.problems, catalog),
        "remarks": _lines(preview.remarks, catalog),
        "columns": columns,
        "open_columns": [each for each in columns if each["must"]],
        "faulty": [{**each, "lines": _lines(each["problems"], catalog)} for each in preview.faulty],
        "reasons": [(problem_text(each, catalog), number) for each, number in preview.reasons],
        "counts": [(name, preview.counts[name]) for name in COUNTS if preview.counts.get(name)],
        "is_text": preview.encoding not in ("", XLSX),
        "encodings": () if preview.encoding == XLSX or preview.sheets else ENCODINGS,
        "include_hidden": job.choices.include_hidden,
        "has_hidden": any(each["hidden"] for each in preview.sheets),
        "fields": FIELDS,
        "unused": UNUSED,
        "formats": OFFERED_FORMATS,
        "run_choices": job.run_choices,
        "any_needs_number": get_staff_state(request).styles.any_needs_number,
        "letter_dates": letter_dates(get_service(request).today()),
        "language_heads": LANGUAGE_HEADS.values(),
        "bases": [
            (basis.value, catalog.text(f"bulk.due.{basis}"), preview.months.get(basis.value, ()))
            for basis in Basis
        ],
        "kinds": [_kind(kind, catalog) for kind in EXPIRY_KINDS],
        "samples": [(each, _describe_misfit(each, catalog)) for each in preview.samples],
        "all_months": sorted({month for each in preview.months.values() for month, _ in each}),
        "month": lambda month: catalog.format_month(date.fromisoformat(f"{month}-01")),
        "suffix": job.status.suffix,
        "job": job,
    }
    return page.render(context, path=f"/tables/{job.id}")


def _kind(kind: str, catalog: Catalog) -> str:
    return catalog.text("staff.select.stay" if kind == "stay" else f"letter.about.{kind}")


def _describe_misfit(sample: JsonObject, catalog: Catalog) -> str:
    part = sample["misfit"]
    return catalog.format_problem(Problem("letter", f"letter.{part}.too_long")) if part else ""


def _lines(problems: object, catalog: Catalog) -> list[str]:
    assert isinstance(problems, list)  # noqa: S101 - JSON has no other kind here
    return [problem_text(each, catalog) for each in problems]


def _column(column: JsonObject, catalog: Catalog) -> Mapping[str, object]:
    return {
        **column,
        "preset": preset(column),
        "message": " ".join(_column_messages(column, catalog)),
    }


def _column_messages(column: JsonObject, catalog: Catalog) -> Iterator[str]:
    if column["question"]:
        params = {"name": column["header"], "place": column["place"] + 1}
        yield catalog.format_problem(Problem("table", f"column.{column['question']}", params))
