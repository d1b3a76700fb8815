"""Says in words what is wrong with a row."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from calsvc.bulk.columns import Columns
from calsvc.errors import Problem
from calsvc.i18n.catalogs import Catalog

PARTS_OF_DATES = {"era", "letter", "year"}


def explain_all(problems: Iterable[Problem], columns: Columns, catalog: Catalog) -> str:
    """What is wrong with a row."""
    return " ".join(explain(each, columns, catalog) for each in problems)


def explain(problem: Problem, columns: Columns, catalog: Catalog) -> str:
    """What is wrong, led by the name of the column where it is one column's."""
    if problem.field == "row":
        return catalog.problem(problem)
    params = {"column": columns.header(problem.field), "problem": catalog.problem(problem)}
    return catalog.text("bulk.fault", params)


def impersonal(problem: Problem) -> Problem:
    """The problem without the dates that it speaks of."""
    params = {
        name: "…" if isinstance(fact, date) or name in PARTS_OF_DATES else fact
        for name, fact in problem.params.items()
    }
    return replace(problem, params=params)
