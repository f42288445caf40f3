"""The whole statement of one rule."""

from __future__ import annotations

from collections.abc import Mapping

from zhikong.engine.record_rules.clock.context import Context
from zhikong.engine.record_rules.clock.model import ClockRule, Demand
from zhikong.engine.record_rules.model import Verdict
from zhikong.engine.record_rules.sql.anchors import anchors
from zhikong.engine.record_rules.sql.chains import Chains
from zhikong.engine.record_rules.sql.dialects import Dialect, translated
from zhikong.engine.record_rules.sql.due import Clock
from zhikong.engine.record_rules.sql.duties import FAIL, PASS, UNKNOWN, Duties
from zhikong.engine.record_rules.sql.rows import Query, doubtful, stays


def verdicts(
    rule: ClockRule,
    context: Context,
    *,
    dialect: Dialect,
    days: tuple[int, int],
    blind: frozenset[int] = frozenset(),
    columns: Mapping[str, frozenset[str]] | None = None,
) -> str:
    """A SELECT that judges every stay: encounter, verdict (its word), due_minute, at_minute, since_minute.

    The tables of the contract are read by their names; times are minutes of local wall time since 1970. context: now,
    the working days and the hospital's limits. days: first and last day since 1970 on which something can begin; asked
    for by limits in working days only. blind: numbers of the excuses whose tables are missing. columns: what
    each table has when not all; a table with nothing is missing. What a rule needs must be there (`clock.needs.missing` says what is not). Raises
    Unsupported for what has no settled meaning in SQL.
    """
    query = Query(rule, context.minute, columns=columns or {})
    clock = Clock(query, context, context.limit(rule), days)
    found = anchors(query)
    maker = Chains if rule.demand is Demand.EVERY else Duties
    duties = query.add("settled", _settled(query, maker(query, clock, blind).of(found)), "z")
    return translated(query.text(_last(query, duties)), dialect)


def _settled(query: Query, duties: str) -> str:
    """Of an anchor in doubt only what would fail is told, as unknown; so is what a doubtful state would make fail."""
    rule = query.rule
    selections = [rule.suspend]
    if rule.demand is Demand.EVERY:
        selections += [rule.during, rule.not_during]
    asked = [doubtful(query, one) for one in selections if one is not None]
    joins = " ".join(f"LEFT JOIN {q} AS q{i} ON q{i}.stay_id = y.stay_id" for i, q in enumerate(asked))
    unsure = " OR ".join(["y.doubt = 1", *(f"q{i}.stay_id IS NOT NULL" for i in range(len(asked)))])
    timeless = "FALSE" if rule.demand is Demand.REQUIRED else "y.since IS NULL"
    rank = f"CASE WHEN y.rank = {FAIL} AND ({unsure}) THEN {UNKNOWN} ELSE y.rank END"
    done = f"CASE WHEN y.rank = {PASS} OR (y.rank = {FAIL} AND NOT ({unsure})) THEN y.done END"
    return (
        f"SELECT y.stay_id, y.n, y.k, y.since, {rank} AS rank, CASE WHEN {timeless} THEN NULL ELSE y.due END AS due, "
        f"{done} AS done FROM {duties} AS y {joins} WHERE y.doubt = 0 OR y.rank = {FAIL} OR {timeless}"
    )


def _last(query: Query, duties: str) -> str:
    first = f"SELECT *, ROW_NUMBER() OVER (PARTITION BY stay_id ORDER BY rank, n, k) AS nth FROM {duties}"
    verdict = (
        f"CASE WHEN s.applies = 0 THEN '{Verdict.NOT_APPLICABLE.word}' WHEN s.applies IS NULL THEN "
        f"'{Verdict.NOT_ASSESSABLE.word}' WHEN d.rank = {FAIL} THEN '{Verdict.FAIL.word}' "
        f"WHEN d.rank = {UNKNOWN} THEN '{Verdict.NOT_ASSESSABLE.word}' WHEN d.rank = {PASS} THEN '{Verdict.PASS.word}' "
        f"ELSE '{Verdict.NOT_APPLICABLE.word}' END"
    )
    told = ", ".join(
        f"CASE WHEN s.applies = 1 THEN d.{column} END AS {name}"
        for column, name in (("due", "due_minute"), ("done", "at_minute"), ("since", "since_minute"))
    )
    return (
        f"SELECT s.stay_id AS encounter, {verdict} AS verdict, {told} FROM {stays(query)} AS s "
        f"LEFT JOIN (SELECT * FROM ({first}) AS o WHERE nth = 1) AS d ON d.stay_id = s.stay_id ORDER BY 1"
    )
