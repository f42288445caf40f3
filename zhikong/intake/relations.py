"""The rows a contract table is made from: plain, joined, unfolded from repeated columns, or one per change."""

from __future__ import annotations

from collections.abc import Sequence

from zhikong.engine.tables import TABLES, Column
from zhikong.intake.lowering import (
    Lowered,
    cast_null,
    cast_to,
    coded,
    days_between,
    listed,
    named,
    number_within,
    picked,
    quoted,
    typed,
)
from zhikong.intake.mappings import Field, Join, Mapping, Source, TableMapping, Unfold

PLACE = "__place"
"""In unfolded rows: the first column of the repetition, so that a message can say where in the line."""

Relation = tuple[str, list[Lowered]]


def relation(
    table: TableMapping,
    mapping: Mapping,
    staged: set[str],
    context: dict[str, str],
    *,
    further: Sequence[Column] = (),
) -> Relation:
    """FROM clause (alias `s`) and the contract columns over it, in contract order; unmapped columns are null.

    staged: the sources that were delivered; optional ones may be absent, then their columns are unknown.
    further: columns that this reading has beside the contract's.
    """
    source = mapping.sources[table.source]
    joins: list[str] = [_join(join) for join in table.join if join.source in staged]
    fields = {field.column: field for field in table.fields}
    lowered = []
    for column in (*TABLES[table.table].columns, *further):
        field = fields.get(column.name)
        lowered.append(_lower(table, column, field, mapping, staged, context, joins))
    where = f" WHERE {_filter(table)}" if table.where and not table.unfold else ""
    return f"FROM {_base(table, source)} AS s {' '.join(joins)}{where}", lowered


def _lower(table, column: Column, field: Field | None, mapping: Mapping, staged, context, joins) -> Lowered:
    source = mapping.sources[table.source]
    label = column.meaning.split("：")[0].split("（")[0]
    if field is None:
        return Lowered(column, cast_null(column), "CAST(NULL AS VARCHAR)", label)
    if field.context or field.constant is not None:
        value = context[field.context] if field.context else str(field.constant)
        return Lowered(column, cast_to(column, value), quoted(value), label)
    if field.days_between or field.number_within:
        return Lowered(column, _derived(field), "CAST(NULL AS VARCHAR)", label)
    raw, owner, name = _raw(field, source, mapping, staged, joins)
    if raw is None:
        return Lowered(column, cast_null(column), "CAST(NULL AS VARCHAR)", label)
    shown = f"s.{named(name + '__masked')}" if name in owner.pseudonyms else None
    department = _department(field, coded(raw, field.codes), joins)
    expression = typed(field.form, coded(raw, field.codes), times=field.times, department=department)
    if field.lenient and column.domain:
        expression = f"CASE WHEN {expression} IN {listed(column.domain.codes)} THEN {expression} END"
    named_in_file = _label(table, owner, name, label)
    return Lowered(column, expression, raw, named_in_file, field, shown)


def _derived(field: Field) -> str:
    if field.days_between:
        return days_between(*(f"s.{named(column)}" for column in field.days_between))
    return number_within(field.number_within)


def _label(table: TableMapping, owner: Source, name: str, meaning: str) -> str:
    if name in owner.pseudonyms or name in owner.names:
        return owner.label(name)
    if table.unfold or table.changes or table.steps:
        return meaning
    return f"{name} {meaning}" if name.isascii() else name


def _raw(field: Field, source: Source, mapping: Mapping, staged: set[str], joins: list[str]):
    """SQL of the raw text, the source that owns it and its column name; None when the source was not delivered."""
    if field.pick:
        number = len(joins)
        joins.append(picked(field.pick, number))
        return f"pick{number}.value", mapping.sources[field.pick.source], field.pick.take
    owner, _, name = field.from_.rpartition(".")
    if owner and owner not in staged:
        return None, source, name
    alias = named(owner) if owner else "s"
    return f"{alias}.{named(name)}", mapping.sources[owner or source.name], name


def _department(field: Field, raw: str, joins: list[str]) -> str:
    if field.form != "department":
        return "NULL"
    number = len(joins)
    joins.append(f"LEFT JOIN departments AS department{number} ON department{number}.alias = {raw}")
    return f"department{number}.code"


def _join(join: Join) -> str:
    name = named(join.source)
    key = ", ".join(["stay_id", *(named(theirs) for theirs in join.on)])
    one = f"SELECT * FROM {name} QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY __row) = 1"
    on = [f"{name}.stay_id = s.stay_id"]
    on += [f"{name}.{named(theirs)} = s.{named(ours)}" for theirs, ours in join.on.items()]
    return f"LEFT JOIN ({one}) AS {name} ON {' AND '.join(on)}"


def _base(table: TableMapping, source: Source) -> str:
    if table.unfold:
        parts = [part for group in table.unfold for part in _unfolded(group, table, source)]
        return "(" + " UNION ALL ".join(parts) + ")"
    if table.changes:
        return _changes(table)
    if table.steps:
        return _steps(table)
    return named(source.name)


def _unfolded(group: Unfold, table: TableMapping, source: Source) -> list[str]:
    """One SELECT per repetition; a repetition whose `present` column is blank is no row."""
    parts = []
    for n in range(group.times[0], group.times[1] + 1):
        fields = {name: named(column.format(n=n)) for name, column in group.take.items()}
        columns = [f"{sql} AS {named(name)}" for name, sql in fields.items()]
        columns += [f"{quoted(value)} AS {named(name)}" for name, value in group.constants.items()]
        columns.append(f"'{group.start + n - group.times[0]}' AS seq")
        columns.append(f"{quoted(next(iter(group.take.values())).format(n=n))} AS {PLACE}")
        every = [f for g in table.unfold for f in (*g.take, *g.constants)]
        absent = [f for f in dict.fromkeys(every) if f not in fields and f not in group.constants]
        columns += [f"CAST(NULL AS VARCHAR) AS {named(name)}" for name in absent]
        keys = [
            "__row",
            *(named(k) for k in source.pseudonyms),
            *(named(k + "__masked") for k in source.pseudonyms),
            *(named(k) for k in dict.fromkeys(table.live.columns)),
        ]
        order = ", ".join([*keys, *sorted(columns, key=lambda sql: sql.rsplit(" AS ", 1)[1])])
        condition = " OR ".join(
            f"{fields[p]} IS NOT NULL" for p in (table.present or "").split("|") if p in fields
        )
        parts.append(f"SELECT {order} FROM {named(source.name)} WHERE {condition or 'true'}")
    return parts


def _changes(table: TableMapping) -> str:
    """Rows where `of` differs from the row before, in time order within the stay: `before`, `after`, `at`, `seq`."""
    of, order = (named(name) for name in table.changes)
    where = f" WHERE {_filter(table)}" if table.where else ""
    moves = (
        f"SELECT *, {of} AS after, {order} AS {named('at')}, "
        f"lag({of}) OVER (PARTITION BY stay_id ORDER BY {order}, __row) AS before "
        f"FROM {named(table.source)}{where}"
    )
    number = f"CAST(row_number() OVER (PARTITION BY stay_id ORDER BY {named('at')}, __row) AS VARCHAR) AS seq"
    return f"(SELECT *, {number} FROM ({moves}) WHERE before IS NOT NULL AND before <> after)"


def _steps(table: TableMapping) -> str:
    """One row for each place in a list like `A→B`; the first is reached from the column `start`."""
    steps = table.steps
    places = f"list_transform(string_split({named(steps.of)}, {quoted(steps.by)}), lambda p: trim(p))"
    listed_once = (
        f"SELECT *, {places} AS places FROM {named(table.source)} WHERE {named(steps.of)} IS NOT NULL"
    )
    before = f"CASE WHEN step = 1 THEN {named(steps.start)} ELSE places[step - 1] END AS before"
    rows = f"SELECT *, unnest(range(1, len(places) + 1)) AS step FROM ({listed_once})"
    return f"(SELECT *, {before}, places[step] AS after, CAST(step AS VARCHAR) AS seq FROM ({rows}))"


def _filter(table: TableMapping) -> str:
    return " AND ".join(f"{named(column)} IN {listed(values)}" for column, values in table.where.items())
