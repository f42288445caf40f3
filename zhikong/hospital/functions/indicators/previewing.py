"""The last finished months under two texts of a definition: figures, judgements, cases that change sides (F-09)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from zhikong.engine.compute import NotDelivered
from zhikong.engine.definitions import Definition
from zhikong.engine.results import Result
from zhikong.engine.tables import TABLES
from zhikong.foundation.facts import gateway
from zhikong.foundation.facts.gateway import Snapshot
from zhikong.foundation.organisation.models import Department
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators import rules
from zhikong.hospital.functions.indicators.catalogue import minimum_denominator
from zhikong.hospital.functions.indicators.queries.targets import TargetBook, target_book
from zhikong.hospital.functions.indicators.rules import Status
from zhikong.hospital.functions.indicators.sides import Move, moves

MONTHS = 12
MOST_CASES = 60_000  # of one month and one text; more are not compared one by one
NO_CASES = ("composite", "growth")  # made of other indicators, they count nothing themselves


@dataclass(frozen=True)
class Tried:
    """One text's figures by (department's code or None, month) with their judgement."""

    definition: Definition
    found: Mapping[tuple[str | None, str], Result]
    book: TargetBook
    ids: Mapping[str, int]

    def said(self, cell: tuple[str | None, str]) -> dict:
        """A figure as it is stored: numerator, denominator, value as text, reason, status."""
        row = self.found.get(cell)
        if row is None:
            return {"value": None, "reason": _("没有这个月的数据"), "status": Status.NOT_COMPUTABLE.value}
        return {
            "numerator": row.numerator,
            "denominator": row.denominator,
            "value": None if row.value is None else str(rules.rounded(row.value, 6)),
            "reason": row.reason.sentence if row.reason else "",
            "status": self._status(cell, row).value,
        }

    def _status(self, cell: tuple[str | None, str], row: Result) -> Status:
        place = None if cell[0] is None else self.ids.get(cell[0])
        count = self.definition.kind == "count"
        return rules.judge(
            row.value,
            self.book.of(self.definition, place, cell[1]).target,
            denominator=None if count else row.denominator,
            minimum=minimum_denominator(self.definition),
        )


def last_finished(snapshot: Snapshot, now: datetime) -> list[str]:
    """The newest months with data that are over, at most MONTHS of them."""
    return [m for m in snapshot.months() if m < calendar.month_of(now)][-MONTHS:]


def preview(old: Definition | None, new: Definition, *, now: datetime, by) -> dict:
    """What a page shows of the change, as plain values that can be stored. Reads of cases are audited.

    Keys: months, hospital, departments, moved, why_no_cases; months is empty while nothing is published.
    """
    snapshot = gateway.published()
    span = last_finished(snapshot, now)
    if not span:
        return {"months": [], "hospital": [], "departments": [], "moved": {}, "why_no_cases": ""}
    tried = [None if d is None else _tried(d, span, snapshot, now, by) for d in (old, new)]
    moved, why = _moved(old, new, span, snapshot, by)
    return {
        "months": span,
        "hospital": [_pair(tried, (None, month)) for month in span],
        "departments": list(_departments(tried, span)),
        "moved": moved,
        "why_no_cases": why,
    }


def _tried(definition: Definition, span: Sequence[str], snapshot: Snapshot, now: datetime, by) -> Tried:
    found = gateway.compute([definition], months=(span[0], span[-1]), now=now, snapshot=snapshot, by=by)
    rows = {(row.department, row.month): row for row in found.rows}
    return Tried(definition, rows, target_book(), dict(Department.objects.values_list("code", "id")))


def _pair(tried: Sequence[Tried | None], cell: tuple[str | None, str]) -> dict:
    old, new = (None if one is None else one.said(cell) for one in tried)
    return {"place": cell[0], "month": cell[1], "old": old, "new": new}


def _departments(tried: Sequence[Tried | None], span: Sequence[str]) -> Iterator[dict]:
    """The department months that count otherwise, or are judged otherwise, under the new text."""
    cells = {cell for one in tried if one is not None for cell in one.found if cell[0] is not None}
    for cell in sorted(cells, key=lambda cell: (cell[0], cell[1])):
        pair = _pair(tried, cell)
        if cell[1] in span and pair["old"] != pair["new"]:
            yield pair


def _moved(
    old: Definition | None, new: Definition, span: Sequence[str], snapshot: Snapshot, by
) -> tuple[dict, str]:
    """month -> {side: number of cases}, and why there is none where they cannot be compared."""
    why = why_no_cases(old, new)
    if why:
        return {}, why
    counted: dict[str, dict[str, int]] = {}
    for month in span:
        try:
            found = moved_cases(old, new, month=month, snapshot=snapshot, by=by)
        except NotDelivered as error:
            return {}, str(error)
        if found is None:
            return counted, _("%(month)s的记录太多，没有逐例比较；数值和科室的变化不受影响。") % {
                "month": calendar.spoken(month)
            }
        counted[month] = _counted(found)
    return counted, ""


def _counted(found: Sequence[Move]) -> dict[str, int]:
    sides = [move.side.value for move in found]
    return {side: sides.count(side) for side in sorted(set(sides))}


def why_no_cases(old: Definition | None, new: Definition) -> str:
    """Why the cases of two texts cannot be compared one by one; empty when they can."""
    if old is None:
        return _("新指标没有原来的口径，不逐例比较。")
    if str(old.kind) in NO_CASES or str(new.kind) in NO_CASES:
        return _("这类指标由其他指标合成，没有自己的病例。")
    if old.table != new.table:
        return _("两个口径统计的对象不同，不能逐例比较。")
    return ""


def moved_cases(old: Definition, new: Definition, *, month: str, snapshot: Snapshot, by) -> list[Move] | None:
    """The cases of a month that change sides; None when there are too many to look at one by one."""
    purpose = _("预览 %(name)s 的口径变化 %(month)s") % {"name": new.title(), "month": month}
    listed = []
    for definition in (old, new):
        found = gateway.cases(
            definition, month=month, part="denominator", limit=MOST_CASES, snapshot=snapshot, by=by,
            purpose=purpose,
        )  # fmt: skip
        if found.total > MOST_CASES:
            return None
        listed.append(found.rows)
    return moves(*listed, key=TABLES[new.table].key)
