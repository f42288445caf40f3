"""Judge the records of some months by many rules: the door that everybody uses."""

from __future__ import annotations

from collections.abc import Sequence

from zhikong.engine import months as calendar
from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.source import Source
from zhikong.engine.plan.needs import Needs, collect
from zhikong.engine.record_rules import fused, plain
from zhikong.engine.record_rules.model import (
    COUNT_SCHEMA,
    FAILURE_SCHEMA,
    SCORE_SCHEMA,
    Judgement,
    RecordRule,
)
from zhikong.engine.results import Reason, missing_columns, missing_table

_OF_EVERY_RECORD = ("stay_id", "institution", "discharged_at", "discharge_department")


def judge(
    rules: Sequence[RecordRule],
    *,
    source: Source,
    months: tuple[str, str],
    departments: Sequence[str] | None = None,
    backend: str = "duckdb",
    limits: Limits | None = None,
) -> Judgement:
    """Verdicts of every rule on every record discharged from months[0] to months[1] inclusive ('YYYY-MM').

    departments: only records of these departments of discharge; None means all. A rule whose tables or columns the
    source lacks gives "not assessable" for every record and a sentence in `unmet`; one that crashes gives "error" for
    every record and the detail in `errors`. backend: "duckdb", or "reference", which is plain Python and the judge of
    the other. Raises ValueError for a bad range or an unknown backend.
    """
    span = calendar.span(*months)
    if backend not in ("duckdb", "reference"):
        raise ValueError(f"no backend {backend!r}")
    unmet = {rule.id: reason for rule in rules if (reason := missing(rule, source)) is not None}
    if "stays" not in source:  # no record at all: nothing to count, and every rule says why
        return Judgement(*(s.empty_table() for s in (COUNT_SCHEMA, SCORE_SCHEMA, FAILURE_SCHEMA)), unmet)
    work = fused.judge if backend == "duckdb" else plain.judge
    return work(rules, frozenset(unmet), unmet, source, span, departments, limits or Limits())


def needs_of(rule: RecordRule) -> Needs:
    """Supplied tables and columns that the rule reads."""
    needs: Needs = {"stays": set(_OF_EVERY_RECORD)}
    for expression in rule.expressions():
        collect(expression, needs)
    for table, column in rule.delivered:
        needs.setdefault(table, set()).add(column)
    for table in set(needs) - {"stays"}:
        needs[table].add("stay_id")
    return needs


def missing(rule: RecordRule, source: Source) -> Reason | None:
    """The first table or columns that the rule reads and the source does not have."""
    for table, columns in sorted(needs_of(rule).items()):
        if table not in source:
            return missing_table(table)
        absent = sorted(columns - source.columns(table))
        if absent:
            return missing_columns(table, absent)
    return None
