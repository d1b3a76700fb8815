"""Builds what the templates of a card's form need."""

from collections.abc import Iterable, Iterator, Sequence

from calsvc.i18n.catalogs import Catalog
from calsvc.links.content import REMINDERS
from calsvc.parsing.dates import ERAS
from calsvc.parsing.names import MAX_CARDS
from calsvc.web.card_form.faults import Fault
from calsvc.web.card_form.form import ASKED, Form
from calsvc.web.ruby import as_typed


def form_context(
    form: Form, catalog: Catalog, faults: Sequence[Fault] = (), unfolded: Iterable[str] = ()
) -> dict[str, object]:
    """What the template of a card and its faults needs.

    ``unfolded``: fields that must be seen, besides the faulty ones. ``computed`` has dates to
    name beside their fields. A form ``is_fixed`` if no card can be removed.
    """
    return {
        "form": form,
        "holders": _holders(form, catalog),
        "faults": {each.field: each for each in faults},
        "messages": {each.field: each.message for each in faults},
        "unfolded": {*unfolded, *_unfolded(faults)},
        "computed": {},
        "is_fixed": False,
        "asked": ASKED,
        "eras": tuple(reversed(ERAS)),
        "alarms": tuple(REMINDERS),
        "most": MAX_CARDS,
    }


def _holders(form: Form, catalog: Catalog) -> list[str]:
    return [
        as_typed(card.name, catalog) or catalog.text("page.card.number", {"number": number})
        for number, card in enumerate(form.cards, start=1)
    ]


def _unfolded(faults: Sequence[Fault]) -> Iterator[str]:
    """The fields that must be seen: the faulty ones, and the one that may explain a fault."""
    for each in faults:
        yield each.field
        if each.asks_stay:
            yield each.field.replace("card_expires", "stay_until")
