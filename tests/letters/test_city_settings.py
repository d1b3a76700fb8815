"""A city's settings of letters, and the samples that check them."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from calsvc.bulk.letter_check import check_letters
from calsvc.errors import MunicipalityFileError
from calsvc.i18n.languages import LANGUAGES
from calsvc.letters.city_settings import load_letter_sheet
from calsvc.letters.compiler import TemplateError
from calsvc.letters.layout import build_run_sheet, format_era_date
from tests.support.bulk_tables import OTARU
from tests.support.letters import FONT, SHEET, TODAY, text_of
from tests.support.paths import ROOT

EXAMPLE = ROOT / "examples/letters"
NAME = "city-letter.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    return tmp_path


def refusal(folder: Path, old: str = "", new: str = "") -> str:
    path = folder / NAME
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(MunicipalityFileError) as caught:
        load_letter_sheet(path)
    return str(caught.value)


def test_example_settings_print_sender_date_and_own_text() -> None:
    sheet = build_run_sheet(load_letter_sheet(EXAMPLE / NAME), FONT, TODAY, "123")
    checked = check_letters(sheet, OTARU, TODAY)
    assert checked.problems == ()
    document = pypdfium2.PdfDocument(checked.pdf)
    assert len(document) == 2 * len(LANGUAGES) + 6
    text = text_of(document[0])
    for words in (
        "見市民第123号",
        "令和8年11月24日",
        "見本市長",
        "（公印省略）",
        "日頃から市政に",
        "令和9年1月",
    ):
        assert words in text
    assert "When your My Number Card expires" in text_of(document[4])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[letter]", "[leter]", "leter: is not known"),
        ("seal =", "seel =", "sender.seel: is not known. Known: name, seal"),
        ('seal = "（公印省略）"', "seal = 1", "sender.seal: is of another kind"),
        ("[letter]", "[letter", "city-letter.toml: "),
        ("logo.svg", "logo.gif", "letter.logo: must end in .svg or .png"),
        ("logo.svg", "missing.svg", "missing.svg: No such file"),
        ("logo.svg", "../logo.svg", "must be a file in the same folder"),
        ('logo_alt = "見本市の市章"', "", "letter.logo_alt: says what the logo shows"),
        ("text.ja", "text.fr", "letter.text.fr: is none of"),
        ("100, 55]", "90, 45]", "always shows 65×24 at 20,15 mm: the address block is 70×30"),
        ("100, 55]", "100]", "envelope.window: must be 4 numbers"),
        ("barcode_points = 8.5", "barcode_points = 11", "the barcode needs 91.8 mm of width"),
        ("barcode_points = 8.5", "barcode_points = 7", "must lie between 8 and 11.5"),
        ("height = 30", "height = 31", "the barcode and 2 mm around it are"),
        ("barcode = true", 'barcode = true\npostcodes = "logo.svg"', "is not Japan Post's"),
        ("100, 55]", "110, 55]", "the sender stands in it"),
    ],
)
def test_invalid_letter_settings_are_rejected(
    folder: Path, old: str, new: str, message: str
) -> None:
    assert message in refusal(folder, old, new)


def test_a_document_without_a_number_has_no_line_for_it() -> None:
    sheet = load_letter_sheet(EXAMPLE / NAME)
    assert sheet.needs_number
    assert build_run_sheet(sheet, FONT, TODAY).city["number"] == ""


def test_symlinked_or_large_logo_is_rejected(folder: Path) -> None:
    (folder / "logo.svg").write_bytes(b" " * ((1 << 20) + 1))
    assert "larger than 1 MB" in refusal(folder)
    (folder / "logo.svg").unlink()
    (folder / "logo.svg").symlink_to("/etc/passwd")
    assert "no link" in refusal(folder)


def test_unreadable_logo_is_rejected_with_its_line(folder: Path) -> None:
    (folder / "logo.svg").write_bytes(b"GIF89a")
    sheet = build_run_sheet(load_letter_sheet(folder / NAME), FONT, TODAY, "1")
    with pytest.raises(TemplateError, match=r"faulty: logo\.svg:1"):
        check_letters(sheet, OTARU, TODAY)


def test_template_in_the_settings_folder_is_used(folder: Path) -> None:
    source = "#let letter(row, city, at) = page(width: 210mm, height: 297mm)[= #row.title]"
    (folder / "own.typ").write_text(source, encoding="utf-8")
    refused = (folder / NAME).read_text(encoding="utf-8").replace("# template", "template")
    (folder / NAME).write_text(refused.replace('"letter.typ"', '"own.typ"'), encoding="utf-8")
    sheet = build_run_sheet(load_letter_sheet(folder / NAME), FONT, TODAY, "1")
    assert check_letters(sheet, OTARU, TODAY).problems == (
        "the address block is not marked: the window always shows 75×34 at 20,15 mm",
    )


def test_template_error_has_file_and_line() -> None:
    with pytest.raises(TemplateError) as caught:
        check_letters(replace(SHEET, template=b"\n#let letter(row, city, at) = x"), OTARU, TODAY)
    assert str(caught.value) == "faulty: letter.typ:2"


@pytest.mark.parametrize(
    ("day", "words"), [(date(2026, 12, 1), "令和8年12月1日"), (date(2019, 5, 1), "令和元年5月1日")]
)
def test_letters_are_dated_with_the_era_year(day: date, words: str) -> None:
    assert format_era_date(day) == words
