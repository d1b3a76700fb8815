"""Usable tables as offices have them, by name. See also `tests.bulk.rejected_tables`.

Files 2 to 42 of a trial, and cases from public reports. All people are invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from calsvc.bulk.choices import NO_CHOICES, Choices
from tests.support.workbooks import (
    BORN,
    HANAKO,
    HEADER,
    ISSUED,
    ods,
    of_1904,
    patched,
    xls,
    xlsb,
    xlsx,
)

ERAS = '[$-411]ggge"年"m"月"d"日"'
VALID_DATES = (BORN, ISSUED)
HEADER_WITH_EXPIRY = "氏名,生年月日,発行日,有効期限"


@dataclass(frozen=True)
class UsableTable:
    """A table with the expected dates of birth and issue, problems of faulty rows, and notes."""

    content: bytes
    pairs: tuple[tuple[date, date], ...] = (VALID_DATES,)
    choices: Choices = NO_CHOICES
    problem_keys: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def text(body: str, encoding: str = "cp932") -> bytes:
    return body.replace("\n", "\r\n").encode(encoding)


def csv(*lines: str, header: str = "氏名,生年月日,発行日", encoding: str = "cp932") -> bytes:
    return text("\n".join([header, *lines, ""]), encoding)


VALID_TABLE = csv("小樽 花子,S60.4.23,R2.6.1")
VALID_ROW = "小樽 花子,1985/4/23,2020/6/1"


def two_sheets(book: Workbook, _sheet: Worksheet) -> None:
    other = book.create_sheet("塩谷")
    other.append(HEADER)
    other.append(("塩谷 太郎", date(1990, 6, 15), date(2021, 7, 1)))


def title_sheet(book: Workbook, sheet: Worksheet) -> None:
    sheet.append(("この名簿の説明",))
    data = book.create_sheet("名簿")
    data.append(HEADER)
    data.append(HANAKO)
    book.active = 0


def hide_second(_book: Workbook, sheet: Worksheet) -> None:
    sheet.auto_filter.ref = "A1:C3"
    sheet.row_dimensions[3].hidden = True


def as_date(form: str, *cells: str) -> object:
    def change(_book: Workbook, sheet: Worksheet) -> None:
        for cell in cells:
            sheet[cell].number_format = form

    return change


def moved(_book: Workbook, sheet: Worksheet) -> None:
    sheet.move_range("A1:C2", rows=2, cols=2)


def error_in_d3(_book: Workbook, sheet: Worksheet) -> None:
    sheet["D3"].data_type = "e"


def merged_header(_book: Workbook, sheet: Worksheet) -> None:
    sheet.merge_cells("C1:D1")


def strict(_name: str, part: bytes) -> bytes:
    old, new = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
    part = part.replace(old + b"spreadsheetml/2006/main", new + b"spreadsheetml/main")
    return part.replace(
        old + b"officeDocument/2006/relationships", new + b"officeDocument/relationships"
    )


def with_macros(name: str, part: bytes) -> bytes:
    old = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    new = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    assert name != "[Content_Types].xml" or old in part
    return part.replace(old, new)


USABLE_TABLES: Mapping[str, UsableTable] = {
    "01 half-width kana": UsableTable(csv("髙橋 ﾊﾅｺ,S60.4.23,R2.6.1")),
    "02 UTF-8": UsableTable(csv("𠮷田 葛\U000e0100,S60.4.23,R2.6.1", encoding="utf-8")),
    "08 UTF-8 with a mark": UsableTable(csv("𠮷田,S60.4.23,R2.6.1", encoding="utf-8-sig")),
    "two marks": UsableTable("\ufeff".encode() + csv(VALID_ROW, encoding="utf-8-sig")),
    "03 own characters": UsableTable(
        VALID_TABLE + b"\xf0\x40,S60.4.23,R2.6.1\r\n", (VALID_DATES, VALID_DATES)
    ),
    "04 Shift_JIS-2004": UsableTable(
        csv("𠮟田,S60.4.23,R2.6.1", encoding="shift_jis_2004"),
        choices=Choices(encoding="shift_jis_2004"),
    ),
    "05 EUC-JP": UsableTable(
        csv("小樽 花子,S60.4.23,R2.6.1", encoding="euc_jp"),
        choices=Choices(encoding="euc_jis_2004"),
    ),
    "06 Unicode text": UsableTable(
        text("氏名\t生年月日\t発行日\n小樽\t1985/4/23\t2020/6/1\n", "utf-16")
    ),
    "07 UTF-16 without a mark": UsableTable(csv(VALID_ROW, encoding="utf-16-le")),
    "09 numbers of eras": UsableTable(
        csv("小樽,3600423,5020601", "塩谷,03600423,05020601"), (VALID_DATES, VALID_DATES)
    ),
    "11 line breaks in headers": UsableTable(
        text('"氏\n名","生年\n月日","発行　日"\n小樽,1985/4/23,R2.6.1\n')
    ),
    "h western": UsableTable(csv(VALID_ROW, header="氏名,生年月日(西暦),発行日")),
    "h Japanese": UsableTable(csv(VALID_ROW, header="氏名,生年月日（和暦）,カード発行年月日")),
    "h marks": UsableTable(csv(VALID_ROW, header="氏名(漢字),*生年月日,発行日 ※")),
    "h handed over": UsableTable(
        csv("小樽,1985/4/23,2020/6/1,2020/7/9", header="氏名,生年月日,発行日,交付日"),
        choices=Choices(ignored=("交付日",)),
    ),
    "h another name": UsableTable(
        csv(VALID_ROW, header="氏名,うまれ,発行日"),
        choices=Choices(overrides={"born": ("うまれ",)}),
    ),
    "h by place": UsableTable(
        csv(VALID_ROW, header="氏名,日付,日付"),
        choices=Choices(overrides={"born": ("#2",), "issued": ("#3",)}),
    ),
    "12 titles": UsableTable(
        text(f"カード名簿\n令和8年11月,,\n\n氏名,生年月日,発行日\n{VALID_ROW}\n")
    ),
    "12b titles, header in the fourth row": UsableTable(
        xlsx(["カード名簿"], ["", "", "令和8年11月25日現在"], [], HEADER, HANAKO)
    ),
    "20 header of two lines": UsableTable(
        text("氏名,生年月日,カード,\n,,発行日,有効期限\n小樽,1985/4/23,2020/6/1,2030/4/23\n")
    ),
    "13 totals": UsableTable(
        csv(VALID_ROW, "合計,,", "計,1名,", "合計　１件,,", "計：1名,,"), notes=()
    ),
    "35 totals in a workbook": UsableTable(xlsx(HEADER, HANAKO, [], ("合計", "", "1名"))),
    "14 first sheet explains": UsableTable(xlsx(change=title_sheet), notes=("note.other_sheets",)),
    "15 two sheets, chosen": UsableTable(
        xlsx(HEADER, HANAKO, change=two_sheets),
        ((date(1990, 6, 15), date(2021, 7, 1)),),
        Choices(sheet="塩谷"),
        notes=("note.other_sheets",),
    ),
    "42 a filter": UsableTable(
        xlsx(HEADER, HANAKO, HANAKO, change=hide_second), notes=("note.hidden",)
    ),
    "42 a filter, all wanted": UsableTable(
        xlsx(HEADER, HANAKO, HANAKO, change=hide_second),
        (VALID_DATES, VALID_DATES),
        Choices(include_hidden=True),
        notes=("note.hidden_included",),
    ),
    "16 serials": UsableTable(xlsx(HEADER, ("小樽", 31160, 43983))),
    "16 a time of day": UsableTable(xlsx(HEADER, ("小樽", BORN, datetime(2020, 6, 1, 9, 30)))),
    "16 number of an era": UsableTable(xlsx(HEADER, ("小樽", 3600423, 20200601))),
    "date cell with digits": UsableTable(
        xlsx(HEADER, ("小樽", 19850423, ISSUED), change=as_date("yyyy/m/d", "B2"))
    ),
    "41 eras in date cells": UsableTable(
        xlsx(
            HEADER, ("小樽", 31160, 43983), change=as_date('[$-411]ggge"年"m"月"d"日"', "B2", "C2")
        )
    ),
    "17 of 1904": UsableTable(xlsx(HEADER, HANAKO, change=of_1904)),
    "17 of 1904, serials": UsableTable(xlsx(HEADER, ("小樽", 29698, 42521), change=of_1904)),
    "19 header in C3": UsableTable(xlsx(HEADER, HANAKO, change=moved)),
    "strict": UsableTable(patched(xlsx(HEADER, HANAKO), strict)),
    "escapes": UsableTable(xlsx(("氏名_x000D_", *HEADER[1:]), HANAKO)),
    "20 merged header": UsableTable(
        xlsx(
            ("氏名", "生年月日", "カード", ""),
            ("", "", "発行日", "有効期限"),
            ("小樽", BORN, ISSUED, date(2030, 4, 23)),
            change=merged_header,
        )
    ),
    "21 merged cells": UsableTable(
        xlsx(HEADER, HANAKO, ("小樽 太郎", None, ISSUED)), problem_keys=("born.missing",)
    ),
    "22 quoted line breaks": UsableTable(csv('"小樽\n花子",1985/4/23,2020/6/1')),
    "23 semicolons": UsableTable(VALID_TABLE.replace(b",", b";")),
    "sep=": UsableTable(b"sep=;\r\n" + VALID_TABLE.replace(b",", b";")),
    "Ctrl-Z": UsableTable(VALID_TABLE + b"\x1a"),
    "24 the same field twice": UsableTable(
        csv(
            "小樽,1985/4/23,,2020/6/1",
            "塩谷,S60.4.23,1985/4/23,2020/6/1",
            "銭函,1985/4/23,1985/4/24,2020/6/1",
            header="氏名,誕生日,生年月日,発行日",
        ),
        (VALID_DATES, VALID_DATES),
        problem_keys=("column.differs",),
    ),
    "25 the card's expiry twice": UsableTable(
        csv(
            "小樽,1985/4/23,2020/6/1,2030/4/23,",
            "塩谷,1985/4/23,2020/6/1,R12.4.23,2030/4/23",
            "銭函,1985/4/23,2020/6/1,2025/4/23,2030/4/23",
            header=f"{HEADER_WITH_EXPIRY},カード有効期限",
        ),
        (VALID_DATES, VALID_DATES),
        Choices(overrides={"card_expires": ("#4", "#5")}),
        problem_keys=("card_expires.not_of_this_issue", "column.differs"),
    ),
    "25 the card's issue twice": UsableTable(
        csv("小樽,1985/4/23,,2020/6/1", header="氏名,生年月日,発行日,カード発行日")
    ),
    "27 CR": UsableTable(VALID_TABLE.replace(b"\r\n", b"\r")),
    "28 an open quote": UsableTable(
        csv('"小樽,1985/4/23,R2.6.1', VALID_ROW), problem_keys=("row.quotes",)
    ),
    "29 full-width digits": UsableTable(csv("小樽,１９８５．４．２３,Ｒ２．６．１")),
    "31 half-width header": UsableTable(
        csv("小樽,1985/4/23,2020/6/1,a@example.jp", header="氏名,生年月日,発行日,ﾒｰﾙｱﾄﾞﾚｽ")
    ),
    "32 ages and faults": UsableTable(
        csv(
            "満18,2004/6/1,2022/6/1",
            "うるう,1984/2/29,2020/6/1",
            "百歳,1904/12/2,2025/6/1",
            "期限切れ,1950/4/23,2016/2/1",
            "未来,2027/4/23,2027/6/1",
            "出生前,1985/4/23,1980/6/1",
        ),
        (
            (date(2004, 6, 1), date(2022, 6, 1)),
            (date(1984, 2, 29), date(2020, 6, 1)),
            (date(1904, 12, 2), date(2025, 6, 1)),
            (date(1950, 4, 23), date(2016, 2, 1)),
        ),
        problem_keys=("born.in_future", "issued.too_early"),
    ),
    "36 protected": UsableTable(csv('小樽,="1985/4/23",="2020/6/1"')),
    "zeros of a database": UsableTable(csv("小樽,19850423.0,20200601000000")),
    "XML dates": UsableTable(csv("小樽,1985-04-23T00:00:00,2020-06-01T09:30:00")),
    "English months": UsableTable(csv("小樽,23-Apr-85,1-Jun-2020")),
    "two digits": UsableTable(
        csv(VALID_ROW, "塩谷,60/4/23,2/6/1"), problem_keys=("date.two_digit_year",) * 2
    ),
    "text is no serial": UsableTable(
        xlsx(HEADER, HANAKO, ("塩谷", "020601", ISSUED)), problem_keys=("date.two_digit_year",)
    ),
    "18 no cached result": UsableTable(
        xlsx(HEADER, HANAKO, ("塩谷", "=DATE(1985,4,23)", ISSUED)),
        problem_keys=("date.uncomputed",),
    ),
    "18b an error": UsableTable(
        xlsx((*HEADER, "在留期限"), (*HANAKO, None), (*HANAKO, "#VALUE!"), change=error_in_d3),
        problem_keys=("date.uncomputed",),
    ),
    "38 .xls": UsableTable(xls(HEADER, HANAKO), notes=("note.unknown_rows",)),
    ".xls of 1904": UsableTable(
        xls(HEADER, ("小樽", 29698, 42521), epoch_1904=True), notes=("note.unknown_rows",)
    ),
    ".xlsb": UsableTable(xlsb(HEADER, ("小樽", 31160, 43983)), notes=("note.unknown_rows",)),
    ".xlsb of 1904": UsableTable(
        xlsb(HEADER, ("小樽", 29698, 42521), epoch_1904=True), notes=("note.unknown_rows",)
    ),
    "40 .xlsm": UsableTable(patched(xlsx(HEADER, HANAKO), with_macros)),
    "39 .ods": UsableTable(ods(HEADER, HANAKO)),
    "an address that mail programs decode": UsableTable(
        csv(
            "小樽,1985/4/23,2020/6/1,=?utf-8?q?a=0d=0a_b?=@example.jp",
            header="氏名,生年月日,発行日,Ｅメールアドレス",
        )
    ),
}
