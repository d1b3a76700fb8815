"""The feeds in examples/ equal the current output of ``calsvc feed``."""

import pytest
from click.testing import CliRunner

from calsvc.cli.main import main
from tests.support.paths import EXAMPLES

SAMPLES = {
    "adult": ("--issued", "2020-05-15", "--born", "1990-10-10"),
    "minor": ("--card-expires", "2027-04-23", "--born", "2015-04-23"),
    "limited-stay": (
        *("--issued", "2025-03-03", "--born", "1998-09-10"),
        *("--stay-until", "2028-02-29"),
    ),
}
"""The options of each sample. To update one: ``calsvc feed OPTIONS > examples/NAME.ics``."""


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_feed_equals_the_output_of_the_command(name: str) -> None:
    written = CliRunner().invoke(main, ["feed", *SAMPLES[name]]).stdout_bytes
    assert written.startswith(b"BEGIN:VCALENDAR\r\n")
    assert (EXAMPLES / f"{name}.ics").read_bytes() == written


def test_every_sample_feed_has_a_test() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.ics")} == {*SAMPLES}
