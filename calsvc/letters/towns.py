"""Parts an address behind its town, by the list of postal codes of Japan Post (utf_ken_all.csv).

The customer barcode takes what follows the town. A wrong split sends a letter astray, so an address
is parted only where the list leaves no doubt.
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
"""Places in a row. `HOLDS_SEVERAL` is 1 where a postal code is of several towns."""
UNCLEAR = re.compile("以下に掲載がない場合|の次に.*がくる場合|一円|[（）、〜]")
"""Names that are no town, or a part of one."""
NUMBER_FOLLOWS = re.compile("[0-9]|[〇一二三四五六七八九十百]+(丁目|丁|番|号|地割)")

Town = tuple[str, str]
"""The prefecture, and city and town in one."""


def read_towns(file: str, content: bytes) -> Mapping[str, Town]:
    """Returns the town of each postal code that has one alone. Raises `MunicipalityFileError`."""
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
    """Returns what follows the town in ``address``, or '' if that is not certain."""
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
