"""Make examples/vectors.csv again: ``python tests/golden/vectors.py``; then see git diff.

The cards of derived.csv with their plan, for other programs that compute these dates. The first
line names the version of the vectors and the revision of the law. ``--check`` writes nothing, and
fails where something would be written.
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
"""Moves whenever a row or a column changes. A row never changes its meaning within a version."""
INPUT = ("case", "today", "born", *DATES)
PLAN = ("card_expiry", "certificate_expiry", "term", "cautions", "error_field")
HEADER = (*INPUT, *PLAN, "rule", "source")


def sources() -> dict[str, str]:
    """The source of each rule, from the table in the README."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| ([0-9]+) \| .* \| (.+) \|$", readme, re.MULTILINE)
    return dict(found)


def vector(row: Row, source_of: dict[str, str]) -> list[str]:
    """One line: what is known of a card, and what follows from it."""
    numbers = re.findall("[0-9]+", row["rule"])
    source = "; ".join(dict.fromkeys(source_of[number] for number in numbers))
    return [*(row[name] for name in INPUT), *results(row), row["rule"], source]


def results(row: Row) -> list[str]:
    """The plan, or the fields that are refused."""
    try:
        found = check_and_assess(card_of(row), date.fromisoformat(row["today"]))
    except InvalidInputError as error:
        return ["", "", "", "", " ".join(each.field for each in error.problems)]
    plan = found.plan
    dates = [plan.card_expiry.isoformat(), plan.certificate_expiry.isoformat()]
    return [*dates, plan.term, " ".join(cautions_of(found)), ""]


def cautions_of(found: Assessment) -> list[str]:
    """Each doubt by its code, with the other date that is possible."""
    return [f"{each.code}={each.other}" if each.other else each.code for each in found.cautions]


def content() -> str:
    """The whole file."""
    file = io.StringIO()
    file.write(f"# calsvc vectors, version {VERSION}, law revision {LAW_REVISION}\n")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEADER)
    source_of = sources()
    writer.writerows(vector(row, source_of) for row in rows("derived.csv"))
    return file.getvalue()


def main() -> None:
    """See above."""
    new = content()
    if "--check" not in sys.argv:
        VECTORS.write_text(new, encoding="utf-8")
    elif VECTORS.read_text(encoding="utf-8") != new:
        sys.exit("examples/vectors.csv: regenerate")


if __name__ == "__main__":
    main()
