"""Runs one target with atheris, which needs a separate process."""

import sys

import atheris

with atheris.instrument_imports(include=["calsvc"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Read the arguments (target, folder of examples, options of libFuzzer) and start fuzzing."""
    program, name, *options = sys.argv
    atheris.Setup([program, *options], TARGETS[name].read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
