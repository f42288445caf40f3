"""Until when: limits counted from a minute, as expressions and common table expressions on whole minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from zhikong.engine.record_rules.clock.context import Context
from zhikong.engine.record_rules.clock.limits import Limit, Unit
from zhikong.engine.record_rules.clock.model import Demand
from zhikong.engine.record_rules.clock.moments import DAY
from zhikong.engine.record_rules.sql.dialects import Unsupported
from zhikong.engine.record_rules.sql.rows import Query, periods
from zhikong.engine.record_rules.sql.shifts import shift_ends


@dataclass
class Clock:
    """Writes what a rule's limit means. days: first and last day since 1970 on which an anchor can lie."""

    query: Query
    context: Context
    limit: Limit | None
    days: tuple[int, int]
    _workdays: dict[int, Mapping[int, int]] = field(default_factory=dict)

    def with_due(self, points: str, key: str) -> str:
        """The relation with a further column `due`; it has stay_id and mi. key: names what is asked for."""
        limit, rule = self.limit, self.query.rule
        if limit is None:
            return points
        if rule.demand is Demand.BEFORE:
            return self._simple(points, f"x.mi - {limit.amount}", key)
        if limit.unit is Unit.MINUTES and rule.suspend is not None:
            return self._stopping(points, limit.amount, key)
        if limit.unit is Unit.WORKDAYS:
            return self._by_calendar(points, limit, "due", key)
        if limit.unit is Unit.SHIFT:
            ends = shift_ends(self.query, points, self.context.changes)
            joined = f"LEFT JOIN ({ends}) AS d ON d.stay_id = x.stay_id AND d.mi = x.mi"
            return self.query.add(f"due {key}", f"SELECT x.*, d.due FROM {points} AS x {joined}", "d")
        return self._simple(points, self.counted(limit, "x.mi"), key)

    def counted(self, limit: Limit, since: str) -> str:
        """The expression for limits that need no other rows."""
        match limit.unit:
            case Unit.MINUTES:
                return f"{since} + {limit.amount}"
            case Unit.CALENDAR_DAYS:
                return f"(({since} // {DAY}) + {limit.amount}) * {DAY} + {DAY - 1}"
            case _:
                raise Unsupported(f"时限“{limit.words}”不能用在这里，没有对应的 SQL 写法，请用批量评估。")

    def with_end(self, points: str, key: str) -> str:
        """The relation with `lasts`, until when the demand's own duration reaches; null without one."""
        limit = self.query.rule.for_limit
        if limit is not None and limit.unit is Unit.WORKDAYS:
            return self._by_calendar(points, limit, "lasts", key)
        written = "CAST(NULL AS BIGINT)" if limit is None else self.counted(limit, "x.mi")
        return self.query.add(f"lasts {key}", f"SELECT x.*, {written} AS lasts FROM {points} AS x", "d")

    def _simple(self, points: str, written: str, key: str) -> str:
        return self.query.add(f"due {key}", f"SELECT x.*, {written} AS due FROM {points} AS x", "d")

    def _by_calendar(self, points: str, limit: Limit, column: str, key: str) -> str:
        """The working days of the period as rows: (day, last day of the limit)."""
        first, last = self.days
        after = [
            f"({day}, {self.context.workday_after(day, limit.amount)})" for day in range(first, last + 1)
        ]
        listed = f"SELECT * FROM (VALUES {', '.join(after)}) AS v (day, then_day)"
        days = self.query.add(f"workdays {limit.amount}", listed, "w")
        joined = (
            f"SELECT x.*, w.then_day * {DAY} + {DAY - 1} AS {column} FROM {points} AS x "
            f"LEFT JOIN {days} AS w ON w.day = (x.mi // {DAY})"
        )
        return self.query.add(f"{column} {key}", joined, "d")

    def _stopping(self, points: str, amount: int, key: str) -> str:
        """Time stands still in the periods: each that the running time reaches adds its length.

        Before a period the clock has run for what lies between, without the periods before it.
        """
        selection = self.query.rule.suspend
        assert selection is not None
        since = f"SELECT DISTINCT stay_id, mi FROM {points}"
        entered = "GREATEST(p.a, x.mi)"
        met = (
            f"SELECT x.stay_id, x.mi, p.a, {entered} - x.mi AS gone, p.b - {entered} AS length FROM ({since}) AS x "
            f"JOIN {periods(self.query, selection)} AS p ON p.stay_id = x.stay_id AND p.b > x.mi AND p.b > p.a"
        )
        frame = "PARTITION BY stay_id, mi ORDER BY a ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
        ran = f"SELECT stay_id, mi, length, gone - COALESCE(SUM(length) OVER ({frame}), 0) AS ran FROM ({met}) AS m"
        stood = (
            f"SELECT stay_id, mi, CAST(SUM(CASE WHEN {amount} > ran THEN length ELSE 0 END) AS BIGINT) AS stood "
            f"FROM ({ran}) AS r GROUP BY stay_id, mi"
        )
        joined = (
            f"SELECT x.*, x.mi + {amount} + COALESCE(z.stood, 0) AS due FROM {points} AS x "
            f"LEFT JOIN ({stood}) AS z ON z.stay_id = x.stay_id AND z.mi = x.mi"
        )
        return self.query.add(f"due {key}", joined, "d")
