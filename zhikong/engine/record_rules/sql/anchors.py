"""What starts the clock: stay_id, n (its place among the anchors of the stay), mi, fin, about, doubt (0 or 1)."""

from __future__ import annotations

from zhikong.engine.record_rules.clock.model import Demand, Pick, Selection
from zhikong.engine.record_rules.clock.moments import DAY, day_number
from zhikong.engine.record_rules.sql.rows import Query, doubtful, events, periods, stays

_ORDER = "CASE WHEN mi IS NULL THEN 1 ELSE 0 END, mi, place, ref"
_BACKWARD = "CASE WHEN mi IS NULL THEN 1 ELSE 0 END, mi DESC, place DESC, ref DESC"


def anchors(query: Query) -> str:
    """The anchors of the rule, numbered by time, those with an unknown time last."""
    rule = query.rule
    found = _valid(query, _of_states(query) if rule.of_state else _of_events(query))
    picked = query.add("anchors", _picked(found, rule.pick), "a")
    if rule.demand is Demand.EVERY:  # there the clock runs only inside the states
        return picked
    for selection, wanted in ((rule.during, 1), (rule.not_during, 0)):
        if selection is not None:
            picked = query.add(f"{picked} in {wanted}", _in_states(query, picked, selection, wanted), "a")
    return picked


def _of_events(query: Query) -> str:
    of = events(query, query.rule.when)
    past = "" if query.rule.demand is Demand.BEFORE else f" AND (mi IS NULL OR mi <= {query.now})"
    return (
        f"SELECT stay_id, mi, CAST(NULL AS BIGINT) AS fin, about, 1 - sure AS doubt, place, ref FROM {of} "
        f"WHERE happened = 1{past}"
    )


def _of_states(query: Query) -> str:
    of, unsure = periods(query, query.rule.when), doubtful(query, query.rule.when)
    return (
        f"SELECT p.stay_id, p.a AS mi, p.b AS fin, p.about, CASE WHEN q.stay_id IS NULL THEN 0 ELSE 1 END AS doubt, "
        f"0 AS place, CAST(NULL AS VARCHAR) AS ref FROM {of} AS p LEFT JOIN {unsure} AS q ON q.stay_id = p.stay_id"
    )


def _valid(query: Query, found: str) -> str:
    """Only what began while the rule was in force; without a time, whose stay began then."""
    valid, day = query.rule.valid, f"(COALESCE(f.mi, s.adm) // {DAY})"
    bounds = [f"{day} >= {day_number(valid.start)}"] if valid.start is not None else []
    bounds += [f"{day} <= {day_number(valid.end)}"] if valid.end is not None else []
    if not bounds:
        return found
    return (
        f"SELECT f.* FROM ({found}) AS f JOIN {stays(query)} AS s ON s.stay_id = f.stay_id WHERE "
        + " AND ".join(bounds)
    )


def _picked(found: str, pick: Pick) -> str:
    """With one of several chosen, a doubt about any of them is a doubt about the one."""
    numbered = (
        f"SELECT *, ROW_NUMBER() OVER (PARTITION BY stay_id ORDER BY {_ORDER}) AS n FROM ({found}) AS f"
    )
    if pick is Pick.EACH:
        return numbered
    order = _ORDER if pick is Pick.FIRST else _BACKWARD
    unsure = "MAX(CASE WHEN doubt = 1 OR mi IS NULL THEN 1 ELSE 0 END) OVER (PARTITION BY stay_id)"
    count = "COUNT(*) OVER (PARTITION BY stay_id)"
    ranked = (
        f"SELECT *, ROW_NUMBER() OVER (PARTITION BY stay_id ORDER BY {order}) AS chosen, {unsure} AS unsure, "
        f"{count} AS many FROM ({numbered}) AS g"
    )
    doubt = "CASE WHEN many > 1 THEN unsure ELSE doubt END"
    return f"SELECT stay_id, mi, fin, about, {doubt} AS doubt, place, ref, n FROM ({ranked}) AS h WHERE chosen = 1"


def _in_states(query: Query, found: str, selection: Selection, wanted: int) -> str:
    """Without the anchors that a state speaks against; where it cannot be said, in doubt."""
    of, unsure = periods(query, selection), doubtful(query, selection)
    within = "CASE WHEN p.a <= f.mi AND f.mi < p.b THEN 1 ELSE 0 END"
    held = (
        f"SELECT f.stay_id, f.n, MAX({within}) AS hit, COUNT(p.a) AS lots FROM {found} AS f "
        f"LEFT JOIN {of} AS p ON p.stay_id = f.stay_id GROUP BY f.stay_id, f.n"
    )
    known = (
        "CASE WHEN f.mi IS NULL THEN CASE WHEN h.lots = 0 AND q.stay_id IS NULL THEN 0 END "
        "WHEN h.hit = 1 THEN 1 WHEN q.stay_id IS NULL THEN 0 END"
    )
    told = (
        f"SELECT f.*, {known} AS held FROM {found} AS f JOIN ({held}) AS h ON h.stay_id = f.stay_id AND h.n = f.n "
        f"LEFT JOIN {unsure} AS q ON q.stay_id = f.stay_id"
    )
    doubt = "CASE WHEN held IS NULL THEN 1 ELSE doubt END"
    return (
        f"SELECT stay_id, mi, fin, about, {doubt} AS doubt, place, ref, n FROM ({told}) AS t "
        f"WHERE held IS NULL OR held = {wanted}"
    )
