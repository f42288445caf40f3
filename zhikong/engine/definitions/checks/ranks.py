"""A percentile lies between 0 and 100, and exceptions need a numerator that a row can reach."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.kinds import How, Kind
from zhikong.engine.definitions.problems import Problem

FINEST = Decimal("0.001")


def check(draft: Draft) -> Iterator[Problem]:
    if draft.kind is Kind.PERCENTILE:
        said = Decimal(str(draft.data["percentile"]))
        if not 0 < said < 100 or said % FINEST:
            yield draft.problem(
                ("percentile",), "百分位要在 0 与 100 之间，最多三位小数。", "例如 percentile: 90。"
            )
    if draft.data.get("exceptions") and not _reachable(draft):
        yield draft.problem(
            ("exceptions",), "exceptions 只用于按行计的比率。", "分子写 {count: 条件}，分母写 rows 或 count。"
        )


def _reachable(draft: Draft) -> bool:
    above, below = draft.data["numerator"], draft.data.get("denominator") or {}
    return How.COUNT in above and bool({How.ROWS, How.COUNT} & set(below))
