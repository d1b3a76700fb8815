"""Every table that an office has works, or is refused with its own sentence."""

import io
from datetime import date

import pytest

from calsvc.bulk.outcomes import Office, Outcome
from calsvc.bulk.preview import Preview, preview
from calsvc.bulk.rows import columns_of, outcomes
from calsvc.bulk.tables import open_table, survey
from calsvc.errors import InvalidInputError
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.keys import new_key, read_keys
from calsvc.links.sealing import Keyring
from calsvc.municipality import toml_reader
from calsvc.rules.plan import Plan
from tests.bulk.office_tables import WORKING, Works
from tests.bulk.refused_tables import REFUSED, Refused

OFFICE = Office(
    toml_reader.load("012033"),
    Keyring(read_keys(new_key(), "test")),
    "https://calendar.example.jp",
    date(2026, 11, 24),
)


def previewed(content: bytes, case: Works | None = None) -> Preview:
    choices = case.choices if case else WORKING["02 UTF-8"].choices
    return preview(io.BytesIO(content), OFFICE, choices, lambda _: None, lambda *_: None)


def results(case: Works) -> tuple[list[Outcome], list[str]]:
    file = io.BytesIO(case.content)
    table = open_table(file, survey(file, case.choices.encoding).encoding, case.choices)
    columns = columns_of(table, case.choices)
    return [*outcomes(table, columns, OFFICE)], [each.key for each in table.remarks]


def expected(born: date, issued: date) -> tuple[date, date]:
    """Return what the links must say: the certificate's and the card's expiry, both birthdays."""
    if (born.month, born.day) == (2, 29):  # none of the tables' expiries lies in a leap year
        born = born.replace(day=28)
    first = issued.year + (issued >= born.replace(year=issued.year))
    return born.replace(year=first + 4), born.replace(year=first + 9)


def expiries(plan: Plan) -> tuple[date, date]:
    return plan.certificate_expiry, plan.card_expiry


@pytest.mark.parametrize("name", WORKING)
def test_a_table_gives_the_right_dates(name: str) -> None:
    case = WORKING[name]
    found, remarks = results(case)
    links = [expiries(each.issued.plan) for each in found if each.issued]
    assert links == [expected(*pair) for pair in case.pairs]
    assert tuple(p.key for each in found for p in each.problems) == case.faulty
    assert tuple(remarks) == case.remarks


@pytest.mark.parametrize("name", WORKING)
def test_the_preview_counts_what_the_run_makes(name: str) -> None:
    case = WORKING[name]
    shown = previewed(case.content, case)
    assert shown.ready
    assert shown.counts["links"] == len(case.pairs)
    assert [p["key"] for row in shown.faulty for p in row["problems"]] == [*case.faulty]


@pytest.mark.parametrize("name", REFUSED)
def test_a_table_is_refused_with_its_own_sentence(name: str) -> None:
    case: Refused = REFUSED[name]
    with pytest.raises(InvalidInputError) as caught:
        results(Works(case.content))
    assert tuple(each.key for each in caught.value.problems) == case.keys
    for language in LANGUAGES:
        for problem in caught.value.problems:
            assert get_catalog(language).problem(problem)


@pytest.mark.parametrize("name", REFUSED)
def test_the_preview_never_starts_what_is_refused(name: str) -> None:
    try:
        ready = previewed(REFUSED[name].content).ready
    except InvalidInputError:
        ready = False
    assert not ready
