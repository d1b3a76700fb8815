"""A run of ``calsvc links`` that is killed once two batches have been committed.

``python -m tests.support.cut_off_run TABLE OUTPUT [FORMAT...]``
"""

import os
import signal
import sys
from itertools import islice
from pathlib import Path

from calsvc.bulk.outcomes import BulkContext
from calsvc.bulk.output_folder import OutputFolder
from calsvc.bulk.run import RunOptions, execute, prepare
from calsvc.clock import today_in_japan
from calsvc.links.content import generate_link_number
from calsvc.links.keys import load_keys
from calsvc.links.sealing import Keyring
from calsvc.municipality.served import Municipalities
from calsvc.settings import load_settings

COMMITS = 2


def main(table: str, output: str, *formats: str) -> None:
    """Commit after each batch, as a slow run does, and end by the signal that none can catch."""
    settings = load_settings(os.environ)
    keys = load_keys(settings.keys, settings.key_file)
    cities = Municipalities(settings.municipalities)
    base, today = settings.public_url, today_in_japan()
    context = BulkContext(cities.default, Keyring(keys), base, today, municipalities=cities)
    options = RunOptions(context, formats or ("links",), keys[0])
    with Path(table).open("rb") as file, OutputFolder(Path(output)) as folder:
        run = prepare(file, options)
        checkpoint = folder.start(run.digest, str(context.today), generate_link_number().hex())
        made = execute(run, options, folder, checkpoint, lambda: True, workers=2)
        for _ in islice(made, COMMITS):
            pass
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
