"""Tables with a column for each resident's municipality."""

from dataclasses import replace

import pytest

from calsvc.bulk import formats
from calsvc.bulk.outcomes import BulkContext
from calsvc.bulk.output_context import OutputContext
from calsvc.municipality.code_list import parse_code
from calsvc.municipality.served import Municipalities
from tests.support.bulk_tables import CONTEXT, KEYRING, opened, outcomes_of

CITIES = Municipalities(["all"])
OF_ALL = replace(CONTEXT, municipality=CITIES.default, municipalities=CITIES)


def municipality_of(cell: str, context: BulkContext = OF_ALL) -> str:
    """Return the code in the link of a row, or the key of its problem."""
    (outcome,) = outcomes_of(f"生年月日,発行日,市区町村コード\nS60.4.23,R2.6.1,{cell}\n", context)
    if outcome.issued is None:
        return outcome.problems[0].key
    link = KEYRING.open(outcome.issued.urls.token)
    assert outcome.issued.municipality.code == link.municipality
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


def test_table_of_one_municipality_accepts_only_its_code() -> None:
    assert municipality_of("012033", CONTEXT) == "012033"
    assert municipality_of("", CONTEXT) == "012033"
    assert municipality_of("233021", CONTEXT) == "municipality.unknown"


def test_calendar_names_the_municipality_of_its_row() -> None:
    text = "生年月日,発行日,市区町村コード\nS60.4.23,R2.6.1,233021\n"
    (outcome,) = outcomes_of(text, OF_ALL)
    table, columns = opened(text.encode())
    assert outcome.issued
    output = OutputContext(table.header, table.table_format, columns, OF_ALL)
    content = formats.render_ics(outcome.issued, output)
    assert content is not None
    assert "会計課横" in content.decode().replace("\r\n ", "")


def test_code_of_five_digits_is_read_if_unambiguous() -> None:
    assert parse_code("12033") == "012033"
    assert [parse_code(text) for text in ("", "1203", "x12033", "1234567")] == [""] * 4
