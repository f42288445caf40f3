"""Mapping vocabulary to SQL: each field becomes a typed expression, its raw text and the checks it must pass."""

from __future__ import annotations

from dataclasses import dataclass

from zhikong.engine.tables import Column, Table, Type
from zhikong.intake.mappings import Field
from zhikong.intake.words import Pick

DEPARTMENT_COLUMNS = frozenset(
    {
        *("admission_department", "discharge_department", "current_department"),
        *("from_department", "to_department", "department"),
    }
)
_SQL_TYPE = {
    Type.TEXT: "VARCHAR",
    Type.INT: "BIGINT",
    Type.FLOAT: "DOUBLE",
    Type.BOOL: "BOOLEAN",
    Type.DATE: "DATE",
    Type.TIMESTAMP: "TIMESTAMP",
}
_DAY_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d", "%Y年%m月%d日")
_CLOCKS = (" %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M", " %H:%M:%S.%f", " %H时%M分")
_TIME_FORMATS = (
    *(day + clock for day in ("%Y-%m-%d", "%Y/%m/%d") for clock in _CLOCKS),
    *("%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%d %H:%M:%S", "%Y%m%d %H:%M", "%Y年%m月%d日 %H:%M"),
    "%Y年%m月%d日 %H时%M分",
    *_DAY_FORMATS,
)
_FAULT_OF_FORM = {
    "integer": "not_a_whole_number",
    "number": "not_a_number",
    "fen": "not_an_amount",
    "flag": "not_yes_no",
    "date": "not_a_date",
    "datetime": "not_a_datetime",
    "department": "unknown_department",
}


def quoted(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def named(name: str) -> str:
    """A SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def listed(values) -> str:
    """A SQL list of string literals, for IN."""
    return "(" + ", ".join(quoted(str(v)) for v in values) + ")"


@dataclass(frozen=True)
class Check:
    """A fault: where `when` is true, the row is refused for `reason`; `value` and `detail` are SQL texts."""

    reason: str
    column: str
    label: str
    when: str
    value: str
    detail: str = "''"


@dataclass(frozen=True)
class Lowered:
    """A contract column in SQL: typed expression, raw text (null when it has none) and label in messages."""

    column: Column
    typed: str
    raw: str
    label: str
    field: Field | None = None
    shown: str | None = None  # what a message may show in place of `raw`
    numbered: bool = False  # a number that we give, because the source has none


def typed(form: str, raw: str, *, times: int = 1, department: str = "NULL") -> str:
    """The expression that reads text as `form`; null where it cannot be read. Nothing is guessed or moved."""
    decimal = f"try_cast({raw} AS DECIMAL(18, 4))"
    if form == "integer":
        scaled = decimal if times == 1 else f"({decimal} * {times})"
        return f"CASE WHEN {scaled} = floor({scaled}) THEN CAST({scaled} AS BIGINT) END"
    return {
        "text": raw,
        "deidentified": raw,  # staging has taken out who it is about
        # the national editions write the filler small (I10.x00); as first letter X is a chapter
        "code": f"(upper({raw}[1]) || replace(upper({raw}[2:]), 'X', 'x'))",
        "number": f"try_cast({raw} AS DOUBLE)",
        "fen": f"CAST(round({decimal} * 100) AS BIGINT)",
        "flag": _flag(raw),
        "given": f"({raw} IS NOT NULL)",
        # a name in the field of a staff number is no number, and no name enters the lake
        "staff_number": f"CASE WHEN regexp_full_match({raw}, '[A-Za-z0-9_-]+') THEN {raw} END",
        "date": f"CAST({_parsed(raw, (*_DAY_FORMATS, *_TIME_FORMATS))} AS DATE)",
        "datetime": _parsed(raw, _TIME_FORMATS),
        "department": department,
    }[form]


def _flag(raw: str) -> str:
    return (
        f"CASE WHEN lower({raw}) IN ('1', '是', 'y', 'yes', 'true', 't') THEN true "
        f"WHEN lower({raw}) IN ('0', '否', 'n', 'no', 'false', 'f') THEN false END"
    )


def days_between(first: str, last: str) -> str:
    """Days of a stay as the front page counts them: difference of the dates, at least 1."""
    return f"greatest(1, date_diff('day', {typed('date', first)}, {typed('date', last)}))"


def years_between(first: str, last: str) -> str:
    """Completed years from one day to another; unknown where one of them is not a whole date."""
    return f"date_sub('year', {typed('date', first)}, {typed('date', last)})"


def at_hour(day: str, hour: str) -> str:
    """Text of a date and of an hour of the day (8, 08 or 08:30) as one time; a date that has its time stays."""
    clock = f"CASE WHEN contains({hour}, ':') THEN {hour} ELSE lpad({hour}, 2, '0') || ':00' END"
    return f"CASE WHEN {hour} IS NULL OR length({day}) > 10 THEN {day} ELSE {day} || ' ' || {clock} END"


def number_within(expressions, order=()) -> str:
    """1, 2, 3 … within equal values of the expressions, in the order of numbers or in the source's."""
    ordered = [*(f"try_cast({one} AS DOUBLE)" for one in order), "s.__row"]
    return f"row_number() OVER (PARTITION BY {', '.join(expressions)} ORDER BY {', '.join(ordered)})"


def _parsed(raw: str, formats) -> str:
    """Strict parsing: the 30th of February is no date, a time with an offset is not shifted but refused."""
    return f"try_strptime({raw}, [{', '.join(quoted(f) for f in dict.fromkeys(formats))}])"


def coded(raw: str, codes) -> str:
    """Text through a code map; what the map does not name stays as it is and is judged by the domain."""
    if not codes:
        return raw
    cases = " ".join(
        f"WHEN {quoted(old)} THEN {'NULL' if new is None else quoted(new)}" for old, new in codes.items()
    )
    return f"CASE {raw} {cases} ELSE {raw} END"


def picked(pick: Pick, number: int, key_of_ours: str) -> str:
    """A join that offers `pick<number>.value`: the first or last value of a column by time within the stay,
    or the value of the row with the same key."""
    if pick.which == "same":
        key = named(pick.by)
        return (
            f"LEFT JOIN (SELECT {key}, min({named(pick.take)}) AS value FROM {named(pick.source)} GROUP BY {key}) "
            f"AS pick{number} ON pick{number}.{key} = {key_of_ours}"
        )
    function = "arg_min" if pick.which == "first" else "arg_max"
    where = " AND ".join(f"{named(c)} IN {listed(v)}" for c, v in pick.where.items()) or "true"
    by = f"({named(pick.by)}, {named('__row')})"
    return (
        f"LEFT JOIN (SELECT stay_id, {function}({named(pick.take)}, {by}) AS value FROM {named(pick.source)} "
        f"WHERE {where} GROUP BY stay_id) AS pick{number} ON pick{number}.stay_id = s.stay_id"
    )


def cast_null(column: Column) -> str:
    """The unknown of a column's type."""
    return f"CAST(NULL AS {_SQL_TYPE[column.type]})"


def cast_to(column: Column, value: str) -> str:
    """A literal in a column's type."""
    return f"CAST({quoted(value)} AS {_SQL_TYPE[column.type]})"


def checks(table: Table, columns: list[Lowered], *, latest: str | None, aliases: bool) -> list[Check]:
    """Every check of one contract table's rows.

    latest: SQL timestamp literal after which the main times are "in the future", or None.
    aliases: department columns without a mapping (already codes) are compared with the directory.
    """
    found: list[Check] = []
    for lowered in columns:
        found += _of_column(lowered, aliases)
    by_name = {lowered.column.name: lowered for lowered in columns}
    found += [_of_rule(rule, by_name) for rule in table.rules if {rule.left, rule.right} <= by_name.keys()]
    if latest and table.name == "stays":
        found += [_future(by_name[name], latest) for name in ("admitted_at", "discharged_at")]
    return found


def _of_column(one: Lowered, aliases: bool) -> list[Check]:
    column, field, found = one.column, one.field, []
    shown = one.shown or one.raw

    def fault(reason: str, when: str, detail: str = "''") -> None:
        found.append(Check(reason, column.name, one.label, when, shown, detail))

    readable = field is None or field.lenient or field.form not in _FAULT_OF_FORM
    if not readable:
        fault(_FAULT_OF_FORM[field.form], f"{one.raw} IS NOT NULL AND {one.typed} IS NULL")
    if not column.nullable:
        reason = "outside_stays" if field and field.within else "missing_value"
        fault(reason, f"{one.typed if readable else one.raw} IS NULL")
    if column.domain and not (field and field.lenient):
        sample = "、".join(f"{code} {name}" for code, name in column.domain.values[:10])
        fault("not_in_codes", f"{one.typed} NOT IN {listed(column.domain.codes)}", quoted(sample))
    if column.minimum is not None:
        fault("below_minimum", f"{one.typed} < {column.minimum}", quoted(str(column.minimum)))
    if field is None and aliases and column.name in DEPARTMENT_COLUMNS:
        fault("unknown_department", f"{one.typed} NOT IN (SELECT code FROM departments)")
    return found


def _of_rule(rule, by_name: dict[str, Lowered]) -> Check:
    left, right = by_name[rule.left], by_name[rule.right]
    value = f"concat(CAST({left.typed} AS VARCHAR), ' / ', CAST({right.typed} AS VARCHAR))"
    label = f"{left.label} / {right.label}"
    return Check(
        "out_of_order", rule.right, label, f"{left.typed} > {right.typed}", value, quoted(str(rule.message))
    )


def _future(one: Lowered, latest: str) -> Check:
    return Check("in_the_future", one.column.name, one.label, f"{one.typed} > {latest}", one.raw)
