"""Counts the rows of a run by result and by reason, and formats the counts as sentences."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from calsvc.bulk.columns import Columns
from calsvc.bulk.explanations import format_problem, without_dates
from calsvc.bulk.outcomes import EXPIRY_READ_AS_STAY, Outcome
from calsvc.bulk.output_context import UNMADE
from calsvc.bulk.records import HIDDEN
from calsvc.bulk.repeated_rows import REPEATED
from calsvc.errors import ParamValue
from calsvc.i18n.catalogs import Catalog

REASON_PREFIX = "why: "
"""Prefix of the names of counts that are reasons for faulty rows."""
SKIPPED = (HIDDEN, "row.total")
"""Message keys of rows that are not those of residents."""
REMARKS = {"stays": EXPIRY_READ_AS_STAY, "repeated": REPEATED}
"""The message keys of warnings that are counted, by the names of the counts."""


def count_results(chunk: Sequence[Outcome], columns: Columns, catalog: Catalog) -> Counter[str]:
    """Return the counts of rows by result and reason. They contain no personal data."""
    counts: Counter[str] = Counter()
    for outcome in chunk:
        counts["rows"] += 1
        if outcome.issued:
            counts["links"] += 1
            counts["cautions"] += bool(outcome.issued.cautions or outcome.warnings)
            counts.update(remarks_of(outcome))
        else:
            counts[_result_key(outcome)] += 1
        for problem in outcome.problems:
            reason = format_problem(without_dates(problem), columns, catalog)
            counts[f"{REASON_PREFIX}{reason}"] += 1
    return counts


def remarks_of(outcome: Outcome) -> list[str]:
    """Return the names in `REMARKS` of the warnings of ``outcome``."""
    if not outcome.warnings:
        return []
    return [name for name, key in REMARKS.items() if outcome.has_warning(key)]


def _result_key(outcome: Outcome) -> str:
    if outcome.skipped:
        return outcome.skipped
    return "faulty" if outcome.problems else "blank"


def format_summary(counts: Mapping[str, int], catalog: Catalog) -> Iterator[str]:
    """Yield the counts as sentences. Reasons for faulty rows are sorted by frequency."""
    names = ("rows", "links", "cautions", "faulty", "blank")
    yield catalog.text("bulk.summary", {name: counts.get(name, 0) for name in names})
    for name in (*SKIPPED, UNMADE, *REMARKS):
        if number := counts.get(name):
            yield catalog.text(f"bulk.summary.{name}", {"number": number})
    for name, number in Counter(counts).most_common():
        if name.startswith(REASON_PREFIX):
            params: dict[str, ParamValue] = {
                "number": number,
                "reason": name.removeprefix(REASON_PREFIX),
            }
            yield catalog.text("bulk.summary.reason", params)
