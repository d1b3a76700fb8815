"""Tables that are rejected as a whole, by name. All people are invented."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.bulk.office_tables import (
    HEADER_WITH_EXPIRY,
    VALID_ROW,
    VALID_TABLE,
    csv,
    text,
    two_sheets,
)
from tests.support.workbooks import HANAKO, HEADER, SHEET, xlsx

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class RejectedTable:
    """A table that is rejected as a whole, and the keys of the problems."""

    content: bytes
    problem_keys: tuple[str, ...]


def second_on_top(book: Workbook, sheet: Worksheet) -> None:
    two_sheets(book, sheet)
    book.active = 1


def encrypted_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(SHEET, "x")
        archive.filelist[0].flag_bits |= 1
    return file.getvalue()


def compressed_otherwise() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr(SHEET, "x")
    return file.getvalue()


def with_password() -> bytes:
    """Return the beginning of a workbook with a password: the names of its streams."""
    return COMPOUND + "EncryptedPackage".encode("utf-16-le") * 2


REJECTED_TABLES: Mapping[str, RejectedTable] = {
    "04 Shift_JIS-2004": RejectedTable(
        csv("𠮟田,S60.4.23,R2.6.1", encoding="shift_jis_2004"), ("table.encoding",)
    ),
    "two encodings": RejectedTable(
        VALID_TABLE + csv(VALID_ROW, encoding="utf-8"), ("table.two_encodings",)
    ),
    "h handed over": RejectedTable(
        csv("小樽,1985/4/23,2020/6/1,2020/7/9", header="氏名,生年月日,発行日,交付日"),
        ("column.handed_over",),
    ),
    "h renewed": RejectedTable(
        csv("小樽,1985/4/23,2020/6/1,2020/7/9", header="氏名,生年月日,発行日,更新日"),
        ("column.renewed_what",),
    ),
    "h expiry of what": RejectedTable(
        csv("小樽,1985/4/23,2020/6/1,2027/7/9", header="氏名,生年月日,発行日,有効期間満了日"),
        ("column.expiry_of_what",),
    ),
    "h dates of something": RejectedTable(
        csv("小樽,1985/4/23,2020/6/1,2020/7/9", header="氏名,生年月日,発行日,メモ"),
        ("column.date",),
    ),
    "no date of birth": RejectedTable(
        csv("小樽,2020/6/1", header="氏名,発行日"), ("table.no_born", "table.columns_found")
    ),
    "15 two sheets": RejectedTable(xlsx(HEADER, HANAKO, change=two_sheets), ("table.which_sheet",)),
    "15b the second sheet on top": RejectedTable(
        xlsx(HEADER, HANAKO, change=second_on_top), ("table.which_sheet",)
    ),
    "25 the card's expiry twice": RejectedTable(
        csv("小樽,1985/4/23,2020/6/1,2030/4/23,", header=f"{HEADER_WITH_EXPIRY},カード有効期限"),
        ("column.expiry_of_what",),
    ),
    "26 no header": RejectedTable(
        csv(VALID_ROW, header="塩谷,1985/4/24,2020/6/1"), ("table.no_header",)
    ),
    "30 fixed width": RejectedTable(
        text("氏名      生年月日  発行日\n小樽      19850423  20200601\n"), ("table.fixed_width",)
    ),
    "33 empty": RejectedTable(b"", ("table.empty",)),
    "33 blank": RejectedTable(b"\r\n,,\r\n\x1a", ("table.empty",)),
    "33 no cells": RejectedTable(xlsx(), ("table.empty",)),
    "34 header only": RejectedTable(csv(), ("table.no_rows",)),
    "34 header only, .xlsx": RejectedTable(xlsx(HEADER), ("table.no_rows",)),
    "37 HTML": RejectedTable(b"<html><table><tr><td>1</td></tr></table></html>", ("table.html",)),
    "a password": RejectedTable(with_password(), ("table.encrypted",)),
    "encrypted parts": RejectedTable(encrypted_zip(), ("table.encrypted",)),
    "unknown compression": RejectedTable(compressed_otherwise(), ("table.compression",)),
    "a PDF file": RejectedTable(
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"1 0 obj\n" * 9, ("table.not_excel",)
    ),
    "a photograph": RejectedTable(
        b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\x01" * 99, ("table.not_excel",)
    ),
    "damaged": RejectedTable(xlsx(HEADER, HANAKO)[:-300], ("table.not_excel",)),
    "damaged .xls": RejectedTable(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ("table.not_excel",)
    ),
    "no workbook": RejectedTable(xlsx()[:60], ("table.not_excel",)),
    "too many columns": RejectedTable(
        csv(header=",".join(f"c{at}" for at in range(300))), ("table.too_many_columns",)
    ),
    "too many columns, .xlsx": RejectedTable(
        xlsx([*HEADER, *range(300)], HANAKO), ("table.too_many_columns",)
    ),
}
