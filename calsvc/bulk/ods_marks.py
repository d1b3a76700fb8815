"""Finds hidden rows and cells without a result in an OpenDocument spreadsheet.

OpenDocument has no error values. LibreOffice marks them in its own namespace, with an empty text.
Excel writes a number and the error as the shown text. python-calamine returns those values.
"""

import re
from zipfile import ZipFile

from calsvc.bulk.records import MAX_COLUMNS
from calsvc.bulk.sheet_marks import (
    MAX_ROWS,
    UNCOMPUTED,
    Attributes,
    Marks,
    occurs,
    parse,
)

NEEDS_PARSING = re.compile(rb"visibility|formula|error|>\s*#|null-date|\0")
SHOWN_ERROR = re.compile(r"#(?:DIV/0!|[^\W\d_]+(?:/[^\W\d_]+)?[!?]?)|[^\W\d_]{3,8}:[0-9]{3}")
"""``#N/A``, ``#NV``, ``#VALUE!`` or ``Err:502``, in any language."""
CONTENT = "content.xml"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
CELLS = ("table-cell", "covered-table-cell")
HIDDEN = ("collapse", "filter")


class OdsContent:
    """``marks`` of each sheet by its name. ``has_null_date``: True if the file sets an epoch."""

    def __init__(self, archive: ZipFile) -> None:
        """Parse the content, unless a search shows that it has no marks, which is faster."""
        self.marks: dict[str, Marks] = {}
        self.has_null_date = False
        self._sheet = Marks()
        self._depth = 0
        self._row = self._rows = self._column = self._columns = 0
        self._hidden = self._filled = self._formula = self._error = self._noted = False
        self._kind = self._shown = ""
        if occurs(NEEDS_PARSING, archive.open(CONTENT)):
            parse(archive.open(CONTENT), self._start, self._end, self._text)

    def _start(self, element: str, found: Attributes) -> None:
        if element == "table":
            self._depth += 1
        elif element == "null-date":
            self.has_null_date = True
        if self._depth != 1:  # a table within a drawing
            return
        if element == "table":
            self._sheet = self.marks[found.get(f"{TABLE} name", "")] = Marks()
            self._row = self._rows = 0
        elif element == "table-row":
            self._begin_row(found)
        elif element in CELLS:
            self._begin_cell(found)
        elif element == "annotation":
            self._noted = True

    def _begin_row(self, found: Attributes) -> None:
        self._row += self._rows
        self._rows = int(found.get(f"{TABLE} number-rows-repeated", 1))
        self._column = self._columns = 0
        self._hidden = found.get(f"{TABLE} visibility") in HIDDEN
        self._filled = False

    def _begin_cell(self, found: Attributes) -> None:
        self._column += self._columns
        self._columns = int(found.get(f"{TABLE} number-columns-repeated", 1))
        self._kind = found.get(f"{OFFICE} value-type", "")
        self._formula = f"{TABLE} formula" in found
        self._error = found.get(f"{CALC} value-type") == "error"
        self._shown = ""

    def _text(self, text: str) -> None:
        if not self._noted:
            self._shown += text

    def _end(self, element: str) -> None:
        if element == "table":
            self._depth -= 1
        if self._depth != 1:
            return
        if element in CELLS:
            self._end_cell()
        elif element == "table-row":
            self._end_row()
        elif element == "annotation":
            self._noted = False

    def _end_cell(self) -> None:
        self._filled = self._filled or bool(self._kind or self._formula)
        if not self._has_no_result():
            return
        for row in range(self._row, min(self._row + self._rows, MAX_ROWS)):
            for column in range(self._column, min(self._column + self._columns, MAX_COLUMNS)):
                self._sheet.mark(row, column, UNCOMPUTED)

    def _has_no_result(self) -> bool:
        if self._error:
            return True
        if self._formula and not self._kind:
            return not self._shown.strip()
        is_typed = self._kind == "string" and not self._formula
        return not is_typed and bool(SHOWN_ERROR.fullmatch(self._shown.strip()))

    def _end_row(self) -> None:
        if self._hidden and self._filled:
            for row in range(self._row, min(self._row + self._rows, MAX_ROWS)):
                self._sheet.hide(row)
