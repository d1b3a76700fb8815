"""Finds the keys that code asks catalogs for, in modules, templates and lists of columns.

Much code composes a key from words: ``f"place.kind.{kind}"``. Such a pattern asks for a key if
some file has what fills each of its gaps, as a whole text.
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
"""Stands in a pattern for a word that code fills in."""
PATTERN = re.compile(rf"(?=.*[a-z])[\w.{GAP}-]*\.[\w.{GAP}-]*")
PROBLEM = re.compile(r'(?:Problem\(\s*(?:[\w.]+|f?"[^"]*"),|InvalidDateError\()\s*"([a-z_0-9.]+)"')
ON_PAGES = re.compile(r'\bt\("([\w.-]*\w)"')


def _files(*endings: str) -> Iterator[str]:
    paths = sorted(path for path in SOURCE.rglob("*.*") if path.name.endswith(endings))
    return (path.read_text("utf-8") for path in paths)


# --- keys that stand in the code ------------------------------------------------------------------


def _calls(code: str) -> Iterator[str]:
    """Yields each key in ``catalog.text("key", ...)``."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Call(func=ast.Attribute(attr="text"), args=[ast.Constant(str(key)), *_]):
                yield key


@cache
def keys_in_code() -> frozenset[str]:
    """Returns the keys that stand whole in the code. Every catalog must have them."""
    modules, templates = [*_files(".py")], _files(".html")
    problems = (f"error.{key}" for code in modules for key in PROBLEM.findall(code))
    titles = (key for code in modules for key in re.findall(r'"(error\.title\.[a-z_]+)"', code))
    on_pages = (f"page.{key}" for html in templates for key in ON_PAGES.findall(html))
    return frozenset(chain(chain.from_iterable(map(_calls, modules)), problems, titles, on_pages))


# --- keys that code composes ----------------------------------------------------------------------


def _joined(node: ast.AST) -> str:
    """Returns a text of Python whose values are gaps."""
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.JoinedStr(values):
            return "".join(map(_joined, values))
    return GAP


def _of_module(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Constant(str(text)):
                yield text
            case ast.JoinedStr():
                yield _joined(node)
            case ast.Call(func=ast.Attribute(ast.JoinedStr() as value, "removesuffix")):
                yield _joined(value).rstrip(f".{GAP}") + f".{GAP}"  # where the last gap is empty


def _of_template(html: str) -> Iterator[str]:
    tree = Environment(autoescape=True).parse(html)
    for const in tree.find_all(nodes.Const):
        yield str(const.value)
    for concat in tree.find_all(nodes.Concat):
        parts = concat.nodes
        yield "".join(each.value if isinstance(each, nodes.Const) else GAP for each in parts)


def _of_list(value: object) -> Iterator[str]:
    """Yields the names and texts of a TOML file."""
    match value:
        case dict():
            yield from value
            yield from chain.from_iterable(map(_of_list, value.values()))
        case list():
            yield from chain.from_iterable(map(_of_list, value))
        case str():
            yield value


@cache
def _texts() -> tuple[str, ...]:
    lists = (tomllib.loads(text) for text in _files("columns.toml", "questions.toml"))
    found = chain(
        chain.from_iterable(map(_of_module, _files(".py"))),
        chain.from_iterable(map(_of_template, _files(".html"))),
        chain.from_iterable(map(_of_list, lists)),
    )
    return tuple(dict.fromkeys(found))


@cache
def _catalog() -> frozenset[str]:
    return frozenset(text for text in _texts() if GAP not in text)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    composed = (text for text in _texts() if GAP in text and PATTERN.fullmatch(text))
    return tuple(map(_as_pattern, composed))


def _as_pattern(text: str) -> re.Pattern[str]:
    """Returns a pattern with a group for each gap. One that follows another may be empty."""
    gap = r"([\w.-]+)" if text.count(GAP) == 1 else r"([\w-]+)"
    with_endings = re.escape(text).replace(2 * GAP, GAP + r"(\.[\w.-]+)?")
    return re.compile(with_endings.replace(GAP, gap))


@cache
def is_asked(key: str) -> bool:
    """Returns whether some code can ask for ``key``."""
    names = {key, key.removeprefix("page."), key.removeprefix("staff.")}
    return bool(names & _catalog()) or any(_fills(*each) for each in product(_patterns(), names))


def _fills(pattern: re.Pattern[str], key: str) -> bool:
    found = pattern.fullmatch(key)
    return found is not None and all(map(is_asked, filter(None, found.groups())))


def unasked(keys: Iterable[str]) -> list[str]:
    """Returns those of ``keys`` that no code can ask for."""
    return [key for key in keys if not is_asked(key)]
