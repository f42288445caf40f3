"""Recurrence: the gaps of a chain from its anchor over every response to its end."""

from __future__ import annotations

from dataclasses import dataclass

from zhikong.engine.record_rules.clock.model import Selection
from zhikong.engine.record_rules.sql.due import Clock
from zhikong.engine.record_rules.sql.duties import EXCUSED, FAIL, PASS, PENDING, UNKNOWN, Duties
from zhikong.engine.record_rules.sql.excuses import MAYBE, SURE, excused, matching
from zhikong.engine.record_rules.sql.rows import Query, events, periods

_WHOLE = "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"


@dataclass(frozen=True)
class Chains:
    """Writes the obligations of `every`."""

    query: Query
    clock: Clock
    blind: frozenset[int]

    def of(self, anchors: str) -> str:
        """The relation of obligations, one per gap."""
        links = self._links(self._points(self._segments(anchors)))
        nothing = "CAST(NULL AS BIGINT)"
        timeless = (
            f"SELECT stay_id, n, 0 AS k, doubt, {nothing} AS since, {UNKNOWN} AS rank, {nothing} AS due, {nothing} AS done "
            f"FROM {anchors} WHERE mi IS NULL"
        )
        return self.query.add("gaps", f"SELECT * FROM {links} UNION ALL {timeless}", "y")

    # --- where the clock runs ---

    def _segments(self, anchors: str) -> str:
        """stay_id, n, a, b, about, doubt, running (the end is only now)."""
        query, rule = self.query, self.query.rule
        ended = Duties(query, self.clock, self.blind).with_end(anchors, "s.ends")
        running = "CASE WHEN dis IS NULL AND ends >= stay_ends THEN 1 ELSE 0 END"
        parts = query.add(
            "runs",
            f"SELECT stay_id, n, mi AS a, ends AS b, about, doubt, {running} AS running, stay_ends "
            f"FROM {ended} WHERE ends >= mi",
            "g",
        )
        if rule.during is not None:
            parts = query.add("inside", self._inside(parts, rule.during), "g")
        if rule.not_during is not None:
            parts = query.add("outside", self._outside(parts, rule.not_during), "g")
        return parts if rule.restart is None else query.add("restarts", self._cut(parts, rule.restart), "g")

    def _inside(self, parts: str, selection: Selection) -> str:
        a, b = "GREATEST(g.a, p.a)", "LEAST(g.b, p.b)"
        return (
            f"SELECT g.stay_id, g.n, {a} AS a, {b} AS b, g.about, g.doubt, g.running, g.stay_ends FROM {parts} AS g "
            f"JOIN {periods(self.query, selection)} AS p ON p.stay_id = g.stay_id AND p.a < p.b WHERE {a} < {b}"
        )

    def _outside(self, parts: str, selection: Selection) -> str:
        """A piece begins where the part begins or a period ends, and ends where the next period begins."""
        of = periods(self.query, selection)
        starts = (
            f"SELECT g.stay_id, g.n, g.a AS from_a, g.a AS a, g.b, g.about, g.doubt, g.running, g.stay_ends FROM {parts} AS g "
            f"UNION ALL SELECT g.stay_id, g.n, g.a AS from_a, p.b AS a, g.b, g.about, g.doubt, g.running, g.stay_ends "
            f"FROM {parts} AS g JOIN {of} AS p ON p.stay_id = g.stay_id AND p.a < p.b AND p.b > g.a AND p.b < g.b"
        )
        met = (
            f"SELECT o.stay_id, o.n, o.from_a, o.a, o.b, o.about, o.doubt, o.running, o.stay_ends, "
            f"MAX(CASE WHEN p.a <= o.a AND o.a < p.b THEN 1 ELSE 0 END) AS held, "
            f"MIN(CASE WHEN p.a >= o.a THEN p.a END) AS next_a FROM ({starts}) AS o "
            f"LEFT JOIN {of} AS p ON p.stay_id = o.stay_id AND p.a < p.b "
            f"GROUP BY o.stay_id, o.n, o.from_a, o.a, o.b, o.about, o.doubt, o.running, o.stay_ends"
        )
        end = "LEAST(b, next_a)"
        return (
            f"SELECT stay_id, n, a, {end} AS b, about, doubt, running, stay_ends FROM ({met}) AS h "
            f"WHERE held = 0 AND a < {end}"
        )

    def _cut(self, parts: str, selection: Selection) -> str:
        """At each restart a segment ends and another begins; only the last one can still be running."""
        of = events(self.query, selection)
        starts = (
            f"SELECT g.stay_id, g.n, g.a AS from_a, g.a AS a, g.b, g.about, g.doubt, g.running, g.stay_ends FROM {parts} AS g "
            f"UNION SELECT g.stay_id, g.n, g.a AS from_a, e.mi AS a, g.b, g.about, g.doubt, g.running, g.stay_ends "
            f"FROM {parts} AS g JOIN {of} AS e ON e.stay_id = g.stay_id AND e.sure = 1 AND e.mi > g.a AND e.mi < g.b"
        )
        order = "PARTITION BY stay_id, n, from_a ORDER BY a"
        told = f"SELECT *, LEAD(a) OVER ({order}) AS next_a FROM ({starts}) AS o"
        return (
            f"SELECT stay_id, n, a, COALESCE(next_a, b) AS b, about, doubt, "
            f"CASE WHEN next_a IS NULL THEN running ELSE 0 END AS running, stay_ends FROM ({told}) AS c"
        )

    # --- its points ---

    def _points(self, segments: str) -> str:
        """One row per point: stay_id, n, a (its segment), k, mi, hit (the response that ends the gap), b, running."""
        query, times = self.query, self.query.rule.times
        responses = self._responses(segments)
        own = "stay_id, n, a, b, about, doubt, running, stay_ends"
        points = (
            f"SELECT {own}, a AS mi, 0 AS follows, 0 AS place, CAST(NULL AS VARCHAR) AS ref FROM {segments} UNION ALL "
            f"SELECT {', '.join('g.' + c for c in own.split(', '))}, r.mi, 1 AS follows, r.place, r.ref FROM {segments} AS g "
            f"JOIN {responses} AS r ON r.stay_id = g.stay_id AND r.n = g.n AND r.doubt = 0 AND r.mi >= g.a AND r.mi <= g.b"
        )
        order = "PARTITION BY stay_id, n, a ORDER BY mi, follows, place, ref"
        numbered = f"SELECT *, ROW_NUMBER() OVER ({order}) AS k, LEAD(mi, {times}) OVER ({order}) AS hit FROM ({points}) AS o"
        return self.clock.with_due(query.add("points", numbered, "k"), "points")

    def _responses(self, segments: str) -> str:
        keyed = f"SELECT DISTINCT stay_id, n, about FROM {segments}"
        return matching(self.query, self.query.add(f"keyed {segments}", keyed, "h"))

    # --- its gaps ---

    def _links(self, points: str) -> str:
        query, rule = self.query, self.query.rule
        keys = "x.stay_id, x.n, x.a, x.k"
        later = self._later(points)
        might = self._might(points)
        excuse = excused(query, points, self.blind, start="x.mi", end="x.due", keys=keys)
        same = "ON {0}.stay_id = x.stay_id AND {0}.n = x.n AND {0}.a = x.a AND {0}.k = x.k"
        sure = f"WHEN u.excuse = {SURE} THEN {EXCUSED}" if excuse else ""
        maybe = f"WHEN u.excuse = {MAYBE} THEN {UNKNOWN}" if excuse else ""
        still = "x.running = 1 AND x.b = x.stay_ends"
        lots = "COALESCE(m.might, 0)"
        rank = (
            f"CASE WHEN x.hit <= x.due THEN {PASS} WHEN x.hit IS NULL AND x.b <= x.due THEN "
            f"CASE WHEN {still} THEN {PENDING} ELSE {EXCUSED} END {sure} "
            f"WHEN {lots} > 0 AND COALESCE(l.later, 0) + {lots} >= {rule.times} THEN {UNKNOWN} {maybe} ELSE {FAIL} END"
        )
        unless = f"LEFT JOIN {excuse} AS u {same.format('u')}" if excuse else ""
        return query.add(
            "links",
            f"SELECT x.stay_id, x.n, x.a * 1000 + x.k AS k, x.doubt, x.mi AS since, {rank} AS rank, x.due, x.hit AS done "
            f"FROM {points} AS x LEFT JOIN {later} AS l {same.format('l')} LEFT JOIN {might} AS m {same.format('m')} {unless}",
            "y",
        )

    def _later(self, points: str) -> str:
        """How many responses lie in the gap's limit."""
        return self.query.add(
            "later",
            f"SELECT x.stay_id, x.n, x.a, x.k, COUNT(*) AS later FROM {points} AS x JOIN {points} AS y "
            f"ON y.stay_id = x.stay_id AND y.n = x.n AND y.a = x.a AND y.k > x.k AND y.mi <= x.due "
            f"GROUP BY x.stay_id, x.n, x.a, x.k",
            "l",
        )

    def _might(self, points: str) -> str:
        """How many responses that are in doubt, or whose time is unknown, could lie in it."""
        responses = matching(self.query, self._keyed(points))
        return self.query.add(
            "might",
            f"SELECT x.stay_id, x.n, x.a, x.k, COUNT(*) AS might FROM {points} AS x JOIN {responses} AS r "
            f"ON r.stay_id = x.stay_id AND r.n = x.n AND ((r.happened = 1 AND r.mi IS NULL) "
            f"OR (r.doubt = 1 AND r.mi >= x.mi AND r.mi <= x.due)) GROUP BY x.stay_id, x.n, x.a, x.k",
            "i",
        )

    def _keyed(self, points: str) -> str:
        return self.query.add(f"keyed {points}", f"SELECT DISTINCT stay_id, n, about FROM {points}", "h")
