"""Runs one target under atheris, which needs a process of its own."""

import sys

import atheris

with atheris.instrument_imports(include=["calsvc"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Arguments: a target, a folder of examples, options of libFuzzer."""
    program, name, *options = sys.argv
    atheris.Setup([program, *options], TARGETS[name].read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
