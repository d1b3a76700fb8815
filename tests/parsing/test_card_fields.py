"""Parsing a card from fields of text: all problems at once, each field named."""

from datetime import date, datetime, timedelta, timezone

import pytest

from calsvc.clock import today_in_japan
from calsvc.errors import InvalidInputError, Problem
from calsvc.parsing.card_fields import DATE_FIELDS, TABLE_ANSWERS, parse_card, parse_named_card
from calsvc.parsing.names import NamedCard
from calsvc.rules.card import Card, Renewed

TODAY = date(2026, 11, 24)


def problems_of(fields: dict[str, str]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInputError) as caught:
        parse_card(fields, TODAY)
    return [(problem.field, problem.key) for problem in caught.value.problems]


def test_a_card_is_parsed_from_its_fields() -> None:
    fields = {
        "born": "平成2年6月15日",
        "issued": "2023-07-01",
        "card_expires": "2026年3月31日",
        "applied": "R5.6.1",
        "cert_expires": "20260331",
        "stay_until": "2026/3/31",
    }
    assert parse_card(fields, TODAY) == Card(
        born=date(1990, 6, 15),
        issued=date(2023, 7, 1),
        card_expires=date(2026, 3, 31),
        applied=date(2023, 6, 1),
        cert_expires=date(2026, 3, 31),
        stay_until=date(2026, 3, 31),
    )


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\t\n"])
def test_a_blank_field_counts_as_missing(blank: str) -> None:
    fields = {**dict.fromkeys(DATE_FIELDS, blank), "born": "1985-04-23", "issued": "2020-06-01"}
    assert parse_card(fields, TODAY) == Card(date(1985, 4, 23), date(2020, 6, 1))


def test_other_fields_are_ignored() -> None:
    fields = {"born": "1985-04-23", "issued": "2020-06-01", "lang": "en", "name": "はな"}
    assert parse_card(fields, TODAY) == Card(date(1985, 4, 23), date(2020, 6, 1))


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({}, [("born", "born.missing"), ("issued", "issued.missing")]),
        ({"issued": "2020-06-01"}, [("born", "born.missing")]),
        ({"born": "1985-04-23"}, [("issued", "issued.missing")]),
        ({"born": "x", "issued": "2020-06-01"}, [("born", "date.unreadable")]),
        (
            {"born": "x", "issued": "2023-02-30"},
            [("born", "date.unreadable"), ("issued", "date.no_such_day")],
        ),
        (
            {"born": "昭和65年1月1日", "issued": "明治1年1月1日"},
            [("born", "date.other_era"), ("issued", "date.before_1873")],
        ),
        ({"born": "1985-04-23", "card_expires": "x"}, [("card_expires", "date.unreadable")]),
        (
            {"born": "1985-04-23", "issued": "2015-12-31", "card_expires": "x"},
            [("card_expires", "date.unreadable"), ("issued", "issued.too_early")],
        ),
        (
            {"born": "1985-04-23", "issued": "2020-06-01", "stay_until": "x", "applied": "y"},
            [("applied", "date.unreadable"), ("stay_until", "date.unreadable")],
        ),
        (
            {"born": "1899-12-31", "issued": "2020-06-01", "cert_expires": "x"},
            [("cert_expires", "date.unreadable"), ("born", "born.too_early")],
        ),
        (
            {"issued": "2015-12-31", "stay_until": "2015-12-30"},
            [
                ("born", "born.missing"),
                ("issued", "issued.too_early"),
                ("stay_until", "stay_until.before_issue"),
            ],
        ),
        ({"born": "x"}, [("born", "date.unreadable"), ("issued", "issued.missing")]),
        ({"born": "1985-04-23", "issued": "2020-06-01", "card_expires": "2029-04-23"}, None),
        (
            {"born": "1985-04-23", "card_expires": "2030-04-24"},
            [("card_expires", "card_expires.not_birthday")],
        ),
    ],
)
def test_every_faulty_field_is_reported_once(
    fields: dict[str, str], problems: list[tuple[str, str]] | None
) -> None:
    assert problems_of(fields) == (problems or [("card_expires", "card_expires.not_of_this_issue")])


def test_a_wrong_era_is_reported_with_the_actual_one() -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_card({"born": "1985-04-23", "issued": "平成32年6月1日"}, TODAY)
    assert caught.value.problems == (
        Problem("issued", "date.other_era", {"era": "令和", "letter": "R", "year": 2}),
    )


def test_an_error_contains_no_submitted_text() -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_card({"born": "1985-04-23x", "issued": "2015-12-31"}, TODAY)
    assert str(caught.value) == "born: date.unreadable, issued: issued.too_early"
    assert "1985" not in repr(caught.value.problems)
    assert "2015" not in repr(caught.value.problems)


def test_a_named_card_is_parsed_with_its_name() -> None:
    fields = {"name": "はな", "born": "1985-04-23", "issued": "2020-06-01"}
    assert parse_named_card(fields, TODAY) == NamedCard(
        Card(date(1985, 4, 23), date(2020, 6, 1)), "はな"
    )


def test_a_named_card_may_have_no_name() -> None:
    fields = {"born": "1985-04-23", "issued": "2020-06-01"}
    assert parse_named_card(fields, TODAY) == NamedCard(Card(date(1985, 4, 23), date(2020, 6, 1)))


def test_a_long_name_is_reported_with_the_dates() -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_named_card({"name": "あ" * 21, "issued": "2020-06-01"}, TODAY)
    assert caught.value.problems == (
        Problem("name", "name.too_long", {"most": 20}),
        Problem("born", "born.missing"),
    )


def test_long_name_of_a_valid_card_is_a_problem() -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_named_card({"name": "あ" * 21, "born": "1985-04-23", "issued": "2020-06-01"}, TODAY)
    assert [problem.field for problem in caught.value.problems] == ["name"]


def test_today_is_the_day_in_japan() -> None:
    japan = timezone(timedelta(hours=9))
    before = datetime.now(japan).date()
    assert before <= today_in_japan() <= datetime.now(japan).date()


# --- a certificate renewed since ------------------------------------------------------------------

PRINTED = {"born": "1985-04-23", "card_expires": "2030-04-23"}


@pytest.mark.parametrize(
    ("text", "renewed"),
    [
        ("2025-02-01", date(2025, 2, 1)),
        ("令和7年2月1日", date(2025, 2, 1)),
        ("yes", Renewed.IN_WINDOW),
        (" YES ", Renewed.IN_WINDOW),
        ("ｙｅｓ", Renewed.IN_WINDOW),
        ("はい", Renewed.IN_WINDOW),
        ("", None),
        (" ", None),
    ],
)
def test_a_renewal_is_a_day_or_yes(text: str, renewed: date | Renewed | None) -> None:
    assert parse_card({**PRINTED, "cert_renewed": text}, TODAY).cert_renewed == renewed


@pytest.mark.parametrize("text", ["済", "○", "1", "no", "いいえ", "yes!", "いつか", "y" * 1000])
def test_an_unknown_answer_about_a_renewal_is_rejected(text: str) -> None:
    assert problems_of({**PRINTED, "cert_renewed": text}) == [
        ("cert_renewed", "cert_renewed.unreadable")
    ]


def test_a_renewal_on_an_impossible_day_is_rejected() -> None:
    assert problems_of({**PRINTED, "cert_renewed": "2025-02-30"}) == [
        ("cert_renewed", "date.no_such_day")
    ]


@pytest.mark.parametrize("text", ["済", "○", "〇", "◯", "はい", "1", "１", "yes", "YES"])
def test_a_table_may_answer_that_it_was_renewed(text: str) -> None:
    card = parse_card({**PRINTED, "cert_renewed": text}, TODAY, TABLE_ANSWERS)
    assert card.cert_renewed is Renewed.SOMETIME


@pytest.mark.parametrize("text", ["未", "×", "いいえ", "0", "０", "no", "No", ""])
def test_a_table_may_answer_that_it_was_not_renewed(text: str) -> None:
    card = parse_card({**PRINTED, "cert_renewed": text}, TODAY, TABLE_ANSWERS)
    assert card.cert_renewed is None


@pytest.mark.parametrize("text", ["済み?", "2", "△", "x", "true", "更新済", "-"])
def test_an_unknown_answer_in_a_table_is_rejected(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_card({**PRINTED, "cert_renewed": text}, TODAY, TABLE_ANSWERS)
    assert [each.key for each in caught.value.problems] == ["cert_renewed.unreadable"]


def test_a_table_may_contain_the_day_of_a_renewal() -> None:
    card = parse_card({**PRINTED, "cert_renewed": "R7.2.1"}, TODAY, TABLE_ANSWERS)
    assert card.cert_renewed == date(2025, 2, 1)
