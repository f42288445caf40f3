"""The rows behind a number."""

from __future__ import annotations

from collections.abc import Sequence

from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.source import Source
from zhikong.engine.backends.sql import codes
from zhikong.engine.backends.sql.grain import Grain, prepare
from zhikong.engine.backends.sql.lower import lower
from zhikong.engine.backends.sql.relations import Relations
from zhikong.engine.backends.sql.session import reading
from zhikong.engine.backends.sql.text import clause, listed, name
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.model import Definition, Kind
from zhikong.engine.plan.groups import Group
from zhikong.engine.plan.recipes import Counter, recipe_of
from zhikong.engine.results import Cases
from zhikong.engine.tables import TABLES

ADDED = {"department", "numerator", "denominator"}  # said by the query itself, for every table alike
STAY_COLUMNS = ("stay_id", "patient_key", "admitted_at", "discharged_at", "principal_diagnosis")


def list_cases(
    definition: Definition,
    source: Source,
    month: str,
    department: str | None,
    part: str,
    *,
    limit: int,
    offset: int,
    limits: Limits,
) -> Cases:
    """See `compute.cases`."""
    with reading(source, limits) as connection:
        relations = Relations(source)
        above, below = _counters(definition)
        group = Group(definition.table, definition.date, definition.department)
        expressions = _expressions(group, [above, below])
        prepare(connection, relations, expressions)
        masks = codes.build(connection, relations, expressions, group.partitions([month]))
        grain = _grain(group, relations, masks, month, expressions)
        rows = _rows(grain, above, below)
        kept, given = _kept(definition, part, department)
        total = connection.execute(clause("SELECT count(*) FROM", rows, "WHERE", kept), given).fetchall()
        page = clause("SELECT * FROM", rows, "WHERE", kept, _order(definition), "LIMIT ? OFFSET ?")
        found = connection.execute(page, [*given, limit, offset])
        columns = [column[0] for column in found.description or ()]
        listed_rows = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    return Cases(listed_rows, int(total[0][0]))


def _counters(definition: Definition) -> tuple[Counter, Counter]:
    """What each row adds to numerator and denominator; where values are told apart, the rows that have one."""
    recipe = recipe_of(definition)
    above, below = recipe.numerator, recipe.denominator or Counter(recipe.numerator.condition)
    if definition.kind is Kind.DISTINCT:
        return Counter(above.condition), Counter(below.condition)
    return above, below


def _expressions(group: Group, counters: Sequence[Counter]) -> list[n.Node]:
    found = [group.date, *([group.department] if group.department else [])]
    for counter in counters:
        found += [counter.condition, *([counter.expression] if counter.expression else [])]
    return found


def _grain(
    group: Group,
    relations: Relations,
    masks: codes.CodeMasks,
    month: str,
    expressions: list[n.Node],
) -> Grain:
    source = relations.source
    table = TABLES[group.table]
    have = source.columns(group.table)
    own = [c for c in (STAY_COLUMNS if group.table == "stays" else table.column_names) if c in have]
    stay = [c for c in STAY_COLUMNS if c in source.columns("stays")] if table.child_of else []
    return Grain(group, relations, masks, [month], expressions, frozenset(own), frozenset(stay))


def _rows(grain: Grain, above: Counter, below: Counter) -> str:
    amounts = [f"{_amount(above, grain)} AS numerator", f"{_amount(below, grain)} AS denominator"]
    department = grain.keys()[1]
    shown = [f"r.{name(c)}" for c in sorted(grain.extra - ADDED)]
    shown += [f"s.{name(c)}" for c in sorted(grain.extra_stay - grain.extra)]
    where = grain.where()
    columns = listed([*shown, f"{department} AS department", *amounts])
    return clause("(SELECT", columns, "FROM", grain.rows(), "WHERE", where, ") AS case_rows")


def _amount(counter: Counter, grain: Grain) -> str:
    added = "1" if counter.expression is None else lower(counter.expression, grain.names)
    return f"CASE WHEN {lower(counter.condition, grain.names)} THEN {added} ELSE 0 END"


def _kept(definition: Definition, part: str, department: str | None) -> tuple[str, list[str]]:
    is_share = definition.kind is Kind.RATIO
    parts = {
        "numerator": "numerator <> 0",
        "denominator": "denominator <> 0",
        # only a share can be missed; a longer stay has not missed anything
        "missed": "denominator <> 0 AND numerator < denominator" if is_share else "FALSE",
    }
    if part not in parts:
        raise ValueError(f"no part {part!r}")
    if department is None:
        return parts[part], []
    return f"({parts[part]}) AND department = ?", [department]


def _order(definition: Definition) -> str:
    keys = TABLES[definition.table].key
    return clause("ORDER BY", listed(name(k) for k in keys))
