"""The rows a contract table is made from: plain, joined, unfolded from repeated columns, or one per change."""

from __future__ import annotations

from collections.abc import Collection, Container, Sequence
from dataclasses import replace

from zhikong.engine.tables import TABLES, Column
from zhikong.intake.lowering import (
    Lowered,
    at_hour,
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
    years_between,
)
from zhikong.intake.mappings import Field, Mapping, Source, TableMapping
from zhikong.intake.references import owner_of, sealed
from zhikong.intake.unfolding import unfolded_name
from zhikong.intake.words import Join

Relation = tuple[str, list[Lowered]]


def relation(
    table: TableMapping,
    mapping: Mapping,
    staged: set[str],
    context: dict[str, str],
    *,
    further: Sequence[Column] = (),
    terms: Container[str] = (),
) -> Relation:
    """FROM clause (alias `s`) and the contract columns over it, in contract order; unmapped columns are null.

    staged: the sources that were delivered; optional ones may be absent, then their columns are unknown.
    further: columns that this reading has beside the contract's.
    terms: 'table.column' of columns for whose codes the table `terms` (place, local, code) has standard codes.
    """
    source = mapping.sources[table.source]
    joins: list[str] = [_join(join, mapping) for join in table.join if join.source in staged]
    fields = {field.column: field for field in table.fields}
    lowered: list[Lowered] = []
    for column in (*TABLES[table.table].columns, *further):
        field = fields.get(column.name)
        one = _lower(table, column, field, mapping, staged, context, joins, lowered)
        place = f"{table.table}.{column.name}"
        lowered.append(_translated(one, place, joins) if place in terms else one)
    where = f" WHERE {_filter(table, mapping)}" if table.where and not (table.unfold or table.changes) else ""
    base = _base(table, source, mapping, staged)
    return f"FROM {base} AS s {' '.join(joins)}{where}", lowered


def with_known(table: TableMapping, lacking: Collection[str]) -> TableMapping:
    """The mapping without fields that ask whether something was given, where the file has no column for it."""
    gone = {f for f in table.fields if f.form == "given" and {f.from_, *f.otherwise} <= set(lacking)}
    return replace(table, fields=tuple(f for f in table.fields if f not in gone)) if gone else table


def _lower(
    table, column: Column, field: Field | None, mapping: Mapping, staged, context, joins, before
) -> Lowered:
    source = mapping.sources[table.source]
    label = column.meaning.split("：")[0].split("（")[0]
    if field is None:
        return Lowered(column, cast_null(column), "CAST(NULL AS VARCHAR)", label)
    if field.context or field.constant is not None:
        value = context[field.context] if field.context else str(field.constant)
        return Lowered(column, cast_to(column, value), quoted(value), label)
    if field.days_between or field.years_between or field.number_within:
        value = _derived(field, mapping, staged, before)
        return Lowered(column, value, "CAST(NULL AS VARCHAR)", label, numbered=bool(field.number_within))
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


def _translated(one: Lowered, place: str, joins: list[str]) -> Lowered:
    """The column with a standard code where one was confirmed for the hospital's own."""
    alias = f"term{len(joins)}"
    joins.append(
        f"LEFT JOIN terms AS {alias} ON {alias}.place = {quoted(place)} AND {alias}.local = {one.typed}"
    )
    return replace(one, typed=f"coalesce({alias}.code, {one.typed})")


def _derived(field: Field, mapping: Mapping, staged: set[str], before: list[Lowered]) -> str:
    """Days, years or a number; what to number within may be a column of the contract that stands further left."""
    if field.days_between:
        return days_between(*(_column(name, mapping, staged) for name in field.days_between))
    if field.years_between:
        born, last = field.years_between
        return years_between(_birth(born, mapping, staged), _column(last, mapping, staged))
    known = {one.column.name: one.typed for one in before}
    within = [known.get(name) or _column(name, mapping, staged) for name in field.number_within]
    return number_within(within, [_column(name, mapping, staged) for name in field.in_order])


def _birth(name: str, mapping: Mapping, staged: set[str]) -> str:
    """A column, or an identity field of the row's patient, which stands apart from all staged columns."""
    owner, field = owner_of(name, "", mapping.sources)
    if not owner or not sealed(owner, field, mapping.sources):
        return _column(name, mapping, staged)
    if owner not in staged:
        return "CAST(NULL AS VARCHAR)"
    people = named(identities_of(owner))
    return f"(SELECT max(i.{named(field)}) FROM {people} AS i WHERE i.patient_key = s.patient_key)"


def identities_of(source: str) -> str:
    """The view of a source's identities, beside that of its columns."""
    return f"{source}__identities"


def _column(name: str, mapping: Mapping, staged: set[str] | None = None) -> str:
    """SQL of a column of the row (alias `s`) or, as `other.column`, of a joined source; null when that is absent."""
    owner, column = owner_of(name, "", mapping.sources)
    if owner and staged is not None and owner not in staged:
        return "CAST(NULL AS VARCHAR)"
    return f"{named(owner) if owner else 's'}.{named(column)}"


def _label(table: TableMapping, owner: Source, name: str, meaning: str) -> str:
    if name in owner.pseudonyms or name in owner.names:
        return owner.label(name)
    if table.unfold or table.changes or table.steps:
        return meaning
    return f"{name} {meaning}" if name.isascii() else name


def _raw(field: Field, source: Source, mapping: Mapping, staged: set[str], joins: list[str]):
    """SQL of the raw text, the source that owns it and its column name; None when the source was not delivered."""
    if field.pick:
        if field.pick.source not in staged:
            return _fallback(field, source, mapping, staged)
        number = len(joins)
        joins.append(picked(field.pick, number, _column(field.pick.key or field.pick.by, mapping, staged)))
        fallback = [_column(one, mapping, staged) for one in field.otherwise]
        raw = (
            f"coalesce({', '.join([f'pick{number}.value', *fallback])})"
            if fallback
            else f"pick{number}.value"
        )
        return raw, mapping.sources[field.pick.source], field.pick.take
    owner, name = owner_of(field.from_, source.name, mapping.sources)
    if owner not in staged and not field.otherwise:
        return None, source, name
    columns = [_column(one, mapping, staged) for one in (field.from_, *field.otherwise)]
    raw = columns[0] if len(columns) == 1 else f"coalesce({', '.join(columns)})"
    if field.hour:
        raw = at_hour(raw, _column(field.hour, mapping, staged))
    return raw, mapping.sources[owner], name


def _fallback(field: Field, source: Source, mapping: Mapping, staged: set[str]):
    """What stands for a pick from a source that was not delivered."""
    if not field.otherwise:
        return None, source, field.pick.take
    columns = [_column(one, mapping, staged) for one in field.otherwise]
    return (
        f"coalesce({', '.join([*columns, 'NULL'])})",
        source,
        owner_of(field.otherwise[0], "", mapping.sources)[1],
    )


def _department(field: Field, raw: str, joins: list[str]) -> str:
    if field.form != "department":
        return "NULL"
    number = len(joins)
    joins.append(f"LEFT JOIN departments AS department{number} ON department{number}.alias = {raw}")
    return f"department{number}.code"


def _join(join: Join, mapping: Mapping) -> str:
    name = named(join.source)
    key = ", ".join([*(["stay_id"] if join.stay else []), *(named(theirs) for theirs in join.on)])
    one = f"SELECT * FROM {name} QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY __row) = 1"
    on = [f"{name}.stay_id = s.stay_id"] if join.stay else []
    on += [f"{name}.{named(theirs)} = {_column(ours, mapping)}" for theirs, ours in join.on.items()]
    return f"LEFT JOIN ({one}) AS {name} ON {' AND '.join(on)}"


def _base(table: TableMapping, source: Source, mapping: Mapping, staged: set[str]) -> str:
    if table.unfold:
        return named(unfolded_name(table))
    if table.changes:
        return _changes(table, mapping, staged)
    if table.steps:
        return _steps(table)
    field = next((f for f in table.fields if f.within and f.within.source in staged), None)
    return _placed(table, field, mapping, staged) if field else named(source.name)


def _placed(table: TableMapping, field: Field, mapping: Mapping, staged: set[str]) -> str:
    """The rows, those without a stay in the stay of their patient during which they happened: the latest begun.

    A time that is only a date lies in a stay when some moment of that day does.
    """
    within = field.within
    own = ", ".join(_column(one, mapping, staged) for one in (field.from_, *field.otherwise))
    joins = " ".join(_join(join, mapping) for join in table.join if not join.stay and join.source in staged)
    rows = f"(SELECT s.* REPLACE (coalesce({own}, NULL) AS stay_id), {_column(within.at, mapping)} AS __at FROM {named(table.source)} AS s {joins})"
    begin, end = typed("datetime", f"e.{named(within.start)}"), typed("datetime", f"e.{named(within.end)}")
    at = typed("datetime", "r.__at")
    last = f"{at} + to_minutes(CASE WHEN length(r.__at) <= 10 THEN 1439 ELSE 0 END)"
    found = (
        f"SELECT r.__row AS row, r.__at AS at, arg_max(e.stay_id, ({begin}, e.__row)) AS stay "
        f"FROM {rows} AS r JOIN {named(within.source)} AS e ON e.patient_key = r.patient_key "
        f"WHERE r.stay_id IS NULL AND {last} >= {begin} AND {at} <= coalesce({end}, TIMESTAMP '9999-12-31') GROUP BY ALL"
    )
    no_stays = f"(SELECT stay_id FROM {named(within.elsewhere)})" if within.elsewhere in staged else "(NULL)"
    stay = f"CASE WHEN r.stay_id IN {no_stays} THEN NULL ELSE coalesce(r.stay_id, placed.stay) END"
    return (
        f"(SELECT r.* EXCLUDE (__at) REPLACE ({stay} AS stay_id) FROM {rows} AS r "
        f"LEFT JOIN ({found}) AS placed ON placed.row = r.__row AND placed.at = r.__at)"
    )


def _changes(table: TableMapping, mapping: Mapping, staged: set[str]) -> str:
    """Rows where `of` differs from the row before, in time order within the stay: `before`, `after`, `at`, `seq`."""
    of, order = (_column(name, mapping, staged) for name in table.changes)
    where = f" WHERE {of} IS NOT NULL" + (f" AND {_filter(table, mapping)}" if table.where else "")
    joins = " ".join(_join(join, mapping) for join in table.join if join.source in staged)
    moves = (
        f"SELECT s.*, {of} AS after, {order} AS {named('at')}, "
        f"lag({of}) OVER (PARTITION BY s.stay_id ORDER BY {order}, s.__row) AS before "
        f"FROM {named(table.source)} AS s {joins}{where}"
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


def _filter(table: TableMapping, mapping: Mapping) -> str:
    parts = [f"{_column(name, mapping)} IN {listed(values)}" for name, values in table.where.items()]
    return " AND ".join(parts)
