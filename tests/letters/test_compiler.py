"""The child process that compiles letters: its replies, hostile rows and hostile templates."""

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from calsvc.bulk.letter_files import build_print_check, compose_letter
from calsvc.bulk.styles import Style, Styles
from calsvc.child_process import start_module
from calsvc.letters.compiler import PROCESS_MODULE, CompiledLetters, Compiler, TemplateError
from calsvc.letters.page_rows import build_letter_row
from tests.support.bulk_tables import CONTEXT, outcomes_of
from tests.support.letters import HEAD, MADE, SHEET, picture_of, print_rows, text_of
from tests.support.qr_codes import read_code

HEADER = "氏名,生年月日,発行日,郵便番号,住所,方書,言語\n"


def row_of(name: str = "小樽 花子", address: str = "小樽市花園2丁目12番1号") -> dict[str, Any]:
    text = f"{HEADER}{name},1985-04-23,2022-06-01,0470024,{address},,\n"
    context = replace(CONTEXT, check_print=build_print_check(Styles(Style(sheet=SHEET))))
    issued = outcomes_of(text, context)[0].issued
    assert issued
    return {**build_letter_row(compose_letter(issued, CONTEXT.today, SHEET), SHEET)}


def page_of(printed: CompiledLetters) -> pypdfium2.PdfPage:
    document = pypdfium2.PdfDocument(printed.pdf)
    assert len(document) == 1
    return document[0]


def with_template(source: str, rows: list[Mapping[str, Any]] | None = None) -> CompiledLetters:
    return print_rows(rows or [row_of()], replace(SHEET, template=source.encode()))


# --- letters --------------------------------------------------------------------------------------


def test_letter_has_address_name_dates_and_code() -> None:
    page = page_of(print_rows([row_of()]))
    text = text_of(page)
    for words in ("〒047-0024 小樽市花園2丁目12番1号 小樽 花子", "2027年4月23日（金）"):
        assert words in text
    assert read_code(picture_of(page)).startswith("https://calendar.example.jp/c/")


def test_url_is_printed_beside_the_code() -> None:
    row = row_of()
    text = text_of(page_of(print_rows([row]))).replace(" ", "")
    assert "".join(row["page"]) in text
    assert "openExternalBrowser" not in text


def test_letters_are_byte_equal_in_two_processes() -> None:
    rows = [row_of(), row_of("山田 太郎")]
    assert print_rows(rows) == print_rows(rows)


def test_letters_declare_pdf_a2a_and_pdf_ua1() -> None:
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
def test_letter_with_any_name_is_one_page(name: str) -> None:
    printed = print_rows([row_of(name.replace('"', '""').join('""'))])
    assert not printed.misfits
    page = page_of(printed)
    visible = re.sub(r"[\s\u200b\U000e0100]", "", text_of(page))
    assert re.sub(r"[\s\U000e0100]", "", name) in visible
    boxes = [text.get_bounds() for text in page.get_objects(filter=[1])]
    assert max(right for _, _, right, _ in boxes) < 595


def test_address_that_does_not_fit_is_left_out_of_the_file() -> None:
    long, good = row_of(address="小樽市花園" * 80), {**row_of(), "number": 3}
    printed = print_rows([long, good])
    assert printed.misfits == {long["number"]: "address"}
    assert len(pypdfium2.PdfDocument(printed.pdf)) == 1


# --- templates ------------------------------------------------------------------------------------

PAGE = "#let letter(row, city, lengths) = page[{}]"


@pytest.mark.parametrize(
    ("source", "key", "place", "message"),
    [
        ("#let letter(row, city, lengths) = {", "faulty", "letter.typ:1", "unclosed"),
        ("\n#let letter(row, city, lengths) = page(missing)", "faulty", "letter.typ:2", "unknown"),
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
def test_invalid_template_is_rejected_with_its_reason(
    source: str, key: str, place: str, message: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        with_template(source)
    assert (caught.value.key, caught.value.place) == (key, place)
    assert message in caught.value.message


def test_template_without_pages_is_rejected() -> None:
    with pytest.raises(TemplateError) as caught:
        with_template("#let letter(row, city, at) = []", [row_of(), row_of("山田 太郎")])
    assert caught.value.key == "pages"


@pytest.mark.large
def test_template_without_end_is_stopped() -> None:
    with pytest.raises(TemplateError) as caught:
        with_template(PAGE.format("#for i in range(40000) { for j in range(40000) { } }"))
    assert caught.value.key == "ended"


def test_killed_process_is_reported(tmp_path: Path) -> None:
    with start_module(PROCESS_MODULE, str(tmp_path)) as process:
        process.kill()
        with pytest.raises(TemplateError) as caught:
            Compiler(SHEET, process).compile_rows([row_of()], HEAD, MADE)
    assert caught.value.key == "ended"


def test_template_error_has_no_data_of_a_row() -> None:
    with pytest.raises(TemplateError) as caught:
        with_template(PAGE.format("#panic(row.addressee)"))
    assert "花子" not in str(caught.value)


def test_own_template_is_compiled() -> None:
    source = "#let letter(row, city, lengths) = page[= #row.title\n\n#row.addressee]"
    content = with_template(source).pdf
    assert "小樽 花子" in text_of(pypdfium2.PdfDocument(io.BytesIO(content))[0])
