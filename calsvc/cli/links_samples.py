"""Writes a folder with samples of letters and messages only."""

from pathlib import Path

import click

from calsvc.bulk import emails
from calsvc.bulk.output_folder import PRIVATE_DIR_MODE
from calsvc.bulk.rows import process_rows, split_into_chunks
from calsvc.bulk.run import RunOptions, prepare
from calsvc.bulk.samples import Chosen, sample_letters, sample_mail, sample_sms
from calsvc.cli.links_audit import audit_samples
from calsvc.i18n.catalogs import Catalog


def write_samples(table: Path, output: Path, options: RunOptions, catalog: Catalog) -> None:
    """Write the folder ``output``.

    Raises `InvalidInputError`, `TemplateError`, `AuditError` and ``OSError``.
    """
    chosen = Chosen(options)
    with table.open("rb") as file:
        run = prepare(file, options)
        for _, chunk in split_into_chunks(process_rows(run.table, run.columns, options.context)):
            chosen.see(chunk)
    files = _files(chosen, options)
    audit_samples(table, options)
    output.mkdir(mode=PRIVATE_DIR_MODE, parents=True)
    for name, content in files.items():
        (output / name).write_bytes(content)
    click.echo(catalog.text("bulk.done", {"folder": str(output)}))


def _files(chosen: Chosen, options: RunOptions) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    if options.sheet:
        for each in sample_letters(chosen, options.sheet):
            files[f"letter-{each.kind.replace('_', '-')}.pdf"] = each.pdf
    if mail := sample_mail(chosen, options.messages):
        files["mail.eml"] = emails.to_eml(mail, options.messages)
    if sms := sample_sms(chosen, options.messages):
        files["sms.txt"] = sms.text.encode()
    return {name: content for name, content in files.items() if content}
