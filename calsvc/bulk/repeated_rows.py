"""Marks rows of a table that repeat an earlier one, so that a clerk sees double letters."""

from collections.abc import Iterator

from calsvc.bulk.records import Row

REPEATED = "row.repeated"
"""Message key of the warning for such a row."""


def mark_repeated(rows: Iterator[Row]) -> Iterator[Row]:
    """Yield ``rows``. One with the same cells as an earlier row has the number of that row.

    Only hashes of rows are kept: some 100 bytes for each row.
    """
    first_numbers: dict[int, int] = {}
    for row in rows:
        if row.problem_key or row.skipped:
            yield row
            continue
        first = first_numbers.setdefault(hash(tuple(row.cells)), row.number)
        yield row if first == row.number else row._replace(repeats=first)
