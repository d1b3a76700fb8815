"""Starts a module in a child process that has no key and prints nothing."""

import os
import subprocess
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType

INHERITED_VARIABLES = (
    "PATH",
    "LANG",
    "LD_LIBRARY_PATH",
    "PYTHONHOME",
    "COVERAGE_PROCESS_START",
    "TMPDIR",
)
"""The environment variables of the child process. Keys are not among them."""


def start_module(
    module: str,
    *arguments: str,
    descriptors: Collection[int] = (),
    further: Mapping[str, str] = MappingProxyType({}),
) -> "subprocess.Popen[bytes]":
    """Start ``python -m module`` with pipes for input and output. Raises ``OSError``.

    ``descriptors``: the file descriptors that the child process inherits. ``further``: environment
    variables for this process only.
    """
    environ = {name: os.environ[name] for name in INHERITED_VARIABLES if name in os.environ}
    root = str(Path(__file__).parent.parent)
    return subprocess.Popen(  # noqa: S603 - the callers' modules are the project's own
        [sys.executable, "-P", "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # The messages of libraries may contain names or dates.
        pass_fds=descriptors,
        env={**environ, **further, "PYTHONPATH": root, "PYTHONWARNINGS": "ignore"},
    )
