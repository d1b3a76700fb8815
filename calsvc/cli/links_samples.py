"""Writes a folder with samples of letters and messages only."""

from pathlib import Path

import click

from calsvc.bulk import emails
from calsvc.bulk.rows import process_rows, split_into_chunks
from calsvc.bulk.run import RunOptions, prepare
from calsvc.bulk.samples import (
    SampleResidents,
    compose_sample_mail,
    compose_sample_sms,
    set_sample_letters,
)
from calsvc.cli.links_audit import audit_samples
from calsvc.i18n.catalogs import Catalog
from calsvc.links.atomic_files import PRIVATE_DIR_MODE


def write_samples(table: Path, output: Path, options: RunOptions, catalog: Catalog) -> None:
    """Write the folder ``output``.

    Raises `InvalidInputError`, `TemplateError`, `AuditError` and ``OSError``.
    """
    residents = SampleResidents(options)
    with table.open("rb") as file:
        run = prepare(file, options)
        for _, chunk in split_into_chunks(process_rows(run.table, run.columns, options.context)):
            residents.consider(chunk)
    files = _files(residents)
    audit_samples(table, options)
    output.mkdir(mode=PRIVATE_DIR_MODE, parents=True)
    for name, content in files.items():
        (output / name).write_bytes(content)
    click.echo(catalog.text("bulk.done", {"folder": str(output)}))


def _files(residents: SampleResidents) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for letter in set_sample_letters(residents):
        files[f"letter-{letter.kind.replace('_', '-')}.pdf"] = letter.pdf
    if mail := compose_sample_mail(residents):
        files["mail.eml"] = emails.to_eml(*mail)
    if sms := compose_sample_sms(residents):
        files["sms.txt"] = sms.text.encode()
    return {name: content for name, content in files.items() if content}
