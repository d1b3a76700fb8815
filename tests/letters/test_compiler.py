"""The process that sets letters: its answers, and what hostile rows and templates get."""

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from calsvc.bulk.letter_files import compose_letter, printing_check
from calsvc.bulk.styles import Style, Styles
from calsvc.child_process import start_module
from calsvc.letters.compiler import PROCESS, Compiler, Printed, TemplateError
from calsvc.letters.page_rows import letter_row
from tests.support.bulk_tables import OFFICE, outcomes_of
from tests.support.letters import HEAD, MADE, SHEET, picture_of, print_rows, read_code, text_of

HEADER = "氏名,生年月日,発行日,郵便番号,住所,方書,言語\n"


def row_of(name: str = "小樽 花子", address: str = "小樽市花園2丁目12番1号") -> dict[str, Any]:
    text = f"{HEADER}{name},1985-04-23,2022-06-01,0470024,{address},,\n"
    office = replace(OFFICE, check_print=printing_check(Styles(Style(sheet=SHEET))))
    issued = outcomes_of(text, office)[0].issued
    assert issued
    return {**letter_row(compose_letter(issued, OFFICE.today, SHEET), SHEET)}


def page_of(printed: Printed) -> pypdfium2.PdfPage:
    document = pypdfium2.PdfDocument(printed.pdf)
    assert len(document) == 1
    return document[0]


def with_template(source: str, rows: list[Mapping[str, Any]] | None = None) -> Printed:
    return print_rows(rows or [row_of()], replace(SHEET, template=source.encode()))


# --- letters --------------------------------------------------------------------------------------


def test_a_letter_has_address_name_dates_and_code() -> None:
    page = page_of(print_rows([row_of()]))
    text = text_of(page)
    for words in ("〒047-0024 小樽市花園2丁目12番1号 小樽 花子", "2027年4月23日（金）"):
        assert words in text
    assert read_code(picture_of(page)).startswith("https://calendar.example.jp/c/")


def test_the_url_stands_beside_the_code_in_words() -> None:
    row = row_of()
    text = text_of(page_of(print_rows([row]))).replace(" ", "")
    assert "".join(row["page"]) in text
    assert "openExternalBrowser" not in text


def test_the_same_rows_are_the_same_bytes_in_two_processes() -> None:
    rows = [row_of(), row_of("山田 太郎")]
    assert print_rows(rows) == print_rows(rows)


def test_letters_claim_the_standards_that_the_compiler_holds() -> None:
    content = print_rows([row_of()]).pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content
    assert b"<pdfaid:part>2</pdfaid:part>" in content
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in content


@pytest.mark.parametrize(
    "name",
    [
        "A" * 100,
        "小" * 99,
        "MARIA " * 16,
        '#panic("x") *b* $x$ #read("/etc/passwd") \\ <a> @b',
        "葛\U000e0100飾",
    ],
)
def test_any_name_makes_one_page(name: str) -> None:
    printed = print_rows([row_of(name.replace('"', '""').join('""'))])
    assert not printed.misfits
    page = page_of(printed)
    shown = re.sub(r"[\s\u200b\U000e0100]", "", text_of(page))
    assert re.sub(r"[\s\U000e0100]", "", name) in shown
    box = [each.get_bounds() for each in page.get_objects(filter=[1])]
    assert max(each[2] for each in box) < 595


def test_an_address_that_cannot_fit_is_told_and_the_others_are_set() -> None:
    long, good = row_of(address="小樽市花園" * 80), {**row_of(), "number": 3}
    printed = print_rows([long, good])
    assert printed.misfits == {long["number"]: "address"}
    assert len(pypdfium2.PdfDocument(printed.pdf)) == 1


# --- templates ------------------------------------------------------------------------------------

PAGE = "#let letter(row, city, at) = page[{}]"


@pytest.mark.parametrize(
    ("source", "key", "place", "message"),
    [
        ("#let letter(row, city, at) = {", "faulty", "letter.typ:1", "unclosed"),
        ("\n#let letter(row, city, at) = page(missing)", "faulty", "letter.typ:2", "unknown"),
        ("#let other = 1", "faulty", "main.typ:2", "unresolved"),
        (PAGE.format('#read("/etc/passwd")'), "faulty", "letter.typ:1", "not found"),
        (PAGE.format('#read("../../secret")'), "faulty", "letter.typ:1", ""),
        ('#import "@preview/cades:0.3.0": qr\n' + PAGE, "faulty", "letter.typ:1", ""),
        (PAGE.format('#panic("x")'), "faulty", "letter.typ:1", "panicked"),
        (PAGE.format("#while true {}"), "faulty", "letter.typ:1", "always true"),
        (PAGE.format("#range(1000000000)"), "ended", "", ""),
        (PAGE.format("a #pagebreak() b"), "pages", "", ""),
        (PAGE.format('#panic("misfit [{\\"row\\":77,\\"what\\":\\"x\\"}]")'), "faulty", "", ""),
    ],
)
def test_a_template_that_makes_no_letter_is_told(
    source: str, key: str, place: str, message: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        with_template(source)
    assert (caught.value.key, caught.value.place) == (key, place)
    assert message in caught.value.message


def test_a_template_that_makes_no_page_is_told() -> None:
    with pytest.raises(TemplateError) as caught:
        with_template("#let letter(row, city, at) = []", [row_of(), row_of("山田 太郎")])
    assert caught.value.key == "pages"


@pytest.mark.large
def test_a_template_that_never_ends_is_ended_after_its_time() -> None:
    with pytest.raises(TemplateError) as caught:
        with_template(PAGE.format("#for i in range(40000) { for j in range(40000) { } }"))
    assert caught.value.key == "ended"


def test_a_process_that_was_killed_is_told(tmp_path: Path) -> None:
    with start_module(PROCESS, str(tmp_path)) as process:
        process.kill()
        with pytest.raises(TemplateError) as caught:
            Compiler(SHEET, process).set([row_of()], HEAD, MADE)
    assert caught.value.key == "ended"


def test_an_error_of_a_template_holds_no_row() -> None:
    with pytest.raises(TemplateError) as caught:
        with_template(PAGE.format("#panic(row.addressee)"))
    assert "花子" not in str(caught.value)


def test_a_citys_template_is_set() -> None:
    source = "#let letter(row, city, at) = page[= #row.title\n\n#row.addressee]"
    content = with_template(source).pdf
    assert "小樽 花子" in text_of(pypdfium2.PdfDocument(io.BytesIO(content))[0])
