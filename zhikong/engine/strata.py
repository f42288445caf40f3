"""Results split by a coded column: every code of the column is a group of its own.

A definition that is split by a column is the same definition with that column in the department's place, so every
backend computes it, also what is not additive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.model import Definition
from zhikong.engine.results import Result
from zhikong.engine.tables import Type

UNKNOWN = ""
"""The code of rows whose column is not filled in."""


def split(definition: Definition, stratum: str | None, department: str | None) -> Definition:
    """The definition with the stratum's column in the department's place; itself when none is asked.

    department: only its rows. Raises ValueError for a stratum that the definition does not declare, and for a
    department when the definition has none.
    """
    if stratum is None:
        return definition
    found = next((s for s in definition.strata_of if s.name == stratum), None)
    if found is None:
        raise ValueError(f"{definition.id} declares no stratum {stratum!r}")
    within = definition.population
    if department is not None:
        within = _of_department(definition, department)
    column = n.Coalesce((found.column, n.Value(UNKNOWN, Type.TEXT)))
    return replace(definition, department=column, population=within)


def _of_department(definition: Definition, department: str) -> n.Node:
    if definition.department is None:
        raise ValueError(f"{definition.id} is not told by department")
    own = canonical.comparison("=", definition.department, n.Value(department, Type.TEXT))
    return own if definition.population is None else canonical.conjunction([definition.population, own])


def named(rows: Sequence[Result], department: str | None) -> list[Result]:
    """Groups as strata, `UNKNOWN` among them. Strata without any row of the department fall away; why a month
    cannot be computed at all stays, without a stratum."""
    split_rows = [
        r._replace(stratum=r.department, department=department)
        for r in rows
        if r.department is not None and (r.denominator or r.numerator)
    ]
    return split_rows + [r._replace(department=department) for r in rows if r.department is None and r.reason]
