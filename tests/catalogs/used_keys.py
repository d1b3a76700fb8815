"""The catalog keys that the code uses, in modules, templates and lists of columns.

Some code composes a key: ``f"place.kind.{kind}"``. Such a pattern uses a key if every part that
fills a gap is a string literal in some file.
"""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, product
from pathlib import Path

from jinja2 import Environment, nodes

import calsvc

SOURCE = Path(calsvc.__file__).parent
GAP = "\0"
"""The mark in a pattern for a part that the code inserts."""
KEY_PATTERN = re.compile(rf"(?=.*[a-z])[\w.{GAP}-]*\.[\w.{GAP}-]*")
PROBLEM_PATTERN = re.compile(
    r'(?:Problem\(\s*(?:[\w.]+|f?"[^"]*"),|InvalidDateError\()\s*"([a-z_0-9.]+)"'
)
PAGE_TEXT_PATTERN = re.compile(r'\bt\("([\w.-]*\w)"')


def _files(*endings: str) -> Iterator[str]:
    paths = sorted(path for path in SOURCE.rglob("*.*") if path.name.endswith(endings))
    return (path.read_text("utf-8") for path in paths)


# --- literal keys ---------------------------------------------------------------------------------


def _text_calls(code: str) -> Iterator[str]:
    """Yield each key in ``catalog.text("key", ...)``."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Call(func=ast.Attribute(attr="text"), args=[ast.Constant(str(key)), *_]):
                yield key


@cache
def literal_keys() -> frozenset[str]:
    """Return the literal keys in the code. Every catalog must have them."""
    modules, templates = [*_files(".py")], _files(".html")
    problems = (f"error.{key}" for code in modules for key in PROBLEM_PATTERN.findall(code))
    titles = (key for code in modules for key in re.findall(r'"(error\.title\.[a-z_]+)"', code))
    on_pages = (f"page.{key}" for html in templates for key in PAGE_TEXT_PATTERN.findall(html))
    return frozenset(
        chain(chain.from_iterable(map(_text_calls, modules)), problems, titles, on_pages)
    )


# --- composed keys --------------------------------------------------------------------------------


def _with_gaps(node: ast.AST) -> str:
    """Return a string literal with `GAP` in place of inserted values."""
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.JoinedStr(values):
            return "".join(map(_with_gaps, values))
    return GAP


def _module_strings(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Constant(str(text)):
                yield text
            case ast.JoinedStr():
                yield _with_gaps(node)
            case ast.Call(func=ast.Attribute(ast.JoinedStr() as value, "removesuffix")):
                yield _with_gaps(value).rstrip(f".{GAP}") + f".{GAP}"  # the last gap may be empty


def _template_strings(html: str) -> Iterator[str]:
    tree = Environment(autoescape=True).parse(html)
    for const in tree.find_all(nodes.Const):
        yield str(const.value)
    for concat in tree.find_all(nodes.Concat):
        parts = concat.nodes
        yield "".join(each.value if isinstance(each, nodes.Const) else GAP for each in parts)


def _toml_strings(value: object) -> Iterator[str]:
    """Yield the keys and strings of a TOML file."""
    match value:
        case dict():
            yield from value
            yield from chain.from_iterable(map(_toml_strings, value.values()))
        case list():
            yield from chain.from_iterable(map(_toml_strings, value))
        case str():
            yield value


@cache
def _strings() -> tuple[str, ...]:
    lists = (tomllib.loads(text) for text in _files("columns.toml", "questions.toml"))
    strings = chain(
        chain.from_iterable(map(_module_strings, _files(".py"))),
        chain.from_iterable(map(_template_strings, _files(".html"))),
        chain.from_iterable(map(_toml_strings, lists)),
    )
    return tuple(dict.fromkeys(strings))


@cache
def _whole_strings() -> frozenset[str]:
    return frozenset(text for text in _strings() if GAP not in text)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    composed = (text for text in _strings() if GAP in text and KEY_PATTERN.fullmatch(text))
    return tuple(map(_compile, composed))


def _compile(text: str) -> re.Pattern[str]:
    """Compile a pattern with a group for each gap. A gap directly after a gap may be empty."""
    gap = r"([\w.-]+)" if text.count(GAP) == 1 else r"([\w-]+)"
    with_endings = re.escape(text).replace(2 * GAP, GAP + r"(\.[\w.-]+)?")
    return re.compile(with_endings.replace(GAP, gap))


@cache
def is_used(key: str) -> bool:
    """Return True if some code can use ``key``."""
    names = {key, key.removeprefix("page."), key.removeprefix("staff.")}
    return bool(names & _whole_strings()) or any(
        _matches(*each) for each in product(_patterns(), names)
    )


def _matches(pattern: re.Pattern[str], key: str) -> bool:
    match = pattern.fullmatch(key)
    return match is not None and all(map(is_used, filter(None, match.groups())))


def unused(keys: Iterable[str]) -> list[str]:
    """Return the ``keys`` that no code can use."""
    return [key for key in keys if not is_used(key)]
