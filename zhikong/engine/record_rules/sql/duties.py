"""How each obligation stands: stay_id, n, k (place in a chain), doubt of the anchor, rank, due, done.

rank orders verdicts as `clock.duty.rank` does: 0 fail, 1 not assessable, 2 pass, 3 pending, 4 excused or ended.
"""

from __future__ import annotations

from dataclasses import dataclass

from zhikong.engine.record_rules.clock.model import Demand
from zhikong.engine.record_rules.sql.due import Clock
from zhikong.engine.record_rules.sql.excuses import MAYBE, SURE, excused, matching
from zhikong.engine.record_rules.sql.rows import Query, events, stays

FAIL, UNKNOWN, PASS, PENDING, EXCUSED = 0, 1, 2, 3, 4
_OWN = "x.stay_id, x.n"
_SAME = "ON {0}.stay_id = x.stay_id AND {0}.n = x.n"


@dataclass(frozen=True)
class Duties:
    """Writes the obligations of a rule that is no chain."""

    query: Query
    clock: Clock
    blind: frozenset[int]

    def of(self, anchors: str) -> str:
        """The relation of obligations."""
        match self.query.rule.demand:
            case Demand.REQUIRED:
                return self._required(anchors)
            case Demand.NEVER:
                return self._never(anchors)
            case _:
                return self._once(anchors)

    def _once(self, anchors: str) -> str:
        """`within` and `before`."""
        query, rule = self.query, self.query.rule
        timed = self.clock.with_due(anchors, anchors)
        before = rule.demand is Demand.BEFORE
        low = self._low(before)
        responses = matching(query, timed)
        timely = " AND ".join(["r.doubt = 0", "r.mi <= x.due", *([f"r.mi >= {low}"] if low else [])])
        after = " AND ".join(["r.doubt = 0", "r.mi IS NOT NULL", *([f"r.mi >= {low}"] if low else [])])
        between = " AND ".join(["r.mi <= x.due", *([f"r.mi >= {low}"] if low else [])])
        might = f"(r.happened = 1 AND r.mi IS NULL) OR (r.doubt = 1 AND {between})"
        counted = self._counted(timed, responses, timely, after, might)
        open_side = ("", "x.mi") if before else ("x.mi", "x.due")
        excuse = excused(query, timed, self.blind, start=open_side[0], end=open_side[1], keys=_OWN)
        rank = (
            f"CASE WHEN x.mi IS NULL OR x.due IS NULL THEN {UNKNOWN} WHEN c.done IS NOT NULL THEN {PASS} "
            f"{self._excused(excuse)} WHEN c.might > 0 AND c.timely + c.might >= {rule.times} THEN {UNKNOWN} "
            f"WHEN x.due >= {query.now} THEN {PENDING} {self._maybe(excuse)} ELSE {FAIL} END"
        )
        return self._made(timed, counted, excuse, rank, "x.due", "COALESCE(c.done, c.late)")

    def _low(self, before: bool) -> str:
        early = self.query.rule.not_before
        if before:
            return "" if early is None else f"x.mi - {early}"
        return f"x.mi + {early or 0}"

    def _required(self, anchors: str) -> str:
        query, rule = self.query, self.query.rule
        responses = matching(query, anchors)
        sure = "r.doubt = 0 AND r.happened = 1"
        might = "r.doubt = 1 AND r.happened = 1"
        counted = self._counted(anchors, responses, sure, "FALSE", might)
        excuse = excused(query, anchors, self.blind, start="", end="", keys=_OWN)
        rank = (
            f"CASE WHEN c.timely >= {rule.times} THEN {PASS} {self._excused(excuse)} "
            f"WHEN c.might > 0 AND c.timely + c.might >= {rule.times} THEN {UNKNOWN} "
            f"WHEN s.dis IS NULL THEN {PENDING} {self._maybe(excuse)} ELSE {FAIL} END"
        )
        return self._made(anchors, counted, excuse, rank, "CAST(NULL AS BIGINT)", "c.done")

    def _never(self, anchors: str) -> str:
        query = self.query
        ended = self.with_end(anchors)
        responses = matching(query, ended)
        within = "r.mi >= x.mi AND (x.ends IS NULL OR r.mi <= x.ends)"
        hits = f"r.doubt = 0 AND {within}"
        might = f"r.happened = 1 AND (r.mi IS NULL OR (r.doubt = 1 AND {within}))"
        counted = self._counted(ended, responses, hits, "FALSE", might, times=1)
        excuse = excused(query, ended, self.blind, start="", end="", keys=_OWN)
        rank = (
            f"CASE WHEN x.mi IS NULL THEN {UNKNOWN} WHEN c.done IS NULL AND c.might > 0 THEN {UNKNOWN} "
            f"WHEN c.done IS NULL THEN {PASS} {self._excused(excuse)} {self._maybe(excuse)} ELSE {FAIL} END"
        )
        return self._made(
            ended,
            counted,
            excuse,
            rank,
            "CAST(NULL AS BIGINT)",
            f"CASE WHEN ({rank}) = {FAIL} THEN c.done END",
        )

    def with_end(self, anchors: str, last: str = "") -> str:
        """The anchors with `ends`: the state's end, the first event of `until`, the duration, or `last`."""
        query, rule = self.query, self.query.rule
        lasting = self.clock.with_end(anchors, anchors)
        ends, join = ["x.fin", "x.lasts", *([last] if last else [])], ""
        if rule.until is not None:
            of = events(query, rule.until)
            first = (
                f"SELECT x.stay_id, x.n, MIN(e.mi) AS mi FROM {anchors} AS x JOIN {of} AS e ON e.stay_id = x.stay_id "
                f"WHERE e.sure = 1 AND e.mi > x.mi AND e.mi <= {query.now} GROUP BY x.stay_id, x.n"
            )
            ends.append("t.mi")
            join = f"LEFT JOIN ({first}) AS t {_SAME.format('t')}"
        return query.add(
            f"ends {anchors} {last}",
            f"SELECT x.stay_id, x.n, x.mi, x.about, x.doubt, s.dis, s.ends AS stay_ends, LEAST({', '.join(ends)}) AS ends "
            f"FROM {lasting} AS x JOIN {stays(query)} AS s ON s.stay_id = x.stay_id {join}",
            "x",
        )

    def _counted(
        self, found: str, responses: str, timely: str, after: str, might: str, times: int | None = None
    ) -> str:
        """stay_id, n, timely and might (how many), done and late (the minute of the one that makes it enough)."""
        times = self.query.rule.times if times is None else times
        order = "CASE WHEN mi IS NULL THEN 1 ELSE 0 END, mi, place, ref"
        told = (
            f"SELECT x.stay_id, x.n, r.mi, r.place, r.ref, CASE WHEN {timely} THEN 1 ELSE 0 END AS is_timely, "
            f"CASE WHEN {after} THEN 1 ELSE 0 END AS is_after, CASE WHEN {might} THEN 1 ELSE 0 END AS is_might "
            f"FROM {found} AS x JOIN {responses} AS r {_SAME.format('r')}"
        )
        numbered = (
            f"SELECT *, ROW_NUMBER() OVER (PARTITION BY stay_id, n, is_timely ORDER BY {order}) AS nth, "
            f"ROW_NUMBER() OVER (PARTITION BY stay_id, n, is_after ORDER BY {order}) AS nth_after FROM ({told}) AS t"
        )
        return self.query.add(
            f"counted {found} {responses}",
            f"SELECT stay_id, n, SUM(is_timely) AS timely, SUM(is_might) AS might, "
            f"MAX(CASE WHEN is_timely = 1 AND nth = {times} THEN mi END) AS done, "
            f"MAX(CASE WHEN is_after = 1 AND nth_after = {times} THEN mi END) AS late "
            f"FROM ({numbered}) AS w GROUP BY stay_id, n",
            "c",
        )

    def _excused(self, excuse: str) -> str:
        return f"WHEN u.excuse = {SURE} THEN {EXCUSED}" if excuse else ""

    def _maybe(self, excuse: str) -> str:
        return f"WHEN u.excuse = {MAYBE} THEN {UNKNOWN}" if excuse else ""

    def _made(self, found: str, counted: str, excuse: str, rank: str, due: str, done: str) -> str:
        unless = f"LEFT JOIN {excuse} AS u {_SAME.format('u')}" if excuse else ""
        known = f"SELECT stay_id, n, COALESCE(timely, 0) AS timely, COALESCE(might, 0) AS might, done, late FROM {counted}"
        blank = "COALESCE(c.timely, 0)"
        rank = rank.replace("c.timely", blank).replace("c.might", "COALESCE(c.might, 0)")
        return self.query.add(
            f"duties {found}",
            f"SELECT x.stay_id, x.n, 0 AS k, x.doubt, x.mi AS since, {rank} AS rank, {due} AS due, {done} AS done "
            f"FROM {found} AS x JOIN {stays(self.query)} AS s ON s.stay_id = x.stay_id "
            f"LEFT JOIN ({known}) AS c {_SAME.format('c')} {unless}",
            "y",
        )
