"""The languages of the service. Each is described by the head of a catalog in ``locale/``."""

import re
from collections.abc import Mapping
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

QUOTED_PATTERN = re.compile(r'^"(.*)"$', re.MULTILINE)
"""One line of a PO file's head. Programs of translators fold long lines into several."""
OTHER_LANGUAGES_RANGE = "*"
"""The language range in a head for speakers of all languages without a catalog."""


class NameScript(StrEnum):
    """The script in which readers of a language can read a Japanese name."""

    JAPANESE = "japanese"
    CHARACTERS = "characters"
    LATIN = "latin"


class Language(NamedTuple):
    """The head of a catalog. ``tag`` names its file and is the value of ``lang`` in URLs.

    ``number``: its number in sealed links, which never changes. ``html_lang``: the tag for
    browsers. ``has_readings``: kana in brackets follow the kanji whose reading they are.
    ``print_locale``: the language and region that select the shapes of characters in print.
    ``ranges``: the language ranges of Accept-Language that match it, in lower case.
    ``aliases``: its names in Japanese offices, besides its tag and own name.
    """

    tag: str
    name: str
    number: int
    order: int
    direction: str
    html_lang: str
    name_script: NameScript
    has_readings: bool
    print_locale: str
    ranges: tuple[str, ...]
    aliases: tuple[str, ...]


def locale_file(tag: str) -> Traversable:
    """Return the catalog file of the language ``tag``, which may not exist."""
    return files("calsvc.i18n") / "locale" / f"{tag}.po"


def parse_head_fields(text: str) -> Mapping[str, str]:
    """Parse the fields in the head of the PO file ``text``."""
    head = "".join(QUOTED_PATTERN.findall(text.partition("\n\n")[0]))
    return {name: value for name, _, value in (line.partition(": ") for line in head.split("\\n"))}


def parse_head(text: str) -> Language:
    """Parse the head of the catalog ``text``. Raises ``KeyError`` if a field is missing."""
    fields = parse_head_fields(text)
    return Language(
        tag=fields["X-Tag"],
        name=fields["X-Name"],
        number=int(fields["X-Number-In-Links"]),
        order=int(fields["X-Order"]),
        direction=fields["X-Direction"],
        html_lang=fields.get("X-Html-Lang", fields["X-Tag"]),
        name_script=NameScript(fields["X-Japanese-Names"]),
        has_readings=fields.get("X-Readings") == "brackets",
        print_locale=fields.get("X-Print-Locale", fields["X-Tag"]),
        ranges=tuple(fields["X-Language-Ranges"].lower().split()),
        aliases=tuple(fields.get("X-Called-In-Japanese", "").split()),
    )


def _load_heads() -> Mapping[str, Language]:
    catalogs = (files("calsvc.i18n") / "locale").iterdir()
    heads = (_load_head(each) for each in catalogs if each.name.endswith(".po"))
    return {each.tag: each for each in sorted(heads, key=lambda each: each.order)}


def _load_head(catalog: Traversable) -> Language:
    try:
        return parse_head(catalog.read_text("utf-8"))
    except (KeyError, ValueError) as error:
        error.add_note(f"{catalog.name}, in its head")
        raise


# Read at import, because the choices of the command line are defined at import, too.
LANGUAGE_HEADS: Mapping[str, Language] = _load_heads()
"""The head of each language by its tag, in the order of menus."""
LANGUAGES = tuple(LANGUAGE_HEADS)
DEFAULT_LANGUAGE = next(each.tag for each in LANGUAGE_HEADS.values() if each.number == 0)
_BY_NUMBER = {each.number: each.tag for each in LANGUAGE_HEADS.values()}


def language_number(tag: str) -> int:
    """Return the number of a language in sealed links."""
    return LANGUAGE_HEADS[tag].number


def language_by_number(number: int) -> str:
    """Return the tag of the language with that number in sealed links. Raises ``KeyError``."""
    return _BY_NUMBER[number]
