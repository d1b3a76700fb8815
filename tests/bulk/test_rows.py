"""Rows of a table become links or problems, in the order of the table."""

import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from calsvc.bulk.outcomes import Outcome
from calsvc.bulk.records import TableFormat
from calsvc.bulk.rows import MAX_PRINTED_NAME_LENGTH, process_rows, split_into_chunks
from calsvc.errors import InvalidInputError, Problem
from calsvc.links.content import Reminders
from calsvc.rules.card import Card, CautionCode
from tests.support.bulk_tables import CONTEXT, KEYRING, opened, outcomes_of
from tests.support.links import link_of
from tests.support.paths import EXAMPLES


def keys_of(outcome: Outcome) -> list[tuple[str, str]]:
    return [(each.field, each.key) for each in outcome.problems]


# --- rows -----------------------------------------------------------------------------------------


def test_a_row_becomes_a_link_that_opens_to_its_card() -> None:
    (outcome,) = outcomes_of("生年月日,発行日\n昭和60年4月23日,R2.6.1\n")
    assert outcome.issued
    link = KEYRING.open(outcome.issued.urls.token)
    card = Card(date(1985, 4, 23), date(2020, 6, 1))
    assert link == link_of(card, number=outcome.issued.number)
    assert outcome.issued.plan.card_expiry == date(2030, 4, 23)
    assert outcome.issued.plan.certificate_expiry == date(2025, 4, 23)


def test_faulty_and_blank_rows_keep_their_position() -> None:
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


def test_every_problem_of_a_row_is_reported() -> None:
    (outcome,) = outcomes_of("born,issued,lang\nx,2021-02-30,tlh\n")
    assert keys_of(outcome) == [
        ("born", "date.unreadable"),
        ("issued", "date.no_such_day"),
        ("lang", "lang.unknown"),
    ]


def test_missing_cells_of_short_rows_are_blank() -> None:
    (outcome,) = outcomes_of("born,issued,lang,email\n1985-04-23,2020-06-01\n")
    assert outcome.issued


def test_empty_cells_beyond_the_header_are_accepted() -> None:
    (outcome,) = outcomes_of("born,issued\n1985-04-23,2020-06-01,, \n")
    assert outcome.issued


@pytest.mark.parametrize(
    ("cell", "reminders"),
    [
        *(("", Reminders.STANDARD), ("標準", Reminders.STANDARD), ("ON", Reminders.STANDARD)),
        *(("少なめ", Reminders.FEW), (" few ", Reminders.FEW)),
        *(("なし", Reminders.OFF), ("off", Reminders.OFF)),
    ],
)
def test_a_column_chooses_the_alarms_of_the_link(cell: str, reminders: Reminders) -> None:
    (outcome,) = outcomes_of(f"born,issued,アラーム\n1985-04-23,2020-06-01,{cell}\n")
    assert outcome.issued
    assert outcome.issued.preferences.reminders is reminders
    assert KEYRING.open(outcome.issued.urls.token).reminders is reminders


def test_unknown_choice_of_reminders_is_a_problem() -> None:
    (outcome,) = outcomes_of("born,issued,アラーム\n1985-04-23,2020-06-01,済\n")
    assert keys_of(outcome) == [("alarms", "alarms.unknown")]


@pytest.mark.parametrize(
    ("day", "answer", "expiry", "codes"),
    [
        ("2025-02-01", "", date(2030, 4, 23), []),
        ("2022-05-01", "済", date(2027, 4, 23), []),
        ("", "済", date(2030, 4, 23), [CautionCode.RENEWAL_DAY_UNKNOWN]),
        ("", "未", date(2025, 4, 23), []),
        ("", "", date(2025, 4, 23), []),
    ],
)
def test_a_renewal_in_a_table_moves_the_certificate(
    day: str, answer: str, expiry: date, codes: list[CautionCode]
) -> None:
    header = "born,card_expires,電子証明書更新日,電子証明書更新済"
    (outcome,) = outcomes_of(f"{header}\n1985-04-23,2030-04-23,{day},{answer}\n")
    assert outcome.issued
    assert outcome.issued.plan.certificate_expiry == expiry
    assert [each.code for each in outcome.issued.cautions] == codes


def test_caution_about_an_unknown_day_has_the_earliest_date() -> None:
    (outcome,) = outcomes_of("born,card_expires,電子証明書更新済\n1985-04-23,2030-04-23,済\n")
    assert outcome.issued
    (caution,) = outcome.issued.cautions
    assert caution.other == date(2025, 4, 23)


def test_printed_date_that_is_no_birthday_ends_the_stay() -> None:
    (outcome,) = outcomes_of("born,card_expires\n1985-04-23,2030-04-24\n")
    (told,) = outcomes_of("born,card_expires,stay_until\n1985-04-23,2030-04-24,2030-04-24\n")
    assert outcome.warnings == (Problem("card_expires", "card_expires.taken_as_stay"),)
    assert not told.warnings
    assert outcome.issued
    assert told.issued
    assert outcome.issued.plan == told.issued.plan
    assert outcome.issued.plan.card_expiry == date(2030, 4, 24)


@pytest.mark.parametrize(
    ("header", "cells", "keys"),
    [
        ("lang", "tlh", ["lang.unknown"]),
        ("issued", "2021-02-30", ["date.no_such_day"]),
        ("issued", "2015-12-31", ["issued.too_early"]),
        ("cert_expires", "2031-01-01", ["card_expires.not_birthday"]),
        ("applied", "2030-06-01", ["card_expires.not_birthday"]),
    ],
)
def test_no_stay_is_assumed_beside_another_problem(
    header: str, cells: str, keys: list[str]
) -> None:
    (outcome,) = outcomes_of(f"born,card_expires,{header}\n1985-04-23,2030-04-24,{cells}\n")
    assert [each.key for each in outcome.problems] == keys


def test_no_stay_of_more_than_ten_years_is_assumed() -> None:
    (outcome,) = outcomes_of("born,card_expires\n1985-04-23,2037-04-24\n")
    assert keys_of(outcome) == [("card_expires", "card_expires.not_birthday")]


def test_unknown_renewal_answer_makes_the_row_faulty() -> None:
    (outcome,) = outcomes_of("born,card_expires,電子証明書更新済\n1985-04-23,2030-04-23,?\n")
    assert keys_of(outcome) == [("cert_renewed", "cert_renewed.unreadable")]


@pytest.mark.parametrize(
    ("cell", "language"),
    [("", "ja"), ("en", "en"), (" EN ", "en"), ("English", "en"), ("日本語", "ja")],
)
def test_languages_are_known_by_tag_and_by_name(cell: str, language: str) -> None:
    (outcome,) = outcomes_of(f"born,issued,lang\n1985-04-23,2020-06-01,{cell}\n")
    assert outcome.issued
    assert outcome.issued.catalog.language == language
    assert KEYRING.open(outcome.issued.urls.token).language == language


def test_unreadable_header_is_rejected() -> None:
    with pytest.raises(InvalidInputError, match=r"table\.header"):
        opened(b'born,"issued\n1985-04-23,2020-06-01\n')


def test_serial_numbers_and_eight_digits_are_read_as_dates() -> None:
    book = openpyxl.Workbook()
    book.active.append(["born", "issued"])
    book.active.append([31160, 20200601])
    file = io.BytesIO()
    book.save(file)
    table, columns = opened(file)
    (outcome,) = process_rows(table, columns, CONTEXT)
    assert outcome.issued
    assert outcome.issued.plan.card_expiry == date(2030, 4, 23)


@pytest.mark.parametrize(
    "cell", ["x", "a@b", "a b@example.jp", "a@example.jp\nBcc: b@example.jp", "é@example.jp"]
)
def test_faulty_e_mail_address_is_a_warning_and_unused(cell: str) -> None:
    (outcome,) = outcomes_of(f'born,issued,email\n1985-04-23,2020-06-01,"{cell}"\n')
    assert outcome.issued
    assert outcome.issued.email == ""
    assert outcome.warnings == (Problem("email", "email.malformed"),)


def test_name_is_one_line_of_limited_length() -> None:
    long = "あ" * 120
    rows = [f'1985-04-23,2020-06-01,"{name}"\n' for name in ("小樽\u3000 花\n子\u202e", long)]
    first, second = outcomes_of("".join(["born,issued,name\n", *rows]))
    assert first.issued
    assert first.issued.name == "小樽 花 子"
    assert second.issued
    assert len(second.issued.name) == MAX_PRINTED_NAME_LENGTH
    assert [each.key for each in second.warnings] == ["name.too_long"]


@pytest.mark.parametrize("cell", ["#N/A", "#REF!"])
def test_error_that_an_export_wrote_is_no_name(cell: str) -> None:
    (outcome,) = outcomes_of(f"born,issued,name\n1985-04-23,2020-06-01,{cell}\n")
    assert outcome.issued
    assert outcome.issued.name == ""
    assert outcome.warnings == (Problem("name", "name.uncomputed"),)


def test_private_use_characters_stay_in_names() -> None:
    (outcome,) = outcomes_of("born,issued,name\n1985-04-23,2020-06-01,\ue000田\n")
    assert outcome.issued
    assert outcome.issued.name == "\ue000田"


def test_issue_dates_after_the_day_of_the_run_are_faulty() -> None:
    text = "born,issued\n1985-04-23,2027-12-01\n"
    assert keys_of(outcomes_of(text)[0]) == [("issued", "issued.too_late")]
    assert outcomes_of(text, replace(CONTEXT, today=date(2027, 6, 1)))[0].issued


def test_chunks_depend_on_row_numbers_only() -> None:
    rows = "".join("1985-04-23,2020-06-01\n" for _ in range(2100))
    table, columns = opened(f"\n\nborn,issued\n{rows}".encode())
    cut = [
        (number, part[0].row.number, len(part))
        for number, part in split_into_chunks(process_rows(table, columns, CONTEXT))
    ]
    assert cut == [(0, 4, 996), (1, 1000, 1000), (2, 2000, 104)]


# --- the example ----------------------------------------------------------------------------------


def test_the_example_covers_every_case() -> None:
    table, columns = opened((EXAMPLES / "residents.csv").read_bytes())
    assert table.table_format == TableFormat("cp932", ",")
    found = list(process_rows(table, columns, CONTEXT))
    assert [each.row.number for each in found] == [*range(2, 23)]
    assert [len(each.problems) for each in found] == [0] * 14 + [1] * 5 + [0, 1]
    doubts = {caution.code for each in found if each.issued for caution in each.issued.cautions}
    assert doubts == {
        CautionCode.THRESHOLD_UNCERTAIN,
        CautionCode.AGE_UNCERTAIN,
        CautionCode.RENEWED_EARLY,
        CautionCode.CERTIFICATE_REISSUED,
        CautionCode.CERTIFICATE_UNCERTAIN,
    }
    assert {key for each in found for _, key in keys_of(each)} == {
        *("date.unreadable", "date.no_such_day", "date.other_era", "issued.missing"),
        *("issued.too_early", "lang.unknown"),
    }


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("英語", "en"),
        ("中国語（簡体字）", "zh-Hans"),
        ("繁体字", "zh-Hant"),
        ("ポルトガル語", "pt"),
    ],
)
def test_a_language_may_have_its_japanese_name(name: str, tag: str) -> None:
    (outcome,) = outcomes_of(f"born,issued,lang\n1985-04-23,2020-06-01,{name}\n")
    assert outcome.issued
    assert outcome.issued.catalog.language == tag
