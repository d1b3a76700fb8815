"""The report on accessibility answers every criterion once, and the page agrees with it."""

import json
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from calsvc.i18n.catalogs import get_catalog
from calsvc.links.keys import generate_key
from calsvc.settings import Settings
from calsvc.web.api.openapi import document
from calsvc.web.app import create_app
from calsvc.web.residents.about import ACCESSIBILITY_TESTED_ON
from tests.support.paths import ROOT

REPORT = (ROOT / "docs/accessibility.ja.md").read_text(encoding="utf-8")
LEVEL_A = """
1.1.1 1.2.1 1.2.2 1.2.3 1.3.1 1.3.2 1.3.3 1.4.1 1.4.2 2.1.1 2.1.2 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2
2.4.3 2.4.4 3.1.1 3.2.1 3.2.2 3.3.1 3.3.2 4.1.1 4.1.2
"""
LEVEL_AA = "1.2.4 1.2.5 1.4.3 1.4.4 1.4.5 2.4.5 2.4.6 2.4.7 3.1.2 3.2.3 3.2.4 3.3.3 3.3.4"
"""Of JIS X 8341-3:2016, which is WCAG 2.0."""
ADDED_A = "2.1.4 2.5.1 2.5.2 2.5.3 2.5.4 3.2.6 3.3.7"
ADDED_AA = "1.3.4 1.3.5 1.4.10 1.4.11 1.4.12 1.4.13 2.4.11 2.5.7 2.5.8 3.3.8 4.1.3"
"""Of WCAG 2.1 and 2.2."""


def criteria(title: str) -> list[list[str]]:
    """Return the rows of the table below the heading ``title``, as cells."""
    section = REPORT.partition(f"## {title}")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\d\.\d\.\d+ .*) \|$", section, re.MULTILINE)
    return [row.split(" | ") for row in rows]


@pytest.mark.parametrize(
    ("title", "level_a", "level_aa"),
    [("4 達成基準チェックリスト", LEVEL_A, LEVEL_AA), ("5 WCAG", ADDED_A, ADDED_AA)],
)
def test_every_criterion_is_answered_once(title: str, level_a: str, level_aa: str) -> None:
    levels = [(name.split()[0], level) for name, level, *_ in criteria(title)]
    expected = dict.fromkeys(level_a.split(), "A")
    expected |= dict.fromkeys(level_aa.split(), "AA")
    assert dict(levels) == expected
    assert len(levels) == len(expected)


def test_a_criterion_that_does_not_apply_has_no_result() -> None:
    for name, _, applies, result, remark in criteria("4 達成基準チェックリスト"):
        assert (applies, result) in {("○", "○"), ("○", "×"), ("○", "未"), ("－", "－")}, name
        assert remark


@pytest.mark.parametrize("path", sorted({*re.findall(r"`(tests/[\w/.]+)`", REPORT)}))
def test_every_file_of_tests_that_is_named_exists(path: str) -> None:
    assert (ROOT / path).is_file()


def is_page(operations: dict[str, Any]) -> bool:
    return "text/html" in operations.get("get", {})["responses"]["200"].get("content", {})


def test_every_kind_of_page_was_tested() -> None:
    section = REPORT.partition("## 2 ")[2].partition("\n## ")[0]
    named = re.findall(r"`(/[^`]*)`", section)
    paths = json.loads(document())["paths"]
    for path in (path for path, each in paths.items() if "get" in each and is_page(each)):
        pattern = re.sub(r"\\\{\w+\\\}", r"[^/]+", re.escape(path))
        assert any(re.fullmatch(pattern, each) for each in named), path


def test_page_and_report_agree() -> None:
    client = TestClient(create_app(Settings(keys=generate_key())), base_url="http://localhost")
    page = client.get("/accessibility?lang=ja").text
    day = get_catalog("ja").format_date(ACCESSIBILITY_TESTED_ON).partition("（")[0]
    assert f"| 表明日 | {day} |" in REPORT
    results = [row[3] for row in criteria("4 達成基準チェックリスト")]
    assert f"{len(results)}の達成基準" in page
    assert ("不適合は見つかりませんでした" in page) is ("×" not in results)
    for text in ("スクリーンリーダー", "障害のある方"):
        assert text in page
        assert text in REPORT.partition("## 7")[2]
    assert "準拠とは表示しません" in page
