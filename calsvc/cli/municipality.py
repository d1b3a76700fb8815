"""``calsvc municipality``: prints a profile to complete, and checks one."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

import click

from calsvc.cli.error_messages import readable_errors
from calsvc.clock import today_in_japan
from calsvc.i18n.catalogs import Catalog, get_catalog
from calsvc.i18n.contact_texts import format_contact
from calsvc.i18n.languages import DEFAULT_LANGUAGE, LANGUAGES
from calsvc.i18n.place_texts import format_counters, format_visit, local_texts, municipality_name
from calsvc.municipality import loader
from calsvc.municipality.counters import Task
from calsvc.municipality.model import Municipality
from calsvc.municipality.new_profile import new_profile

DAYS_SHOWN = 92


@click.group()
def municipality() -> None:
    """Profiles of municipalities."""


@municipality.command()
@click.argument("code")
def new(code: str) -> None:
    """Print a profile to fill in for the municipality with that six-digit CODE."""
    with readable_errors():
        click.echo(new_profile(code, today_in_japan()), nl=False)


@municipality.command()
@click.argument("file")
def check(file: str) -> None:
    """Check a profile: FILE, or the built-in one with that code.

    Prints every sentence in all languages, and the open days of the next three months.
    """
    today = today_in_japan()
    with readable_errors():
        municipality = loader.load_municipality(file)
    click.echo(f"{file}: {municipality.names[DEFAULT_LANGUAGE]} is in order.")
    if municipality.is_outdated(today):
        click.echo(f"It was checked on {municipality.checked_on}, more than a year ago.")
    for language in LANGUAGES:
        click.echo(f"\n[{language}]")
        for line in _sentences(municipality, get_catalog(language)):
            click.echo(line)
    click.echo("\nOpen days without a reservation:")
    for task in Task:
        for line in _open_days(municipality, task, today):
            click.echo(line)


def _sentences(municipality: Municipality, catalog: Catalog) -> Iterator[str]:
    yield municipality_name(municipality, catalog)
    for task in Task:
        if municipality.counters_for(task):
            yield f"{task}: {format_counters(municipality, task, catalog)}"
            yield f"{task}: {format_visit(municipality, task, catalog)}"
    pages = {
        "link_collect": municipality.page_url("collect", catalog.language) or municipality.home_page
    }
    yield from local_texts("card.collect", municipality, catalog, pages)
    yield format_contact(municipality, catalog)


def _open_days(municipality: Municipality, task: Task, today: date) -> Iterator[str]:
    """Yield a line for each month with the open days for ``task``."""
    days = [today + timedelta(days=number) for number in range(DAYS_SHOWN)]
    open_days = [day for day in days if municipality.last_open_day(day, task) == day]
    for month, group in groupby(open_days, lambda day: f"{day:%Y-%m}"):
        yield f"{task} {month}: {' '.join(f'{day.day:2}' for day in group)}"
