"""The command line as ``python -m calsvc``."""

from calsvc.cli import main

main()
