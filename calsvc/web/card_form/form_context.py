"""Builds what the templates of a card's form need."""

from collections.abc import Iterable, Iterator, Sequence

from calsvc.errors import Problem
from calsvc.i18n.catalogs import Catalog
from calsvc.links.content import REMINDERS
from calsvc.parsing.dates import ERAS
from calsvc.parsing.names import MOST_MEMBERS
from calsvc.web.card_form.form import ASKED, Form

NOT_BIRTHDAY = "card_expires.not_birthday"
REWORDED = {
    "card_expires.missing",
    "issued.missing",
    "date.unreadable",
    "cert_renewed.unreadable",
    NOT_BIRTHDAY,
    "card_expires.impossible_age",
}
"""Faults that the form tells in other words than programs are told: it has fields and no names."""


def form_facts(
    form: Form, words: Catalog, problems: Sequence[Problem] = (), unfolded: Iterable[str] = ()
) -> dict[str, object]:
    """What the template of a card and its faults needs.

    ``unfolded``: fields that must be seen, besides those of ``problems``. ``computed`` has dates to
    name beside their fields. A form ``is_fixed`` if no card can be removed.
    """
    return {
        "form": form,
        "messages": {each.field: _message(each, words) for each in problems},
        "unfolded": {*unfolded, *_unfolded(problems)},
        "asks_stay": {each.field for each in problems if each.key == NOT_BIRTHDAY},
        "computed": {},
        "is_fixed": False,
        "asked": ASKED,
        "eras": tuple(reversed(ERAS)),
        "alarms": tuple(REMINDERS),
        "most": MOST_MEMBERS,
    }


def _message(problem: Problem, words: Catalog) -> str:
    if problem.key in REWORDED:
        return words.text(f"page.error.{problem.key}", problem.facts)
    return words.problem(problem)


def _unfolded(problems: Sequence[Problem]) -> Iterator[str]:
    """The fields that must be seen: the faulty ones, and the one that may explain a fault."""
    for each in problems:
        yield each.field
        if each.key == NOT_BIRTHDAY:
            yield each.field.replace("card_expires", "stay_until")
