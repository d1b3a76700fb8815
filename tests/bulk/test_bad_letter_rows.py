"""Each kind of faulty row: a letter with a warning, or none and the reason in links.csv."""

from dataclasses import replace

import pypdfium2
import pytest

from calsvc.bulk.links_table import LINKS_TABLE_NAME
from calsvc.bulk.output_context import UNMADE
from calsvc.letters.texts import parse_letter_text
from tests.bulk.test_letter_files import make_letters, read_rows
from tests.support.letters import SHEET, text_of

POSTED = replace(SHEET, needs_address=True, barcode_points=8.5)
HEADER = "氏名,生年月日,発行日,郵便番号,住所,町名より後\n"
NAME, CODE, ADDRESS, BEHIND = "小樽 花子", "047-0024", "小樽市花園2丁目12番1号", "2丁目12番1号"
FILE = "letters/letters-0000000.pdf"


def make_letter(
    name: str = NAME, code: str = CODE, address: str = ADDRESS, behind: str = BEHIND
) -> tuple[str, str, str]:
    """Return warning, error and text of the letter of one row."""
    cells = (name, "1985-04-23", "2022-06-01", code, address, behind)
    row = ",".join(f'"{each}"' for each in cells)
    files, failures = make_letters(f"{HEADER}{row}\n", POSTED)
    (found,) = read_rows(files[LINKS_TABLE_NAME])
    text = text_of(pypdfium2.PdfDocument(files[FILE])[0]) if FILE in files else ""
    assert bool(text) == (failures[UNMADE] == 0)
    return found[-6], found[-5], text.replace("\xa0", "")


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({"address": ""}, "郵便番号か住所がないため"),
        ({"code": ""}, "郵便番号か住所がないため"),
        ({"code": "470024"}, "郵便番号が6桁"),
        ({"code": "花園"}, "郵便番号が7桁の数字でない"),
        ({"address": "小樽市花園" * 90}, "住所か宛名が長く"),
    ],
)
def test_row_that_cannot_be_posted_has_no_letter(row: dict[str, str], error: str) -> None:
    _, told, text = make_letter(**row)
    assert told.startswith(error)
    assert text == ""


@pytest.mark.parametrize(
    ("row", "warning", "shown"),
    [
        ({}, "", "小樽 花子 様"),
        ({"code": "047-0000"}, "カスタマバーコード", "〒047-0000"),
        ({"behind": ""}, "カスタマバーコード", ADDRESS),
        ({"name": "小樽 \ue000子"}, "手紙の書体に", "小樽 〓子 様"),
        ({"address": f"{ADDRESS}\U0001f600"}, "手紙の書体に", f"{ADDRESS}〓"),
        ({"name": "葛\U000e0100飾"}, "", "葛\U000e0100飾 様"),
        ({"name": "葛\U000e0107飾"}, "異体字", "葛飾 様"),
        ({"name": "小樽\u202e 花\u0007子"}, "", "小樽 花子 様"),
        ({"address": f"小樽市\u202e花園{BEHIND}"}, "", ADDRESS),
        ({"name": '#panic(""x"") *b* $x$ \\ <a>'}, "", '#panic("x") *b* $x$ \\ <a> 様'),
    ],
)
def test_other_rows_have_a_letter_with_or_without_a_warning(
    row: dict[str, str], warning: str, shown: str
) -> None:
    told, error, text = make_letter(**row)
    assert warning in told
    assert bool(told) == bool(warning)
    assert error == ""
    assert shown in text


def test_text_that_does_not_fit_has_no_letter() -> None:
    content = "お知らせ\n\n" + "市民の皆さまへ。" * 900 + "\n\n[dates]\n"
    sheet = replace(SHEET, texts={"ja": parse_letter_text("letter.ja.txt", content.encode())})
    files, failures = make_letters(f"{HEADER}{NAME},1985-04-23,2022-06-01,,,\n", sheet)
    assert failures == {UNMADE: 1}
    assert FILE not in files
    assert "文面が1枚に入らない" in files[LINKS_TABLE_NAME].decode("utf-8-sig")
