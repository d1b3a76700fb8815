"""The examples for administrators are valid for the programs that read them."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx2
import kubernetes_validate
import pytest
import yaml

from calsvc.settings import Settings, env_name
from tests.support.paths import ROOT
from tests.support.programs import require
from tests.support.servers import KEY, free_port
from tests.support.waiting import HANG_SECONDS

EXAMPLES = ROOT / "examples"
BIN = Path(sys.executable).parent
MAX_EXPOSURE = 12
"""Exposure by ``systemd-analyze security``, in tenths. A unit without restrictions has 100."""


# --- compose --------------------------------------------------------------------------------------


def test_compose_file_is_valid() -> None:
    subprocess.run(
        [
            *(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec"),
            EXAMPLES / "compose.yaml",
        ],
        check=True,
    )


def test_compose_services_are_read_only_without_capabilities() -> None:
    composed = yaml.safe_load((EXAMPLES / "compose.yaml").read_text(encoding="utf-8"))
    for service in composed["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


# --- Kubernetes -----------------------------------------------------------------------------------

OBJECTS: list[dict[str, Any]] = list(
    yaml.safe_load_all((EXAMPLES / "kubernetes/calsvc.yaml").read_text(encoding="utf-8"))
)


def object_of(kind: str) -> dict[str, Any]:
    return next(each for each in OBJECTS if each["kind"] == kind)


@pytest.mark.parametrize("kubernetes_object", OBJECTS, ids=lambda each: each["kind"])
def test_every_kubernetes_object_is_valid(kubernetes_object: dict[str, Any]) -> None:
    kubernetes_validate.validate(
        kubernetes_object, kubernetes_validate.latest_version(), strict=True
    )


def test_pod_meets_the_restricted_pod_security_standard() -> None:
    pod = object_of("Deployment")["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in pod["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_all_selectors_match_the_pods_of_the_deployment() -> None:
    labels = object_of("Deployment")["spec"]["template"]["metadata"]["labels"]
    assert object_of("Service")["spec"]["selector"] == labels
    assert object_of("PodDisruptionBudget")["spec"]["selector"]["matchLabels"] == labels
    assert object_of("NetworkPolicy")["spec"]["podSelector"]["matchLabels"] == labels


def test_placeholder_secret_of_the_example_is_rejected(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(object_of("Secret")["stringData"]["keys"], encoding="ascii")
    keys.chmod(0o600)
    done = subprocess.run(
        [sys.executable, "-m", "calsvc", "serve", "--port", str(free_port())],
        env={**os.environ, "CALSVC_KEY_FILE": str(keys), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 1
    assert "make one with: calsvc keys new" in done.stderr


# --- systemd --------------------------------------------------------------------------------------


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """A folder with the units, which start an existing program."""
    for unit in (EXAMPLES / "systemd").glob("*@*"):
        text = unit.read_text(encoding="utf-8")
        (tmp_path / unit.name).write_text(text.replace("/opt/calsvc/bin/calsvc", sys.executable))
    return tmp_path


def test_systemd_units_are_valid(units: Path) -> None:
    copies = [units / f"calsvc@{port}.service" for port in (8000, 8001)]
    subprocess.run([require("systemd-analyze"), "verify", *copies], check=True)


def test_systemd_exposure_of_the_unit_is_low(units: Path) -> None:
    subprocess.run(
        [
            *(require("systemd-analyze"), "security", "--offline=yes", "--no-pager"),
            *(f"--threshold={MAX_EXPOSURE}", str(units / "calsvc@.service")),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )


def test_root_runs_commands_with_the_settings_of_the_unit(tmp_path: Path) -> None:
    """A check with other settings than those of the service would be useless."""
    unit = (EXAMPLES / "systemd/calsvc@.service").read_text(encoding="utf-8")
    program = (EXAMPLES / "systemd/calsvc").read_text(encoding="utf-8")
    assert "LoadCredential=keys:/etc/calsvc/keys" in unit
    (tmp_path / "environment").write_text("CALSVC_WORKERS=3\nCALSVC_STATE_DIR=/srv/calsvc\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/calsvc").write_text("#!/bin/sh\nenv")
    (tmp_path / "bin/calsvc").chmod(0o755)
    done = subprocess.run(
        ["sh", "-c", program.replace("/etc/calsvc/environment", str(tmp_path / "environment"))],
        env={"RELEASE": str(tmp_path), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=True,
    )
    passed = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert passed["CALSVC_KEY_FILE"] == "/etc/calsvc/keys"
    assert passed["CALSVC_STATE_DIR"] == "/srv/calsvc"
    assert passed["CALSVC_WORKERS"] == "3"


@pytest.fixture
def activated(workers: int) -> Iterator[str]:
    """The URL of a service with a socket from systemd."""
    port = free_port()
    process = subprocess.Popen(
        [
            *(require("systemd-socket-activate"), "--listen", f"127.0.0.1:{port}"),
            *("--setenv", f"CALSVC_KEYS={KEY}", "--setenv", f"PYTHONPATH={ROOT}"),
            *(sys.executable, "-m", "calsvc", "serve", "--fd", "3", "--workers", str(workers)),
        ],
        stderr=subprocess.PIPE,
    )
    try:
        assert process.stderr
        assert b"Listening" in process.stderr.readline()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.mark.parametrize("workers", [1, 2])
def test_service_responds_on_a_socket_from_systemd(activated: str) -> None:
    url = f"{activated}/calendar.ics?issued=2020-05-15&born=1990-10-10"
    assert httpx2.get(url, timeout=HANG_SECONDS).content.startswith(b"BEGIN:VCALENDAR")


# --- Caddy ----------------------------------------------------------------------------------------


def test_caddyfile_is_valid(tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / "Caddyfile", tmp_path)
    subprocess.run(
        [require("caddy"), "validate", "--config", "Caddyfile", "--adapter", "caddyfile"],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)},
        check=True,
        capture_output=True,
    )


# --- all of them ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "example",
    [
        "compose.yaml",
        "kubernetes/calsvc.yaml",
        "systemd/calsvc@.service",
        "systemd/calsvc",
        "nginx.conf",
    ],
)
def test_every_setting_in_an_example_exists(example: str) -> None:
    named = set(re.findall(r"CALSVC_[A-Z_]+", (EXAMPLES / example).read_text(encoding="utf-8")))
    assert named
    assert named <= {env_name(field.name) for field in fields(Settings)}
