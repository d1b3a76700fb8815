"""Formats the problems of a row as text."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from calsvc.bulk.columns import Columns
from calsvc.errors import Problem
from calsvc.i18n.catalogs import Catalog

DATE_PART_PARAMS = {"era", "letter", "year"}


def format_problems(problems: Iterable[Problem], columns: Columns, catalog: Catalog) -> str:
    """Return the problems as sentences, separated by spaces."""
    return " ".join(format_problem(each, columns, catalog) for each in problems)


def format_problem(problem: Problem, columns: Columns, catalog: Catalog) -> str:
    """Return a problem as a sentence, prefixed with the header of its column if it has one."""
    if problem.field == "row":
        return catalog.format_problem(problem)
    params = {"column": columns.label(problem.field), "problem": catalog.format_problem(problem)}
    return catalog.text("bulk.fault", params)


def without_dates(problem: Problem) -> Problem:
    """Return the problem with all dates in its parameters replaced by an ellipsis."""
    params = {
        name: "…" if isinstance(fact, date) or name in DATE_PART_PARAMS else fact
        for name, fact in problem.params.items()
    }
    return replace(problem, params=params)
