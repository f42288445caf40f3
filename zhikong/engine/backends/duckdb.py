"""The fast backend: many definitions in few passes over the data, on DuckDB."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from zhikong.engine.backends.base import Failure, Limits, Outcome
from zhikong.engine.backends.source import Source
from zhikong.engine.backends.sql.cases import list_cases
from zhikong.engine.backends.sql.fused import run_pass
from zhikong.engine.backends.sql.relations import Relations
from zhikong.engine.backends.sql.session import session
from zhikong.engine.definitions.model import Definition
from zhikong.engine.plan.groups import groups_of


class DuckdbBackend:
    """One pass per (table, date, department) and batch of months, shared by all definitions."""

    def tally(
        self, definitions: Sequence[Definition], source: Source, months: Sequence[str], limits: Limits
    ) -> dict[str, Outcome]:
        """See `Backend.tally`. When a shared pass fails, its definitions are computed one by one."""
        by_id = {d.id: d for d in definitions}
        outcomes: dict[str, Outcome] = {}
        with session(source, limits) as connection:
            for group in groups_of(definitions):
                members = [by_id[i] for i in group.members]
                outcomes |= _guarded(connection, members, Relations(source), months)
        return outcomes


def _guarded(
    connection: duckdb.DuckDBPyConnection,
    members: list[Definition],
    relations: Relations,
    months: Sequence[str],
) -> dict[str, Outcome]:
    try:
        (group,) = groups_of(members)
        return dict(run_pass(connection, group, relations, months))
    except duckdb.Error as error:
        if len(members) == 1:
            return {members[0].id: Failure(f"{type(error).__name__}: {error}")}
    alone: dict[str, Outcome] = {}
    for member in members:
        alone |= _guarded(connection, [member], relations, months)
    return alone


__all__ = ["DuckdbBackend", "list_cases"]
