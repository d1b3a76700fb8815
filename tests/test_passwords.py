"""The hash of the staff's password, as the command line makes it."""

from click.testing import CliRunner

from calsvc import passwords
from calsvc.cli.main import main
from calsvc.settings import load
from tests.support.clients import STAFF_PASSWORD


def test_the_password_s_hash_is_made_on_the_command_line() -> None:
    made_ = CliRunner().invoke(main, ["staff-password"], input=f"{STAFF_PASSWORD}\n" * 2)
    hashed = made_.stdout.splitlines()[-1]
    assert load({"CALSVC_STAFF_PASSWORD_HASH": hashed}).staff_password_hash == hashed
    assert passwords.fits(STAFF_PASSWORD, hashed)
    assert not passwords.fits("another password", hashed)
    assert STAFF_PASSWORD not in made_.output


def test_a_short_password_is_refused() -> None:
    made_ = CliRunner().invoke(main, ["staff-password"], input="short\nshort\n")
    assert made_.exit_code == 1
