"""How log lines are written: for a console or as JSON, and without the messages of errors.

What an error says may hold what was sent; where it came from may not.
"""

import json
import logging
import time
from types import TracebackType
from typing import Any

from calsvc.errors import where
from calsvc.settings import Settings

FACTS = ("request_id", "method", "route", "status", "milliseconds")
ExcInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


class Lines(logging.Formatter):
    """For a console: time, name, message, request."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        """Times are UTC."""
        super().__init__("%(asctime)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        mark = getattr(record, "request_id", "")
        return super().format(record) + (f" [{mark}]" if mark else "")

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - logging's name
        """Where an error came from, without what it says."""
        return where(ei[1]) if ei[1] else ""


class JsonLines(Lines):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        facts: dict[str, object] = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        facts.update({name: getattr(record, name) for name in FACTS if hasattr(record, name)})
        if record.exc_info:
            facts["error"] = self.formatException(record.exc_info)
        return json.dumps(facts, ensure_ascii=False)


FORMATTERS = {"console": Lines, "json": JsonLines}


def log_config(settings: Settings) -> dict[str, Any]:
    """What `logging.config.dictConfig` needs, for our lines and uvicorn's alike."""
    answers = "INFO" if settings.access_log else "ERROR"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": FORMATTERS[settings.log_format]}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {"uvicorn": {"level": "INFO"}, "calsvc.access": {"level": answers}},
    }
