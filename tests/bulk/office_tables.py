"""Tables as offices have them, by name, that work; see `tests.bulk.refused_tables`.

Files 2 to 42 of a trial, and what public reports brought up. All people are invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from calsvc.bulk.choices import AS_FOUND, Choices
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
PAIR = (BORN, ISSUED)
TWICE = "氏名,生年月日,発行日,有効期限"


@dataclass(frozen=True)
class Works:
    """A table whose rows have these dates of birth and issue; ``faulty`` rows stand besides."""

    content: bytes
    pairs: tuple[tuple[date, date], ...] = (PAIR,)
    choices: Choices = AS_FOUND
    faulty: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def text(body: str, encoding: str = "cp932") -> bytes:
    return body.replace("\n", "\r\n").encode(encoding)


def csv(*lines: str, header: str = "氏名,生年月日,発行日", encoding: str = "cp932") -> bytes:
    return text("\n".join([header, *lines, ""]), encoding)


GOOD = csv("小樽 花子,S60.4.23,R2.6.1")
GIVEN = "小樽 花子,1985/4/23,2020/6/1"


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


WORKING: Mapping[str, Works] = {
    "01 half-width kana": Works(csv("髙橋 ﾊﾅｺ,S60.4.23,R2.6.1")),
    "02 UTF-8": Works(csv("𠮷田 葛\U000e0100,S60.4.23,R2.6.1", encoding="utf-8")),
    "08 UTF-8 with a mark": Works(csv("𠮷田,S60.4.23,R2.6.1", encoding="utf-8-sig")),
    "two marks": Works("\ufeff".encode() + csv(GIVEN, encoding="utf-8-sig")),
    "03 own characters": Works(GOOD + b"\xf0\x40,S60.4.23,R2.6.1\r\n", (PAIR, PAIR)),
    "04 Shift_JIS-2004": Works(
        csv("𠮟田,S60.4.23,R2.6.1", encoding="shift_jis_2004"),
        choices=Choices(encoding="shift_jis_2004"),
    ),
    "05 EUC-JP": Works(
        csv("小樽 花子,S60.4.23,R2.6.1", encoding="euc_jp"),
        choices=Choices(encoding="euc_jis_2004"),
    ),
    "06 Unicode text": Works(text("氏名\t生年月日\t発行日\n小樽\t1985/4/23\t2020/6/1\n", "utf-16")),
    "07 UTF-16 without a mark": Works(csv(GIVEN, encoding="utf-16-le")),
    "09 numbers of eras": Works(
        csv("小樽,3600423,5020601", "塩谷,03600423,05020601"), (PAIR, PAIR)
    ),
    "11 line breaks in headers": Works(
        text('"氏\n名","生年\n月日","発行　日"\n小樽,1985/4/23,R2.6.1\n')
    ),
    "h western": Works(csv(GIVEN, header="氏名,生年月日(西暦),発行日")),
    "h Japanese": Works(csv(GIVEN, header="氏名,生年月日（和暦）,カード発行年月日")),
    "h marks": Works(csv(GIVEN, header="氏名(漢字),*生年月日,発行日 ※")),
    "h handed over": Works(
        csv("小樽,1985/4/23,2020/6/1,2020/7/9", header="氏名,生年月日,発行日,交付日"),
        choices=Choices(ignored=("交付日",)),
    ),
    "h another name": Works(
        csv(GIVEN, header="氏名,うまれ,発行日"), choices=Choices(given={"born": ("うまれ",)})
    ),
    "h by place": Works(
        csv(GIVEN, header="氏名,日付,日付"),
        choices=Choices(given={"born": ("#2",), "issued": ("#3",)}),
    ),
    "12 titles": Works(text(f"カード名簿\n令和8年11月,,\n\n氏名,生年月日,発行日\n{GIVEN}\n")),
    "12b titles, header in the fourth row": Works(
        xlsx(["カード名簿"], ["", "", "令和8年11月25日現在"], [], HEADER, HANAKO)
    ),
    "20 header of two lines": Works(
        text("氏名,生年月日,カード,\n,,発行日,有効期限\n小樽,1985/4/23,2020/6/1,2030/4/23\n")
    ),
    "13 totals": Works(csv(GIVEN, "合計,,", "計,1名,", "合計　１件,,", "計：1名,,"), remarks=()),
    "35 totals in a workbook": Works(xlsx(HEADER, HANAKO, [], ("合計", "", "1名"))),
    "14 first sheet explains": Works(xlsx(change=title_sheet), remarks=("note.other_sheets",)),
    "15 two sheets, chosen": Works(
        xlsx(HEADER, HANAKO, change=two_sheets),
        ((date(1990, 6, 15), date(2021, 7, 1)),),
        Choices(sheet="塩谷"),
        remarks=("note.other_sheets",),
    ),
    "42 a filter": Works(
        xlsx(HEADER, HANAKO, HANAKO, change=hide_second), remarks=("note.hidden",)
    ),
    "42 a filter, all wanted": Works(
        xlsx(HEADER, HANAKO, HANAKO, change=hide_second),
        (PAIR, PAIR),
        Choices(include_hidden=True),
        remarks=("note.hidden_included",),
    ),
    "16 serials": Works(xlsx(HEADER, ("小樽", 31160, 43983))),
    "16 a time of day": Works(xlsx(HEADER, ("小樽", BORN, datetime(2020, 6, 1, 9, 30)))),
    "16 number of an era": Works(xlsx(HEADER, ("小樽", 3600423, 20200601))),
    "date cell with digits": Works(
        xlsx(HEADER, ("小樽", 19850423, ISSUED), change=as_date("yyyy/m/d", "B2"))
    ),
    "41 eras in date cells": Works(
        xlsx(
            HEADER, ("小樽", 31160, 43983), change=as_date('[$-411]ggge"年"m"月"d"日"', "B2", "C2")
        )
    ),
    "17 of 1904": Works(xlsx(HEADER, HANAKO, change=of_1904)),
    "17 of 1904, serials": Works(xlsx(HEADER, ("小樽", 29698, 42521), change=of_1904)),
    "19 header in C3": Works(xlsx(HEADER, HANAKO, change=moved)),
    "strict": Works(patched(xlsx(HEADER, HANAKO), strict)),
    "escapes": Works(xlsx(("氏名_x000D_", *HEADER[1:]), HANAKO)),
    "20 merged header": Works(
        xlsx(
            ("氏名", "生年月日", "カード", ""),
            ("", "", "発行日", "有効期限"),
            ("小樽", BORN, ISSUED, date(2030, 4, 23)),
            change=merged_header,
        )
    ),
    "21 merged cells": Works(
        xlsx(HEADER, HANAKO, ("小樽 太郎", None, ISSUED)), faulty=("born.missing",)
    ),
    "22 quoted line breaks": Works(csv('"小樽\n花子",1985/4/23,2020/6/1')),
    "23 semicolons": Works(GOOD.replace(b",", b";")),
    "sep=": Works(b"sep=;\r\n" + GOOD.replace(b",", b";")),
    "Ctrl-Z": Works(GOOD + b"\x1a"),
    "24 the same field twice": Works(
        csv(
            "小樽,1985/4/23,,2020/6/1",
            "塩谷,S60.4.23,1985/4/23,2020/6/1",
            "銭函,1985/4/23,1985/4/24,2020/6/1",
            header="氏名,誕生日,生年月日,発行日",
        ),
        (PAIR, PAIR),
        faulty=("column.differs",),
    ),
    "25 the card's expiry twice": Works(
        csv(
            "小樽,1985/4/23,2020/6/1,2030/4/23,",
            "塩谷,1985/4/23,2020/6/1,R12.4.23,2030/4/23",
            "銭函,1985/4/23,2020/6/1,2025/4/23,2030/4/23",
            header=f"{TWICE},カード有効期限",
        ),
        (PAIR, PAIR),
        Choices(given={"card_expires": ("#4", "#5")}),
        faulty=("card_expires.not_of_this_issue", "column.differs"),
    ),
    "25 the card's issue twice": Works(
        csv("小樽,1985/4/23,,2020/6/1", header="氏名,生年月日,発行日,カード発行日")
    ),
    "27 CR": Works(GOOD.replace(b"\r\n", b"\r")),
    "28 an open quote": Works(csv('"小樽,1985/4/23,R2.6.1', GIVEN), faulty=("row.quotes",)),
    "29 full-width digits": Works(csv("小樽,１９８５．４．２３,Ｒ２．６．１")),
    "31 half-width header": Works(
        csv("小樽,1985/4/23,2020/6/1,a@example.jp", header="氏名,生年月日,発行日,ﾒｰﾙｱﾄﾞﾚｽ")
    ),
    "32 ages and faults": Works(
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
        faulty=("born.in_future", "issued.too_early"),
    ),
    "36 protected": Works(csv('小樽,="1985/4/23",="2020/6/1"')),
    "zeros of a database": Works(csv("小樽,19850423.0,20200601000000")),
    "XML dates": Works(csv("小樽,1985-04-23T00:00:00,2020-06-01T09:30:00")),
    "English months": Works(csv("小樽,23-Apr-85,1-Jun-2020")),
    "two digits": Works(csv(GIVEN, "塩谷,60/4/23,2/6/1"), faulty=("date.two_digit_year",) * 2),
    "text is no serial": Works(
        xlsx(HEADER, HANAKO, ("塩谷", "020601", ISSUED)), faulty=("date.two_digit_year",)
    ),
    "18 no cached result": Works(
        xlsx(HEADER, HANAKO, ("塩谷", "=DATE(1985,4,23)", ISSUED)), faulty=("date.uncomputed",)
    ),
    "18b an error": Works(
        xlsx((*HEADER, "在留期限"), (*HANAKO, None), (*HANAKO, "#VALUE!"), change=error_in_d3),
        faulty=("date.uncomputed",),
    ),
    "38 .xls": Works(xls(HEADER, HANAKO), remarks=("note.unknown_rows",)),
    ".xls of 1904": Works(
        xls(HEADER, ("小樽", 29698, 42521), epoch_1904=True), remarks=("note.unknown_rows",)
    ),
    ".xlsb": Works(xlsb(HEADER, ("小樽", 31160, 43983)), remarks=("note.unknown_rows",)),
    ".xlsb of 1904": Works(
        xlsb(HEADER, ("小樽", 29698, 42521), epoch_1904=True), remarks=("note.unknown_rows",)
    ),
    "40 .xlsm": Works(patched(xlsx(HEADER, HANAKO), with_macros)),
    "39 .ods": Works(ods(HEADER, HANAKO)),
    "an address that mail programs decode": Works(
        csv(
            "小樽,1985/4/23,2020/6/1,=?utf-8?q?a=0d=0a_b?=@example.jp",
            header="氏名,生年月日,発行日,Ｅメールアドレス",
        )
    ),
}
