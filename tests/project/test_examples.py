"""What stands in examples/ for administrators: each file is read by the tool that it is for."""

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
MAX_EXPOSED = 12
"""Tenths of what ``systemd-analyze security`` reckons: a unit with every right has 100."""


# --- compose --------------------------------------------------------------------------------------


def test_the_compose_file_is_one() -> None:
    subprocess.run(
        [
            *(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec"),
            EXAMPLES / "compose.yaml",
        ],
        check=True,
    )


def test_every_composed_service_has_a_read_only_file_system_and_no_rights() -> None:
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


@pytest.mark.parametrize("described", OBJECTS, ids=lambda each: each["kind"])
def test_every_kubernetes_object_is_one(described: dict[str, Any]) -> None:
    kubernetes_validate.validate(described, kubernetes_validate.latest_version(), strict=True)


def test_the_pod_satisfies_the_restricted_pod_security_standard() -> None:
    pod = object_of("Deployment")["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in pod["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_everything_selects_the_pods_of_the_deployment() -> None:
    labels = object_of("Deployment")["spec"]["template"]["metadata"]["labels"]
    assert object_of("Service")["spec"]["selector"] == labels
    assert object_of("PodDisruptionBudget")["spec"]["selector"]["matchLabels"] == labels
    assert object_of("NetworkPolicy")["spec"]["podSelector"]["matchLabels"] == labels


def test_the_secret_of_the_example_seals_nothing(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(object_of("Secret")["stringData"]["keys"], encoding="ascii")
    keys.chmod(0o600)
    refusal = subprocess.run(
        [sys.executable, "-m", "calsvc", "serve", "--port", str(free_port())],
        env={**os.environ, "CALSVC_KEY_FILE": str(keys), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert refusal.returncode == 1
    assert "make one with: calsvc keys new" in refusal.stderr


# --- systemd --------------------------------------------------------------------------------------


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """A folder with the units, and a program in the place that they name."""
    for unit in (EXAMPLES / "systemd").iterdir():
        text = unit.read_text(encoding="utf-8")
        (tmp_path / unit.name).write_text(text.replace("/opt/calsvc/bin/calsvc", sys.executable))
    return tmp_path


def test_systemd_finds_nothing_wrong_with_the_units(units: Path) -> None:
    names = [str(units / name) for name in ("calsvc.service", "calsvc.socket")]
    subprocess.run([require("systemd-analyze"), "verify", *names], check=True)


def test_the_unit_has_hardly_a_right_left(units: Path) -> None:
    subprocess.run(
        [
            *(require("systemd-analyze"), "security", "--offline=yes", "--no-pager"),
            *(f"--threshold={MAX_EXPOSED}", str(units / "calsvc.service")),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )


@pytest.fixture
def activated(workers: int) -> Iterator[str]:
    """The address of a service that got its socket as systemd hands it in."""
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
def test_the_service_answers_on_a_socket_that_systemd_opened(activated: str) -> None:
    address = f"{activated}/calendar.ics?issued=2020-05-15&born=1990-10-10"
    assert httpx2.get(address, timeout=HANG_SECONDS).content.startswith(b"BEGIN:VCALENDAR")


# --- Caddy ----------------------------------------------------------------------------------------


def test_caddy_finds_nothing_wrong_with_its_file(tmp_path: Path) -> None:
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
    "example", ["compose.yaml", "kubernetes/calsvc.yaml", "systemd/calsvc.service", "nginx.conf"]
)
def test_every_setting_of_an_example_is_one(example: str) -> None:
    named = set(re.findall(r"CALSVC_[A-Z_]+", (EXAMPLES / example).read_text(encoding="utf-8")))
    assert named
    assert named <= {env_name(field.name) for field in fields(Settings)}
