"""Results: a number with the trail behind it, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Context, Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from zhikong.engine.backends.base import Counts
from zhikong.engine.definitions.kinds import ORDERED
from zhikong.engine.definitions.model import Definition
from zhikong.engine.tables import TABLES

_DIVISION = Context(prec=28)  # the only place where a number stops being whole


class ReasonKind(StrEnum):
    ZERO_DENOMINATOR = "zero_denominator"
    MISSING_TABLE = "missing_table"
    MISSING_COLUMN = "missing_column"
    NO_DATA = "no_data"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why there is no value. `sentence` is for the reader, `detail` for the person who repairs it."""

    kind: ReasonKind
    sentence: str
    detail: str = ""


class PartScore(NamedTuple):
    """One part of a composite: its value became `points` (0 to 100), and they count `weight` of 100.

    Without a value there are no points, and `reason` says why.
    """

    indicator_id: str
    title: str
    weight: Decimal
    value: Decimal | None
    points: Decimal | None
    reason: Reason | None = None


class Result(NamedTuple):
    """One indicator for one group. `department` None is the whole institution.

    Exactly one of `value` and `reason` is given. `numerator` and `denominator` are whole numbers in the
    unit of the data (minutes, fen, counts); a count has no denominator, a median no numerator, a composite or growth
    neither. stratum: the code of the stratum that was asked for. parts: what each part of a composite gave.
    """

    indicator_id: str
    definition_hash: str
    data_version: str
    computed_at: datetime
    institution: str
    department: str | None
    month: str
    numerator: int | None
    denominator: int | None
    value: Decimal | None
    reason: Reason | None
    stratum: str | None = None
    parts: tuple[PartScore, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """The results of one run, and by which backend each definition was counted."""

    rows: list[Result] = field(default_factory=list)
    backends: dict[str, str] = field(default_factory=dict)

    def of(
        self, indicator_id: str, *, department: str | None = None, month: str | None = None
    ) -> list[Result]:
        """Results of one indicator: the institution's, or a department's; of one month or of all."""
        return [
            r
            for r in self.rows
            if r.indicator_id == indicator_id and r.department == department and month in (None, r.month)
        ]


@dataclass(frozen=True, slots=True)
class Cases:
    """Rows behind a number: at most `limit` of `total`."""

    rows: list[dict[str, Any]]
    total: int


def value_of(definition: Definition, counts: Counts) -> tuple[Decimal | None, Reason | None]:
    """The value in the indicator's unit, or why there is none."""
    multiplier = definition.multiplier
    if counts.denominator is None:  # a count, or a number of different values
        return _DIVISION.multiply(Decimal(counts.numerator or 0), multiplier), None
    if not counts.denominator:
        return None, zero_denominator(definition)
    if definition.kind in ORDERED:
        return _DIVISION.multiply(counts.at_rank or Decimal(0), multiplier), None
    scaled = Decimal(counts.numerator or 0)
    if multiplier != 1:
        scaled = _DIVISION.multiply(scaled, multiplier)
    return _DIVISION.divide(scaled, Decimal(counts.denominator)), None


def zero_denominator(definition: Definition) -> Reason:
    """No row fulfils the denominator: unknown, not zero."""
    what = "没有可用的数值" if definition.kind in ORDERED else "分母为 0"
    return Reason(ReasonKind.ZERO_DENOMINATOR, f"{what}：本期没有符合“{definition.title()}”统计范围的记录。")


def no_data(table: str) -> Reason:
    return Reason(ReasonKind.NO_DATA, f"本月没有“{TABLES[table].meaning.split('：')[0]}”数据。")


def missing_table(table: str) -> Reason:
    label = TABLES[table].meaning.split("：")[0]
    return Reason(ReasonKind.MISSING_TABLE, f"尚未接入“{label}”数据（表 {table}）。")


def missing_columns(table: str, columns: Sequence[str]) -> Reason:
    known = [TABLES[table].column(c) for c in columns]
    names = "、".join(f"{c.meaning.split('：')[0]}（{c.name}）" for c in known if c is not None)
    return Reason(ReasonKind.MISSING_COLUMN, f"表 {table} 的数据里没有：{names}。")


def failed(detail: str) -> Reason:
    return Reason(ReasonKind.ERROR, "计算出错，没有得到数值；请把错误内容告知管理员。", detail)
