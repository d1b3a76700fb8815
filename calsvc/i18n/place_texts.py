"""Counters of a municipality in each language: places, hours, reservations and prices.

Sentences contain only facts of the profile. Texts omit unknown facts or advise to inquire.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from calsvc.errors import ParamValue
from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.hours_texts import format_hours
from calsvc.i18n.languages import NameScript
from calsvc.municipality.code_list import Prefecture, prefecture_of, shared_names
from calsvc.municipality.counters import (
    Answer,
    Counter,
    CounterKind,
    Photo,
    RequiredItem,
    Reservation,
    ReservationWays,
    Task,
)
from calsvc.municipality.model import JAPANESE, CollectionPlace, Municipality, Price, PricedItem
from calsvc.municipality.romaji import latin_name

KANA_PATTERN = re.compile(r"[\u3040-\u30ff]")
COUNTER_TASKS = {"certificate": Task.CERTIFICATE, "stay": Task.STAY}
"""The task of each variant of an event. All other variants are applications for a card."""
RESERVATION_LINKS = {"certificate.where": "reserve_certificate", "card.collect": "reserve_collect"}
"""The purpose of the link for reservations that follows a text, by the text's key."""
KEYS_WITH_GENERAL_WORDING = {
    "event.first_open_day",
    "event.last_open_day",
    "window.first_open_day",
    "expiry.last_open_day",
    "letter.last_open_day",
}
"""Texts with a general wording for municipalities whose opening days are unknown."""


def task_of(variant: str) -> Task:
    """Return the task at a counter that belongs to ``variant``."""
    return COUNTER_TASKS.get(variant, Task.APPLY)


def errand_of(variant: str) -> str:
    """Return the variant of the visit, because a certificate is renewed together with its card."""
    return "card" if variant == "both" else variant


# --- names ----------------------------------------------------------------------------------------


def municipality_name(municipality: Municipality, catalog: Catalog) -> str:
    """Return the name of a municipality, in Latin letters if it has none in the language."""
    own, japanese = municipality.names.get(catalog.language), municipality.names[JAPANESE]
    if own or catalog.head.name_script is not NameScript.LATIN:
        return own or japanese
    return catalog.text("place.latin", {"ja": japanese, "latin": latin_name(municipality.code)})


def unambiguous_name(municipality: Municipality, catalog: Catalog) -> str:
    """Return the name of a municipality, with its prefecture if the name exists twice."""
    name = municipality_name(municipality, catalog)
    if municipality.is_national or municipality.names[JAPANESE] not in shared_names():
        return name
    prefecture = prefecture_name(prefecture_of(municipality.code), catalog)
    return catalog.text("place.named", {"own": name, "ja": prefecture})


def prefecture_name(prefecture: Prefecture, catalog: Catalog) -> str:
    """Return the name of a prefecture, with Latin letters unless the language is Japanese."""
    in_japanese = catalog.head.name_script is NameScript.JAPANESE
    return prefecture.name if in_japanese else f"{prefecture.name} {prefecture.latin}"


def format_name(names: Mapping[str, str], kind: CounterKind | None, catalog: Catalog) -> str:
    """Return a name in the language and in Japanese, or the kind of counter with the name."""
    own, japanese = names.get(catalog.language, ""), names.get(JAPANESE, "")
    if catalog.head.name_script is NameScript.JAPANESE and japanese:
        return own or japanese
    if own:
        has_japanese = not japanese or KANA_PATTERN.search(own)
        return own if has_japanese else catalog.text("place.named", {"own": own, "ja": japanese})
    noun = catalog.text(f"place.kind.{kind}") if kind else ""
    if not japanese or not noun:
        return noun or japanese
    return catalog.text("place.kind", {"kind": noun, "ja": japanese})


def counter_name(counter: Counter, catalog: Catalog) -> str:
    """Return the name of a counter, with its floor."""
    return format_name(counter.names, counter.kind, catalog)


def _join_alternatives(parts: Sequence[str], catalog: Catalog) -> str:
    *others, last = parts
    first = catalog.text("place.comma").join(others)
    return f"{first}{catalog.text('place.or')}{last}" if others else last


# --- counters -------------------------------------------------------------------------------------


def format_counter_names(municipality: Municipality, task: Task, catalog: Catalog) -> str:
    """Format the names of the counters for ``task``, as the location of an event."""
    return _join_counters(municipality, task, catalog, counter_name)


def format_counters(municipality: Municipality, task: Task, catalog: Catalog) -> str:
    """Format the counters for ``task`` with their addresses, districts and hours."""
    return _join_counters(municipality, task, catalog, _with_details)


def _join_counters(
    municipality: Municipality,
    task: Task,
    catalog: Catalog,
    format_one: Callable[[Counter, Catalog], str],
) -> str:
    counters = municipality.counters_for(task)
    if not counters:
        return catalog.text(f"place.kind.{CounterKind.MUNICIPAL_OFFICE}")
    return _join_alternatives([format_one(counter, catalog) for counter in counters], catalog)


def _with_details(counter: Counter, catalog: Catalog) -> str:
    details = catalog.text("place.details").join(_details(counter, catalog))
    name = counter_name(counter, catalog)
    if not details:
        return name
    return catalog.text("place.detail", {"counter": name, "details": details})


def _details(counter: Counter, catalog: Catalog) -> Iterator[str]:
    if counter.address:
        yield counter.address
    if counter.district:
        yield catalog.text("place.district", {"district": counter.district})
    yield from (format_hours(rule, catalog) for rule in counter.hours)
    if counter.begins:
        yield catalog.text("place.from", {"day": counter.begins})
    if counter.ends:
        yield catalog.text("place.until", {"day": counter.ends})
    yield from (catalog.text(f"place.not_for.{each}") for each in counter.not_for)
    if counter.phone[:1].isdigit():
        yield catalog.text("place.phone", {"phone": counter.phone})


# --- the visit ------------------------------------------------------------------------------------


def format_visit(municipality: Municipality, task: Task, catalog: Catalog) -> str:
    """Describe a visit for ``task``: reservation, duration, photo, price, post offices."""
    parts = (
        _visit_sentences(municipality, task, catalog),
        _price_sentences(municipality, task, catalog),
        _post_office_sentences(municipality, task, catalog),
    )
    return _join_sentences(chain(*parts), catalog)


def format_price(municipality: Municipality, task: Task, catalog: Catalog) -> str:
    """Format the price of ``task``, or return '' if it is unknown."""
    return _join_sentences(_price_sentences(municipality, task, catalog), catalog)


def format_visit_without_price(municipality: Municipality, task: Task, catalog: Catalog) -> str:
    """Describe a visit for ``task`` without its price."""
    parts = (
        _visit_sentences(municipality, task, catalog),
        _post_office_sentences(municipality, task, catalog),
    )
    return _join_sentences(chain(*parts), catalog)


def _join_sentences(parts: Iterable[str], catalog: Catalog) -> str:
    first, *others = [*parts] or [""]
    for sentence in others:
        first = catalog.text("place.sentences", {"first": first, "second": sentence})
    return first


def _visit_sentences(municipality: Municipality, task: Task, catalog: Catalog) -> Iterator[str]:
    counters = municipality.counters_for(task)
    yield from _reservation_sentences(counters, task, catalog)
    minutes = {counter.minutes.get(task) for counter in counters} - {None}
    if len(minutes) == 1:
        yield catalog.text("place.minutes", {"minutes": minutes.pop() or 0})
    yield from _photo_sentences(counters, task, catalog)


def _reservation_sentences(
    counters: Sequence[Counter], task: Task, catalog: Catalog
) -> Iterator[str]:
    reservations = {counter.reservation.get(task, Reservation.UNKNOWN) for counter in counters}
    if len(reservations) <= 1:
        reservation = next(iter(reservations), Reservation.UNKNOWN)
        yield catalog.text(f"place.reservation.{reservation}")
    else:
        yield from _reservations_by_counter(counters, task, catalog)
    for ways in dict.fromkeys(counter.reservation_ways for counter in counters):
        yield from _reservation_sentences_of(ways, catalog)


def _reservation_sentences_of(ways: ReservationWays, catalog: Catalog) -> Iterator[str]:
    for page in filter(None, (ways.web, ways.line)):
        yield catalog.text("place.reserve.web", {"page": f"{page} "})
    if ways.phone:
        yield catalog.text("place.reserve.phone", {"phone": f"{ways.phone} "})
    if ways.days_ahead:
        earliest, latest = ways.days_ahead
        yield catalog.text("place.reserve.days_ahead", {"most": earliest, "least": latest})


def _reservations_by_counter(
    counters: Sequence[Counter], task: Task, catalog: Catalog
) -> Iterator[str]:
    reservations = {
        counter.id: counter.reservation.get(task, Reservation.UNKNOWN) for counter in counters
    }
    for counter in counters:
        if reservations[counter.id] is not Reservation.UNKNOWN:
            text = catalog.text(f"place.reservation.{reservations[counter.id]}")
            params = {"counter": counter_name(counter, catalog), "reservation": text}
            yield catalog.text("place.reservation.of", params)
    if Reservation.UNKNOWN in reservations.values():
        yield catalog.text("place.reservation.others")


def _photo_sentences(counters: Sequence[Counter], task: Task, catalog: Catalog) -> Iterator[str]:
    photos = {counter.photo for counter in counters}
    if task is Task.APPLY and len(photos) == 1 and photos != {Photo.UNKNOWN}:
        yield catalog.text(f"place.photo.{photos.pop()}")


def _price_sentences(municipality: Municipality, task: Task, catalog: Catalog) -> Iterator[str]:
    item = {
        Task.CERTIFICATE: PricedItem.CERTIFICATE,
        Task.APPLY: PricedItem.CARD,
        Task.STAY: PricedItem.LAPSED_STAY,
    }.get(task)
    price = municipality.prices.get(item, Price.UNKNOWN) if item else Price.UNKNOWN
    if price is not Price.UNKNOWN:
        yield catalog.text(f"place.cost.{item}.{price}")


def _post_office_sentences(
    municipality: Municipality, task: Task, catalog: Catalog
) -> Iterator[str]:
    answer = municipality.post_offices.get(task, Answer.UNKNOWN)
    if answer is not Answer.UNKNOWN:
        yield catalog.text(f"place.post_offices.{answer}")


# --- texts of calendars, events and letters ------------------------------------------------------


def calendar_description(municipality: Municipality, catalog: Catalog) -> str:
    """Describe a calendar. Without a profile, add the URL of the municipality's home page."""
    description = catalog.text(
        "calendar.description", {"city": municipality_name(municipality, catalog)}
    )
    is_bare = municipality.home_page and not municipality.has_profile
    return f"{description} {municipality.home_page}" if is_bare else description


def municipality_params(
    municipality: Municipality, variant: str, catalog: Catalog
) -> dict[str, ParamValue]:
    """Return the parameters on the municipality for texts of ``variant``."""
    language = catalog.language
    return {
        "municipality": municipality_name(municipality, catalog),
        "certificate_counters": format_counters(municipality, Task.CERTIFICATE, catalog),
        "certificate_visit": format_visit(municipality, Task.CERTIFICATE, catalog),
        "card_counter": format_counters(municipality, task_of(variant), catalog),
        "link_counters": municipality.page_url("counters", language) or municipality.home_page,
        "link_apply": municipality.page_url("apply", language),
        "link_apply_at_counter": municipality.page_url("apply_at_counter", language)
        or municipality.home_page,
        "link_collect": municipality.page_url("collect", language) or municipality.home_page,
        "link_foreign_residents": municipality.page_url("stay", language) or municipality.home_page,
    }


def local_texts(
    key: str, municipality: Municipality, catalog: Catalog, params: Mapping[str, ParamValue]
) -> Iterator[str]:
    """Yield the text ``key`` in the wording for this municipality, and its local additions."""
    yield catalog.text(local_key(key, municipality), params).rstrip()
    if key == "certificate.where" and (note := _note(municipality, catalog)):
        yield note
    if key == "certificate.bring":
        yield from _things_to_bring(municipality, catalog)
    purpose = RESERVATION_LINKS.get(key, "")
    if purpose and (page := municipality.page_url(purpose, catalog.language)):
        yield catalog.text("place.reserve.web", {"page": page})
    if key == "card.apply":
        sentences = _application_sentences(municipality, catalog)
        yield from filter(None, [_join_sentences(sentences, catalog)])
    if key == "card.collect" and municipality.collect_key_in_notice:
        yield catalog.text("place.collect.key")
    if key == "stay.extend":
        yield from _price_sentences(municipality, Task.STAY, catalog)


def _things_to_bring(municipality: Municipality, catalog: Catalog) -> Iterator[str]:
    """Yield the things to bring, except the card and the PINs, which the general text names."""
    further = [
        each for each in municipality.bring if each not in (RequiredItem.CARD, RequiredItem.PINS)
    ]
    if further:
        texts = (catalog.text(f"place.bring.{thing}") for thing in further)
        things = catalog.text("place.comma").join(texts)
        yield catalog.text("place.bring.also", {"things": things})


def _note(municipality: Municipality, catalog: Catalog) -> str:
    """Return the free text of a profile. Easy Japanese falls back to the Japanese one."""
    is_japanese = catalog.head.name_script is NameScript.JAPANESE
    fallback = municipality.notes.get(JAPANESE, "") if is_japanese else ""
    return municipality.notes.get(catalog.language, fallback)


def _application_sentences(municipality: Municipality, catalog: Catalog) -> Iterator[str]:
    """Yield the known facts on applications at a counter."""
    counters = municipality.counters_for(Task.APPLY)
    if any(counter.reservation.get(Task.APPLY) for counter in counters):
        yield from _reservation_sentences(counters, Task.APPLY, catalog)
    yield from _photo_sentences(counters, Task.APPLY, catalog)
    if counters and all(counter.is_card_posted for counter in counters):
        yield catalog.text("place.apply.by_post")
    yield from _price_sentences(municipality, Task.APPLY, catalog)


def local_key(key: str, municipality: Municipality) -> str:
    """Return the key of the wording of ``key`` that is true for this municipality."""
    if key == "card.collect" and municipality.collect is not CollectionPlace.COUNTERS:
        return "place.collect.as-notice"
    has_general_wording = key in KEYS_WITH_GENERAL_WORDING and not municipality.has_profile
    return f"place.usual.{key}" if has_general_wording else key
