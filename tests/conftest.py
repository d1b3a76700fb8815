"""Settings of all tests: reproducible property tests, and one line about skipped tests."""

import os
from collections import Counter

import pytest
from _pytest.terminal import TerminalReporter
from hypothesis import settings

settings.register_profile("calsvc", deadline=None, derandomize=True, database=None)
settings.load_profile("calsvc")

SKIPS_FAIL = os.environ.get("CI") == "true"


def skip_reasons(reporter: TerminalReporter) -> Counter[str]:
    """Count the skipped tests by the reason that each gives."""
    texts = [report.longrepr[-1] for report in reporter.stats.get("skipped", ())]
    return Counter(text.removeprefix("Skipped: ") for text in texts)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped a test where ``CI=true``, as in ``.ci/run``."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if SKIPS_FAIL and reporter and skip_reasons(reporter) and not session.exitstatus:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Say in one line what was skipped."""
    if reasons := skip_reasons(terminalreporter):
        line = ", ".join(f"{reason} ({count})" for reason, count in sorted(reasons.items()))
        verdict = "Skipped, which fails where CI=true" if SKIPS_FAIL else "Skipped"
        terminalreporter.write_line(f"{verdict}: {line}")
