"""Writes examples/vectors.csv: ``python tests/golden/vectors.py``. Review it with git diff.

It has the cards of derived.csv with their plans, as test vectors for other programs. The first
line has the version of the vectors and the revision of the law. ``--check`` writes no file, and
fails if the file would change.
"""

import csv
import io
import re
import sys
from datetime import date
from pathlib import Path

from calsvc.errors import InvalidInputError
from calsvc.rules.plan import Assessment, check_and_assess
from calsvc.rules.recall import LAW_REVISION
from tests.rules.golden_tables import DATES, Row, card_of, rows

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "examples" / "vectors.csv"
VERSION = 1
"""Increases if a row or a column changes. Within a version, no row changes its meaning."""
INPUT = ("case", "today", "born", *DATES)
PLAN = ("card_expiry", "certificate_expiry", "term", "cautions", "error_field")
HEADER = (*INPUT, *PLAN, "rule", "source")


def load_sources() -> dict[str, str]:
    """Read the source of each rule from the table in the README."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows_of_rules = re.findall(r"^\| ([0-9]+) \| .* \| (.+) \|$", readme, re.MULTILINE)
    return dict(rows_of_rules)


def build_vector(row: Row, source_of: dict[str, str]) -> list[str]:
    """Build one line: the dates of a card, and its plan."""
    numbers = re.findall("[0-9]+", row["rule"])
    source = "; ".join(dict.fromkeys(source_of[number] for number in numbers))
    return [*(row[name] for name in INPUT), *plan_columns(row), row["rule"], source]


def plan_columns(row: Row) -> list[str]:
    """Return the columns of the plan, or the rejected fields."""
    try:
        assessment = check_and_assess(card_of(row), date.fromisoformat(row["today"]))
    except InvalidInputError as error:
        return ["", "", "", "", " ".join(each.field for each in error.problems)]
    plan = assessment.plan
    dates = [plan.card_expiry.isoformat(), plan.certificate_expiry.isoformat()]
    return [*dates, plan.term, " ".join(format_cautions(assessment)), ""]


def format_cautions(assessment: Assessment) -> list[str]:
    """Format each caution: its code, and the other possible date."""
    return [
        f"{each.code}={each.other}" if each.other else each.code for each in assessment.cautions
    ]


def build_content() -> str:
    """Build the content of the file."""
    file = io.StringIO()
    file.write(f"# calsvc vectors, version {VERSION}, law revision {LAW_REVISION}\n")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEADER)
    source_of = load_sources()
    writer.writerows(build_vector(row, source_of) for row in rows("derived.csv"))
    return file.getvalue()


def main() -> None:
    """Write or check the file."""
    new = build_content()
    if "--check" not in sys.argv:
        VECTORS.write_text(new, encoding="utf-8")
    elif VECTORS.read_text(encoding="utf-8") != new:
        sys.exit("examples/vectors.csv: regenerate")


if __name__ == "__main__":
    main()
