"""The formats of the output: the table of links, and files for each resident."""

import io
from collections.abc import Iterable
from datetime import date

import pytest

from calsvc.bulk import csv_files, encodings
from calsvc.bulk.formats import FORMATS, FaultyRows, create_formats
from calsvc.bulk.links_table import LINKS_TABLE_NAME, LinksTable
from calsvc.bulk.message_settings import MessageSettings
from calsvc.bulk.message_tables import MAIL_MERGE, SMS
from calsvc.bulk.output_context import UNMADE, FilePiece, OutputContext
from calsvc.bulk.records import TableFormat
from calsvc.bulk.rows import process_rows, split_into_chunks
from calsvc.bulk.styles import Style, Styles
from calsvc.feed import templates
from calsvc.i18n.catalogs import get_catalog
from calsvc.links.content import LinkedCard, Reminders
from calsvc.rules.card import Card
from calsvc.rules.plan import check_and_assess
from tests.support.bulk_tables import CONTEXT, OTARU, opened, outcomes_of
from tests.support.workbooks import HANAKO, HEADER, xlsx


def make_files(content: bytes | io.BytesIO, name: str = "links") -> dict[str, bytes]:
    """The files of the format ``name``, whole."""
    table, columns = opened(content)
    output_format = FORMATS[name](
        OutputContext(
            table.header, table.table_format, columns, CONTEXT, rows_above=table.rows_above
        )
    )
    files: dict[str, bytes] = {}
    pieces: list[Iterable[FilePiece]] = [output_format.start()]
    pieces += [
        output_format.pieces(each)
        for _, each in split_into_chunks(process_rows(table, columns, CONTEXT))
    ]
    for piece in (piece for part in pieces for piece in part):
        assert piece.appends or piece.name not in files
        files[piece.name] = files.get(piece.name, b"") + piece.content
    return files


def links_of(content: bytes | io.BytesIO) -> list[list[str]]:
    file = io.BytesIO(make_files(content)[LINKS_TABLE_NAME])
    table = csv_files.read(file, encodings.scan_text_file(file).encoding)
    return [list(row.cells) for row in (table.header, *table.rows)]


# --- links.csv ------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_links_csv_keeps_the_input_and_its_encoding(encoding: str, delimiter: str) -> None:
    names = ["髙橋", "山﨑\n太郎", '"引用"'] + ["𠮷田 👨‍👩‍👧"] * (encoding != "cp932")
    rows = [["氏名", "生年月日", "発行日", "備考"]]
    rows += [[name, "1985/4/23", "2020/6/1", "①"] for name in names]
    content = csv_files.write(rows, TableFormat(encoding, delimiter))
    mark = csv_files.byte_order_mark(TableFormat(encoding, delimiter))
    found = make_files(mark + content)[LINKS_TABLE_NAME]
    assert found.startswith(mark)
    read = links_of(mark + content)
    assert [row[:4] for row in read] == rows
    assert [row[4:6] for row in read[1:]] == [["2025-04-23", "2030-04-23"]] * len(names)
    assert found.decode(encoding).splitlines()[0].split(delimiter)[4:] == [
        *("電子証明書の期限", "カードの期限", "案内ページのリンク", "カレンダーのリンク"),
        *("注意", "エラー", "番号", "鍵の指紋", "実行番号"),
    ]


def test_english_headers_give_english_columns_and_messages() -> None:
    header, row = links_of(b"born,issued\n1985-04-23,x\n")
    assert header[2:] == [
        *("certificate_expiry", "card_expiry", "page_link", "feed_link", "caution", "error"),
        *("number", "key_fingerprint", "run"),
    ]
    assert row[7].startswith("issued: This is not a date.")
    assert row[8] == "0000002"


def test_rows_keep_their_position_and_cells() -> None:
    content = b'\r\n\r\nborn,issued\r\n\r\n1,2,3\r\n,\r\nx,"1\r\n1985-04-23,2020-06-01\n'
    rows = make_files(content)[LINKS_TABLE_NAME].decode().split("\r\n")
    assert rows[:2] == ["", ""]
    assert rows[3] == ""
    assert rows[4].startswith("1,2,,,,,,")
    assert rows[4].endswith(",0000005,,,3")
    assert rows[5] == ",,,,,,,,,,"
    assert rows[6].startswith('"x,""1",,,,,,,')
    assert rows[7].startswith("1985-04-23,2020-06-01,2025-04-23,2030-04-23,https://")


def test_formulas_are_escaped_in_every_column() -> None:
    header, row = links_of(b"=x,born,issued\n=1+1,1985-04-23,2020-06-01\n")
    assert (header[0], row[0]) == ("'=x", "'=1+1")


def test_cautions_are_explained_to_the_clerk() -> None:
    row = links_of("生年月日,発行日,メール,言語\n2003/8/20,2022/6/1,x,en\n".encode())[1]
    assert "2026年8月20日（木）" in row[8]
    assert row[8].endswith("メール：メールアドレスとして使えないため、メールは作りません。")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_text_for_tables_can_be_encoded_in_cp932(language: str) -> None:
    for key, text in get_catalog(language).messages.items():
        if key.startswith(("bulk.", "error.", "caution.", "date.")):
            text.encode("cp932")


# --- files for each resident ----------------------------------------------------------------------

TWO = (
    "氏名,生年月日,発行日,メール,言語\n"
    "小樽 花子,1985-04-23,2020-06-01,hanako@example.jp,\n"
    "Alex,1985-04-23,2020-06-01,,en\n"
    "x,x,x,x@example.jp,\n"
).encode()


def test_calendars_have_the_bytes_of_the_feed() -> None:
    files = make_files(TWO, "ics")
    assert list(files) == ["ics/0000/0000002.ics", "ics/0000/0000003.ics"]
    found = outcomes_of(TWO.decode())[1].issued
    assert found
    card = LinkedCard(check_and_assess(Card(date(1985, 4, 23), date(2020, 6, 1)), None).plan)
    options = templates.get_feed_options(OTARU, get_catalog("en"), Reminders.STANDARD)
    expected = templates.render_feed([card], options, found.number, found.urls)
    assert files["ics/0000/0000003.ics"] == expected


def test_file_names_have_no_personal_data_and_are_unique() -> None:
    for name in ("ics", "qr-svg", "qr-png", "eml"):
        assert all(file.split("/")[-1][:7].isdigit() for file in make_files(TWO, name))


def test_drafts_are_made_for_residents_with_e_mail() -> None:
    assert list(make_files(TWO, "eml")) == ["eml/0000/0000002.eml"]
    assert make_files(TWO, "mail-merge")[MAIL_MERGE].count(b"hanako@example.jp") == 1


def test_mail_merge_has_the_parts_of_each_mail() -> None:
    file = io.BytesIO(make_files(TWO, "mail-merge")[MAIL_MERGE])
    header, (row,) = (table := csv_files.read(file, "utf-8-sig")).header, [*table.rows]
    parts = dict(zip(header.cells, row.cells, strict=True))
    assert parts["カードの期限"] == "2030年4月23日（火）"
    assert parts["状態と手続き"].startswith("【電子証明書】もう更新したかどうか")
    assert parts["カレンダーのリンク"] == parts["案内ページのリンク"].partition("?")[0] + ".ics"
    assert parts["宛名"] == "小樽 花子 様"
    assert parts["カードの更新期間"] == "2030年1月24日（木）から2030年4月23日（火）まで"
    assert parts["電子証明書の更新期間"] == ""


def test_sms_needs_a_mobile_number_and_few_enough_parts() -> None:
    text = (
        "生年月日,発行日,携帯電話番号,言語\n1985-04-23,2020-06-01,０９０－１２３４－５６７８,\n"
        "1985-04-23,2020-06-01,9012345678,\n1985-04-23,2020-06-01,,\n"
        "1985-04-23,2020-06-01,+81 80 1234 5678,vi\n"
    ).encode()
    table = csv_files.read(io.BytesIO(make_files(text, "sms")[SMS]), "utf-8-sig")
    rows = [row.cells for row in table.rows]
    assert [(row[0], row[1], row[3]) for row in rows] == [
        ("0000002", "09012345678", "2"),
        ("0000005", "08012345678", "2"),
    ]
    assert rows[0][2].startswith("【小樽市】マイナンバーカードの期限は2030年4月23日です。")
    assert links_of(text)[2][8].startswith("携帯電話番号：先頭の0が消えた")


def test_sms_with_too_many_parts_is_reported_and_not_cut() -> None:
    table, columns = opened(
        "生年月日,発行日,携帯電話番号\n1985-04-23,2020-06-01,09012345678\n".encode()
    )
    styles = Styles(Style(MessageSettings(sms_parts=1)))
    output = OutputContext(table.header, table.table_format, columns, CONTEXT, styles)
    chunk = [*process_rows(table, columns, CONTEXT)]
    sms, links = (FORMATS[name](output) for name in ("sms", "links"))
    assert [*sms.pieces(chunk)] == []
    (told,) = links.pieces(chunk)
    assert "SMSが2通分になり、決めた1通分を超えるため" in told.content.decode()
    assert output.failures == {UNMADE: 1}


def test_mail_merge_of_a_workbook_is_a_workbook() -> None:
    rows = (*HEADER, "メール"), (*HANAKO, "hanako@example.jp")
    files = make_files(xlsx(*rows), "mail-merge")
    assert b"hanako@example.jp" in files["mail-merge.xlsx"]
    assert [*files] == ["mail-merge.xlsx"]


def test_links_csv_is_always_made() -> None:
    table, columns = opened(TWO)
    formats = create_formats(
        ["ics"], OutputContext(table.header, table.table_format, columns, CONTEXT)
    )
    assert isinstance(formats[0], LinksTable)
    assert [type(each) for each in formats[2:]] == [FaultyRows]
