"""Writes samples of letters and messages, and nothing else, into a folder."""

from pathlib import Path

import click

from calsvc.bulk import emails
from calsvc.bulk.output_folder import OWNER_ONLY
from calsvc.bulk.rows import outcomes, shards
from calsvc.bulk.run import Order, look
from calsvc.bulk.samples import Chosen, sample_letters, sample_mail, sample_sms
from calsvc.i18n.catalogs import Catalog


def make_samples(table: Path, output: Path, order: Order, catalog: Catalog) -> None:
    """Make the folder. Raises `InvalidInputError`, `TemplateError` and ``OSError``."""
    chosen = Chosen(order)
    with table.open("rb") as file:
        run = look(file, order)
        for _, shard in shards(outcomes(run.table, run.columns, order.office)):
            chosen.see(shard)
    files = _files(chosen)
    output.mkdir(mode=OWNER_ONLY, parents=True)
    for name, content in files.items():
        (output / name).write_bytes(content)
    click.echo(catalog.text("bulk.done", {"folder": str(output)}))


def _files(chosen: Chosen) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for each in sample_letters(chosen):
        found[f"letter-{each.kind.replace('_', '-')}.pdf"] = each.pdf
    if mail := sample_mail(chosen):
        found["mail.eml"] = emails.draft(*mail)
    if sms := sample_sms(chosen):
        found["sms.txt"] = sms.text.encode()
    return {name: content for name, content in found.items() if content}
