"""Running a definition's worked examples on a backend."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

from zhikong.engine.backends.source import Row, Source
from zhikong.engine.compute import compute
from zhikong.engine.definitions.examples import Example
from zhikong.engine.definitions.model import Definition
from zhikong.engine.plan.needs import needs_of
from zhikong.engine.results import ReasonKind, Result

_CLOCK = datetime(2000, 1, 1, tzinfo=UTC)  # examples have no run clock; any fixed one serves


def failure(definition: Definition, example: Example, backend: str) -> str | None:
    """What differs from the expectation, in Chinese, or None when the example holds."""
    results = compute(
        [definition],
        source=Source.of_rows(_tables(definition, example)),
        months=(example.month, example.month),
        now=_CLOCK,
        data_version="example",
        backend=backend,
    )
    found = results.of(definition.id, department=example.department)
    if len(found) != 1:
        return f"应有一个结果，得到 {len(found)} 个"
    return _difference(example, found[0])


def _tables(definition: Definition, example: Example) -> dict[str, list[Row]]:
    """Tables that the definition reads and the example does not mention are empty, not missing."""
    if example.expect.reason == ReasonKind.MISSING_TABLE:
        return example.tables
    return {name: [] for name in needs_of(definition)} | example.tables


def _difference(example: Example, result: Result) -> str | None:
    expect = example.expect
    if expect.cannot_compute:
        got = result.reason.kind if result.reason else None
        if got is None or (expect.reason and got != expect.reason):
            return f"应不能计算（{expect.reason or '任何原因'}），得到 {got or result.value}"
        return None
    if result.reason is not None or result.value is None:
        return f"不能计算：{result.reason.sentence if result.reason else ''}"
    for name in ("numerator", "denominator"):
        want, got_number = getattr(expect, name), getattr(result, name)
        if want is not None and want != got_number:
            return f"{name} 应为 {want}，得到 {got_number}"
    return _value(expect.value, result.value)


def _value(want: Decimal | None, got: Decimal) -> str | None:
    if want is None or got.quantize(want, ROUND_HALF_UP) == want:
        return None
    return f"value 应为 {want}，得到 {got}"
