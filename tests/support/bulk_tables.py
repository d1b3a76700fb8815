"""Tables of residents in memory, worked on by the bulk tool for Otaru on 24 November 2026."""

import io
from datetime import date

from calsvc.bulk.choices import NO_CHOICES, Choices
from calsvc.bulk.columns import Columns
from calsvc.bulk.outcomes import BulkContext, Outcome
from calsvc.bulk.records import Table
from calsvc.bulk.rows import match_table_columns, process_rows
from calsvc.bulk.tables import open_table, scan_file
from calsvc.links.keys import parse_keys
from calsvc.links.sealing import Keyring
from calsvc.municipality import loader
from tests.support.servers import KEY

OTARU = loader.load_municipality("012033")
KEYS = parse_keys(KEY, "test")
KEYRING = Keyring(KEYS)
CONTEXT = BulkContext(OTARU, KEYRING, "https://calendar.example.jp", date(2026, 11, 24))


def opened(content: bytes | io.BytesIO, choices: Choices = NO_CHOICES) -> tuple[Table, Columns]:
    """Return the table and the columns that the bulk tool finds in ``content``."""
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    table = open_table(file, scan_file(file).encoding, choices)
    return table, match_table_columns(table, choices)


def outcomes_of(text: str, context: BulkContext = CONTEXT) -> list[Outcome]:
    """Return what becomes of each row of ``text``."""
    table, columns = opened(text.encode())
    return list(process_rows(table, columns, context))
