"""``calsvc letters``: checks what a city says of its letters, before any is made."""

import sys
from pathlib import Path

import click

from calsvc.cli.error_messages import errors_in_words
from calsvc.clock import today_in_japan
from calsvc.municipality import loader

FAULTY = 1
"""Exit code."""


@click.group()
def letters() -> None:
    """Letters to residents."""


@letters.command()
@click.argument("file", default="", metavar="[FILE]")
@click.option("-o", "--output", default="check.pdf", type=click.Path(path_type=Path), metavar="PDF")
@click.option("--font", default="", type=click.Path(dir_okay=False), metavar="FILE")
@click.option(
    "--municipality", "city", default=loader.DEFAULT_MUNICIPALITY, help="Code, or a profile."
)
@click.option("--number", default="", help="Number of the document.")
def check(file: str, output: Path, font: str, city: str, number: str) -> None:
    """Set sample letters as FILE (.toml) says, and draw the envelope's window over each.

    Exit code: 0 in order, 1 not.
    """
    from calsvc.bulk.letter_check import check_letters  # noqa: PLC0415 - slow to load
    from calsvc.bulk.styles import LetterOptions, load_styles_of_file  # noqa: PLC0415
    from calsvc.letters.compiler import TemplateError  # noqa: PLC0415

    today = today_in_japan()
    with errors_in_words():
        styles = load_styles_of_file(file).of_run(LetterOptions(font, today, number), today)
        styles.require_numbers()
        sheet = styles.default.sheet
        assert sheet  # noqa: S101 - of_run has put it there
        try:
            check = check_letters(sheet, loader.load_municipality(city), today)
        except TemplateError as error:
            raise click.ClickException(f"{error}: {error.message}") from None
    output.write_bytes(check.pdf)
    for problem in check.problems:
        click.echo(problem, err=True)
    if check.problems:
        sys.exit(FAULTY)
    click.echo(f"In order. The samples are in {output}.")
