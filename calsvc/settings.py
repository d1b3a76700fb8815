"""Everything that can be configured, read once from ``CALSVC_*`` variables and checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path

from calsvc.errors import CalsvcError
from calsvc.links.whole_files import at_home
from calsvc.municipality import toml_reader

MAX_PORT = 65535
MAX_WORKERS = 64
MAX_UPLOAD_MB = 2000
MAX_WAIT_SECONDS = 3600
MAX_CONNECTIONS = 100_000
MAX_POSTS_PER_MINUTE = 100_000
MIN_TRUSTED_PREFIX_BITS = {4: 16, 6: 48}
"""Bits of the widest network, by IP version, that proxies are likely to have for themselves."""
LOG_FORMATS = ("console", "json")
RENAMED = {"CALSVC_MUNICIPALITY": "is called CALSVC_MUNICIPALITIES now"}
REMOVED = {"CALSVC_STAFF_PASSWORD_HASH": "is gone; give each person an account: calsvc staff add"}
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\]")
PUBLIC_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*")
HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,60}")
ENDED_LINKS = "ended-links"
"""The file of ended links in the folder for the state."""
FRAME_ANCESTOR = re.compile(r"'none'|'self'|https://(\*\.)?[A-Za-z0-9.-]+(:[0-9]{1,5})?")


class InvalidSettingError(CalsvcError):
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
    municipalities: tuple[str, ...] = (toml_reader.DEFAULT,)
    letter_settings: tuple[str, ...] = ()
    public_url: str = ""
    allowed_hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    frame_ancestors: str = "'self'"
    access_log: bool = True
    keys: str = field(default="", repr=False)
    key_file: str = "~/.config/calsvc/keys"
    state_dir: str = "~/.config/calsvc"
    ended_links: str = ""
    staff_header: str = ""
    staff_plain_http: bool = False
    max_upload_mb: int = 50
    trusted_proxies: tuple[str, ...] = ()
    request_seconds: int = 20
    keep_alive_seconds: int = 65
    shutdown_seconds: int = 30
    max_connections: int = 5000
    max_client_connections: int = 500
    posts_per_minute: int = 120
    log_format: str = "console"
    metrics_port: int = 0
    metrics_host: str = "127.0.0.1"

    @property
    def state_folder(self) -> Path:
        """The folder for the state."""
        return at_home(self.state_dir)

    @property
    def ended_links_file(self) -> str:
        """The file of ended links: the one that was named, or that of the folder for the state."""
        return self.ended_links or f"{self.state_dir}/{ENDED_LINKS}"

    @property
    def shares_state(self) -> bool:
        """True if a folder for the state was named, which copies may share."""
        return self.state_dir != Settings.state_dir


SETTING_NAMES = tuple(setting.name for setting in fields(Settings))


def load_settings(environ: Mapping[str, str]) -> Settings:
    """The settings that ``environ`` gives; blank values count as not given.

    Raises `InvalidSettingError`.
    """
    _refuse_renamed(environ)
    given = {
        name: environ[env_name(name)]
        for name in SETTING_NAMES
        if environ.get(env_name(name), "").strip()
    }

    def seconds(name: str) -> int:
        return _whole_number(given, name, getattr(Settings, name), MAX_WAIT_SECONDS)

    return Settings(
        host=_address(given, "host", Settings.host),
        port=_whole_number(given, "port", Settings.port, MAX_PORT),
        workers=_whole_number(given, "workers", Settings.workers, MAX_WORKERS),
        municipalities=_entries(given, "municipalities", Settings.municipalities),
        letter_settings=_entries(given, "letter_settings", Settings.letter_settings),
        public_url=_public_url(given),
        allowed_hosts=_hosts(given),
        frame_ancestors=_frame_ancestors(given),
        access_log=_switch(given, "access_log", Settings.access_log),
        keys=given.get("keys", Settings.keys),
        key_file=given.get("key_file", Settings.key_file),
        state_dir=given.get("state_dir", Settings.state_dir).rstrip("/"),
        ended_links=given.get("ended_links", Settings.ended_links),
        staff_header=_staff_header(given),
        staff_plain_http=_switch(given, "staff_plain_http", Settings.staff_plain_http),
        max_upload_mb=_whole_number(given, "max_upload_mb", Settings.max_upload_mb, MAX_UPLOAD_MB),
        trusted_proxies=_networks(given),
        request_seconds=seconds("request_seconds"),
        keep_alive_seconds=seconds("keep_alive_seconds"),
        shutdown_seconds=seconds("shutdown_seconds"),
        max_connections=_whole_number(
            given, "max_connections", Settings.max_connections, MAX_CONNECTIONS
        ),
        max_client_connections=_whole_number(
            given, "max_client_connections", Settings.max_client_connections, MAX_CONNECTIONS
        ),
        posts_per_minute=_whole_number(
            given, "posts_per_minute", Settings.posts_per_minute, MAX_POSTS_PER_MINUTE
        ),
        log_format=_log_format(given),
        metrics_port=_whole_number(given, "metrics_port", Settings.metrics_port, MAX_PORT, least=0),
        metrics_host=_address(given, "metrics_host", Settings.metrics_host),
    )


def wide_networks(settings: Settings) -> tuple[str, ...]:
    """Returns the trusted proxies that are wide networks. Any machine there may pose as a proxy."""
    networks = [ip_network(each) for each in settings.trusted_proxies]
    return tuple(
        str(each) for each in networks if each.prefixlen < MIN_TRUSTED_PREFIX_BITS[each.version]
    )


def env_name(name: str) -> str:
    """The environment variable that sets the field ``name``."""
    return f"CALSVC_{name.upper()}"


def unknown_variables(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The variables that look like settings and are none: perhaps misspelt."""
    known = {env_name(name) for name in SETTING_NAMES}
    return tuple(
        sorted(name for name in environ if name.startswith("CALSVC_") and name not in known)
    )


def _refuse_renamed(environ: Mapping[str, str]) -> None:
    """Reject an old name: without it, a service would do other than what was meant."""
    for old, now in (RENAMED | REMOVED).items():
        if environ.get(old, "").strip():
            raise InvalidSettingError(old, now)


def _entries(given: Mapping[str, str], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    if name not in given:
        return default
    return tuple(each.strip() for each in given[name].split(",") if each.strip())


def _whole_number(
    given: Mapping[str, str], name: str, default: int, most: int, least: int = 1
) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise InvalidSettingError(env_name(name), f"must be a whole number from {least} to {most}")
    return int(text)


def _address(given: Mapping[str, str], name: str, default: str) -> str:
    text = given.get(name, default).strip()
    if not (HOST.fullmatch(text.lower()) or HOST.fullmatch(f"[{text.lower()}]")):
        raise InvalidSettingError(
            env_name(name), "must be an address or a host name, without a port"
        )
    return text


def _switch(given: Mapping[str, str], name: str, default: bool) -> bool:
    text = given.get(name, "on" if default else "off")
    if text not in ("on", "off"):
        raise InvalidSettingError(env_name(name), "must be on or off")
    return text == "on"


def _public_url(given: Mapping[str, str]) -> str:
    text = given.get("public_url", "").rstrip("/")
    if text and not PUBLIC_URL.fullmatch(text):
        raise InvalidSettingError(
            env_name("public_url"), "must be like https://calendar.example.jp"
        )
    return text


def _staff_header(given: Mapping[str, str]) -> str:
    text = given.get("staff_header", Settings.staff_header).strip()
    if not text:
        return ""
    if not HEADER_NAME.fullmatch(text):
        raise InvalidSettingError(
            env_name("staff_header"), "must be the name of a header, as X-User"
        )
    if "trusted_proxies" not in given:
        raise InvalidSettingError(
            env_name("staff_header"), f"needs {env_name('trusted_proxies')}: who may send it"
        )
    return text.lower()


def _hosts(given: Mapping[str, str]) -> tuple[str, ...]:
    if "allowed_hosts" not in given:
        return Settings.allowed_hosts
    hosts = tuple(each.strip().lower() for each in given["allowed_hosts"].split(","))
    if not all(HOST.fullmatch(each) for each in hosts):
        raise InvalidSettingError(
            env_name("allowed_hosts"), "must be host names without ports, separated by commas"
        )
    return hosts


def _networks(given: Mapping[str, str]) -> tuple[str, ...]:
    texts = given["trusted_proxies"].split(",") if "trusted_proxies" in given else []
    try:
        networks = [ip_network(each.strip()) for each in texts]
    except ValueError:
        raise InvalidSettingError(
            env_name("trusted_proxies"),
            "must be addresses or networks, such as 10.0.83.0/24, separated by commas",
        ) from None
    return tuple(str(each) for each in networks)


def _log_format(given: Mapping[str, str]) -> str:
    text = given.get("log_format", Settings.log_format)
    if text not in LOG_FORMATS:
        raise InvalidSettingError(env_name("log_format"), "must be console or json")
    return text


def _frame_ancestors(given: Mapping[str, str]) -> str:
    text = given.get("frame_ancestors", Settings.frame_ancestors)
    if not all(FRAME_ANCESTOR.fullmatch(each) for each in text.split()):
        raise InvalidSettingError(
            env_name("frame_ancestors"), "must be 'none', 'self' or https addresses of sites"
        )
    return text
