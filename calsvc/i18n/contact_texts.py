"""Says in each language whom to ask: the municipality, or the numbers for all of Japan."""

from collections.abc import Iterator

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.hours_texts import hours_text
from calsvc.i18n.languages import LANGUAGE_HEADS, Names
from calsvc.i18n.place_texts import city_name, named
from calsvc.municipality.counters import Phone, PhoneKind
from calsvc.municipality.model import Municipality


def contact_phone(city: Municipality, language: str) -> Phone | None:
    """Returns the phone to ask at, or none if none is known.

    One at which the language is spoken comes first, then an office's, then a call centre's.
    """
    order = (PhoneKind.OFFICE, PhoneKind.CALL_CENTRE, PhoneKind.RESERVATION)

    def rank(phone: Phone) -> tuple[bool, int]:
        return language not in phone.languages, order.index(phone.kind)

    return min(city.own_phones, key=rank, default=None)


def office_name(city: Municipality, catalog: Catalog) -> str:
    """Returns the name of the office that answers the phone, or of the municipality."""
    phone = contact_phone(city, catalog.language)
    office = named(phone.names, None, catalog) if phone else ""
    return office or city_name(city, catalog)


def national_numbers(city: Municipality) -> tuple[str, str]:
    """Returns the numbers for all of Japan: in Japanese, and in other languages."""
    numbers = {each.id: each.number for each in city.phones}
    return numbers["national"], numbers["national-languages"]


def number_to_call(city: Municipality, catalog: Catalog) -> tuple[str, str]:
    """Returns a number and its extension or '': the municipality's, or one for all of Japan."""
    phone = contact_phone(city, catalog.language)
    if phone is not None:
        return phone.number, phone.extension
    national, languages = national_numbers(city)
    return national if catalog.head.names is Names.JAPANESE else languages, ""


def contact(city: Municipality, catalog: Catalog) -> str:
    """Returns whom to ask, in one or more lines."""
    return "\n".join(_contact(city, catalog))


def _contact(city: Municipality, catalog: Catalog) -> Iterator[str]:
    first = contact_phone(city, catalog.language)
    if first is None:
        national, languages = national_numbers(city)
        params = {"national": national, "languages": languages}
        yield catalog.text("place.contact.national", params)
        return
    params = {
        "office": office_name(city, catalog),
        "phone": first.number,
        "extension": first.extension,
    }
    yield catalog.text("contact.extension" if first.extension else "contact", params)
    if first.hours:
        hours = catalog.text("place.details").join(
            hours_text(each, catalog) for each in first.hours
        )
        yield catalog.text("place.contact.hours", {"hours": hours})
    if spoken := [LANGUAGE_HEADS[each].name for each in first.languages if each in LANGUAGE_HEADS]:
        params = {"languages": catalog.text("place.comma").join(spoken)}
        yield catalog.text("place.contact.languages", params)
    if first.alternative:
        yield catalog.text("place.contact.alternative", {"phone": first.alternative})
    if first.fax:
        yield catalog.text("contact.fax", {"fax": first.fax})
    for other in city.own_phones:
        if other is not first:
            yield catalog.text(f"place.contact.{other.kind}", {"phone": other.number})
