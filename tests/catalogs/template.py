"""The template that translators copy: each key with a comment, and without a text."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog as Messages
from babel.messages.pofile import write_po

from calsvc.i18n.catalogs import Catalog
from tests.catalogs.asked_keys import SOURCE
from tests.catalogs.bounds import Found
from tests.catalogs.fault import Fault
from tests.catalogs.placeholders import placeholders

TEMPLATE = SOURCE / "i18n" / "locale" / "template.pot"
COMMENTS = Path(__file__).with_name("comments.toml")
HEAD = """# The template of catalogs: copy it to TAG.po, and see docs/translating.md.
# It is made by: python -m tests.catalogs --write
msgid ""
msgstr ""
"Project-Id-Version: calsvc\\n"
"Language: \\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"X-Made: by \\n"
"X-Read-By: no native reader yet\\n"
"X-Tag: \\n"
"X-Name: \\n"
"X-Order: \\n"
"X-Number-In-Links: \\n"
"X-Direction: ltr\\n"
"X-Japanese-Names: latin\\n"
"X-Language-Ranges: \\n"

"""


@cache
def _comments() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(COMMENTS.read_text("utf-8"))


@cache
def _facts() -> Mapping[str, Mapping[str, str]]:
    """Return the explanations of placeholders, by patterns of keys."""
    facts: Mapping[str, Mapping[str, str]] = tomllib.loads(COMMENTS.read_text("utf-8"))["facts"]
    return facts


def _fitting(patterns: Mapping[str, str], key: str) -> str:
    """Return the value of the longest pattern that matches ``key``, or ''."""
    found = [each for each in patterns if fnmatchcase(key, each)]
    return patterns[max(found, key=len)] if found else ""


def explained(key: str, placeholder: str) -> str:
    """Return the explanation of ``placeholder`` in the text ``key``, or ''."""
    known = {keys: facts[placeholder] for keys, facts in _facts().items() if placeholder in facts}
    return _fitting(known, key)


def comment(key: str, text: str) -> Iterator[str]:
    """Yield the comment lines of a text: where it is shown, its meaning, its placeholders."""
    where, about = _fitting(_comments()["where"], key), _fitting(_comments()["about"], key)
    yield f"{where} {about}".strip()
    for name in sorted(placeholders(text)):
        yield f"{{{name}}}: {explained(key, name)}"


def made_from(model: Catalog) -> bytes:
    """Build the template with the keys and placeholders of ``model``."""
    unchanging = datetime(2026, 1, 1, tzinfo=UTC)
    messages = Messages(creation_date=unchanging, revision_date=unchanging)
    for key, text in model.messages.items():
        messages.add(key, auto_comments=[*comment(key, text)])
    file = BytesIO()
    write_po(file, messages, width=0, omit_header=True)
    return HEAD.encode() + file.getvalue().lstrip()


def comment_faults(model: Catalog) -> Found:
    """Yield the keys without a comment, and the placeholders without an explanation."""
    for key, text in model.messages.items():
        if not _fitting(_comments()["where"], key):
            yield key, "a line in [where]"
        for name in placeholders(text):
            if not explained(key, name):
                yield key, f"a line on {{{name}}} in [facts]"


def spare_comments(model: Catalog) -> Found:
    """Yield the patterns that match no key."""
    patterns = {**_comments()["where"], **_comments()["about"], **_facts()}
    for pattern in patterns:
        if not any(fnmatchcase(key, pattern) for key in model.messages):
            yield pattern, "no such line; it fits no key"


def template_faults(model: Catalog) -> Iterator[Fault]:
    """Yield the problems of the comments, and of a template that is not up to date."""
    for each in (*comment_faults(model), *spare_comments(model)):
        yield Fault(COMMENTS.name, *each)
    if not TEMPLATE.exists() or TEMPLATE.read_bytes() != made_from(model):
        yield Fault(TEMPLATE.name, "all keys", "python -m tests.catalogs --write")
