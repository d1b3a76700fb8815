"""examples/vectors.csv: test vectors for other programs."""

import csv
from datetime import date

import pytest

from calsvc.errors import InvalidInputError
from calsvc.parsing.card_fields import DATE_FIELDS, parse_card
from calsvc.rules.plan import assess
from calsvc.rules.recall import LAW_REVISION
from tests.rules.golden_tables import rows
from tests.support.paths import EXAMPLES

LINES = (EXAMPLES / "vectors.csv").read_text(encoding="utf-8").splitlines()
VECTORS = list(csv.DictReader(LINES[1:]))


def test_first_line_of_vectors_has_version_and_law_revision() -> None:
    assert LINES[0] == f"# calsvc vectors, version 1, law revision {LAW_REVISION}"


def test_every_derived_case_is_a_vector_with_its_source() -> None:
    assert [each["case"] for each in VECTORS] == [row["case"] for row in rows("derived.csv")]
    assert all(each["rule"] and each["source"] for each in VECTORS)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["case"])
def test_plan_equals_the_vector(vector: dict[str, str]) -> None:
    texts = {name: vector[name] for name in DATE_FIELDS}
    today = date.fromisoformat(vector["today"])
    if vector["error_field"]:
        with pytest.raises(InvalidInputError) as caught:
            parse_card(texts, today)
        assert {each.field for each in caught.value.problems} == {*vector["error_field"].split()}
        return
    plan, cautions = assess(parse_card(texts, today), today)
    assert plan.card_expiry.isoformat() == vector["card_expiry"]
    assert plan.certificate_expiry.isoformat() == vector["certificate_expiry"]
    assert plan.term == vector["term"]
    formatted = [f"{each.code}={each.other}" if each.other else each.code for each in cautions]
    assert formatted == vector["cautions"].split()
