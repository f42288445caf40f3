"""The other side of a rate: a table, a date, perhaps a department, and what is counted there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from zhikong.engine.definitions import expressions
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.checks import exclusions, grain
from zhikong.engine.definitions.checks.measures import measure
from zhikong.engine.definitions.draft import Draft, bound_column, bound_measure
from zhikong.engine.definitions.kinds import How, Kind
from zhikong.engine.definitions.problems import ExpressionError, Problem, suggestion
from zhikong.engine.tables import TABLES, Type

PLACE = ("table", "date", "department")
BESIDE = ("population", "exclusions")
COUNTED = (How.SUM, How.COUNT, How.ROWS)
USAGE = "写成 per: {table: bed_days, date: day, department: department, sum: occupied_beds}。"


def check(draft: Draft) -> Iterator[Problem]:
    if draft.kind is not Kind.RATE:
        return
    raw = draft.data["per"]
    known = {*PLACE, *BESIDE, *COUNTED}
    for key in raw:
        if key not in known:
            yield draft.problem(("per", key), f"per 里没有 {key}。", suggestion(key, known))
    if not isinstance(raw.get("table"), str) or not isinstance(raw.get("date"), str):
        yield draft.problem(("per",), "per 要写 table 和 date。", USAGE)
    elif raw["table"] not in TABLES:
        yield draft.problem(("per", "table"), f"没有表 {raw['table']}。", suggestion(raw["table"], TABLES))
    else:
        yield from _counted(draft, raw)
        yield from exclusions.listed(draft, ("per", "exclusions"), raw.get("exclusions"))


def _counted(draft: Draft, raw: dict[str, Any]) -> Iterator[Problem]:
    how = [key for key in raw if key in COUNTED]
    if len(how) != 1:
        yield draft.problem(("per",), "per 要写 sum、count、rows 三者之一。", USAGE)
    else:
        yield from measure(draft, ("per",), {how[0]: raw[how[0]]}, COUNTED)
    if draft.data["department"] is not None and raw.get("department") is None:
        yield draft.problem(
            ("per",), "分子按科室归类，per 也要写 department。", "只要全院值时，两边都写 department: null。"
        )


def language(draft: Draft) -> Iterator[Problem]:
    """The expressions inside `per`; asked when the shape holds."""
    if draft.kind is not Kind.RATE:
        return
    raw, scope = draft.data["per"], per_scope(draft)
    how = next(key for key in raw if key in COUNTED)
    yield from _told(draft, "date", lambda: _date(raw["date"], scope))
    if raw.get("department") is not None:
        yield from _told(draft, "department", lambda: _department(raw["department"], scope))
    yield from _told(draft, how, lambda: bound_measure({how: raw[how]}, scope))
    if raw.get("population") is not None:
        yield from _told(draft, "population", lambda: expressions.condition(raw["population"], scope))
    for item in raw.get("exclusions") or []:
        yield from _told(draft, "exclusions", lambda when=item["when"]: expressions.condition(when, scope))


def per_scope(draft: Draft) -> expressions.Scope:
    """What the expressions of `per` may name."""
    return expressions.Scope(TABLES[draft.data["per"]["table"]], draft.codes)


def _told(draft: Draft, key: str, bind: Callable[[], object]) -> Iterator[Problem]:
    try:
        bind()
    except ExpressionError as error:
        yield draft.problem(("per", key), error.message, error.remedy)


def _date(text: str, scope: expressions.Scope) -> n.Ref:
    ref = bound_column(text, "date", scope)
    if ref.type not in (Type.DATE, Type.TIMESTAMP) and (ref.table, ref.column) != grain.PERIOD:
        raise ExpressionError(f"列 {ref.column} 不是日期。", "请写日期或时间列，如 day。")
    return ref


def _department(text: str, scope: expressions.Scope) -> n.Ref:
    ref = bound_column(text, "department", scope)
    if ref.type is not Type.TEXT:
        raise ExpressionError(f"列 {ref.column} 不是科室代码。", "例如 department。")
    return ref
