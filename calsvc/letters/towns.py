"""Splits addresses after the town, with Japan Post's list of postal codes (utf_ken_all.csv).

The customer barcode encodes the part after the town. A wrong split sends a letter to a wrong
address. So an address is split only if the list is unambiguous.
"""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping

from calsvc.errors import MunicipalityFileError

COLUMN_COUNT = 15
CODE, PREFECTURE, CITY, TOWN, HOLDS_SEVERAL = 2, 6, 7, 8, 12
"""Indexes of columns. `HOLDS_SEVERAL` is 1 if several towns share the postal code."""
UNCLEAR_TOWN_PATTERN = re.compile("以下に掲載がない場合|の次に.*がくる場合|一円|[（）、〜]")
"""Entries that are not the name of one whole town."""
NUMBER_PATTERN = re.compile("[0-9]|[〇一二三四五六七八九十百]+(丁目|丁|番|号|地割)")

Town = tuple[str, str]
"""The prefecture, and the municipality joined with the town."""


def parse_towns(file: str, content: bytes) -> Mapping[str, Town]:
    """Read the towns of postal codes that have exactly one. Raises `MunicipalityFileError`."""
    try:
        rows = [*csv.reader(io.StringIO(content.decode("utf-8-sig")))]
    except (UnicodeDecodeError, csv.Error):
        raise MunicipalityFileError(file, "", "is not Japan Post's utf_ken_all.csv") from None
    if not rows or any(len(row) != COLUMN_COUNT for row in rows):
        raise MunicipalityFileError(
            file, "", f"is not Japan Post's utf_ken_all.csv of {COLUMN_COUNT} columns"
        )
    row_counts = Counter(row[CODE] for row in rows)
    unique = (row for row in rows if row_counts[row[CODE]] == 1)
    return dict(_town_by_code(row) for row in unique if _is_clear(row))


def _is_clear(row: list[str]) -> bool:
    return (
        row[HOLDS_SEVERAL] == "0" and bool(row[TOWN]) and not UNCLEAR_TOWN_PATTERN.search(row[TOWN])
    )


def _town_by_code(row: list[str]) -> tuple[str, Town]:
    town = unicodedata.normalize("NFKC", row[CITY] + row[TOWN])
    return row[CODE], (row[PREFECTURE], town)


def split_after_town(postcode: str, address: str, towns: Mapping[str, Town]) -> str:
    """Return the part of ``address`` after the town, or '' if the split is uncertain."""
    if postcode not in towns:
        return ""
    prefecture, town = towns[postcode]
    text = "".join(unicodedata.normalize("NFKC", address).split(" "))
    for prefix in _town_prefixes(prefecture, town):
        rest = text.removeprefix(prefix)
        # Without a number directly after it, the name may be the beginning of a longer town.
        if rest != text and NUMBER_PATTERN.match(rest):
            return rest
    return ""


def _town_prefixes(prefecture: str, town: str) -> Iterator[str]:
    yield prefecture + town
    yield town
