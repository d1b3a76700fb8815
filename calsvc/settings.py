"""Everything that can be configured, read once from ``CALSVC_*`` variables and checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from calsvc import municipality, passwords
from calsvc.errors import CalsvcError

LARGEST_PORT = 65535
MOST_WORKERS = 64
LARGEST_UPLOAD_MB = 2000
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\]")
PUBLIC_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*")
FRAME_ANCESTOR = re.compile(r"'none'|'self'|https://(\*\.)?[A-Za-z0-9.-]+(:[0-9]{1,5})?")


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
    public_url: str = ""
    allowed_hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    frame_ancestors: str = "'self'"
    access_log: bool = True
    keys: str = field(default="", repr=False)
    key_file: str = "~/.config/calsvc/keys"
    staff_password_hash: str = field(default="", repr=False)
    max_upload_mb: int = 50


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
        public_url=_public_url(given),
        allowed_hosts=_hosts(given),
        frame_ancestors=_frame_ancestors(given),
        access_log=_switch(given, "access_log", Settings.access_log),
        keys=given.get("keys", Settings.keys),
        key_file=given.get("key_file", Settings.key_file),
        staff_password_hash=_password_hash(given),
        max_upload_mb=_whole_number(
            given, "max_upload_mb", Settings.max_upload_mb, LARGEST_UPLOAD_MB
        ),
    )


def variable(name: str) -> str:
    """The environment variable that sets the field ``name``."""
    return f"CALSVC_{name.upper()}"


def _whole_number(given: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise InvalidSetting(variable(name), f"must be a whole number from 1 to {most}")
    return int(text)


def _switch(given: Mapping[str, str], name: str, default: bool) -> bool:
    text = given.get(name, "on" if default else "off")
    if text not in ("on", "off"):
        raise InvalidSetting(variable(name), "must be on or off")
    return text == "on"


def _public_url(given: Mapping[str, str]) -> str:
    text = given.get("public_url", "").rstrip("/")
    if text and not PUBLIC_URL.fullmatch(text):
        raise InvalidSetting(variable("public_url"), "must be like https://calendar.example.jp")
    return text


def _password_hash(given: Mapping[str, str]) -> str:
    text = given.get("staff_password_hash", "").strip()
    if text and not passwords.is_hash(text):
        raise InvalidSetting(
            variable("staff_password_hash"), "must be what `calsvc staff-password` prints"
        )
    return text


def _hosts(given: Mapping[str, str]) -> tuple[str, ...]:
    if "allowed_hosts" not in given:
        return Settings.allowed_hosts
    hosts = tuple(each.strip().lower() for each in given["allowed_hosts"].split(","))
    if not all(HOST.fullmatch(each) for each in hosts):
        raise InvalidSetting(
            variable("allowed_hosts"), "must be host names without ports, separated by commas"
        )
    return hosts


def _frame_ancestors(given: Mapping[str, str]) -> str:
    text = given.get("frame_ancestors", Settings.frame_ancestors)
    if not all(FRAME_ANCESTOR.fullmatch(each) for each in text.split()):
        raise InvalidSetting(
            variable("frame_ancestors"), "must be 'none', 'self' or https addresses of sites"
        )
    return text
