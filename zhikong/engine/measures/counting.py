"""The counts of a measure for each case, by the plain judge."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.sets_duckdb import Columnar, columnar, count
from zhikong.engine.backends.sets_judge import ROW, Env, Patient, Row, evaluate
from zhikong.engine.backends.sets_spans import Span
from zhikong.engine.measures.model import Measure
from zhikong.engine.measures.needs import needs
from zhikong.engine.tables import Type
from zhikong.engine.tables.clinical import CLINICAL
from zhikong.engine.tables.clinical_data import CASE, Clinical

OWN = "patients"
MANY = 2000  # cases from which the set-up of a query is worth it
_LIMITS = Limits()


@dataclass(slots=True)
class Counted:
    """What a measure counts in one case: rows by population, and the observed values."""

    populations: dict[str, int] = field(default_factory=dict)
    observations: dict[str, list[int | None]] = field(default_factory=dict)


def judge(measure: Measure, data: Clinical) -> list[Counted]:
    """The counts of every case, in the order of `data.cases`, by the plain judge."""
    return [_case(measure, tables) for tables in tables_by_case(data)]


def counts(measure: Measure, data: Clinical, faults: list[str]) -> list[Counted | None]:
    """The counts of every case, by whichever way is quicker for so many.

    A case whose numbers or dates run out of range is None and adds a sentence to `faults`.
    """
    if len(data.cases) >= MANY:
        try:
            return list(tally(measure, columnar(data, needs([measure]))))
        except duckdb.Error:
            logging.getLogger(__name__).info("%s: case by case, to find the one out of range", measure.id)
    found: list[Counted | None] = []
    for case, tables in zip(data.cases, tables_by_case(data), strict=True):
        try:
            found.append(_case(measure, tables))
        except (OverflowError, ValueError) as error:
            faults.append(f"病例 {case}：{measure.id} 算不出来（{error}）。请检查这个病例的日期和数值。")
            found.append(None)
    return found


def tally(measure: Measure, data: Columnar, limits: Limits = _LIMITS) -> list[Counted]:
    """The same for all cases at once, on DuckDB. Raises duckdb.Error when a number or date runs out of range."""
    names, observed = [p.name for p in measure.populations], [o.name for o in measure.observations]
    found = [Counted(dict.fromkeys(names, 0), {name: [] for name in observed}) for _ in data.cases]
    results = columns(measure, data, limits)
    cases, *rest = (column.to_pylist() for column in results.columns)
    for case, *values in zip(cases, *rest, strict=True):
        found[case].populations = dict(zip(names, values, strict=False))
        lists = values[len(names) :]
        found[case].observations = {name: one or [] for name, one in zip(observed, lists, strict=True)}
    return found


def columns(measure: Measure, data: Columnar, limits: Limits = _LIMITS) -> pa.Table:
    """The same as columns: the case's number, a count for each population, a list for each observation."""
    populations = {p.name: (p.of, p.without, p.where) for p in measure.populations}
    values = {o.name: (o.of, o.without, o.value) for o in measure.observations}
    found = count(data, measure.sets, measure.rows, measure.row, populations, values, limits)
    return found.rename_columns(["case", *populations, *values])


def tables_by_case(data: Clinical) -> list[dict[str, list[Row]]]:
    """The rows of each case, table by table, with codes as text and inexact times as spans."""
    found: list[dict[str, list[Row]]] = [{name: [] for name in CLINICAL} for _ in data.cases]
    number = 0
    for name in data.tables:
        for case, row in _rows(name, data):
            found[case][name].append({**row, ROW: number})
            number += 1
    return found


def _rows(name: str, data: Clinical) -> Iterator[tuple[int, dict[str, Any]]]:
    columns = dict(data.tables[name])
    for column in CLINICAL[name].columns:
        if column.type is Type.CODES:
            columns[column.name] = [None if v is None else data.concepts[v] for v in columns[column.name]]
        for row, last in data.spans.get((name, column.name), {}).items():
            columns[column.name] = list(columns[column.name])
            columns[column.name][row] = Span(columns[column.name][row], last)
    cases = columns.pop(CASE)
    for place, values in enumerate(zip(*columns.values(), strict=True)):
        yield cases[place], dict(zip(columns, values, strict=True))


def _case(measure: Measure, tables: Mapping[str, list[Row]]) -> Counted:
    patient = Patient(tables, measure.sets, OWN)
    counted = Counted({p.name: 0 for p in measure.populations}, {o.name: [] for o in measure.observations})
    for row in patient.rows(measure.rows):
        env = Env(patient, {measure.row: row})
        inside: dict[str | None, bool] = {None: True}
        for population in measure.populations:
            member = inside[population.of] and not any(inside[name] for name in population.without)
            member = member and evaluate(population.where, env) is True
            inside[population.name] = member
            counted.populations[population.name] += member
        for observation in measure.observations:
            if inside[observation.of] and not any(inside[name] for name in observation.without):
                value = evaluate(observation.value, env)
                counted.observations[observation.name].append(None if isinstance(value, Span) else value)
    return counted
