"""Tables that name each resident's municipality by its code."""

from dataclasses import replace

import pytest

from calsvc.bulk import formats
from calsvc.bulk.edition import Edition
from calsvc.bulk.outcomes import Office
from calsvc.municipality.code_list import read_code
from calsvc.municipality.served import Municipalities
from tests.support.bulk_tables import KEYRING, OFFICE, opened, outcomes_of

CITIES = Municipalities(["all"])
OF_ALL = replace(OFFICE, city=CITIES.default, cities=CITIES)


def municipality_of(cell: str, office: Office = OF_ALL) -> str:
    """Return the code in the link of a row, or the key of its problem."""
    (outcome,) = outcomes_of(f"生年月日,発行日,市区町村コード\nS60.4.23,R2.6.1,{cell}\n", office)
    if outcome.issued is None:
        return outcome.problems[0].key
    link = KEYRING.open(outcome.issued.addresses.token)
    assert outcome.issued.city.code == link.municipality
    return link.municipality


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("233021", "233021"),
        ("012033", "012033"),
        ("12033", "012033"),  # the leading zero is gone
        ("23302", "233021"),  # without the check digit
        ("\uff10\uff11\uff12\uff10\uff13\uff13", "012033"),
        ("", "000000"),
        ("233022", "municipality.unknown"),
        ("東郷町", "municipality.unknown"),
        ("999999", "municipality.unknown"),
    ],
)
def test_a_row_gets_the_link_of_its_municipality(cell: str, code: str) -> None:
    assert municipality_of(cell) == code


def test_the_table_of_one_city_takes_its_own_code_alone() -> None:
    assert municipality_of("012033", OFFICE) == "012033"
    assert municipality_of("", OFFICE) == "012033"
    assert municipality_of("233021", OFFICE) == "municipality.unknown"


def test_the_calendar_of_a_row_speaks_for_its_municipality() -> None:
    text = "生年月日,発行日,市区町村コード\nS60.4.23,R2.6.1,233021\n"
    (outcome,) = outcomes_of(text, OF_ALL)
    table, columns = opened(text.encode())
    assert outcome.issued
    edition = Edition(table.header, table.form, columns, OF_ALL)
    content = formats.ics(outcome.issued, edition)
    assert content is not None
    assert "会計課横" in content.decode().replace("\r\n ", "")


def test_five_digits_that_can_be_read_in_two_ways_are_none() -> None:
    assert read_code("12033") == "012033"
    assert [read_code(text) for text in ("", "1203", "x12033", "1234567")] == [""] * 4
