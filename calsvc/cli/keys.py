"""``calsvc keys``: generates, lists, rotates and compares the keys that seal links."""

import os

import click

from calsvc.cli.error_messages import readable_errors
from calsvc.links.key_file import Step, rotate
from calsvc.links.keys import fingerprint, generate_key, load_keys
from calsvc.links.sealing import Keyring
from calsvc.municipality.served import Municipalities
from calsvc.settings import load_settings

REREAD_HINT = "send SIGHUP to each copy (or restart it)"
STEP_MESSAGES = {
    Step.ADDED: "Step 1 of 2: the new key {key} opens links. Next: bring this file to every copy, "
    f"{REREAD_HINT}, then run `calsvc keys rotate` once more.",
    Step.MOVED: "Step 2 of 2: the key {key} seals links, the older ones still open theirs. Next: "
    f"bring this file to every copy and {REREAD_HINT}. A key that you remove ends its links.",
}


@click.group()
def keys() -> None:
    """Keys that seal links."""


@keys.command()
def new() -> None:
    """Print a fresh key, for CALSVC_KEYS or a key file. The first key seals, all open."""
    click.echo(generate_key())


@keys.command("list")
def list_keys() -> None:
    """List the fingerprint of each key, and whether it seals or opens. It shows no key."""
    with readable_errors():
        settings = load_settings(os.environ)
        first, *others = load_keys(settings.keys, settings.key_file)
    click.echo(f"{fingerprint(first)} seals")
    for key in others:
        click.echo(f"{fingerprint(key)} opens")


@keys.command("rotate")
def rotate_keys() -> None:
    """Take the next of the two steps that replace the sealing key. No link ends by it."""
    with readable_errors():
        settings = load_settings(os.environ)
        if settings.keys:
            raise click.ClickException(
                "The keys stand in CALSVC_KEYS. Put a new one (calsvc keys new) behind the others, "
                "restart every copy, move it to the front, and restart them again."
            )
        step, key = rotate(settings.key_file)
    click.echo(STEP_MESSAGES[step].format(key=fingerprint(key)))


@keys.command()
@click.argument("url")
def check(url: str) -> None:
    """Check that the copy at URL opens the links that are sealed here.

    URL is that of the service, such as https://calendar.example.jp. The copy is sent one link,
    whose card is named TEST.
    """
    from calsvc.cli.keys_check import fetch_test_feed  # noqa: PLC0415 - no other command needs HTTP

    with readable_errors():
        settings = load_settings(os.environ)
        municipality = Municipalities(settings.municipalities).default
        sealing_keys = load_keys(settings.keys, settings.key_file)
        fetch_test_feed(url, Keyring(sealing_keys), municipality.code)
    click.echo(f"{url} opens the links that the key {fingerprint(sealing_keys[0])} seals here.")
