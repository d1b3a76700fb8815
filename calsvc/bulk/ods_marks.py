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
    contains_pattern,
    parse,
)

NEEDS_PARSING_PATTERN = re.compile(rb"visibility|formula|error|>\s*#|null-date|\0")
ERROR_TEXT_PATTERN = re.compile(r"#(?:DIV/0!|[^\W\d_]+(?:/[^\W\d_]+)?[!?]?)|[^\W\d_]{3,8}:[0-9]{3}")
"""``#N/A``, ``#NV``, ``#VALUE!`` or ``Err:502``, in any language."""
CONTENT_PART = "content.xml"
TABLE_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
OFFICE_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
CALC_NAMESPACE = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
CELL_ELEMENTS = ("table-cell", "covered-table-cell")
HIDDEN_VISIBILITIES = ("collapse", "filter")


class OdsMarks:
    """``marks`` of each sheet by its name. ``has_null_date``: True if the file sets an epoch."""

    def __init__(self, archive: ZipFile) -> None:
        """Parse the content, unless a search shows that it has no marks, which is faster."""
        self.marks: dict[str, Marks] = {}
        self.has_null_date = False
        self._sheet = Marks()
        self._depth = 0
        self._row = self._repeated_rows = self._column = self._repeated_columns = 0
        self._row_is_hidden = self._row_has_cells = False
        self._has_formula = self._is_error = self._in_annotation = False
        self._value_type = self._shown_text = ""
        if contains_pattern(NEEDS_PARSING_PATTERN, archive.open(CONTENT_PART)):
            parse(archive.open(CONTENT_PART), self._start, self._end, self._text)

    def _start(self, element: str, attributes: Attributes) -> None:
        if element == "table":
            self._depth += 1
        elif element == "null-date":
            self.has_null_date = True
        if self._depth != 1:  # a table within a drawing
            return
        if element == "table":
            self._sheet = self.marks[attributes.get(f"{TABLE_NAMESPACE} name", "")] = Marks()
            self._row = self._repeated_rows = 0
        elif element == "table-row":
            self._start_row(attributes)
        elif element in CELL_ELEMENTS:
            self._start_cell(attributes)
        elif element == "annotation":
            self._in_annotation = True

    def _start_row(self, attributes: Attributes) -> None:
        self._row += self._repeated_rows
        self._repeated_rows = int(attributes.get(f"{TABLE_NAMESPACE} number-rows-repeated", 1))
        self._column = self._repeated_columns = 0
        self._row_is_hidden = attributes.get(f"{TABLE_NAMESPACE} visibility") in HIDDEN_VISIBILITIES
        self._row_has_cells = False

    def _start_cell(self, attributes: Attributes) -> None:
        self._column += self._repeated_columns
        self._repeated_columns = int(
            attributes.get(f"{TABLE_NAMESPACE} number-columns-repeated", 1)
        )
        self._value_type = attributes.get(f"{OFFICE_NAMESPACE} value-type", "")
        self._has_formula = f"{TABLE_NAMESPACE} formula" in attributes
        self._is_error = attributes.get(f"{CALC_NAMESPACE} value-type") == "error"
        self._shown_text = ""

    def _text(self, text: str) -> None:
        if not self._in_annotation:
            self._shown_text += text

    def _end(self, element: str) -> None:
        if element == "table":
            self._depth -= 1
        if self._depth != 1:
            return
        if element in CELL_ELEMENTS:
            self._end_cell()
        elif element == "table-row":
            self._end_row()
        elif element == "annotation":
            self._in_annotation = False

    def _end_cell(self) -> None:
        self._row_has_cells = self._row_has_cells or bool(self._value_type or self._has_formula)
        if not self._has_no_result():
            return
        for row in range(self._row, min(self._row + self._repeated_rows, MAX_ROWS)):
            for column in range(
                self._column, min(self._column + self._repeated_columns, MAX_COLUMNS)
            ):
                self._sheet.mark(row, column, UNCOMPUTED)

    def _has_no_result(self) -> bool:
        if self._is_error:
            return True
        if self._has_formula and not self._value_type:
            return not self._shown_text.strip()
        is_typed = self._value_type == "string" and not self._has_formula
        return not is_typed and bool(ERROR_TEXT_PATTERN.fullmatch(self._shown_text.strip()))

    def _end_row(self) -> None:
        if self._row_is_hidden and self._row_has_cells:
            for row in range(self._row, min(self._row + self._repeated_rows, MAX_ROWS)):
                self._sheet.hide(row)
