"""Which language a caller reads: what the address says, then the browser, then Japanese."""

import re
from collections.abc import Mapping

from calsvc.i18n.languages import DEFAULT_LANGUAGE, LANGUAGES

LONGEST_HEADER = 300
"""Characters that count: browsers send under a hundred."""
WEIGHT = re.compile(r"q=([01](?:\.[0-9]{0,3})?)(?:;|$)")
ALL = {language.lower() for language in LANGUAGES}


def choose(query: Mapping[str, str], accept_language: str) -> str:
    """One of `LANGUAGES`: the parameter ``lang`` where it names one, else by Accept-Language."""
    asked = query.get("lang", "")
    return asked if asked in LANGUAGES else negotiate(accept_language)


def negotiate(accept_language: str) -> str:
    """The language that suits an Accept-Language header best (RFC 9110, 12.5.4)."""
    for tag in _by_preference(accept_language[:LONGEST_HEADER]):
        for language in LANGUAGES:
            if _matches(tag, language.lower()):
                return language
    return DEFAULT_LANGUAGE


def _by_preference(header: str) -> list[str]:
    ranges = [part.strip().lower().partition(";") for part in header.split(",")]
    weighed = [(_weight(parameters), tag.strip()) for tag, _, parameters in ranges]
    return [tag for weight, tag in sorted(weighed, key=lambda each: -each[0]) if weight > 0]


def _weight(parameters: str) -> float:
    found = WEIGHT.match(parameters.replace(" ", ""))
    if found:
        return float(found[1])
    return 0.0 if parameters.strip().startswith("q") else 1.0


def _matches(tag: str, language: str) -> bool:
    """Whether ``tag`` asks for ``language``; any Chinese for the one that there is."""
    if tag in ALL:
        return tag == language
    short = "zh" if language.startswith("zh") else language
    return f"{tag}-".startswith(f"{short}-")
