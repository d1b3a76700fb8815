"""Every table of an office works, or is rejected with a specific message."""

import io
from datetime import date

import pytest

from calsvc.bulk.outcomes import BulkContext, Outcome
from calsvc.bulk.preview import Preview, build_preview
from calsvc.bulk.rows import match_table_columns, process_rows
from calsvc.bulk.tables import open_table, scan_file
from calsvc.errors import InvalidInputError
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.keys import generate_key, parse_keys
from calsvc.links.sealing import Keyring
from calsvc.municipality import loader
from calsvc.rules.plan import Plan
from tests.bulk.office_tables import USABLE_TABLES, UsableTable
from tests.bulk.rejected_tables import REJECTED_TABLES, RejectedTable

CONTEXT = BulkContext(
    loader.load_municipality("012033"),
    Keyring(parse_keys(generate_key(), "test")),
    "https://calendar.example.jp",
    date(2026, 11, 24),
)


def preview_of(content: bytes, case: UsableTable | None = None) -> Preview:
    choices = case.choices if case else USABLE_TABLES["02 UTF-8"].choices
    return build_preview(io.BytesIO(content), CONTEXT, choices, lambda _: None, lambda *_: None)


def process_case(case: UsableTable) -> tuple[list[Outcome], list[str]]:
    file = io.BytesIO(case.content)
    table = open_table(file, scan_file(file, case.choices.encoding).encoding, case.choices)
    columns = match_table_columns(table, case.choices)
    return [*process_rows(table, columns, CONTEXT)], [each.key for each in table.notes]


def expected(born: date, issued: date) -> tuple[date, date]:
    """Return what the links must say: the certificate's and the card's expiry, both birthdays."""
    if (born.month, born.day) == (2, 29):  # none of the tables' expiries lies in a leap year
        born = born.replace(day=28)
    first = issued.year + (issued >= born.replace(year=issued.year))
    return born.replace(year=first + 4), born.replace(year=first + 9)


def expiries(plan: Plan) -> tuple[date, date]:
    return plan.certificate_expiry, plan.card_expiry


@pytest.mark.parametrize("name", USABLE_TABLES)
def test_a_table_gives_the_right_dates(name: str) -> None:
    case = USABLE_TABLES[name]
    found, notes = process_case(case)
    links = [expiries(each.issued.plan) for each in found if each.issued]
    assert links == [expected(*pair) for pair in case.pairs]
    assert tuple(p.key for each in found for p in each.problems) == case.problem_keys
    assert tuple(notes) == case.notes


@pytest.mark.parametrize("name", USABLE_TABLES)
def test_the_preview_counts_what_the_run_makes(name: str) -> None:
    case = USABLE_TABLES[name]
    shown = preview_of(case.content, case)
    assert shown.ready
    assert shown.counts["links"] == len(case.pairs)
    assert [p["key"] for row in shown.faulty for p in row["problems"]] == [*case.problem_keys]


@pytest.mark.parametrize("name", REJECTED_TABLES)
def test_table_is_rejected_with_a_specific_message(name: str) -> None:
    case: RejectedTable = REJECTED_TABLES[name]
    with pytest.raises(InvalidInputError) as caught:
        process_case(UsableTable(case.content))
    assert tuple(each.key for each in caught.value.problems) == case.problem_keys
    for language in LANGUAGES:
        for problem in caught.value.problems:
            assert get_catalog(language).format_problem(problem)


@pytest.mark.parametrize("name", REJECTED_TABLES)
def test_rejected_table_is_not_ready_in_the_preview(name: str) -> None:
    try:
        ready = preview_of(REJECTED_TABLES[name].content).ready
    except InvalidInputError:
        ready = False
    assert not ready
