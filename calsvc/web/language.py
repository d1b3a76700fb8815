"""Selects the language of a response: by the URL, else by the browser, else Japanese."""

import re
from collections.abc import Mapping, Sequence

from calsvc.i18n.languages import DEFAULT_LANGUAGE, LANGUAGE_HEADS, LANGUAGES, OTHER_LANGUAGES_RANGE

MAX_HEADER_LENGTH = 300
"""Maximum of characters that are parsed. Browsers send fewer than a hundred."""
WEIGHT_PATTERN = re.compile(r"q=([01](?:\.[0-9]{0,3})?)(?:;|$)")
LANGUAGE_TAG_PATTERN = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*")
"""A language range of RFC 4647 in lower case: a language of ISO 639 with or without subtags."""
LANGUAGE_BY_RANGE = {each: head.tag for head in LANGUAGE_HEADS.values() for each in head.ranges}
FOREIGN_LANGUAGE = LANGUAGE_BY_RANGE.pop(OTHER_LANGUAGES_RANGE)


def select_language(query: Mapping[str, str], accept_language: str) -> str:
    """Return the language of the parameter ``lang``, else of Accept-Language."""
    requested = query.get("lang", "")
    return requested if requested in LANGUAGES else negotiate(accept_language)


def negotiate(accept_language: str) -> str:
    """Return the language that suits an Accept-Language header best (RFC 9110, 12.5.4).

    A client without any language of ours gets the one whose head has `OTHER_LANGUAGES_RANGE`.
    """
    tags = _by_preference(accept_language[:MAX_HEADER_LENGTH])
    language = next(filter(None, map(_language_for, tags)), None)
    return language or _fallback_language(tags)


def _language_for(tag: str) -> str | None:
    """Return the language with the longest range that ``tag`` begins with (RFC 4647, 3.4)."""
    while tag and tag not in LANGUAGE_BY_RANGE:
        tag = tag.rpartition("-")[0]
    return LANGUAGE_BY_RANGE.get(tag)


def _fallback_language(tags: Sequence[str]) -> str:
    is_foreign = any(map(LANGUAGE_TAG_PATTERN.fullmatch, tags))
    return FOREIGN_LANGUAGE if is_foreign else DEFAULT_LANGUAGE


def _by_preference(header: str) -> list[str]:
    ranges = [part.strip().lower().partition(";") for part in header.split(",")]
    weighed = [(_weight(parameters), tag.strip()) for tag, _, parameters in ranges]
    return [tag for weight, tag in sorted(weighed, key=lambda pair: -pair[0]) if weight > 0]


def _weight(parameters: str) -> float:
    match = WEIGHT_PATTERN.match(parameters.replace(" ", ""))
    if match:
        return float(match[1])
    return 0.0 if parameters.strip().startswith("q") else 1.0
