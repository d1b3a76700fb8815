"""The format of log lines, for a console and as JSON. Messages of errors are in neither."""

import json
import logging
import sys
from logging.config import dictConfig

import pytest

from calsvc.settings import Settings
from calsvc.web.observability.access_log import logger
from calsvc.web.observability.logs import ConsoleFormatter, JsonFormatter, log_config

EXTRA_FIELDS = {
    "request_id": "0123456789abcdef",
    "method": "GET",
    "route": "calendar",
    "status": 200,
    "milliseconds": 1.5,
}
MOMENT = 1_795_000_000.25


def create_record(**fields: object) -> logging.LogRecord:
    made = logging.LogRecord("calsvc.access", logging.INFO, "x.py", 1, "GET %s", ("it",), None)
    made.created, made.msecs = MOMENT, 250.0
    made.__dict__.update(fields)
    return made


def create_failed_record() -> logging.LogRecord:
    try:
        raise RuntimeError("born 1987-03-29")
    except RuntimeError:
        return create_record(exc_info=sys.exc_info())


def test_a_line_for_a_console_has_time_name_message_and_request() -> None:
    assert ConsoleFormatter().format(create_record(**EXTRA_FIELDS)) == (
        "2026-11-18T11:06:40.250Z calsvc.access GET it [0123456789abcdef]"
    )
    assert (
        ConsoleFormatter().format(create_record())
        == "2026-11-18T11:06:40.250Z calsvc.access GET it"
    )


def test_a_line_of_json_has_each_fact_by_itself() -> None:
    assert json.loads(JsonFormatter().format(create_record(**EXTRA_FIELDS))) == {
        "time": "2026-11-18T11:06:40.250Z",
        "level": "info",
        "logger": "calsvc.access",
        "message": "GET it",
        **EXTRA_FIELDS,
    }


@pytest.mark.parametrize("lines", [ConsoleFormatter(), JsonFormatter()])
def test_message_of_an_exception_is_not_logged(lines: ConsoleFormatter) -> None:
    written = lines.format(create_failed_record())
    assert "RuntimeError at " in written
    assert "1987" not in written


@pytest.mark.parametrize(("kept", "level"), [(True, "INFO"), (False, "ERROR")])
def test_lines_of_answers_are_written_unless_switched_off(kept: bool, level: str) -> None:
    config = log_config(Settings(access_log=kept))
    assert config["loggers"]["calsvc.access"] == {"level": level}


def test_log_config_is_valid_for_logging(capfd: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        dictConfig(log_config(Settings(log_format="json")))
        logger.info("said")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    assert json.loads(capfd.readouterr().err)["message"] == "said"
