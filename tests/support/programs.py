"""Finds programs of the system. Tests whose program is not installed are skipped."""

import os
import shutil
from pathlib import Path

import pytest

PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"
"""With the folder of servers, which in Debian is only in root's PATH."""


def require(program: str) -> str:
    """Return the path of ``program``, or skip the test if it is not installed."""
    path = shutil.which(program, path=PATH)
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path


def require_file(path: Path) -> Path:
    """Return ``path``, or skip the test if it does not exist."""
    if not path.exists():
        pytest.skip(f"{path.name} is not installed")
    return path
