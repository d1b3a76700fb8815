"""Formats log lines for a console or as JSON, without the messages of exceptions.

The message of an exception may hold input of a client. Its file and line cannot.
"""

import json
import logging
import time
from types import TracebackType
from typing import Any

from calsvc.errors import error_location
from calsvc.settings import Settings

EXTRA_FIELDS = ("request_id", "method", "route", "status", "milliseconds")
ExcInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


class ConsoleFormatter(logging.Formatter):
    """Formatter for a console: UTC time, logger, message, request id."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return ``record`` as one line."""
        request_id = getattr(record, "request_id", "")
        return super().format(record) + (f" [{request_id}]" if request_id else "")

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - logging's name
        """Return file and line of an exception, without its message."""
        return error_location(ei[1]) if ei[1] else ""


class JsonFormatter(ConsoleFormatter):
    """Formatter that writes each record as a JSON object in one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return ``record`` as one line."""
        fields: dict[str, object] = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields.update(
            {name: getattr(record, name) for name in EXTRA_FIELDS if hasattr(record, name)}
        )
        if record.exc_info:
            fields["error"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False)


FORMATTERS = {"console": ConsoleFormatter, "json": JsonFormatter}


def log_config(settings: Settings) -> dict[str, Any]:
    """Return the argument of `logging.config.dictConfig`, for our loggers and uvicorn's."""
    answers = "INFO" if settings.access_log else "ERROR"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": FORMATTERS[settings.log_format]}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {"uvicorn": {"level": "INFO"}, "calsvc.access": {"level": answers}},
    }
