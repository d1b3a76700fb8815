"""The image: a linter checks the Dockerfile, and tests run its steps in a folder."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

import httpx2
import pytest
from dockerfile_parse import DockerfileParser
from filelock import FileLock
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.paths import ROOT
from tests.support.servers import KEY, free_port, wait_until_ready
from tests.support.waiting import HANG_SECONDS

DOCKERFILE = ROOT / "Dockerfile"
PREFIX = "/opt/calsvc"
LAYERS = (ROOT / ".venv").resolve() / "layers"
"""The cache of the first layer, because its installation takes long."""


def parse_stages() -> list[list[tuple[str, str]]]:
    stages: list[list[tuple[str, str]]] = []
    for line in DockerfileParser(str(DOCKERFILE)).structure:
        if line["instruction"] == "FROM":
            stages.append([])
        if line["instruction"] != "COMMENT":
            stages[-1].append((line["instruction"], line["value"]))
    return stages


def last_value(instruction: str) -> str:
    """Return the value of the last ``instruction`` in the final stage."""
    return [value for name, value in parse_stages()[-1] if name == instruction][-1]


def test_hadolint_finds_nothing() -> None:
    subprocess.run(["hadolint", str(DOCKERFILE)], check=True, env=with_tools())


def with_tools() -> dict[str, str]:
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def test_image_user_is_a_number_and_not_root() -> None:
    assert int(last_value("USER")) > 0


def test_image_health_check_requests_healthz() -> None:
    assert "/healthz" in last_value("HEALTHCHECK")


def test_dockerignore_admits_exactly_the_copied_files() -> None:
    sent = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    copied = [value.split()[:-1] for name, value in parse_stages()[0] if name == "COPY"]
    assert {each for sources in copied for each in sources} == set(sent)


@dataclass(frozen=True)
class Image:
    """The result of the first stage. ``prefix`` replaces /opt/calsvc. ``snapshot``: its files."""

    prefix: Path
    snapshot: dict[Path, int]

    def installed(self) -> dict[str, Distribution]:
        site = next(self.prefix.glob("lib/python3*/site-packages"))
        return {canonicalize_name(each.name): each for each in distributions(path=[str(site)])}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The result of the steps of the first stage, which run in a temporary folder."""
    source, prefix = tmp_path_factory.mktemp("src"), tmp_path_factory.mktemp("opt") / "calsvc"
    for name, value in parse_stages()[0]:
        if name == "COPY":
            *sources, target = value.split()
            copy(sources, source / target)
        if name == "RUN" and not prefix.exists():
            run_first_step(value, source, prefix)
        elif name == "RUN":
            run_step(value, source, prefix)
    return Image(prefix, snapshot(prefix))


def run_step(step: str, source: Path, prefix: Path) -> None:
    command = step.replace(PREFIX, str(prefix))
    subprocess.run(["sh", "-euc", command], cwd=source, env=with_tools(), check=True)


def run_first_step(step: str, source: Path, prefix: Path) -> None:
    """Run ``step``, or copy its cached result for the same text, lock and Python."""
    inputs = (step, sys.version, (ROOT / ".ci" / "requirements-run.txt").read_text("utf-8"))
    layer = LAYERS / hashlib.sha256("\0".join(inputs).encode()).hexdigest()
    LAYERS.mkdir(exist_ok=True)
    with FileLock(LAYERS / "lock"):
        if not (layer / "complete").exists():
            for stale in LAYERS.glob("*/"):
                shutil.rmtree(stale)
            layer.mkdir()
            run_step(step, source, layer / "calsvc")
            (layer / "complete").touch()
        shutil.copytree(layer / "calsvc", prefix, symlinks=True)
    move_scripts(layer / "calsvc", prefix)


def move_scripts(old: Path, new: Path) -> None:
    """Replace the path of a virtual environment in its scripts, whose first line contains it."""
    for script in (path for path in (new / "bin").iterdir() if not path.is_symlink()):
        content = script.read_bytes()
        script.write_bytes(content.replace(bytes(old), bytes(new)))


def copy(sources: list[str], target: Path) -> None:
    for source in sources:
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.mkdir(exist_ok=True)
            shutil.copy(ROOT / source, target)


def test_image_has_exactly_the_required_packages(image: Image) -> None:
    installed = image.installed()
    assert required_packages("calsvc", installed) == set(installed)


def required_packages(name: str, installed: dict[str, Distribution]) -> set[str]:
    required, pending = set(), [name]
    while pending:
        package = pending.pop()
        required.add(package)
        requirements = map(Requirement, installed[package].requires or ())
        names = {canonicalize_name(requirement.name) for requirement in requirements}
        pending += (names & set(installed)) - required
    return required


@pytest.fixture
def running(image: Image, tmp_path: Path) -> Iterator[str]:
    """The URL of a service that runs the image's CMD with the image's ENV."""
    port = free_port()
    words = dict(re.findall(r"(\w+)=(\S+)", last_value("ENV").replace(PREFIX, str(image.prefix))))
    environment = {
        **words,
        "PATH": f"{image.prefix}/bin",
        "HOME": str(tmp_path),
        "CALSVC_PORT": str(port),
        "CALSVC_HOST": "127.0.0.1",
        "CALSVC_KEYS": KEY,
    }
    command = json.loads(last_value("CMD"))
    command[0] = str(image.prefix / "bin" / command[0])
    process = subprocess.Popen(command, env=environment, cwd=tmp_path)
    try:
        wait_until_ready(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def test_image_serves_requests_without_writing_files(
    image: Image, running: str, tmp_path: Path
) -> None:
    for path in ("/healthz", "/", "/calendar.ics?issued=2020-05-15&born=1990-10-10"):
        assert httpx2.get(running + path, timeout=HANG_SECONDS).status_code == 200
    assert snapshot(image.prefix) == image.snapshot
    assert list(tmp_path.iterdir()) == []


def snapshot(folder: Path) -> dict[Path, int]:
    return {path: path.lstat().st_mtime_ns for path in folder.rglob("*")}


# --- bill of materials ----------------------------------------------------------------------------


@pytest.mark.large
def test_sbom_lists_the_locked_packages_with_their_hashes(tmp_path: Path) -> None:
    bill = tmp_path / "sbom.json"
    subprocess.run(["make", "sbom", f"SBOM={bill}"], cwd=ROOT, check=True)
    components = json.loads(bill.read_text(encoding="utf-8"))["components"]
    listed = {(each["name"], each["version"]): hashes_of(each) for each in components}
    lock = (ROOT / ".ci" / "requirements-run.txt").read_text(encoding="utf-8")
    locked = re.findall(r"^([a-z0-9-]+)(?:\[.*?\])?==(\S+)(.*(?:\n .*)*)", lock, re.MULTILINE)
    assert listed == {
        (name, version): set(re.findall(r"sha256:(\w+)", rest)) for name, version, rest in locked
    }


def hashes_of(component: dict[str, Any]) -> set[str]:
    references = component["externalReferences"]
    return {digest["content"] for each in references for digest in each.get("hashes", ())}
