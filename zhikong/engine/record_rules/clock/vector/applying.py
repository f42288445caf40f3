"""To which stays rules apply: conditions on the stay alone by arrays, those that ask about other rows by DuckDB."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import numpy as np
import pyarrow.compute as pc

from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.sql import codes
from zhikong.engine.backends.sql.children import ALIAS, child_query
from zhikong.engine.backends.sql.grain import prepare
from zhikong.engine.backends.sql.lower import lower
from zhikong.engine.backends.sql.relations import Months, Relations
from zhikong.engine.backends.sql.session import session
from zhikong.engine.backends.sql.text import clause, listed
from zhikong.engine.backends.vector.columns import plain
from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n
from zhikong.engine.plan.needs import walk
from zhikong.engine.record_rules.clock.vector.keys import Array
from zhikong.engine.record_rules.clock.vector.timeline import Timeline
from zhikong.engine.record_rules.fused import PAGE, Names, Pass
from zhikong.engine.record_rules.refs import BESIDE, direct
from zhikong.engine.tables import TABLES

TRUE, FALSE, UNKNOWN = np.int8(1), np.int8(0), np.int8(-1)


class Applying:
    """Answers for the conditions of many rules; what DuckDB is asked is asked once for all of them."""

    def __init__(self, timeline: Timeline, conditions: Iterable[n.Node]) -> None:
        self._timeline = timeline
        self._asked = {canonical.text(node): node for node in conditions if not _of_stay_alone(node)}
        self._found: dict[str, Array] = {}

    def of(self, condition: n.Node | None) -> Array:
        """For each stay TRUE, FALSE or UNKNOWN. Raises what the condition raises."""
        size = self._timeline.size
        if condition is None:
            return np.full(size, TRUE)
        if _of_stay_alone(condition):
            asked = self._timeline.asked("stays", condition)
            found = np.full(size, FALSE)
            found[asked.sure], found[asked.maybe] = TRUE, UNKNOWN
            return found
        return self._by_query(canonical.text(condition), condition)

    def _by_query(self, name: str, condition: n.Node) -> Array:
        if name not in self._found:
            wanted = self._asked if name in self._asked else {name: condition}
            try:
                self._found |= self._queried(wanted)
            except duckdb.Error:  # one of them crashes: each is asked alone, and the one that crashes says so
                self._found |= self._queried({name: condition})
        return self._found[name]

    def _queried(self, wanted: dict[str, n.Node]) -> dict[str, Array]:
        loaded = self._timeline.loaded
        with session(loaded.source, Limits()) as connection:
            asking = _Asking(connection, Relations(loaded.source), loaded.months)
            table = connection.sql(asking.query(list(wanted.values()))).to_arrow_table()
        places = plain(
            pc.index_in(self._timeline.ids, value_set=table["stay_id"].combine_chunks()).fill_null(-1)
        )
        found = {}
        for i, name in enumerate(wanted):
            answers = np.append(plain(table[f"a{i}"].combine_chunks()), UNKNOWN)
            found[name] = answers[places]
        return found


class _Asking(Pass):
    """A pass over all stays, open ones too."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, relations: Relations, months: frozenset[str] | None
    ) -> None:
        super().__init__(connection, relations, (), None)
        self._held = months

    @property
    def _partitions(self) -> Months:
        return self._held

    def query(self, conditions: list[n.Node]) -> str:
        """One row for each stay with a number for each condition: a0, a1, …"""
        prepare(self.connection, self.relations, conditions)
        masks = codes.build(self.connection, self.relations, conditions, self._held)
        children = child_query(conditions, relations=self.relations, masks=masks, months=self._held)
        names = Names(masks, children=children.readers if children else {})
        answers = [f"{_answer(node, names)} AS a{place}" for place, node in enumerate(conditions)]
        joins = [
            names.joins(),
            f"LEFT JOIN {children.sql} AS {ALIAS} ON {ALIAS}.stay_id = r.stay_id" if children else "",
        ]
        return clause("SELECT", listed(["r.stay_id", *answers]), "FROM", self._stays(conditions), *joins)

    def _stays(self, conditions: list[n.Node]) -> str:
        refs = [ref for node in conditions for ref in direct(node)]
        own = {ref.column for ref in refs if ref.table == "stays"} | {"stay_id"}
        page = {ref.column for ref in refs if ref.table == BESIDE}
        rows = clause(self.relations.scan("stays", own, self._held), "AS r")
        if not page:
            return rows
        beside = self.relations.scan(BESIDE, page | {"stay_id"}, self._held)
        return clause(rows, "LEFT JOIN", beside, f"AS {PAGE} ON {PAGE}.stay_id = r.stay_id")


def _answer(node: n.Node, names: Names) -> str:
    said = lower(node, names)  # without a front page its columns are null
    return f"CAST(CASE WHEN ({said}) IS NULL THEN {UNKNOWN:d} WHEN {said} THEN {TRUE:d} ELSE {FALSE:d} END AS TINYINT)"


_OWN = frozenset(TABLES["stays"].column_names) | {"stay_minutes", "stay_days_elapsed"}


def _of_stay_alone(node: n.Node) -> bool:
    """Whether arrays of the stays' own columns are enough."""
    if any(isinstance(each, n.CHILD_NODES) for each in walk(node)):
        return False
    refs = [each for each in walk(node) if isinstance(each, n.Ref)]
    return all(ref.table == "stays" and ref.column in _OWN for ref in refs)
