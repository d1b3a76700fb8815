"""Says the facts of a municipality in each language: where, when, by reservation, for what price.

No sentence says more than the profile does. A fact that it leaves open is asked about, or left out.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from calsvc.errors import ParamValue
from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.hours_texts import hours_text
from calsvc.i18n.languages import Names
from calsvc.municipality.code_list import Prefecture, prefecture_of, shared_names
from calsvc.municipality.counters import (
    Answer,
    Brought,
    Counter,
    CounterKind,
    Photo,
    Reservation,
    Reserving,
    Task,
)
from calsvc.municipality.model import JAPANESE, Collect, Municipality, Price, Service
from calsvc.municipality.romaji import latin_name

KANA = re.compile(r"[\u3040-\u30ff]")
COUNTER_TASKS = {"certificate": Task.CERTIFICATE, "stay": Task.STAY}
"""The task of each variant of an event. All others are about applying for a card."""
RESERVED = {"certificate.where": "reserve_certificate", "card.collect": "reserve_collect"}
"""Purposes of the links that follow a text, to reserve a visit."""
USUAL = {
    "event.first_open_day",
    "event.last_open_day",
    "window.first_open_day",
    "expiry.last_open_day",
    "letter.last_open_day",
}
"""Texts that say less certainly when counters are open if no profile tells of them."""


def task_of(variant: str) -> Task:
    """Returns the task that somebody comes to a counter for."""
    return COUNTER_TASKS.get(variant, Task.APPLY)


def errand(variant: str) -> str:
    """Returns what the holder goes to a counter for; a certificate is renewed with its card."""
    return "card" if variant == "both" else variant


# --- names ----------------------------------------------------------------------------------------


def city_name(city: Municipality, catalog: Catalog) -> str:
    """Returns the name of a municipality; in Latin letters if it has no name in the language."""
    own, japanese = city.names.get(catalog.language), city.names[JAPANESE]
    if own or catalog.head.names is not Names.LATIN:
        return own or japanese
    return catalog.text("place.latin", {"ja": japanese, "latin": latin_name(city.code)})


def unmistakable_name(city: Municipality, catalog: Catalog) -> str:
    """Returns the name of a municipality, with its prefecture if another place has that name."""
    name = city_name(city, catalog)
    if city.is_national or city.names[JAPANESE] not in shared_names():
        return name
    prefecture = prefecture_name(prefecture_of(city.code), catalog)
    return catalog.text("place.named", {"own": name, "ja": prefecture})


def prefecture_name(prefecture: Prefecture, catalog: Catalog) -> str:
    """Returns the name of a prefecture, with Latin letters for those who do not read Japanese."""
    in_japanese = catalog.head.names is Names.JAPANESE
    return prefecture.name if in_japanese else f"{prefecture.name} {prefecture.latin}"


def named(names: Mapping[str, str], kind: CounterKind | None, catalog: Catalog) -> str:
    """Returns a name in the language and in Japanese, or the kind of counter and the name."""
    own, japanese = names.get(catalog.language, ""), names.get(JAPANESE, "")
    if catalog.head.names is Names.JAPANESE and japanese:
        return own or japanese
    if own:
        has_japanese = not japanese or KANA.search(own)
        return own if has_japanese else catalog.text("place.named", {"own": own, "ja": japanese})
    noun = catalog.text(f"place.kind.{kind}") if kind else ""
    if not japanese or not noun:
        return noun or japanese
    return catalog.text("place.kind", {"kind": noun, "ja": japanese})


def counter_name(counter: Counter, catalog: Catalog) -> str:
    """Returns the name of a counter, with its floor."""
    return named(counter.names, counter.kind, catalog)


def _either(parts: Sequence[str], catalog: Catalog) -> str:
    *others, last = parts
    first = catalog.text("place.comma").join(others)
    return f"{first}{catalog.text('place.or')}{last}" if others else last


# --- where ----------------------------------------------------------------------------------------


def places(city: Municipality, task: Task, catalog: Catalog) -> str:
    """Returns the names of the counters that do ``task``, for the location of an event."""
    return _counters(city, task, catalog, counter_name)


def counters(city: Municipality, task: Task, catalog: Catalog) -> str:
    """Returns the counters that do ``task``, with their hours and whom they serve."""
    return _counters(city, task, catalog, _with_details)


def _counters(
    city: Municipality, task: Task, catalog: Catalog, say: Callable[[Counter, Catalog], str]
) -> str:
    known = city.counters_for(task)
    if not known:
        return catalog.text(f"place.kind.{CounterKind.MUNICIPAL_OFFICE}")
    return _either([say(each, catalog) for each in known], catalog)


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
    yield from (hours_text(rule, catalog) for rule in counter.hours)
    if counter.begins:
        yield catalog.text("place.from", {"day": counter.begins})
    if counter.ends:
        yield catalog.text("place.until", {"day": counter.ends})
    yield from (catalog.text(f"place.not_for.{each}") for each in counter.not_for)
    if counter.phone[:1].isdigit():
        yield catalog.text("place.phone", {"phone": counter.phone})


# --- the visit ------------------------------------------------------------------------------------


def visit(city: Municipality, task: Task, catalog: Catalog) -> str:
    """Returns what to know of a visit for ``task``: reservation, minutes, photo, price."""
    parts = (
        _visit(city, task, catalog),
        _price(city, task, catalog),
        _post_offices(city, task, catalog),
    )
    return _sentences(chain(*parts), catalog)


def price(city: Municipality, task: Task, catalog: Catalog) -> str:
    """Returns what ``task`` costs, or '' if the profile does not say."""
    return _sentences(_price(city, task, catalog), catalog)


def unpriced_visit(city: Municipality, task: Task, catalog: Catalog) -> str:
    """Returns what to know of a visit for ``task`` besides its price."""
    parts = _visit(city, task, catalog), _post_offices(city, task, catalog)
    return _sentences(chain(*parts), catalog)


def _sentences(parts: Iterable[str], catalog: Catalog) -> str:
    first, *others = [*parts] or [""]
    for each in others:
        first = catalog.text("place.sentences", {"first": first, "second": each})
    return first


def _visit(city: Municipality, task: Task, catalog: Catalog) -> Iterator[str]:
    known = city.counters_for(task)
    yield from _reservations(known, task, catalog)
    minutes = {each.minutes.get(task) for each in known} - {None}
    if len(minutes) == 1:
        yield catalog.text("place.minutes", {"minutes": minutes.pop() or 0})
    yield from _photo(known, task, catalog)


def _reservations(known: Sequence[Counter], task: Task, catalog: Catalog) -> Iterator[str]:
    said = {each.reservation.get(task, Reservation.UNKNOWN) for each in known}
    if len(said) <= 1:
        answer = next(iter(said), Reservation.UNKNOWN)
        yield catalog.text(f"place.reservation.{answer}")
    else:
        yield from _reservations_by_counter(known, task, catalog)
    for each in dict.fromkeys(each.reserving for each in known):
        yield from _reserving(each, catalog)


def _reserving(ways: Reserving, catalog: Catalog) -> Iterator[str]:
    for page in filter(None, (ways.web, ways.line)):
        yield catalog.text("place.reserve.web", {"page": f"{page} "})
    if ways.phone:
        yield catalog.text("place.reserve.phone", {"phone": f"{ways.phone} "})
    if ways.days_ahead:
        most, least = ways.days_ahead
        yield catalog.text("place.reserve.days_ahead", {"most": most, "least": least})


def _reservations_by_counter(
    known: Sequence[Counter], task: Task, catalog: Catalog
) -> Iterator[str]:
    answers = {each.id: each.reservation.get(task, Reservation.UNKNOWN) for each in known}
    for each in known:
        if answers[each.id] is not Reservation.UNKNOWN:
            said = catalog.text(f"place.reservation.{answers[each.id]}")
            params = {"counter": counter_name(each, catalog), "reservation": said}
            yield catalog.text("place.reservation.of", params)
    if Reservation.UNKNOWN in answers.values():
        yield catalog.text("place.reservation.others")


def _photo(known: Sequence[Counter], task: Task, catalog: Catalog) -> Iterator[str]:
    photos = {each.photo for each in known}
    if task is Task.APPLY and len(photos) == 1 and photos != {Photo.UNKNOWN}:
        yield catalog.text(f"place.photo.{photos.pop()}")


def _price(city: Municipality, task: Task, catalog: Catalog) -> Iterator[str]:
    service = {
        Task.CERTIFICATE: Service.CERTIFICATE,
        Task.APPLY: Service.CARD,
        Task.STAY: Service.LAPSED_STAY,
    }.get(task)
    price = city.prices.get(service, Price.UNKNOWN) if service else Price.UNKNOWN
    if price is not Price.UNKNOWN:
        yield catalog.text(f"place.cost.{service}.{price}")


def _post_offices(city: Municipality, task: Task, catalog: Catalog) -> Iterator[str]:
    answer = city.post_offices.get(task, Answer.UNKNOWN)
    if answer is not Answer.UNKNOWN:
        yield catalog.text(f"place.post_offices.{answer}")


# --- what calendars, events and letters ask for --------------------------------------------------


def calendar_description(city: Municipality, catalog: Catalog) -> str:
    """Returns what a calendar is for, and the home page if nothing else is known of the place."""
    description = catalog.text("calendar.description", {"city": city_name(city, catalog)})
    is_bare = city.home and not city.has_profile
    return f"{description} {city.home}" if is_bare else description


def city_facts(city: Municipality, variant: str, catalog: Catalog) -> dict[str, ParamValue]:
    """Returns what a text of ``variant`` may say of the municipality."""
    language = catalog.language
    return {
        "city": city_name(city, catalog),
        "certificate_counters": counters(city, Task.CERTIFICATE, catalog),
        "certificate_visit": visit(city, Task.CERTIFICATE, catalog),
        "card_counter": counters(city, task_of(variant), catalog),
        "link_counters": city.link("counters", language) or city.home,
        "link_apply": city.link("apply", language),
        "link_apply_at_counter": city.link("apply_at_counter", language) or city.home,
        "link_collect": city.link("collect", language) or city.home,
        "link_foreign_residents": city.link("stay", language) or city.home,
    }


def local_texts(
    key: str, city: Municipality, catalog: Catalog, params: Mapping[str, ParamValue]
) -> Iterator[str]:
    """Yields the text ``key`` as this municipality's profile allows, and what it adds to it."""
    yield catalog.text(local_key(key, city), params).rstrip()
    if key == "certificate.where" and (note := _note(city, catalog)):
        yield note
    if key == "certificate.bring":
        yield from _brought(city, catalog)
    if key in RESERVED and (page := city.link(RESERVED[key], catalog.language)):
        yield catalog.text("place.reserve.web", {"page": page})
    if key == "card.apply" and (added := _sentences(_apply(city, catalog), catalog)):
        yield added
    if key == "card.collect" and city.collect_key_in_notice:
        yield catalog.text("place.collect.key")
    if key == "stay.extend":
        yield from _price(city, Task.STAY, catalog)


def _brought(city: Municipality, catalog: Catalog) -> Iterator[str]:
    """Yields what is brought besides the card and the PINs, which every municipality asks for."""
    further = [each for each in city.bring if each not in (Brought.CARD, Brought.PINS)]
    if further:
        things = catalog.text("place.comma").join(catalog.text(f"place.bring.{e}") for e in further)
        yield catalog.text("place.bring.also", {"things": things})


def _note(city: Municipality, catalog: Catalog) -> str:
    """Returns the free line of a profile; readers of easy Japanese get the Japanese one."""
    japanese = city.notes.get(JAPANESE, "") if catalog.head.names is Names.JAPANESE else ""
    return city.notes.get(catalog.language, japanese)


def _apply(city: Municipality, catalog: Catalog) -> Iterator[str]:
    """Yields what is known of applying at a counter; an event asks about nothing else."""
    known = city.counters_for(Task.APPLY)
    if any(each.reservation.get(Task.APPLY) for each in known):
        yield from _reservations(known, Task.APPLY, catalog)
    yield from _photo(known, Task.APPLY, catalog)
    if known and all(each.then_posted for each in known):
        yield catalog.text("place.apply.by_post")
    yield from _price(city, Task.APPLY, catalog)


def local_key(key: str, city: Municipality) -> str:
    """Returns the key of the text that says ``key`` as this municipality's profile allows."""
    if key == "card.collect" and city.collect is not Collect.COUNTERS:
        return "place.collect.as-notice"
    return f"place.usual.{key}" if key in USUAL and not city.has_profile else key
