"""Programs of the system that a machine may lack, so that the tests that run them are skipped."""

import os
import shutil
from pathlib import Path

import pytest

PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"
"""Debian keeps servers where only root looks for them."""


def require(program: str) -> str:
    """Return the path of ``program``, or skip the test that asks for it."""
    path = shutil.which(program, path=PATH)
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path


def require_file(path: Path) -> Path:
    """Return ``path``, or skip the test that asks for it if there is nothing."""
    if not path.exists():
        pytest.skip(f"{path.name} is not installed")
    return path
