"""Tables of residents: rows to links, in place, with reasons."""

import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from calsvc.bulk import csv_files
from calsvc.bulk.columns import Columns
from calsvc.bulk.csv_files import Form, Table
from calsvc.bulk.formats import FORMATS, LINKS, MAIL_MERGE, Edition, LinksTable, Piece, chosen
from calsvc.bulk.rows import (
    LONGEST_NAME,
    Office,
    Outcome,
    columns_of,
    open_table,
    outcomes,
    shards,
    survey,
)
from calsvc.errors import InvalidInput, Problem
from calsvc.feed import templates
from calsvc.feed.builder import Holder
from calsvc.i18n.catalogs import catalog
from calsvc.links.keys import new_key, read_keys
from calsvc.links.sealing import Keyring
from calsvc.municipality import toml_reader
from calsvc.rules.card import Card, Doubt
from calsvc.rules.plan import plan
from tests.support.paths import EXAMPLES

OTARU = toml_reader.load("otaru")
KEYRING = Keyring(read_keys(new_key(), "test"))
BASE = "https://calendar.example.jp"
OFFICE = Office(OTARU, KEYRING, BASE, date(2026, 11, 24))


def opened(
    content: bytes | io.BytesIO, given: dict[str, str] | None = None
) -> tuple[Table, Columns]:
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    table = open_table(file, survey(file).encoding)
    return table, columns_of(table, given or {})


def outcomes_of(text: str, office: Office = OFFICE) -> list[Outcome]:
    table, columns = opened(text.encode())
    return list(outcomes(table, columns, office))


def made(content: bytes | io.BytesIO, name: str = "links") -> dict[str, bytes]:
    """The files of the format ``name``, whole."""
    table, columns = opened(content)
    form = FORMATS[name](Edition(table.header, table.form, columns, OFFICE))
    files: dict[str, bytes] = {}
    pieces: list[Iterable[Piece]] = [form.opening()]
    pieces += [form.pieces(each) for _, each in shards(outcomes(table, columns, OFFICE))]
    for piece in (piece for part in pieces for piece in part):
        assert piece.grows or piece.name not in files
        files[piece.name] = files.get(piece.name, b"") + piece.content
    return files


def links_of(content: bytes | io.BytesIO) -> list[list[str]]:
    file = io.BytesIO(made(content)[LINKS])
    table = csv_files.read(file, csv_files.survey(file).encoding)
    return [list(row.cells) for row in (table.header, *table.rows)]


def keys_of(outcome: Outcome) -> list[tuple[str, str]]:
    return [(each.field, each.key) for each in outcome.problems]


# --- rows -----------------------------------------------------------------------------------------


def test_a_row_becomes_a_link_that_opens_to_its_card() -> None:
    (outcome,) = outcomes_of("生年月日,発行日\n昭和60年4月23日,R2.6.1\n")
    assert outcome.issued
    link = KEYRING.open(outcome.issued.addresses.token)
    assert [each.card for each in link.members] == [Card(date(1985, 4, 23), date(2020, 6, 1))]
    assert (link.members[0].name, link.lang) == ("", "ja")
    assert outcome.issued.plan.card_expiry == date(2030, 4, 23)
    assert outcome.issued.plan.certificate_expiry == date(2025, 4, 23)


def test_faulty_and_blank_rows_stay_in_place_and_stop_nothing() -> None:
    found = outcomes_of("born,issued\nx,2020-06-01\n\n,,\n1985-04-23,2020-06-01\n1,2,3\n")
    assert [each.row.number for each in found] == [2, 3, 4, 5, 6]
    assert [bool(each.issued) for each in found] == [False, False, False, True, False]
    assert [keys_of(each) for each in found] == [
        [("born", "date.unreadable")],
        [],
        [],
        [],
        [("row", "row.too_many_cells")],
    ]


def test_every_fault_of_a_row_is_named() -> None:
    (outcome,) = outcomes_of("born,issued,lang\nx,2021-02-30,tlh\n")
    assert keys_of(outcome) == [
        ("born", "date.unreadable"),
        ("issued", "date.no_such_day"),
        ("lang", "lang.unknown"),
    ]


def test_short_rows_count_as_blank_in_what_they_lack() -> None:
    (outcome,) = outcomes_of("born,issued,lang,email\n1985-04-23,2020-06-01\n")
    assert outcome.issued


def test_long_rows_with_nothing_in_the_further_cells_are_good() -> None:
    (outcome,) = outcomes_of("born,issued\n1985-04-23,2020-06-01,, \n")
    assert outcome.issued


@pytest.mark.parametrize(
    ("cell", "language"),
    [("", "ja"), ("en", "en"), (" EN ", "en"), ("English", "en"), ("日本語", "ja")],
)
def test_languages_are_known_by_tag_and_by_name(cell: str, language: str) -> None:
    (outcome,) = outcomes_of(f"born,issued,lang\n1985-04-23,2020-06-01,{cell}\n")
    assert outcome.issued
    assert outcome.issued.words.language == language
    assert KEYRING.open(outcome.issued.addresses.token).lang == language


def test_a_header_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"table\.header"):
        opened(b'born,"issued\n1985-04-23,2020-06-01\n')


def test_a_number_of_a_date_column_may_come_as_excel_shows_it() -> None:
    book = openpyxl.Workbook()
    book.active.append(["born", "issued"])
    book.active.append([31160, 20200601])
    file = io.BytesIO()
    book.save(file)
    table, columns = opened(file)
    (outcome,) = outcomes(table, columns, OFFICE)
    assert outcome.issued
    assert outcome.issued.plan.card_expiry == date(2030, 4, 23)


@pytest.mark.parametrize(
    "cell", ["x", "a@b", "a b@example.jp", "a@example.jp\nBcc: b@example.jp", "é@example.jp"]
)
def test_a_faulty_address_is_remarked_and_not_used(cell: str) -> None:
    (outcome,) = outcomes_of(f'born,issued,email\n1985-04-23,2020-06-01,"{cell}"\n')
    assert outcome.issued
    assert outcome.issued.email == ""
    assert outcome.remarks == (Problem("email", "email.malformed"),)


def test_a_name_is_one_line_of_bounded_length() -> None:
    long = "あ" * 120
    rows = [f'1985-04-23,2020-06-01,"{name}"\n' for name in ("小樽\u3000 花\n子\u202e", long)]
    first, second = outcomes_of("".join(["born,issued,name\n", *rows]))
    assert first.issued
    assert first.issued.name == "小樽 花 子"
    assert second.issued
    assert len(second.issued.name) == LONGEST_NAME
    assert [each.key for each in second.remarks] == ["name.too_long"]


def test_characters_of_a_citys_own_stay_in_names() -> None:
    (outcome,) = outcomes_of("born,issued,name\n1985-04-23,2020-06-01,\ue000田\n")
    assert outcome.issued
    assert outcome.issued.name == "\ue000田"


def test_the_day_of_the_run_bounds_the_dates() -> None:
    text = "born,issued\n1985-04-23,2027-12-01\n"
    assert keys_of(outcomes_of(text)[0]) == [("issued", "issued.too_late")]
    assert outcomes_of(text, replace(OFFICE, today=date(2027, 6, 1)))[0].issued


def test_shards_are_cut_by_row_number_alone() -> None:
    rows = "".join("1985-04-23,2020-06-01\n" for _ in range(2100))
    table, columns = opened(f"\n\nborn,issued\n{rows}".encode())
    cut = [
        (number, part[0].row.number, len(part))
        for number, part in shards(outcomes(table, columns, OFFICE))
    ]
    assert cut == [(0, 4, 996), (1, 1000, 1000), (2, 2000, 104)]


# --- links.csv ------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_links_csv_has_the_input_as_it_was_in_its_encoding(encoding: str, delimiter: str) -> None:
    names = ["髙橋", "山﨑\n太郎", '"引用"'] + ["𠮷田 👨‍👩‍👧"] * (encoding != "cp932")
    rows = [["氏名", "生年月日", "発行日", "備考"]]
    rows += [[name, "1985/4/23", "2020/6/1", "①"] for name in names]
    content = csv_files.write(rows, Form(encoding, delimiter))
    mark = csv_files.byte_order_mark(Form(encoding, delimiter))
    found = made(mark + content)[LINKS]
    assert found.startswith(mark)
    read = links_of(mark + content)
    assert [row[:4] for row in read] == rows
    assert [row[4:6] for row in read[1:]] == [["2025-04-23", "2030-04-23"]] * len(names)
    assert found.decode(encoding).splitlines()[0].split(delimiter)[4:] == [
        *("電子証明書の期限", "カードの期限", "案内ページのリンク", "カレンダーのリンク"),
        *("注意", "エラー", "番号"),
    ]


def test_english_headers_give_english_columns_and_messages() -> None:
    header, row = links_of(b"born,issued\n1985-04-23,x\n")
    assert header[2:] == [
        *("certificate_expiry", "card_expiry", "page_link", "feed_link", "caution", "error"),
        "number",
    ]
    assert row[7].startswith("issued: This is not a date.")
    assert row[8] == "0000002"


def test_rows_keep_their_places_and_their_cells() -> None:
    content = b'\r\n\r\nborn,issued\r\n\r\n1,2,3\r\n,\r\nx,"1\r\n1985-04-23,2020-06-01\n'
    rows = made(content)[LINKS].decode().split("\r\n")
    assert rows[:2] == ["", ""]
    assert rows[3] == ""
    assert rows[4].startswith("1,2,,,,,,")
    assert rows[4].endswith(",0000005,3")
    assert rows[5] == ",,,,,,,,"
    assert rows[6].startswith('"x,""1",,,,,,,')
    assert rows[7].startswith("1985-04-23,2020-06-01,2025-04-23,2030-04-23,https://")


def test_formulas_are_harmless_wherever_they_stand() -> None:
    header, row = links_of(b"=x,born,issued\n=1+1,1985-04-23,2020-06-01\n")
    assert (header[0], row[0]) == ("'=x", "'=1+1")


def test_a_workbook_gives_a_csv_that_excel_opens() -> None:
    book = openpyxl.Workbook()
    book.active.append(["氏名", "生年月日", "発行日"])
    book.active.append(["𠮷田", date(1985, 4, 23), 43983])
    file = io.BytesIO()
    book.save(file)
    assert made(file)[LINKS].startswith("\ufeff".encode())
    assert links_of(file)[1][:5] == ["𠮷田", "1985-04-23", "43983", "2025-04-23", "2030-04-23"]


def test_cautions_are_explained_to_the_clerk() -> None:
    row = links_of("生年月日,発行日,メール,言語\n2003/8/20,2022/6/1,x,en\n".encode())[1]
    assert "2026年08月20日(木)" in row[8]
    assert row[8].endswith("メール: メールアドレスとして使えないため、メールは作りません。")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_all_that_we_may_write_into_a_table_can_be_written_in_cp932(language: str) -> None:
    for key, text in catalog(language).messages.items():
        if key.startswith(("bulk.", "error.", "caution.", "date.")):
            text.encode("cp932")


# --- files for each resident ----------------------------------------------------------------------

TWO = (
    "氏名,生年月日,発行日,メール,言語\n"
    "小樽 花子,1985-04-23,2020-06-01,hanako@example.jp,\n"
    "Alex,1985-04-23,2020-06-01,,en\n"
    "x,x,x,x@example.jp,\n"
).encode()


def test_calendars_are_what_the_feed_link_gives() -> None:
    files = made(TWO, "ics")
    assert list(files) == ["ics/0000/0000002.ics", "ics/0000/0000003.ics"]
    found = outcomes_of(TWO.decode())[1].issued
    assert found
    holder = Holder(plan(Card(date(1985, 4, 23), date(2020, 6, 1)), OTARU.grace))
    expected = templates.feed([holder], OTARU, catalog("en"), addresses=found.addresses)
    assert files["ics/0000/0000003.ics"] == expected


def test_no_file_name_tells_a_name_and_no_number_is_used_twice() -> None:
    for name in ("ics", "qr-svg", "qr-png", "eml"):
        assert all(file.split("/")[-1][:7].isdigit() for file in made(TWO, name))


def test_drafts_are_made_for_those_with_an_address() -> None:
    assert list(made(TWO, "eml")) == ["eml/0000/0000002.eml"]
    assert made(TWO, "mail-merge")[MAIL_MERGE].count(b"hanako@example.jp") == 1


def test_links_csv_is_always_made() -> None:
    table, columns = opened(TWO)
    formats = chosen(["ics"], Edition(table.header, table.form, columns, OFFICE))
    assert isinstance(formats[0], LinksTable)
    assert len(formats) == 2


# --- the example ----------------------------------------------------------------------------------


def test_the_example_covers_every_case() -> None:
    table, columns = opened((EXAMPLES / "residents.csv").read_bytes())
    assert table.form == Form("cp932", ",")
    found = list(outcomes(table, columns, OFFICE))
    assert [each.row.number for each in found] == [*range(2, 23)]
    assert [len(each.problems) for each in found] == [0] * 14 + [1] * 7
    doubts = {
        caution.code for each in found if each.issued for caution in each.issued.plan.cautions
    }
    assert doubts == {
        Doubt.THRESHOLD_UNCERTAIN,
        Doubt.AGE_UNCERTAIN,
        Doubt.CERTIFICATE_UNCERTAIN,
    }
    assert {key for each in found for _, key in keys_of(each)} == {
        *("date.unreadable", "date.no_such_day", "date.other_era", "issued.missing"),
        *("issued.too_early", "card_expires.not_birthday", "lang.unknown"),
    }
