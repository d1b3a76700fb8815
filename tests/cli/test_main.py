"""The command line: feeds without a server, keys, checks of municipality files."""

import os
import socket
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from calsvc.cli.main import main
from calsvc.links.keys import generate_key, parse_keys
from tests.municipality.profiles import COUNTER, SMALL
from tests.support.paths import GOLDEN, ROOT

ADULT = ("feed", "--born", "1985-04-23", "--issued", "2020-06-01")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


# --- feeds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "golden"),
    [
        (ADULT, "adult.ja.ics"),
        ((*ADULT, "--lang", "en"), "adult.en.ics"),
        (("feed", "--born", "昭和60年4月23日", "--issued", "R2.6.1"), "adult.ja.ics"),
        (
            (
                *("feed", "--born", "1990-06-15", "--issued", "2023-07-01"),
                *("--stay-until", "2026-05-31", "--lang", "en"),
            ),
            "stay.en.ics",
        ),
    ],
)
def test_a_feed_is_written_to_standard_output(arguments: tuple[str, ...], golden: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 0
    assert result.stdout_bytes == (GOLDEN / golden).read_bytes()
    assert result.stderr == ""


def test_a_feed_can_be_without_alarms() -> None:
    assert b"VALARM" not in run(*ADULT, "--alarms", "off").stdout_bytes


def test_a_feed_can_be_of_another_municipality(tmp_path: Path) -> None:
    otaru = (files("calsvc.municipality") / "profiles" / "012033.toml").read_text(encoding="utf-8")
    city = tmp_path / "city.toml"
    city.write_text(otaru.replace("grace =", 'colour = "seagreen"\ngrace ='), encoding="utf-8")
    result = run(*ADULT, "--municipality", str(city))
    assert b"COLOR:seagreen\r\n" in result.stdout_bytes


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("feed", "--issued", "2020-06-32"),
            "Error: --issued: その日付はありません。年、月、日を確認してください。\n"
            "--born: 生年月日を入力してください。\n",
        ),
        (
            ("feed", "--born", "1985-04-23", "--card-expires", "2030-04-24", "--lang", "en"),
            "Error: --card-expires: A card normally expires on a birthday. Check the expiry date "
            "and the birth date. If your period of stay is limited, enter its last day as well.\n",
        ),
        ((*ADULT, "--municipality", "/nonexistent"), "Error: /nonexistent: No such file or "),
    ],
)
def test_faulty_input_is_reported_by_option(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith(message)
    assert result.stdout == ""
    assert isinstance(result.exception, SystemExit)


def test_an_unknown_language_is_rejected() -> None:
    assert run(*ADULT, "--lang", "fr").exit_code == 2


def test_help_names_every_option_of_a_card() -> None:
    shown = run("feed", "--help").stdout
    for option in ("born", "issued", "card-expires", "applied", "cert-expires", "stay-until"):
        assert f"--{option} DATE" in shown


# --- the rest -------------------------------------------------------------------------------------


def test_the_built_in_municipality_is_valid() -> None:
    result = run("municipality", "check", "012033")
    assert result.exit_code == 0
    assert result.stdout.startswith("012033: 小樽市 is in order.\n")


def test_a_faulty_municipality_file_is_reported_by_entry(tmp_path: Path) -> None:
    path = tmp_path / "city.toml"
    path.write_text('code = "012033"\n', encoding="utf-8")
    result = run("municipality", "check", str(path))
    assert (result.exit_code, result.stderr) == (
        1,
        f"Error: {path}: format: is missing: give a whole number\n",
    )


def test_a_missing_state_folder_is_reported(tmp_path: Path) -> None:
    """So a shared disk that is not mounted is noticed, whose ended links would open again."""
    missing = tmp_path / "shared"
    checked = CliRunner().invoke(
        main,
        ["serve", "--check"],
        env={"CALSVC_STATE_DIR": str(missing), "CALSVC_KEYS": generate_key()},
    )
    assert (checked.exit_code, checked.stderr) == (
        0,
        f"CALSVC_STATE_DIR: {missing} does not exist; nobody can sign in, and no link is ended\n",
    )


def test_a_new_key_is_valid() -> None:
    first, second = (run("keys", "new").stdout for _ in range(2))
    assert first != second
    assert len(parse_keys(first, "here")[0]) == 64


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"CALSVC_PORT": "0"}, "Error: CALSVC_PORT: must be a whole number from 1 to 65535\n"),
        ({"CALSVC_MUNICIPALITIES": "nowhere"}, "Error: nowhere: No such file or directory: give"),
        ({"CALSVC_KEYS": "x"}, "Error: CALSVC_KEYS: a key is faulty; make one with: calsvc keys"),
    ],
)
def test_the_service_does_not_start_with_faulty_settings(
    variables: dict[str, str], message: str
) -> None:
    result = CliRunner(env=variables).invoke(main, ["serve"])
    assert result.exit_code == 1
    assert result.stderr.startswith(message)


def check(**environ: str) -> Result:
    return CliRunner(env=environ).invoke(main, ["serve", "--check"])


def test_configuration_check_reports_success() -> None:
    result = check(CALSVC_KEYS=generate_key())
    assert (result.exit_code, result.stdout) == (0, "In order: 小樽市.\n")


def test_a_check_counts_the_served_municipalities() -> None:
    result = check(CALSVC_KEYS=generate_key(), CALSVC_MUNICIPALITIES="all")
    assert (result.exit_code, result.stdout) == (0, "In order: 1912 municipalities and wards.\n")


def test_a_check_names_outdated_profiles(tmp_path: Path) -> None:
    path = tmp_path / "old.toml"
    path.write_text(SMALL.replace("2026-11-25", "2020-01-01") + COUNTER, encoding="utf-8")
    result = check(CALSVC_KEYS=generate_key(), CALSVC_MUNICIPALITIES=f"012033,{path}")
    assert result.exit_code == 0
    assert result.stderr == (
        "233021: its profile was checked on 2020-01-01, more than a year ago\n"
    )


def test_a_check_creates_no_keys(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    result = check(CALSVC_KEY_FILE=str(file))
    assert result.exit_code == 0
    assert result.stderr.startswith(f"{file}: there are no keys yet; the first run makes them.")
    assert "keys" not in result.stdout
    assert not file.exists()


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"CALSVC_REQUEST_SECONDS": "0"}, "CALSVC_REQUEST_SECONDS: must be a whole number from 1"),
        ({"CALSVC_TRUSTED_PROXIES": "*"}, "CALSVC_TRUSTED_PROXIES: must be addresses or networks"),
        ({"CALSVC_KEYS": "x"}, "CALSVC_KEYS: a key is faulty"),
        ({"CALSVC_KEY_FILE": "/dev/null"}, "/dev/null: holds no key"),
        ({"CALSVC_MUNICIPALITIES": "nowhere"}, "nowhere: No such file or directory"),
    ],
)
def test_a_check_fails_if_the_service_would_not_start(
    variables: dict[str, str], message: str
) -> None:
    result = check(**variables)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {message}")


def test_faulty_letter_template_is_reported_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "own.typ").write_text("\n#let letter(row, city, at) = missing\n", encoding="utf-8")
    file = tmp_path / "otaru.toml"
    file.write_text('[letter]\ntemplate = "own.typ"\n', encoding="utf-8")
    for entry in (str(file), f"012033={file}"):
        result = check(CALSVC_KEYS=generate_key(), CALSVC_LETTER_SETTINGS=entry)
        assert result.exit_code == 1
        assert result.stderr.startswith("Error: otaru.toml: faulty: own.typ:2: unknown variable")


def test_check_sets_letters_without_a_document_number() -> None:
    file = str(ROOT / "examples/letters/city-letter.toml")
    assert check(CALSVC_KEYS=generate_key(), CALSVC_LETTER_SETTINGS=file).exit_code == 0


def test_a_check_names_unknown_variables() -> None:
    result = check(CALSVC_KEYS=generate_key(), CALSVC_TRUSTED_PROXY="10.0.0.1")
    assert result.exit_code == 0
    assert result.stderr == "CALSVC_TRUSTED_PROXY: there is no such setting\n"


def test_a_check_warns_of_a_wide_network_of_proxies() -> None:
    result = check(CALSVC_KEYS=generate_key(), CALSVC_TRUSTED_PROXIES="10.0.0.0/8,192.0.2.0/24")
    assert result.exit_code == 0
    assert result.stderr == (
        "CALSVC_TRUSTED_PROXIES: 10.0.0.0/8: any machine in so wide a network may pose as any "
        "client; name the proxies alone\n"
    )


def test_a_used_metrics_port_prevents_the_start() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "calsvc", "serve", "--port", "1"],
            env={**os.environ, "CALSVC_KEYS": generate_key(), "CALSVC_METRICS_PORT": port},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (
        1,
        "Error: CALSVC_METRICS_HOST, CALSVC_METRICS_PORT: Address already in use\n",
    )


def test_the_program_runs_as_a_process_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "calsvc", *ADULT],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TZ": "America/New_York"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == (GOLDEN / "adult.ja.ics").read_bytes()


def test_a_feed_may_be_of_a_renewed_certificate() -> None:
    printed = ("feed", "--born", "1985-04-23", "--card-expires", "2030-04-23")
    result = run(*printed, "--cert-renewed", "yes")
    assert b"UID:certificate-" not in result.stdout_bytes
    assert b"UID:card-expiry-20300423@calsvc\r\n" in result.stdout_bytes
    faulty = run(*printed, "--cert-renewed", "perhaps", "--lang", "en")
    assert (faulty.exit_code, faulty.stdout) == (1, "")
    assert "--cert-renewed: Enter the day" in faulty.stderr
