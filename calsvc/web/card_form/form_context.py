"""Builds the context for the templates of a card's form."""

from collections.abc import Iterable, Iterator, Sequence

from calsvc.i18n.catalogs import Catalog
from calsvc.links.content import REMINDERS_BY_NAME
from calsvc.parsing.dates import ERAS
from calsvc.parsing.names import MAX_CARDS
from calsvc.web.card_form.error_messages import ErrorMessage
from calsvc.web.card_form.form import FORM_FIELDS, Form
from calsvc.web.ruby import protect_brackets


def form_context(
    form: Form,
    catalog: Catalog,
    errors: Sequence[ErrorMessage] = (),
    open_fields: Iterable[str] = (),
) -> dict[str, object]:
    """Build the context of the form and its error messages.

    ``open_fields``: optional fields to expand, besides the faulty ones. In the result, ``computed``
    has dates to show beside their fields. ``is_fixed`` is True if no card can be removed.
    """
    return {
        "form": form,
        "holders": _holders(form, catalog),
        "errors": {each.field: each for each in errors},
        "messages": {each.field: each.text for each in errors},
        "open_fields": {*open_fields, *_fields_to_open(errors)},
        "computed": {},
        "is_fixed": False,
        "form_fields": FORM_FIELDS,
        "eras": tuple(reversed(ERAS)),
        "alarms": tuple(REMINDERS_BY_NAME),
        "max_cards": MAX_CARDS,
    }


def _holders(form: Form, catalog: Catalog) -> list[str]:
    return [
        protect_brackets(card.name, catalog) or catalog.text("page.card.number", {"number": number})
        for number, card in enumerate(form.cards, start=1)
    ]


def _fields_to_open(errors: Sequence[ErrorMessage]) -> Iterator[str]:
    """Yield the fields to expand: the faulty ones, and one that may explain an error."""
    for error in errors:
        yield error.field
        if error.asks_stay:
            yield error.field.replace("card_expires", "stay_until")
