"""The command line as ``python -m calsvc``."""

from calsvc.cli.main import main

main()
