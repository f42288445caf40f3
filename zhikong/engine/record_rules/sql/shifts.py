"""Until when the duty shift lasts that covers a minute where the patient lay: the roster, else fixed hours, else null."""

from __future__ import annotations

from collections.abc import Sequence

from zhikong.engine.record_rules.clock.moments import DAY
from zhikong.engine.record_rules.clock.shifts import ON_CALL, TABLE
from zhikong.engine.record_rules.sql.rows import Query

_KEY = "x.stay_id, x.mi"


def shift_ends(query: Query, points: str, changes: Sequence[int]) -> str:
    """stay_id, mi, due of the different minutes of `points`; changes: minutes of the day at which fixed shifts change."""
    lain = query.add(f"lain {points}", _lain(query, f"(SELECT DISTINCT stay_id, mi FROM {points})"), "v")
    fixed = _fixed(changes)
    if not query.stands(TABLE):
        return f"SELECT stay_id, mi, {fixed} AS due FROM {lain} AS x"
    start, end = "zk_minute(t.started_at)", "zk_minute(t.ended_at)"
    roster = (
        f"SELECT COALESCE(t.institution, '') AS institution, COALESCE(t.department, '') AS department, {start} AS a, "
        f"{end} AS b FROM {TABLE} AS t WHERE t.ended_at > t.started_at AND COALESCE(t.kind, '') <> '{ON_CALL}'"
    )
    shifts = query.add("roster", roster, "r")
    return (
        f"SELECT {_KEY}, COALESCE(MIN(r.b), {fixed}) AS due FROM {lain} AS x LEFT JOIN {shifts} AS r "
        f"ON r.institution = x.institution AND r.department = x.department AND r.a <= x.mi AND x.mi < r.b GROUP BY {_KEY}"
    )


def _lain(query: Query, points: str) -> str:
    """Institution and department at the minute: after the last transfer by then, before the first one, or of the stay."""
    last = "COALESCE(NULLIF(s.discharge_department, ''), s.admission_department)"
    if not query.stands("transfers"):
        found, moves = last, ""
    else:
        before = "COALESCE(NULLIF(w.from_department, ''), s.admission_department)"
        there = f"CASE WHEN m.stay_id IS NOT NULL THEN m.to_department WHEN w.stay_id IS NOT NULL THEN {before} END"
        found = f"COALESCE(NULLIF({there}, ''), {last})"
        moves = f"LEFT JOIN ({_moves(points, 'DESC')}) AS m ON m.stay_id = x.stay_id AND m.mi = x.mi AND m.nth = 1 "
        moves += f"LEFT JOIN ({_first()}) AS w ON w.stay_id = x.stay_id AND w.nth = 1"
    return (
        f"SELECT {_KEY}, COALESCE(s.institution, '') AS institution, COALESCE({found}, '') AS department "
        f"FROM {points} AS x JOIN stays AS s ON s.stay_id = x.stay_id {moves}"
    )


def _moves(points: str, order: str) -> str:
    rank = f"ROW_NUMBER() OVER (PARTITION BY y.stay_id, y.mi ORDER BY t.at {order}, t.seq {order})"
    return (
        f"SELECT y.stay_id, y.mi, t.to_department, {rank} AS nth FROM {points} AS y "
        f"JOIN transfers AS t ON t.stay_id = y.stay_id AND zk_minute(t.at) <= y.mi"
    )


def _first() -> str:
    rank = "ROW_NUMBER() OVER (PARTITION BY t.stay_id ORDER BY t.at, t.seq)"
    return f"SELECT t.stay_id, t.from_department, {rank} AS nth FROM transfers AS t WHERE t.at IS NOT NULL"


def _fixed(changes: Sequence[int]) -> str:
    if not changes:
        return "CAST(NULL AS BIGINT)"
    day, of_day = f"(x.mi // {DAY}) * {DAY}", f"(x.mi - (x.mi // {DAY}) * {DAY})"
    later = " ".join(f"WHEN {of_day} < {change} THEN {day} + {change}" for change in changes)
    return f"CASE {later} ELSE {day} + {DAY + changes[0]} END"
