"""Settings from the environment: read once, checked, with errors that name the variable."""

from dataclasses import fields

import pytest

from calsvc.settings import (
    InvalidSettingError,
    Settings,
    env_name,
    load_settings,
    unknown_variables,
    wide_networks,
)


def setting_error(name: str, value: str) -> str:
    with pytest.raises(InvalidSettingError) as caught:
        load_settings({name: value})
    assert caught.value.variable == name
    return str(caught.value)


def test_all_settings_have_a_default() -> None:
    settings = load_settings({})
    assert settings == Settings()
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)
    assert settings.municipalities == ("012033",)
    assert settings.public_url == ""
    assert settings.allowed_hosts == ("localhost", "127.0.0.1", "[::1]")
    assert settings.frame_ancestors == "'self'"
    assert settings.keys == ""
    assert settings.key_file == "~/.config/calsvc/keys"
    assert (settings.state_dir, settings.max_upload_mb) == ("~/.config/calsvc", 50)
    assert settings.ended_links_file == "~/.config/calsvc/ended-links"
    assert not settings.shares_state
    assert (settings.staff_header, settings.staff_plain_http) == ("", False)
    assert settings.trusted_proxies == ()
    assert (settings.request_seconds, settings.keep_alive_seconds) == (20, 65)
    assert (settings.shutdown_seconds, settings.max_connections) == (30, 5000)
    assert settings.max_client_connections == 500
    assert settings.posts_per_minute == 120
    assert (settings.log_format, settings.metrics_port) == ("console", 0)
    assert settings.metrics_host == "127.0.0.1"


def test_all_settings_can_be_set() -> None:
    settings = load_settings(
        {
            "CALSVC_HOST": "10.0.0.1",
            "CALSVC_PORT": "9000",
            "CALSVC_WORKERS": "4",
            "CALSVC_MUNICIPALITIES": "/etc/calsvc/city.toml, 012033",
            "CALSVC_PUBLIC_URL": "https://calendar.example.jp/cards/",
            "CALSVC_ALLOWED_HOSTS": "Calendar.example.jp, [::1]",
            "CALSVC_FRAME_ANCESTORS": "'self' https://www.city.otaru.lg.jp",
            "CALSVC_KEYS": "secret",
            "CALSVC_KEY_FILE": "/etc/calsvc/keys",
            "CALSVC_ENDED_LINKS": "/etc/calsvc/ended",
            "CALSVC_STATE_DIR": "/srv/calsvc/",
            "CALSVC_STAFF_HEADER": "X-Remote-User",
            "CALSVC_STAFF_PLAIN_HTTP": "on",
            "CALSVC_MAX_UPLOAD_MB": "8",
            "CALSVC_TRUSTED_PROXIES": "10.0.0.0/16, 192.0.2.7,::1",
            "CALSVC_REQUEST_SECONDS": "5",
            "CALSVC_KEEP_ALIVE_SECONDS": "3600",
            "CALSVC_SHUTDOWN_SECONDS": "7",
            "CALSVC_MAX_CONNECTIONS": "100000",
            "CALSVC_MAX_CLIENT_CONNECTIONS": "50",
            "CALSVC_POSTS_PER_MINUTE": "1",
            "CALSVC_LOG_FORMAT": "json",
            "CALSVC_METRICS_PORT": "9464",
            "CALSVC_METRICS_HOST": "10.0.0.2",
            "HOME": "/root",
        }
    )
    assert settings.host == "10.0.0.1"
    assert (settings.port, settings.workers) == (9000, 4)
    assert settings.municipalities == ("/etc/calsvc/city.toml", "012033")
    assert settings.public_url == "https://calendar.example.jp/cards"
    assert settings.allowed_hosts == ("calendar.example.jp", "[::1]")
    assert settings.frame_ancestors == "'self' https://www.city.otaru.lg.jp"
    assert (settings.keys, settings.key_file) == ("secret", "/etc/calsvc/keys")
    assert settings.ended_links == "/etc/calsvc/ended"
    assert (settings.state_dir, settings.max_upload_mb) == ("/srv/calsvc", 8)
    assert settings.shares_state
    assert (settings.staff_header, settings.staff_plain_http) == ("x-remote-user", True)
    assert settings.trusted_proxies == ("10.0.0.0/16", "192.0.2.7/32", "::1/128")
    assert (settings.request_seconds, settings.keep_alive_seconds) == (5, 3600)
    assert (settings.shutdown_seconds, settings.max_connections) == (7, 100_000)
    assert settings.max_client_connections == 50
    assert (settings.posts_per_minute, settings.log_format) == (1, "json")
    assert (settings.metrics_host, settings.metrics_port) == ("10.0.0.2", 9464)


def test_each_field_has_its_variable() -> None:
    assert [env_name(name) for name in ("port", "public_url")] == [
        "CALSVC_PORT",
        "CALSVC_PUBLIC_URL",
    ]


@pytest.mark.parametrize("blank", ["", " ", "\t"])
def test_a_blank_value_counts_as_missing(blank: str) -> None:
    names = [env_name(field.name) for field in fields(Settings)]
    assert load_settings(dict.fromkeys(names, blank)) == Settings()


def test_keys_do_not_show_when_settings_are_printed() -> None:
    assert "secret" not in repr(load_settings({"CALSVC_KEYS": "secret"}))


@pytest.mark.parametrize("port", ["1", "8000", "65535"])
def test_a_port_is_a_whole_number(port: str) -> None:
    assert str(load_settings({"CALSVC_PORT": port}).port) == port


@pytest.mark.parametrize("port", ["0", "65536", "-1", "80.0", "http", "８０００", "1e3", "²"])
def test_an_invalid_port_is_rejected(port: str) -> None:
    assert setting_error("CALSVC_PORT", port) == (
        "CALSVC_PORT: must be a whole number from 1 to 65535"
    )


@pytest.mark.parametrize("name", ["CALSVC_HOST", "CALSVC_METRICS_HOST"])
def test_a_host_is_an_address_or_a_name(name: str) -> None:
    for host in ("0.0.0.0", "::", "::1", "localhost", "calendar.example.jp"):  # noqa: S104
        load_settings({name: host})
    for host in ("127.0.0.1:80", "http://a", "a b", "[::1]:80", "/run/x"):
        assert (
            setting_error(name, host)
            == f"{name}: must be an address or a host name, without a port"
        )


@pytest.mark.parametrize("workers", ["0", "65", "two"])
def test_workers_are_from_1_to_64(workers: str) -> None:
    assert setting_error("CALSVC_WORKERS", workers) == (
        "CALSVC_WORKERS: must be a whole number from 1 to 64"
    )
    assert load_settings({"CALSVC_WORKERS": "64"}).workers == 64


@pytest.mark.parametrize(("text", "is_on"), [("on", True), ("off", False), ("", True)])
def test_the_access_log_is_on_unless_switched_off(text: str, is_on: bool) -> None:
    assert load_settings({"CALSVC_ACCESS_LOG": text}).access_log is is_on


@pytest.mark.parametrize("text", ["no", "OFF", "0", "true"])
def test_a_switch_is_on_or_off(text: str) -> None:
    assert setting_error("CALSVC_ACCESS_LOG", text) == "CALSVC_ACCESS_LOG: must be on or off"


@pytest.mark.parametrize(
    "url",
    [
        "calendar.example.jp",
        "ftp://calendar.example.jp",
        "https://calendar.example.jp?x=1",
        "https://",
        "https://a b",
        "javascript:alert(1)",
        "https://a.example/b/../c d",
    ],
)
def test_invalid_public_url_is_rejected(url: str) -> None:
    assert setting_error("CALSVC_PUBLIC_URL", url) == (
        "CALSVC_PUBLIC_URL: must be like https://calendar.example.jp"
    )


@pytest.mark.parametrize("hosts", ["a b", "example.jp:8000", "https://a.example", ",", "*"])
def test_allowed_hosts_are_names_without_ports(hosts: str) -> None:
    assert setting_error("CALSVC_ALLOWED_HOSTS", hosts) == (
        "CALSVC_ALLOWED_HOSTS: must be host names without ports, separated by commas"
    )


@pytest.mark.parametrize("sites", ["*", "http://a.example", "'self'; script-src *", "self"])
def test_sites_that_may_show_the_page_are_https_addresses(sites: str) -> None:
    assert setting_error("CALSVC_FRAME_ANCESTORS", sites) == (
        "CALSVC_FRAME_ANCESTORS: must be 'none', 'self' or https addresses of sites"
    )


@pytest.mark.parametrize("proxies", ["*", "nginx", "10.0.0.1/8", "10.0.0.0/8,", "10.0.0.0/33"])
def test_trusted_proxies_are_addresses_or_networks(proxies: str) -> None:
    assert setting_error("CALSVC_TRUSTED_PROXIES", proxies) == (
        "CALSVC_TRUSTED_PROXIES: must be addresses or networks, such as 10.0.83.0/24, "
        "separated by commas"
    )


def test_networks_too_wide_for_proxies_are_found() -> None:
    proxies = "10.0.0.0/8,172.16.0.0/15,192.168.0.0/16,192.0.2.7,fd00::/8,fd00:1:2::/48,::1"
    found = wide_networks(load_settings({"CALSVC_TRUSTED_PROXIES": proxies}))
    assert found == ("10.0.0.0/8", "172.16.0.0/15", "fd00::/8")


@pytest.mark.parametrize(
    ("name", "minimum", "maximum"),
    [
        ("CALSVC_REQUEST_SECONDS", 1, 3600),
        ("CALSVC_KEEP_ALIVE_SECONDS", 1, 3600),
        ("CALSVC_SHUTDOWN_SECONDS", 1, 3600),
        ("CALSVC_MAX_CONNECTIONS", 1, 100_000),
        ("CALSVC_MAX_CLIENT_CONNECTIONS", 1, 100_000),
        ("CALSVC_POSTS_PER_MINUTE", 1, 100_000),
        ("CALSVC_METRICS_PORT", 0, 65535),
    ],
)
def test_each_limit_has_its_bounds(name: str, minimum: int, maximum: int) -> None:
    for value in (str(minimum - 1), str(maximum + 1), "many"):
        assert (
            setting_error(name, value)
            == f"{name}: must be a whole number from {minimum} to {maximum}"
        )
    for value in (str(minimum), str(maximum)):
        load_settings({name: value})


@pytest.mark.parametrize("text", ["JSON", "text", "console,json"])
def test_logs_are_for_a_console_or_json(text: str) -> None:
    assert setting_error("CALSVC_LOG_FORMAT", text) == "CALSVC_LOG_FORMAT: must be console or json"


def test_variables_that_are_no_settings_are_found() -> None:
    environ = {"CALSVC_PORTS": "80", "CALSVC_PORT": "80", "PORT": "80", "CALSVC_": ""}
    assert unknown_variables(environ) == ("CALSVC_", "CALSVC_PORTS")


@pytest.mark.parametrize("text", ["X User", "X-User:", "ü"])
def test_an_invalid_staff_header_is_rejected(text: str) -> None:
    with pytest.raises(InvalidSettingError):
        load_settings({"CALSVC_STAFF_HEADER": text, "CALSVC_TRUSTED_PROXIES": "10.0.0.1"})


def test_a_staff_header_needs_a_trusted_proxy() -> None:
    with pytest.raises(InvalidSettingError, match="CALSVC_TRUSTED_PROXIES"):
        load_settings({"CALSVC_STAFF_HEADER": "X-User"})


def test_the_file_of_ended_links_is_in_the_state_folder() -> None:
    assert load_settings({"CALSVC_STATE_DIR": "/srv/x"}).ended_links_file == "/srv/x/ended-links"
    assert load_settings({"CALSVC_ENDED_LINKS": "/etc/ended"}).ended_links_file == "/etc/ended"


def test_the_removed_password_setting_is_rejected() -> None:
    with pytest.raises(InvalidSettingError, match="calsvc staff add"):
        load_settings({"CALSVC_STAFF_PASSWORD_HASH": "x"})


@pytest.mark.parametrize("text", ["0", "2001", "x"])
def test_the_largest_upload_is_from_1_to_2000_megabytes(text: str) -> None:
    with pytest.raises(InvalidSettingError):
        load_settings({"CALSVC_MAX_UPLOAD_MB": text})


def test_a_renamed_setting_is_rejected_with_its_new_name() -> None:
    with pytest.raises(
        InvalidSettingError, match="CALSVC_MUNICIPALITY: is called CALSVC_MUNICIPALITIES"
    ):
        load_settings({"CALSVC_MUNICIPALITY": "otaru"})
    assert load_settings({"CALSVC_MUNICIPALITY": " "}) == Settings()
