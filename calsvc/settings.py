"""Defines the settings, which are read once from ``CALSVC_*`` variables and checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path

from calsvc.errors import CalsvcError
from calsvc.links.atomic_files import expand_home
from calsvc.municipality import loader

MAX_PORT = 65535
MAX_WORKERS = 64
MAX_UPLOAD_MB = 2000
MAX_WAIT_SECONDS = 3600
MAX_CONNECTIONS = 100_000
MAX_POSTS_PER_MINUTE = 100_000
MIN_TRUSTED_PREFIX_BITS = {4: 16, 6: 48}
"""Bits of the prefix, by IP version. A network with a shorter prefix probably contains machines
that are no proxies."""
LOG_FORMATS = ("console", "json")
RENAMED_VARIABLES = {"CALSVC_MUNICIPALITY": "is called CALSVC_MUNICIPALITIES now"}
REMOVED_VARIABLES = {
    "CALSVC_STAFF_PASSWORD_HASH": "is gone; give each person an account: calsvc staff add"
}
HOST_PATTERN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\]")
PUBLIC_URL_PATTERN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*")
HEADER_NAME_PATTERN = re.compile(r"[A-Za-z0-9-]{1,60}")
ENDED_LINKS_FILE_NAME = "ended-links"
"""The name of the file of ended links in the state folder."""
FRAME_ANCESTOR_PATTERN = re.compile(r"'none'|'self'|https://(\*\.)?[A-Za-z0-9.-]+(:[0-9]{1,5})?")


class InvalidSettingError(CalsvcError):
    """A setting that cannot be used. The message names the variable and the expected value."""

    def __init__(self, variable: str, expected: str) -> None:
        """Build the message. ``expected``: the rest of a sentence, for the administrator."""
        self.variable = variable
        super().__init__(f"{variable}: {expected}")


@dataclass(frozen=True)
class Settings:
    """The settings of this copy of the service. ``CALSVC_X_Y`` sets the field ``x_y``."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    municipalities: tuple[str, ...] = (loader.DEFAULT_MUNICIPALITY,)
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
        """The path of the state folder."""
        return expand_home(self.state_dir)

    @property
    def ended_links_file(self) -> str:
        """The path of the file of ended links: the setting, or the file in the state folder."""
        return self.ended_links or f"{self.state_dir}/{ENDED_LINKS_FILE_NAME}"

    @property
    def shares_state(self) -> bool:
        """True if a state folder is set, which copies of the service may share."""
        return self.state_dir != Settings.state_dir


SETTING_NAMES = tuple(setting.name for setting in fields(Settings))


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings in ``environ``. A blank value counts as missing.

    Raises `InvalidSettingError`.
    """
    _reject_renamed(environ)
    values = {
        name: environ[env_name(name)]
        for name in SETTING_NAMES
        if environ.get(env_name(name), "").strip()
    }

    def seconds(name: str) -> int:
        return _whole_number(values, name, getattr(Settings, name), MAX_WAIT_SECONDS)

    return Settings(
        host=_host(values, "host", Settings.host),
        port=_whole_number(values, "port", Settings.port, MAX_PORT),
        workers=_whole_number(values, "workers", Settings.workers, MAX_WORKERS),
        municipalities=_entries(values, "municipalities", Settings.municipalities),
        letter_settings=_entries(values, "letter_settings", Settings.letter_settings),
        public_url=_public_url(values),
        allowed_hosts=_hosts(values),
        frame_ancestors=_frame_ancestors(values),
        access_log=_on_off(values, "access_log", Settings.access_log),
        keys=values.get("keys", Settings.keys),
        key_file=values.get("key_file", Settings.key_file),
        state_dir=values.get("state_dir", Settings.state_dir).rstrip("/"),
        ended_links=values.get("ended_links", Settings.ended_links),
        staff_header=_staff_header(values),
        staff_plain_http=_on_off(values, "staff_plain_http", Settings.staff_plain_http),
        max_upload_mb=_whole_number(values, "max_upload_mb", Settings.max_upload_mb, MAX_UPLOAD_MB),
        trusted_proxies=_networks(values),
        request_seconds=seconds("request_seconds"),
        keep_alive_seconds=seconds("keep_alive_seconds"),
        shutdown_seconds=seconds("shutdown_seconds"),
        max_connections=_whole_number(
            values, "max_connections", Settings.max_connections, MAX_CONNECTIONS
        ),
        max_client_connections=_whole_number(
            values, "max_client_connections", Settings.max_client_connections, MAX_CONNECTIONS
        ),
        posts_per_minute=_whole_number(
            values, "posts_per_minute", Settings.posts_per_minute, MAX_POSTS_PER_MINUTE
        ),
        log_format=_log_format(values),
        metrics_port=_whole_number(
            values, "metrics_port", Settings.metrics_port, MAX_PORT, minimum=0
        ),
        metrics_host=_host(values, "metrics_host", Settings.metrics_host),
    )


def wide_networks(settings: Settings) -> tuple[str, ...]:
    """Return the trusted proxies that are wide networks, in which any machine may pose as one."""
    networks = [ip_network(each) for each in settings.trusted_proxies]
    return tuple(
        str(each) for each in networks if each.prefixlen < MIN_TRUSTED_PREFIX_BITS[each.version]
    )


def env_name(name: str) -> str:
    """Return the environment variable of the field ``name``."""
    return f"CALSVC_{name.upper()}"


def unknown_variables(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the variables that begin like settings, but are none. They may be misspelt."""
    known = {env_name(name) for name in SETTING_NAMES}
    return tuple(
        sorted(name for name in environ if name.startswith("CALSVC_") and name not in known)
    )


def _reject_renamed(environ: Mapping[str, str]) -> None:
    """Reject an old name. Otherwise the service would silently ignore the administrator's value."""
    for old, now in (RENAMED_VARIABLES | REMOVED_VARIABLES).items():
        if environ.get(old, "").strip():
            raise InvalidSettingError(old, now)


def _entries(values: Mapping[str, str], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    if name not in values:
        return default
    return tuple(each.strip() for each in values[name].split(",") if each.strip())


def _whole_number(
    values: Mapping[str, str], name: str, default: int, maximum: int, minimum: int = 1
) -> int:
    text = values.get(name, str(default))
    if not (text.isascii() and text.isdigit() and minimum <= int(text) <= maximum):
        raise InvalidSettingError(
            env_name(name), f"must be a whole number from {minimum} to {maximum}"
        )
    return int(text)


def _host(values: Mapping[str, str], name: str, default: str) -> str:
    text = values.get(name, default).strip()
    if not (HOST_PATTERN.fullmatch(text.lower()) or HOST_PATTERN.fullmatch(f"[{text.lower()}]")):
        raise InvalidSettingError(
            env_name(name), "must be an address or a host name, without a port"
        )
    return text


def _on_off(values: Mapping[str, str], name: str, default: bool) -> bool:
    text = values.get(name, "on" if default else "off")
    if text not in ("on", "off"):
        raise InvalidSettingError(env_name(name), "must be on or off")
    return text == "on"


def _public_url(values: Mapping[str, str]) -> str:
    text = values.get("public_url", "").rstrip("/")
    if text and not PUBLIC_URL_PATTERN.fullmatch(text):
        raise InvalidSettingError(
            env_name("public_url"), "must be like https://calendar.example.jp"
        )
    return text


def _staff_header(values: Mapping[str, str]) -> str:
    text = values.get("staff_header", Settings.staff_header).strip()
    if not text:
        return ""
    if not HEADER_NAME_PATTERN.fullmatch(text):
        raise InvalidSettingError(
            env_name("staff_header"), "must be the name of a header, as X-User"
        )
    if "trusted_proxies" not in values:
        raise InvalidSettingError(
            env_name("staff_header"), f"needs {env_name('trusted_proxies')}: who may send it"
        )
    return text.lower()


def _hosts(values: Mapping[str, str]) -> tuple[str, ...]:
    if "allowed_hosts" not in values:
        return Settings.allowed_hosts
    hosts = tuple(each.strip().lower() for each in values["allowed_hosts"].split(","))
    if not all(HOST_PATTERN.fullmatch(each) for each in hosts):
        raise InvalidSettingError(
            env_name("allowed_hosts"), "must be host names without ports, separated by commas"
        )
    return hosts


def _networks(values: Mapping[str, str]) -> tuple[str, ...]:
    texts = values["trusted_proxies"].split(",") if "trusted_proxies" in values else []
    try:
        networks = [ip_network(each.strip()) for each in texts]
    except ValueError:
        raise InvalidSettingError(
            env_name("trusted_proxies"),
            "must be addresses or networks, such as 10.0.83.0/24, separated by commas",
        ) from None
    return tuple(str(each) for each in networks)


def _log_format(values: Mapping[str, str]) -> str:
    text = values.get("log_format", Settings.log_format)
    if text not in LOG_FORMATS:
        raise InvalidSettingError(env_name("log_format"), "must be console or json")
    return text


def _frame_ancestors(values: Mapping[str, str]) -> str:
    text = values.get("frame_ancestors", Settings.frame_ancestors)
    if not all(FRAME_ANCESTOR_PATTERN.fullmatch(each) for each in text.split()):
        raise InvalidSettingError(
            env_name("frame_ancestors"), "must be 'none', 'self' or https addresses of sites"
        )
    return text
