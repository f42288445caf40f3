"""Table, date and department exist and fit together."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.problems import ExpressionError, Problem, suggestion
from zhikong.engine.tables import TABLES, Type

PERIOD = ("reported_counts", "period")  # the one text column that holds a month


def check(draft: Draft) -> Iterator[Problem]:
    if draft.derived:
        return
    name = draft.data["table"]
    if name not in TABLES:
        yield draft.problem(("table",), f"没有表 {name}。", suggestion(name, TABLES))
        return
    yield from _date(draft)
    yield from _department(draft)


def _date(draft: Draft) -> Iterator[Problem]:
    try:
        ref = draft.column("date")
    except ExpressionError as error:
        yield draft.problem(("date",), error.message, error.remedy)
        return
    is_period = (ref.table, ref.column) == PERIOD
    if ref.type not in (Type.DATE, Type.TIMESTAMP) and not is_period:
        yield draft.problem(("date",), f"列 {ref.column} 不是日期。", "请写日期或时间列，如 discharged_at。")


def _department(draft: Draft) -> Iterator[Problem]:
    if draft.data["department"] is None:
        return
    try:
        ref = draft.column("department")
    except ExpressionError as error:
        yield draft.problem(("department",), error.message, error.remedy)
        return
    if ref.type is not Type.TEXT:
        yield draft.problem(("department",), f"列 {ref.column} 不是科室代码。", "例如 discharge_department。")
