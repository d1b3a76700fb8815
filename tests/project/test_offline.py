"""The archive of ``make offline`` installs and runs without a network."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from tests.support.servers import KEY

NO_NETWORK = {"PIP_NO_INDEX": "1", "https_proxy": "http://127.0.0.1:9", "CALSVC_KEYS": KEY}

WITHOUT_VENV = f"""#!/bin/sh
test "$1" != -m || {{ mkdir "$3"; exit 1; }}
exec {sys.executable} "$@"
"""
"""Python like Debian's without python3-venv, which fails and leaves an incomplete folder."""


def without_network() -> list[str]:
    """Return a command prefix that removes the network, or nothing if this machine forbids it."""
    prefix = ["unshare", "--map-root-user", "--net"]
    done = subprocess.run([*prefix, "true"], capture_output=True, check=False)
    return prefix if done.returncode == 0 else []


def run(*command: str | Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*without_network(), *command],
        env={**os.environ, **NO_NETWORK, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.large
def test_offline_archive_installs_without_a_network(tmp_path: Path) -> None:
    archive, target = tmp_path / "offline.tar.gz", tmp_path / "installed"
    subprocess.run([ROOT / ".ci" / "offline", archive], cwd=ROOT, check=True)
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    installer = tmp_path / "calsvc-offline" / "install"
    done = run(installer, target)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("calsvc, version ")
    assert run(target / "bin" / "calsvc", "serve", "--check").stdout.startswith("In order: ")

    again = run(installer, target)
    assert again.returncode == 1
    assert "exists already" in again.stderr

    without_venv = tmp_path / "python3"
    without_venv.write_text(WITHOUT_VENV)
    without_venv.chmod(0o755)
    failed = run(installer, tmp_path / "other", PYTHON=str(without_venv))
    assert "Install python3-venv" in failed.stderr
    assert not (tmp_path / "other").exists()

    (tmp_path / "calsvc-offline" / "requirements.txt").write_text("")
    damaged = run(installer, tmp_path / "other")
    assert damaged.returncode != 0
    assert not (tmp_path / "other").exists()
