"""The counts of a measure for each case, by the plain judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from zhikong.engine.backends.sets_judge import ROW, Env, Patient, Row, Span, evaluate
from zhikong.engine.measures.model import Measure
from zhikong.engine.tables import Type
from zhikong.engine.tables.clinical import CLINICAL
from zhikong.engine.tables.clinical_data import CASE, Clinical

OWN = "patients"


@dataclass(slots=True)
class Counted:
    """What a measure counts in one case: rows by population, and the observed values."""

    populations: dict[str, int] = field(default_factory=dict)
    observations: dict[str, list[int | None]] = field(default_factory=dict)


def judge(measure: Measure, data: Clinical) -> list[Counted]:
    """The counts of every case, in the order of `data.cases`."""
    return [_case(measure, tables) for tables in tables_by_case(data)]


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
