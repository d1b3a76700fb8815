"""Builds what the templates of a card's form need."""

from collections.abc import Iterator, Sequence

from calsvc.errors import Problem
from calsvc.i18n.catalogs import Catalog
from calsvc.parsing.dates import ERAS
from calsvc.parsing.names import MOST_MEMBERS
from calsvc.web.card_form.form import ASKED, Form

REWORDED = {
    "card_expires.missing",
    "issued.missing",
    "date.unreadable",
    "cert_renewed.unreadable",
    "card_expires.not_birthday",
    "card_expires.impossible_age",
}
"""Faults that the form tells in other words than programs are told: it has fields and no names."""


def form_facts(form: Form, words: Catalog, problems: Sequence[Problem] = ()) -> dict[str, object]:
    """What the template of a card and its faults needs."""
    return {
        "form": form,
        "messages": {each.field: _message(each, words) for each in problems},
        "unfolded": set(_unfolded(problems)),
        "asked": ASKED,
        "eras": tuple(reversed(ERAS)),
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
        if each.key == "card_expires.not_birthday":
            yield each.field.replace("card_expires", "stay_until")
