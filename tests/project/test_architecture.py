"""The description of the architecture names existing functions, and no file is too long."""

import ast
import re
from pathlib import Path

import pytest

from tests.support.paths import ROOT

TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
NAMED_FUNCTIONS = re.findall(r"`([\w/]+\.py):([\w.]+)`", TEXT)
MAX_LINES = 360
SOURCES = [
    path for folder in ("calsvc", "tests", "bench") for path in (ROOT / folder).rglob("*.py")
]


def names_in(path: Path) -> set[str]:
    """Return the names of functions and classes, and of methods as ``Class.method``."""
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {
                f"{node.name}.{method.name}"
                for method in node.body
                if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
            }
    return names


@pytest.mark.parametrize(("file", "name"), sorted(set(NAMED_FUNCTIONS)))
def test_every_function_in_the_architecture_exists(file: str, name: str) -> None:
    assert name in names_in(ROOT / "calsvc" / file)


def test_architecture_names_the_functions_of_each_path() -> None:
    assert len(NAMED_FUNCTIONS) > 35


def test_architecture_describes_every_package() -> None:
    described = TEXT.partition("## Four paths")[0]
    for folder in (ROOT / "calsvc", ROOT / "calsvc" / "web"):
        for init in folder.glob("*/__init__.py"):
            assert re.search(rf"\b{init.parent.name}\b", described), init.parent.name


def test_every_package_docstring_names_input_and_limits() -> None:
    for init in (ROOT / "calsvc").rglob("*/__init__.py"):
        lines = (ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))) or "").splitlines()
        assert len(lines) in {4, 5}, init
        assert lines[2].startswith("Input: "), init
        assert any(line.startswith("Must not depend on: ") for line in lines[3:]), init


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_longer_than_360_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES
