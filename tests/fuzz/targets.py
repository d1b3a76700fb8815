"""Fuzz targets: functions that parse untrusted bytes and may raise only declared exceptions.

Inputs of a target are composed of its ``pieces``: whole examples first, then fragments.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from calsvc.bulk import csv_files
from calsvc.bulk.encodings import ENCODINGS
from calsvc.bulk.outcomes import BulkContext
from calsvc.bulk.rows import match_table_columns, process_rows
from calsvc.bulk.tables import open_table, scan_file
from calsvc.errors import InvalidDateError, InvalidInputError, Problem
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import InvalidTokenError
from calsvc.links.keys import parse_keys
from calsvc.links.sealing import Keyring
from calsvc.municipality import loader
from calsvc.parsing.dates import parse_date
from calsvc.web.feed_query import parse_query
from calsvc.web.feeds.response import is_not_modified
from calsvc.web.language import negotiate
from tests.fuzz.hooks import TOKENS
from tests.support.servers import KEY

TODAY = date(2026, 11, 24)
KEYRING = Keyring(parse_keys(KEY, "tests"))
CONTEXT = BulkContext(loader.load_municipality("012033"), KEYRING, "http://localhost", TODAY)
MODIFIED_AT = datetime(2026, 11, 24, tzinfo=UTC)


@dataclass(frozen=True)
class Target:
    """``read`` accepts any bytes. Every exception that it raises is a failure."""

    read: Callable[[bytes], None]
    pieces: tuple[bytes, ...]


def _format_problems(*problems: Problem) -> None:
    """Format errors in all languages, because a missing message is a failure, too."""
    for problem in problems:
        for language in LANGUAGES:
            assert get_catalog(language).format_problem(problem)


def parse_any_date(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    try:
        day = parse_date(text)
    except InvalidDateError as error:
        _format_problems(Problem("born", error.key, error.params))
    else:
        assert parse_date(day.isoformat()) == day


def open_any_token(data: bytes) -> None:
    text = data.decode("latin-1")
    try:
        link = KEYRING.open(text)
    except InvalidTokenError:
        return
    assert KEYRING.seal(link) == text
    assert text in TOKENS


def parse_any_query(data: bytes) -> None:
    try:
        _, lang, _ = parse_query(data, TODAY)
    except InvalidInputError as error:
        _format_problems(*error.problems)
    else:
        assert lang in ("", *LANGUAGES)


def read_any_table(data: bytes) -> None:
    file = io.BytesIO(data)
    try:
        table = open_table(file, scan_file(file).encoding)
        columns = match_table_columns(table)
        rows = []
        for outcome in process_rows(table, columns, CONTEXT):
            _format_problems(*outcome.problems, *outcome.warnings)
            rows.append(outcome.row.cells)
        csv_files.write(rows, table.table_format)
    except InvalidInputError as error:
        _format_problems(*error.problems)


def parse_any_headers(data: bytes) -> None:
    language, _, rest = data.partition(b"\n")
    matching, _, since = rest.partition(b"\n")
    assert negotiate(language.decode("latin-1")) in LANGUAGES
    assert is_not_modified({b"if-none-match": matching}, b'"tag"', MODIFIED_AT) in (True, False)
    assert is_not_modified({b"if-modified-since": since}, b'"tag"', MODIFIED_AT) in (True, False)


def _utf8(*texts: str) -> tuple[bytes, ...]:
    return tuple(each.encode() for each in texts)


DATES = _utf8("2020-06-01", "令和2年6月1日", "昭和64年1月7日", "R2.6.1", "19850423", "2020/6/1")
CSV = (
    "氏名,生年月日,発行日,言語\r\n"
    "小樽花子,昭和60年4月23日,2020-06-01,en\r\n"
    "太郎,H27.11.3,2022/10/1,\r\n"
)
TARGETS: Mapping[str, Target] = {
    "dates": Target(
        parse_any_date,
        (
            *DATES,
            *_utf8("明治", "大正", "昭和", "平成", "令和", "㍻", "㋿", "M", "T", "S", "h", "元"),
            *_utf8("年", "月", "日", "-", "/", ".", "ー", "−", " ", "\u3000", "２", "²", "①", "٣"),
            *_utf8("0", "1", "12", "29", "2", "0000", "9999", "\0", "\n", "\u202e", "ﷺ", "\u0301"),
        ),
    ),
    "tokens": Target(
        open_any_token,
        (
            *_utf8(*TOKENS, TOKENS[0][:-1], TOKENS[1][:40], TOKENS[1][1:], TOKENS[0][1:30]),
            *_utf8("1", "2", "A", "-", "_", "=", ".ics", "/", "\0", "\n", "é", "A" * 21, "b" * 700),
        ),
    ),
    "queries": Target(
        parse_any_query,
        (
            b"born=1985-04-23&issued=2020-06-01&lang=en&alarms=off",
            b"born=%E6%98%AD%E5%92%8C60%E5%B9%B44%E6%9C%8823%E6%97%A5&card_expires=2030-04-23",
            *_utf8("born=", "issued=", "card_expires=", "applied=", "cert_expires=", "&", "="),
            *_utf8("stay_until=", "lang=", "alarms=", "on", "ja", "ko", "zh-Hans", "%00", "%", "+"),
            *_utf8("1985-04-23", "2020-06-01", "2030-04-23", "2016-01-01", "%0d%0a", "%ff", ";"),
            b"%u0041",
            b"\xff",
            b"a" * 40,
        ),
    ),
    "tables": Target(
        read_any_table,
        (
            *(CSV.encode(each) for each in ENCODINGS),
            b"born\tissued\tname\n1985-04-23\t2020-06-01\t\n",
            *_utf8('"', ",", "\t", "\r\n", "\n", "\r", ";", "=1+1", "'", "@", "born,issued\n"),
            *_utf8(
                "生年月日", "発行日", "有効期限", "1985-04-23", "2020-06-01", "2020/6/1 0:00", "\0"
            ),
            *_utf8("PK\3\4", "\ufeff", ","),
            *(b"\xff\xfe", b"\xfe\xff", b"\x81", b"\x00", b"\xd8\x00", b"\xa0\xfd", b"9" * 5000),
        ),
    ),
    "headers": Target(
        parse_any_headers,
        (
            b'en;q=0.5,ko\n"tag"\nTue, 24 Nov 2026 00:00:00 GMT',
            *_utf8("ja", "x-easy", "zh", ";q=", "0.", "1", ",", "\n", " ", 'W/"tag"', "*", "-"),
            *_utf8("Tue, ", "24", " Nov ", "2026", ":", "00", "+0900", "-0000", "GMT", "("),
            b"9999999999",
        ),
    ),
}
