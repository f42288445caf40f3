"""Who answers, and what excuses: relations keyed by stay_id, n and (of chains) k."""

from __future__ import annotations

from zhikong.engine.record_rules.clock.model import Selection
from zhikong.engine.record_rules.sql.rows import Query, events

SURE, MAYBE = 2, 1


def matching(query: Query, found: str) -> str:
    """The responses that can be meant: stay_id, n, mi, happened, doubt, place, ref."""
    rule, now = query.rule, query.now
    of = events(query, rule.then)
    about, unsure = "", "r.sure = 0"
    if rule.same_about:
        about = "AND (r.about IS NULL OR x.about IS NULL OR r.about = x.about)"
        unsure += " OR r.about IS NULL OR x.about IS NULL"
    return query.add(
        f"matching {found}",
        f"SELECT x.stay_id, x.n, r.mi, r.happened, CASE WHEN {unsure} THEN 1 ELSE 0 END AS doubt, r.place, r.ref "
        f"FROM {found} AS x JOIN {of} AS r ON r.stay_id = x.stay_id {about} WHERE r.mi IS NULL OR r.mi <= {now}",
        "m",
    )


def excused(query: Query, found: str, blind: frozenset[int], *, start: str, end: str, keys: str) -> str:
    """keys, excuse: SURE where something of `unless` lies from start to end, MAYBE where it might; else absent.

    start, end: expressions on `x`, or empty where the side is open. blind: excuses that the data cannot tell.
    """
    parts = [f"SELECT {keys}, {MAYBE} AS excuse FROM {found} AS x"] if blind else []
    for number, selection in enumerate(query.rule.unless):
        if number not in blind:
            parts.append(_one(query, found, selection, start, end, keys))
    told = " UNION ALL ".join(parts)
    if not told:
        return ""
    own = keys.replace("x.", "")
    whole = f"SELECT {own}, MAX(excuse) AS excuse FROM ({told}) AS u GROUP BY {own}"
    return query.add(f"excused {found} {start} {end}", whole, "u")


def _one(query: Query, found: str, selection: Selection, start: str, end: str, keys: str) -> str:
    of = events(query, selection)
    unsure, on = "u.sure = 0", "u.stay_id = x.stay_id"
    if selection.same_about:
        on += " AND (u.about IS NULL OR x.about IS NULL OR u.about = x.about)"
        unsure += " OR u.about IS NULL OR x.about IS NULL"
    if not selection.anywhere and (start or end):
        unsure += " OR u.mi IS NULL"
        on += f" AND (u.mi IS NULL OR u.mi >= {start})" if start else ""
        on += f" AND (u.mi IS NULL OR u.mi <= {end})" if end else ""
    return (
        f"SELECT {keys}, CASE WHEN {unsure} THEN {MAYBE} ELSE {SURE} END AS excuse FROM {found} AS x "
        f"JOIN {of} AS u ON {on} WHERE u.happened = 1 AND (u.mi IS NULL OR u.mi <= {query.now})"
    )
