"""Mutation test of the rules: changes one constant or operator at a time and expects a failure.

``python bench/mutate.py [module ...]``: modules of calsvc/rules such as ``expiry``. The default is
all modules. Works in a copy. Prints the mutations that no test detected.
"""

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPIED = ("calsvc", "tests", "examples", "README.md", "pyproject.toml")
FAST_CHECK = ("tests/golden/vectors.py", "--check")
"""A check that detects most mutations in half a second. Others need the tests of the rules."""
TESTS = ("-m", "pytest", "-x", "-q", "-n", "0", "-m", "not large", "-p", "no:cacheprovider")
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OPERATORS: dict[type[ast.AST], ast.operator | ast.boolop] = {
    ast.Add: ast.Sub(),
    ast.Sub: ast.Add(),
    ast.And: ast.Or(),
    ast.Or: ast.And(),
}


def mutations(tree: ast.Module) -> Iterator[str]:
    """Yield a description of each mutation while ``tree`` contains it."""
    for node in [*ast.walk(tree)]:
        if isinstance(node, ast.Constant) and type(node.value) is int:
            for value in (node.value - 1, node.value + 1):
                yield from _mutate(node, "value", value)
        elif isinstance(node, ast.Constant) and type(node.value) is bool:
            yield from _mutate(node, "value", not node.value)
        elif isinstance(node, ast.Compare):
            for at, operator in enumerate(node.ops):
                ops = [*node.ops]
                ops[at] = COMPARISONS[type(operator)]()
                yield from _mutate(node, "ops", ops)
        elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in OPERATORS:
            yield from _mutate(node, "op", OPERATORS[type(node.op)])
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield from _mutate(node, "operand", ast.UnaryOp(ast.Not(), node.operand))


def _mutate(node: ast.expr, field: str, value: object) -> Iterator[str]:
    before, text = getattr(node, field), ast.unparse(node)
    setattr(node, field, value)
    yield f"{node.lineno}: {text} -> {ast.unparse(node)}"
    setattr(node, field, before)


def is_detected(copy: Path) -> bool:
    """Return True if a test fails in ``copy``."""
    return any(_fails(copy, arguments) for arguments in (FAST_CHECK, (*TESTS, "tests/rules")))


def _fails(copy: Path, arguments: tuple[str, ...]) -> bool:
    command = [sys.executable, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, check=False)
    return done.returncode != 0


def undetected_mutations(module: Path, copy: Path) -> Iterator[str]:
    """Yield the mutations of ``module`` that no test detects, then the number of mutations."""
    source, count = module.read_text("utf-8"), 0
    mutated = copy / module.relative_to(ROOT)
    tree = ast.parse(source)
    for change in mutations(tree):
        mutated.write_text(ast.unparse(tree), "utf-8")
        count += 1
        if not is_detected(copy):
            yield f"{module.name}:{change}"
    mutated.write_text(source, "utf-8")
    yield f"{module.name}: {count} changes"


def main() -> None:
    """Print the undetected mutations of each module."""
    names = sys.argv[1:] or [path.stem for path in sorted((ROOT / "calsvc" / "rules").glob("*.py"))]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            path = ROOT / name
            (shutil.copytree if path.is_dir() else shutil.copy)(path, copy / name)
        for name in names:
            for line in undetected_mutations(ROOT / "calsvc" / "rules" / f"{name}.py", copy):
                sys.stdout.write(f"{line}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
