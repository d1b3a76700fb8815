"""Chooses a client's language: by the address, else by the browser, else Japanese."""

import re
from collections.abc import Mapping, Sequence

from calsvc.i18n.languages import ANY_OTHER, DEFAULT_LANGUAGE, LANGUAGE_HEADS, LANGUAGES

MAX_HEADER_LENGTH = 300
"""Characters that count: browsers send under a hundred."""
WEIGHT = re.compile(r"q=([01](?:\.[0-9]{0,3})?)(?:;|$)")
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*")
"""A language range of RFC 4647 in lower case: a language of ISO 639 with or without subtags."""
BY_RANGE = {each: head.tag for head in LANGUAGE_HEADS.values() for each in head.ranges}
FOR_OTHERS = BY_RANGE.pop(ANY_OTHER)


def choose(query: Mapping[str, str], accept_language: str) -> str:
    """Returns one of `LANGUAGES`: that of the parameter ``lang``, else by Accept-Language."""
    asked = query.get("lang", "")
    return asked if asked in LANGUAGES else negotiate(accept_language)


def negotiate(accept_language: str) -> str:
    """Returns the language that suits an Accept-Language header best (RFC 9110, 12.5.4).

    Clients all of whose languages have no catalog get the one whose head has `ANY_OTHER`.
    """
    tags = _by_preference(accept_language[:MAX_HEADER_LENGTH])
    found = next(filter(None, map(_language_for, tags)), None)
    return found or _language_of_others(tags)


def _language_for(tag: str) -> str | None:
    """Returns the language with the longest range that ``tag`` begins with (RFC 4647, 3.4)."""
    while tag and tag not in BY_RANGE:
        tag = tag.rpartition("-")[0]
    return BY_RANGE.get(tag)


def _language_of_others(tags: Sequence[str]) -> str:
    is_foreign = any(map(LANGUAGE_TAG.fullmatch, tags))
    return FOR_OTHERS if is_foreign else DEFAULT_LANGUAGE


def _by_preference(header: str) -> list[str]:
    ranges = [part.strip().lower().partition(";") for part in header.split(",")]
    weighed = [(_weight(parameters), tag.strip()) for tag, _, parameters in ranges]
    return [tag for weight, tag in sorted(weighed, key=lambda each: -each[0]) if weight > 0]


def _weight(parameters: str) -> float:
    found = WEIGHT.match(parameters.replace(" ", ""))
    if found:
        return float(found[1])
    return 0.0 if parameters.strip().startswith("q") else 1.0
