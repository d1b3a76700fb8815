"""Which language a caller reads: what the address says, then the browser, then Japanese."""

from collections.abc import Mapping
from functools import lru_cache

from calsvc.texts import DEFAULT_LANGUAGE, LANGUAGES

MOST_RANGES = 20


def choose(query: Mapping[str, str], accept_language: str) -> str:
    """One of `LANGUAGES`: the parameter ``lang`` where it names one, else by Accept-Language."""
    asked = query.get("lang", "")
    return asked if asked in LANGUAGES else negotiate(accept_language)


@lru_cache(maxsize=1024)
def negotiate(accept_language: str) -> str:
    """The language that suits an Accept-Language header best (RFC 9110, 12.5.4)."""
    for tag in _by_preference(accept_language):
        for language in LANGUAGES:
            if _matches(tag, language.lower()):
                return language
    return DEFAULT_LANGUAGE


def _by_preference(header: str) -> list[str]:
    ranges = [part.strip().lower().partition(";") for part in header.split(",")[:MOST_RANGES]]
    weighed = [(_weight(parameters), tag.strip()) for tag, _, parameters in ranges]
    return [tag for weight, tag in sorted(weighed, key=lambda each: -each[0]) if weight > 0]


def _weight(parameters: str) -> float:
    name, _, value = parameters.partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def _matches(tag: str, language: str) -> bool:
    return tag == language or tag.startswith(f"{language}-")
