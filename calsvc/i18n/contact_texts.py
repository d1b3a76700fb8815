"""Contacts in each language: the municipality, or the numbers for all of Japan."""

from collections.abc import Iterator

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.hours_texts import format_hours
from calsvc.i18n.languages import LANGUAGE_HEADS, NameScript
from calsvc.i18n.place_texts import format_name, municipality_name
from calsvc.municipality.counters import Phone, PhoneKind
from calsvc.municipality.model import Municipality


def find_contact_phone(municipality: Municipality, language: str) -> Phone | None:
    """Return the phone for questions, or None if the profile has none.

    Phones at which ``language`` is spoken precede others. Then offices precede call centres.
    """
    order = (PhoneKind.OFFICE, PhoneKind.CALL_CENTRE, PhoneKind.RESERVATION)

    def rank(phone: Phone) -> tuple[bool, int]:
        return language not in phone.languages, order.index(phone.kind)

    return min(municipality.own_phones, key=rank, default=None)


def office_name(municipality: Municipality, catalog: Catalog) -> str:
    """Return the name of the office that answers the phone, or the municipality's name."""
    phone = find_contact_phone(municipality, catalog.language)
    office = format_name(phone.names, None, catalog) if phone else ""
    return office or municipality_name(municipality, catalog)


def national_numbers(municipality: Municipality) -> tuple[str, str]:
    """Return the numbers for all of Japan: the Japanese one, then the one for other languages."""
    numbers = {each.id: each.number for each in municipality.phones}
    return numbers["national"], numbers["national-languages"]


def number_to_call(municipality: Municipality, catalog: Catalog) -> tuple[str, str]:
    """Return a number and its extension (or ''): the municipality's, or one for all of Japan."""
    phone = find_contact_phone(municipality, catalog.language)
    if phone is not None:
        return phone.number, phone.extension
    national, languages = national_numbers(municipality)
    is_japanese = catalog.head.name_script is NameScript.JAPANESE
    return national if is_japanese else languages, ""


def format_contact(municipality: Municipality, catalog: Catalog) -> str:
    """Return the contact for questions, in one or more lines."""
    return "\n".join(_contact_lines(municipality, catalog))


def _contact_lines(municipality: Municipality, catalog: Catalog) -> Iterator[str]:
    phone = find_contact_phone(municipality, catalog.language)
    if phone is None:
        national, languages = national_numbers(municipality)
        params = {"national": national, "languages": languages}
        yield catalog.text("place.contact.national", params)
        return
    params = {
        "office": office_name(municipality, catalog),
        "phone": phone.number,
        "extension": phone.extension,
    }
    yield catalog.text("contact.extension" if phone.extension else "contact", params)
    if phone.hours:
        rules = (format_hours(rule, catalog) for rule in phone.hours)
        hours = catalog.text("place.details").join(rules)
        yield catalog.text("place.contact.hours", {"hours": hours})
    if spoken := [LANGUAGE_HEADS[tag].name for tag in phone.languages if tag in LANGUAGE_HEADS]:
        params = {"languages": catalog.text("place.comma").join(spoken)}
        yield catalog.text("place.contact.languages", params)
    if phone.alternative:
        yield catalog.text("place.contact.alternative", {"phone": phone.alternative})
    if phone.fax:
        yield catalog.text("contact.fax", {"fax": phone.fax})
    for other in municipality.own_phones:
        if other is not phone:
            yield catalog.text(f"place.contact.{other.kind}", {"phone": other.number})
