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

COLUMNS = 15
CODE, PREFECTURE, CITY, TOWN, HOLDS_SEVERAL = 2, 6, 7, 8, 12
"""Indexes of columns. `HOLDS_SEVERAL` is 1 if several towns share the postal code."""
UNCLEAR = re.compile("以下に掲載がない場合|の次に.*がくる場合|一円|[（）、〜]")
"""Entries that are not the name of one whole town."""
NUMBER_FOLLOWS = re.compile("[0-9]|[〇一二三四五六七八九十百]+(丁目|丁|番|号|地割)")

Town = tuple[str, str]
"""The prefecture, and the municipality joined with the town."""


def read_towns(file: str, content: bytes) -> Mapping[str, Town]:
    """Read the towns of postal codes that have exactly one. Raises `MunicipalityFileError`."""
    try:
        rows = [*csv.reader(io.StringIO(content.decode("utf-8-sig")))]
    except (UnicodeDecodeError, csv.Error):
        raise MunicipalityFileError(file, "", "is not Japan Post's utf_ken_all.csv") from None
    if not rows or any(len(row) != COLUMNS for row in rows):
        raise MunicipalityFileError(
            file, "", f"is not Japan Post's utf_ken_all.csv of {COLUMNS} columns"
        )
    lines = Counter(row[CODE] for row in rows)
    return dict(_sure(row) for row in rows if lines[row[CODE]] == 1 and _is_clear(row))


def _is_clear(row: list[str]) -> bool:
    return row[HOLDS_SEVERAL] == "0" and bool(row[TOWN]) and not UNCLEAR.search(row[TOWN])


def _sure(row: list[str]) -> tuple[str, Town]:
    town = unicodedata.normalize("NFKC", row[CITY] + row[TOWN])
    return row[CODE], (row[PREFECTURE], town)


def behind_town(postcode: str, address: str, towns: Mapping[str, Town]) -> str:
    """Return the part of ``address`` after the town, or '' if the split is uncertain."""
    if postcode not in towns:
        return ""
    prefecture, town = towns[postcode]
    written = "".join(unicodedata.normalize("NFKC", address).split(" "))
    for start in _starts(prefecture, town):
        rest = written.removeprefix(start)
        if rest != written and NUMBER_FOLLOWS.match(rest):
            return rest
    return ""


def _starts(prefecture: str, town: str) -> Iterator[str]:
    yield prefecture + town
    yield town
