"""Marks rows of a table that repeat an earlier one, so that a clerk sees double letters."""

from collections.abc import Iterator

from calsvc.bulk.records import Row

REPEATED = "row.repeated"
"""Message key of the warning for such a row."""
MAX_COMPARED_ROWS = 10_000
"""A row is compared with so many before it, so that memory does not grow with the table."""


def mark_repeated(rows: Iterator[Row]) -> Iterator[Row]:
    """Yield ``rows``. One with the same cells as an earlier row has the number of that row.

    Only hashes of the last `MAX_COMPARED_ROWS` rows are kept: some 100 bytes for each row.
    """
    first_numbers: dict[int, int] = {}
    for row in rows:
        if row.problem_key or row.skipped:
            yield row
            continue
        first = first_numbers.setdefault(hash(tuple(row.cells)), row.number)
        if len(first_numbers) > MAX_COMPARED_ROWS:
            del first_numbers[next(iter(first_numbers))]
        yield row if first == row.number else row._replace(repeats=first)
