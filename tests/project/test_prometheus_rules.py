"""The alert rules in examples/ are valid, fire for their causes, and use existing metrics."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.support.paths import ROOT
from tests.support.programs import require

RULES = ROOT / "examples" / "prometheus-rules.yaml"
TESTS = Path(__file__).with_name("prometheus-rules-tests.yaml")
DEFINITIONS = "calsvc/web/observability/metrics.py", "calsvc/web/server/readings.py"
SUFFIX_PATTERN = re.compile(r"_(total|bucket)$")


def run_tests(folder: Path, rules: str) -> "subprocess.CompletedProcess[str]":
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    tests = TESTS.read_text("utf-8").replace("[RULES]", "[rules.yaml]")
    (folder / "tests.yaml").write_text(tests, encoding="utf-8")
    command = (require("promtool"), "test", "rules", folder / "tests.yaml")
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_prometheus_rules_are_valid() -> None:
    subprocess.run([require("promtool"), "check", "rules", RULES], check=True)


def test_promtool_finds_nothing_wrong_with_the_configuration() -> None:
    command = (require("promtool"), "check", "config", RULES.with_name("prometheus.yml"))
    subprocess.run(command, check=True)


def test_the_manual_says_what_to_do_at_every_alert() -> None:
    manual = (ROOT / "docs" / "operation.ja.md").read_text("utf-8")
    assert [each["alert"] for each in rules() if f"| `{each['alert']}` |" not in manual] == []


def test_each_alert_fires_only_for_its_cause(tmp_path: Path) -> None:
    done = run_tests(tmp_path, RULES.read_text("utf-8"))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("old", "new"), [("> 365", "> 366"), pytest.param("== 0", "== 2", marks=pytest.mark.large)]
)
def test_changed_alert_rule_fails_its_test(tmp_path: Path, old: str, new: str) -> None:
    rules = RULES.read_text("utf-8")
    assert old in rules
    assert run_tests(tmp_path, rules.replace(old, new, 1)).returncode != 0


def test_every_alert_is_tested() -> None:
    tested = TESTS.read_text("utf-8")
    names = [each["alert"] for each in rules()]
    assert [name for name in names if f'alertname="{name}"' not in tested] == []


def rules() -> list[dict[str, str]]:
    (group,) = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    alert_rules: list[dict[str, str]] = group["rules"]
    return alert_rules


def test_every_metric_in_a_rule_exists() -> None:
    code = "".join((ROOT / name).read_text("utf-8") for name in DEFINITIONS)
    defined = set(re.findall(r'"(calsvc_\w+)"', code))
    used = {name for each in rules() for name in re.findall(r"\bcalsvc_\w+", each["expr"])}
    assert len(used) > 7
    assert {SUFFIX_PATTERN.sub("", each) for each in used} <= defined
