"""Compute indicators: definitions and data in, results with their trail out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from zhikong.engine import deriving, joining, judged, strata
from zhikong.engine import months as calendar
from zhikong.engine.backends.base import Backend, Counts, Failure, Limits, Outcome, Tally
from zhikong.engine.backends.reference import ReferenceBackend
from zhikong.engine.backends.source import Source
from zhikong.engine.definitions.kinds import Kind, NoRows
from zhikong.engine.definitions.model import Definition
from zhikong.engine.plan.needs import needs_of
from zhikong.engine.results import (
    Cases,
    Reason,
    ReasonKind,
    Result,
    Results,
    failed,
    missing_columns,
    missing_table,
    no_data,
    value_of,
)

Part = Literal["numerator", "denominator", "missed"]
Level = Literal["institution", "department", "month"]
LEVELS: tuple[Level, ...] = ("institution", "department", "month")


class NotDelivered(ValueError):
    """The source lacks a table or columns that a definition reads; the text is the reason's sentence."""


@dataclass(frozen=True, slots=True)
class Work:
    """Where rows come from and who counts them."""

    source: Source
    backend: Backend
    name: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class Run:
    """What all results of one run share."""

    now: datetime
    data_version: str
    months: list[str]
    by: frozenset[str]


def compute(
    definitions: Iterable[Definition],
    *,
    source: Source,
    months: tuple[str, str],
    by: Sequence[Level] = LEVELS,
    now: datetime,
    data_version: str,
    backend: str | Backend = "fastest",
    limits: Limits | None = None,
    stratum: str | None = None,
    department: str | None = None,
) -> Results:
    """Results of every definition for every institution and month from months[0] to months[1] inclusive.

    Without "department" in `by`, only whole institutions are returned. A definition that cannot be
    computed gives results with a reason; it never takes the others down. With `stratum`, one of the `strata` that
    the definitions declare, results are split by its codes (`Result.stratum`), of the whole institution or of one
    department. `Results.backends` says who counted what. Raises ValueError for a bad month range, an unknown
    backend, or a stratum that is not declared.
    """
    name = backend if isinstance(backend, str) else ""
    work = Work(
        source, backend_named(backend) if isinstance(backend, str) else backend, name, limits or Limits()
    )

    def count(asked: Sequence[Definition], span: Sequence[str]) -> list[Result]:
        return _counted_on_rows(asked, work, Run(now, data_version, list(span), frozenset(by)))

    wanted = [strata.split(d, stratum, department) for d in definitions]
    rows = deriving.results(wanted, calendar.span(*months), count)
    return Results(strata.named(rows, department) if stratum else rows, used_by(work))


def used_by(work: Work) -> dict[str, str]:
    """Definition id -> who counted it, as far as the backend tells; else the backend's own name for all."""
    return dict(getattr(work.backend, "used", {})) or {"": work.name}


def _counted_on_rows(wanted: Sequence[Definition], work: Work, run: Run) -> list[Result]:
    unmet = {d.id: reason for d in wanted if (reason := missing(d, work.source)) is not None}
    ready = [d for d in wanted if d.id not in unmet]
    judge = "reference" if work.name == "reference" else "duckdb"
    outcomes = joining.tally(
        work.backend, ready, work.source, run.months, work.limits, judged_by=judge, now=run.now
    )
    institutions = _institutions(outcomes.values())
    rows: list[Result] = []
    for definition in wanted:
        outcome = outcomes.get(definition.id)
        if isinstance(outcome, Tally):
            early = before_delivery(definition, work.source, run.months)
            rows += _counted(definition, outcome, institutions, run, early)
        else:
            rows += _results(definition, unmet.get(definition.id), outcome, institutions, run)
    return rows


def before_delivery(definition: Definition, source: Source, months: Sequence[str]) -> dict[str, str]:
    """Months before a table that the definition reads delivered its first row, and that table.

    A month without transfusions is 0; one before the blood bank was connected is unknown.
    """
    found: dict[str, str] = {}
    for table in sorted(needs_of(definition)):
        first = source.first_month(table) or ""
        found |= {month: table for month in months if month < first}
    return found


def cases(
    definition: Definition,
    *,
    source: Source,
    month: str,
    department: str | None = None,
    part: Part = "numerator",
    limit: int = 50,
    offset: int = 0,
    limits: Limits | None = None,
) -> Cases:
    """The rows behind a number, in a stable order.

    part: "denominator" lists every counted row, "numerator" those that add to the numerator, "missed"
    those in the denominator that do not (fully) reach the numerator. Each row has the identifying and
    time columns of its table and, for stays and their children, stay_id, patient_key, department,
    admitted_at, discharged_at and principal_diagnosis; and `numerator` and `denominator`, what the row
    adds to each. A rate has rows of its numerator's table, as denominator those of the other table; a composite and a
    growth have none. Raises NotDelivered when the source lacks what the definition reads.
    """
    from zhikong.engine.backends.duckdb import list_cases

    reason = missing(definition, source)
    if reason is not None:
        raise NotDelivered(reason.sentence)
    calendar.parse(month)
    if definition.bases():
        return Cases([], 0)
    if definition.rule is not None:
        return judged.list_cases(definition, source, month, department, part, limit=limit, offset=offset)
    if definition.per is not None:
        definition, part = joining.halves(definition)[part == "denominator"], "numerator"
    return list_cases(
        definition, source, month, department, part, limit=limit, offset=offset, limits=limits or Limits()
    )


def backend_named(name: str) -> Backend:
    """The backend of that name; "fastest" takes vectors or DuckDB. Raises ValueError for an unknown one."""
    if name == "duckdb":
        from zhikong.engine.backends.duckdb import DuckdbBackend

        return DuckdbBackend()
    if name in ("vector", "fastest"):
        from zhikong.engine.backends.vector.backend import VectorBackend, fastest

        return VectorBackend() if name == "vector" else fastest()
    if name == "reference":
        return ReferenceBackend()
    if name == "spark":
        return _spark()
    raise ValueError(f"no backend {name!r}")


def _spark() -> Backend:
    """Apache Spark; raises ValueError where the optional extra is not installed."""
    try:
        from zhikong.engine.backends.spark.backend import SparkBackend
    except ImportError as error:
        raise ValueError("没有安装 Spark：请执行 pip install 'zhikong[spark]'，并安装 Java 17。") from error
    return SparkBackend()


def missing(definition: Definition, source: Source) -> Reason | None:
    """The first table or columns that the definition reads and the source does not have."""
    for table, columns in sorted(needs_of(definition).items()):
        if table not in source:
            return missing_table(table)
        absent = sorted(columns - source.columns(table))
        if absent:
            return missing_columns(table, absent)
    return None


def _institutions(outcomes: Iterable[Outcome]) -> list[str]:
    found = {inst for o in outcomes if isinstance(o, Tally) for inst, _ in o.wholes}
    return sorted(found) or [""]  # no data at all: one result without an institution still says so


def _results(
    definition: Definition, unmet: Reason | None, outcome: Outcome | None, institutions: list[str], run: Run
) -> Iterator[Result]:
    """The reason why there is nothing, for every institution and month."""
    reason = failed(outcome.detail) if isinstance(outcome, Failure) else unmet
    if reason is None:
        reason = Reason(ReasonKind.ERROR, "计算没有给出结果。")
    for institution in institutions:
        for month in run.months:
            yield _result(definition, run, (institution, None, month), None, reason)


def _counted(
    definition: Definition, tally: Tally, institutions: list[str], run: Run, early: Mapping[str, str]
) -> Iterator[Result]:
    for institution in institutions:
        for month in run.months:
            counts = None if month in early else _of_whole(definition, tally, (institution, month))
            lacking = early.get(month) or tally.lacking.get((institution, month), definition.table)
            reason = no_data(lacking) if counts is None else None
            yield _result(definition, run, (institution, None, month), counts, reason)
    if "department" in run.by and definition.department is not None:
        for cell in sorted(cell for cell in _known(tally) if cell[2] not in early):
            yield _result(definition, run, cell, tally.cells[cell], None)


def _of_whole(definition: Definition, tally: Tally, whole: tuple[str, str]) -> Counts | None:
    counts = tally.wholes.get(whole)
    if counts is None and definition.kind is Kind.COUNT and definition.no_rows is NoRows.ZERO:
        return Counts(0, 0, None)
    return counts


def _known(tally: Tally) -> Iterator[tuple[str, str, str]]:
    """The groups with a department; rows of an unknown department count for the institution only."""
    for institution, department, month in tally.cells:
        if department is not None:
            yield institution, department, month


def _result(
    definition: Definition,
    run: Run,
    cell: tuple[str, str | None, str],
    counts: Counts | None,
    reason: Reason | None,
) -> Result:
    value = None
    if counts is not None and reason is None:
        value, reason = value_of(definition, counts)
    return Result(
        definition.id,
        definition.hash,
        run.data_version,
        run.now,
        *cell,
        counts.numerator if counts else None,
        counts.denominator if counts else None,
        value,
        reason,
    )


__all__ = [
    "Cases",
    "Limits",
    "Reason",
    "ReasonKind",
    "Result",
    "Results",
    "Source",
    "cases",
    "compute",
]
