"""Starts a module in a process of its own, which gets no key and prints nothing."""

import os
import subprocess
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType

INHERITED = ("PATH", "LANG", "LD_LIBRARY_PATH", "PYTHONHOME", "COVERAGE_PROCESS_START", "TMPDIR")
"""Variables that the process is started with; keys are not among them."""


def start_module(
    module: str,
    *arguments: str,
    descriptors: Collection[int] = (),
    further: Mapping[str, str] = MappingProxyType({}),
) -> "subprocess.Popen[bytes]":
    """Start ``python -m module`` with pipes for input and output.

    ``descriptors``: of files that the process may use. ``further``: variables for it alone. Raises
    ``OSError``.
    """
    environ = {name: os.environ[name] for name in INHERITED if name in os.environ}
    root = str(Path(__file__).parent.parent)
    return subprocess.Popen(  # noqa: S603 - the callers' modules are the project's own
        [sys.executable, "-P", "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what a library says may hold a name or a date
        pass_fds=descriptors,
        env={**environ, **further, "PYTHONPATH": root, "PYTHONWARNINGS": "ignore"},
    )
