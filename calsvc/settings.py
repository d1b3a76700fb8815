"""Everything that can be configured, read once from ``CALSVC_*`` variables and checked."""

from collections.abc import Mapping
from dataclasses import dataclass

from calsvc import municipality
from calsvc.errors import CalsvcError

LARGEST_PORT = 65535
MOST_WORKERS = 64


class InvalidSetting(CalsvcError):
    """A setting that cannot be used; the message names the variable and what is expected."""

    def __init__(self, variable: str, expected: str) -> None:
        """``expected``: in English, for whoever runs the service."""
        self.variable = variable
        super().__init__(f"{variable}: {expected}")


@dataclass(frozen=True)
class Settings:
    """How this copy of the service runs. Field ``x_y`` is set by the variable ``CALSVC_X_Y``."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    municipality: str = municipality.DEFAULT


def load(environ: Mapping[str, str]) -> Settings:
    """The settings that ``environ`` gives; blank values count as not given.

    Raises `InvalidSetting`.
    """
    given = {
        name: environ[variable(name)]
        for name in Settings.__dataclass_fields__
        if environ.get(variable(name), "").strip()
    }
    return Settings(
        host=given.get("host", Settings.host),
        port=_whole_number(given, "port", Settings.port, LARGEST_PORT),
        workers=_whole_number(given, "workers", Settings.workers, MOST_WORKERS),
        municipality=given.get("municipality", Settings.municipality),
    )


def variable(name: str) -> str:
    """The environment variable that sets the field ``name``."""
    return f"CALSVC_{name.upper()}"


def _whole_number(given: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise InvalidSetting(variable(name), f"must be a whole number from 1 to {most}")
    return int(text)
