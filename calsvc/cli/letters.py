"""``calsvc letters``: checks a municipality's settings of letters with samples."""

import sys
from pathlib import Path

import click

from calsvc.cli.error_messages import readable_errors
from calsvc.clock import today_in_japan
from calsvc.municipality import loader

EXIT_FAULTY = 1
"""Exit code."""


@click.group()
def letters() -> None:
    """Letters to residents."""


@letters.command()
@click.argument("file", default="", metavar="[FILE]")
@click.option("-o", "--output", default="check.pdf", type=click.Path(path_type=Path), metavar="PDF")
@click.option("--font", default="", type=click.Path(dir_okay=False), metavar="FILE")
@click.option("--municipality", default=loader.DEFAULT_MUNICIPALITY, help="Code, or a profile.")
@click.option("--number", default="", help="Number of the document.")
def check(file: str, output: Path, font: str, municipality: str, number: str) -> None:
    """Set sample letters as FILE (.toml) says, and draw the envelope's window over each.

    Exit code: 0 in order, 1 not.
    """
    from calsvc.bulk.letter_check import check_letters  # noqa: PLC0415 - slow to load
    from calsvc.bulk.styles import LetterOptions, load_styles_of_file  # noqa: PLC0415
    from calsvc.letters.compiler import TemplateError  # noqa: PLC0415

    today = today_in_japan()
    with readable_errors():
        styles = load_styles_of_file(file).build_run_styles(
            LetterOptions(font, today, number), today
        )
        styles.require_numbers()
        sheet = styles.default.sheet
        assert sheet  # noqa: S101 - build_run_styles has added it
        try:
            result = check_letters(sheet, loader.load_municipality(municipality), today)
        except TemplateError as error:
            raise click.ClickException(f"{error}: {error.message}") from None
    output.write_bytes(result.pdf)
    for problem in result.problems:
        click.echo(problem, err=True)
    if result.problems:
        sys.exit(EXIT_FAULTY)
    click.echo(f"In order. The samples are in {output}.")
