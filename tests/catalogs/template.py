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
from tests.catalogs.placeholders import placeholders
from tests.catalogs.problem import CatalogProblem
from tests.catalogs.text_limits import Violations
from tests.catalogs.used_keys import SOURCE

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
def _explanations() -> Mapping[str, Mapping[str, str]]:
    """Return the explanations of placeholders, by patterns of keys."""
    return tomllib.loads(COMMENTS.read_text("utf-8"))["facts"]  # type: ignore[no-any-return]


def _longest_match(patterns: Mapping[str, str], key: str) -> str:
    """Return the value of the longest pattern that matches ``key``, or ''."""
    matches = [pattern for pattern in patterns if fnmatchcase(key, pattern)]
    return patterns[max(matches, key=len)] if matches else ""


def find_explanation(key: str, placeholder: str) -> str:
    """Return the explanation of ``placeholder`` in the text ``key``, or ''."""
    explanations = {
        pattern: by_name[placeholder]
        for pattern, by_name in _explanations().items()
        if placeholder in by_name
    }
    return _longest_match(explanations, key)


def comment_lines(key: str, text: str) -> Iterator[str]:
    """Yield the comment lines of a text: where it is shown, its meaning, its placeholders."""
    where, about = (
        _longest_match(_comments()["where"], key),
        _longest_match(_comments()["about"], key),
    )
    yield f"{where} {about}".strip()
    for name in sorted(placeholders(text)):
        yield f"{{{name}}}: {find_explanation(key, name)}"


def build_template(model: Catalog) -> bytes:
    """Build the template with the keys and placeholders of ``model``."""
    fixed_time = datetime(2026, 1, 1, tzinfo=UTC)
    messages = Messages(creation_date=fixed_time, revision_date=fixed_time)
    for key, text in model.messages.items():
        messages.add(key, auto_comments=[*comment_lines(key, text)])
    file = BytesIO()
    write_po(file, messages, width=0, omit_header=True)
    return HEAD.encode() + file.getvalue().lstrip()


def comment_problems(model: Catalog) -> Violations:
    """Yield the keys without a comment, and the placeholders without an explanation."""
    for key, text in model.messages.items():
        if not _longest_match(_comments()["where"], key):
            yield key, "a line in [where]"
        for name in placeholders(text):
            if not find_explanation(key, name):
                yield key, f"a line on {{{name}}} in [facts]"


def unused_comments(model: Catalog) -> Violations:
    """Yield the patterns that match no key."""
    patterns = {**_comments()["where"], **_comments()["about"], **_explanations()}
    for pattern in patterns:
        if not any(fnmatchcase(key, pattern) for key in model.messages):
            yield pattern, "no such line; it fits no key"


def template_problems(model: Catalog) -> Iterator[CatalogProblem]:
    """Yield the problems of the comments, and of a template that is not up to date."""
    for key, expected in (*comment_problems(model), *unused_comments(model)):
        yield CatalogProblem(COMMENTS.name, key, expected)
    if not TEMPLATE.exists() or TEMPLATE.read_bytes() != build_template(model):
        yield CatalogProblem(TEMPLATE.name, "all keys", "python -m tests.catalogs --write")
