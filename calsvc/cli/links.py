"""``calsvc links``: links, letters and e-mails for a whole table of residents."""

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from calsvc.bulk.choices import Choices
from calsvc.bulk.due import Basis, Selection
from calsvc.bulk.encodings import ENCODINGS
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE, LANGUAGES

FORMATS = ("links", "ics", "qr-svg", "qr-png", "letters", "eml", "mail-merge", "sms")
EXIT_SOME_FAULTY = 1
"""Exit code if some rows are faulty."""


@click.command()
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Folder to make; it must not exist yet.",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FORMATS),
    default=["links"],
    show_default=True,
    help="What to make; may be repeated. links.csv is always made.",
)
@click.option(
    "--encoding",
    default="",
    type=click.Choice(["", *ENCODINGS]),
    metavar="NAME",
    help=f"Encoding of TABLE, where it is not detected: {', '.join(ENCODINGS)}.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="FIELD=HEADER",
    help="Which column a field is in, as 生年月日=誕生日, or 生年月日=#3; may be repeated.",
)
@click.option(
    "--ignore",
    "ignored",
    multiple=True,
    metavar="HEADER",
    help="Column with dates that are of no matter; may be repeated.",
)
@click.option("--sheet", default="", metavar="NAME", help="Sheet of the workbook.")
@click.option("--include-hidden", is_flag=True, help="Make links for hidden rows too.")
@click.option("--base-url", default="", help="Where the service is reached (CALSVC_PUBLIC_URL).")
@click.option("--municipality", default="", help="Code, path of a profile, or all.")
@click.option(
    "--font",
    default="",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Font for letters, for a city that has characters of its own (.ttf, .otf).",
)
@click.option(
    "--letter",
    default="",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Settings of letters, e-mails and SMS: sender, texts, template (CALSVC_LETTER_SETTINGS).",
)
@click.option(
    "--date",
    "letter_date",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Date of the letters, if it is not today's.",
)
@click.option(
    "--also", default="", type=click.Choice(["", *LANGUAGES]), help="Second language of letters."
)
@click.option("--number", "letter_number", default="", help="Number of the document of letters.")
@click.option(
    "--due",
    "due",
    multiple=True,
    metavar="MONTHS",
    help="Letters, e-mails and SMS for those who are due: 2027-04..2027-06, or lapsed.",
)
@click.option(
    "--due-by",
    default="expiry",
    type=click.Choice([each.value for each in Basis]),
    show_default=True,
    help="Which date counts: the expiry, when the window opens, or when to apply at the latest.",
)
@click.option("--by-month", is_flag=True, help="Letters, e-mails and SMS in files of a month each.")
@click.option(
    "--letters-for",
    default="all",
    type=click.Choice(["all", "no-email"]),
    show_default=True,
    help="Letters for all, or for those without an e-mail address.",
)
@click.option(
    "--sort",
    "letter_order",
    default="table",
    type=click.Choice(["table", "postcode"]),
    show_default=True,
    help="Order of letters; postcode also counts them by postal code (postcodes.csv).",
)
@click.option("--forecast", is_flag=True, help="Count openings and deadlines by open day.")
@click.option(
    "--sample",
    is_flag=True,
    help="Make samples alone: the first letter, e-mail and SMS, the longest name and address.",
)
@click.option("--count", "counts_only", is_flag=True, help="Count who is due, and make nothing.")
@click.option(
    "--run-number",
    default="",
    metavar="HEX",
    help="Repeat the run that links.csv shows this number of, with the same links.",
)
@click.option("--resume", is_flag=True, help="Go on with a run that was interrupted.")
@click.option(
    "--lang",
    default=DEFAULT_LANGUAGE,
    type=click.Choice(LANGUAGES),
    show_default=True,
    help="Language of messages.",
)
def links(  # noqa: PLR0913 - each is an option of the command
    table: Path,
    output: Path,
    *,
    formats: tuple[str, ...],
    encoding: str,
    columns: tuple[str, ...],
    ignored: tuple[str, ...],
    sheet: str,
    include_hidden: bool,
    base_url: str,
    municipality: str,
    font: str,
    letter: str,
    letter_date: datetime | None,
    letter_number: str,
    also: str,
    due: tuple[str, ...],
    due_by: str,
    by_month: bool,
    letters_for: str,
    letter_order: str,
    forecast: bool,
    counts_only: bool,
    sample: bool,
    resume: bool,
    run_number: str,
    lang: str,
) -> None:
    """Make links for all residents in TABLE: a text with columns, or a workbook.

    Text: CSV or TSV in any encoding that Japanese programs write. Workbooks: .xlsx, .xlsm, .xlsb,
    .xls, .ods. Needed columns: 生年月日 (born), and 発行日 (issued) or 有効期限 (card_expires).
    Others are carried through; one with dates must be named in --column or --ignore. Faulty rows
    stay in place with their reason.

    Exit code: 0 all rows good, 1 some faulty, 2 no output.
    """
    from calsvc.cli import links_run  # noqa: PLC0415 - slow, and other commands need none of it

    catalog = get_catalog(lang)
    with links_run.errors_as_no_output(catalog, output):
        context, sealing_key = links_run.load_context(catalog, base_url, municipality)
        context = replace(context, run_number=links_run.parse_run_number(run_number, catalog))
        overrides = links_run.parse_column_options(columns, catalog)
        choices = Choices(encoding, sheet, include_hidden, overrides, ignored)
        selection = links_run.parse_selection(
            due,
            Selection(
                basis=Basis(due_by),
                by_month=by_month,
                letters_without_email=letters_for == "no-email",
                by_postcode=letter_order == "postcode",
            ),
            catalog,
        )
        options = links_run.RunOptions(context, formats, sealing_key, choices, selection=selection)
        dated = links_run.check_letter_date(letter_date, context.today, catalog)
        letter_options = links_run.LetterOptions(font, dated, letter_number, also)
        options = links_run.with_letter_settings(options, letter, letter_options)
        first_pieces = links_run.print_due_counts(table, options, catalog, forecast, counts_only)
        if sample:
            links_run.write_samples(table, output, options, catalog)
        if counts_only or sample:
            return
        faulty = links_run.run_table(table, output, options, catalog, first_pieces, resume=resume)
    sys.exit(EXIT_SOME_FAULTY if faulty else 0)
