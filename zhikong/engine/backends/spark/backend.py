"""The passes of the plan on Spark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

from zhikong.engine.backends.base import Failure, Limits, Outcome
from zhikong.engine.backends.source import Source
from zhikong.engine.backends.spark import session
from zhikong.engine.backends.spark.connection import SparkConnection
from zhikong.engine.backends.spark.dialect import Unsupported
from zhikong.engine.backends.sql.fused import run_pass
from zhikong.engine.backends.sql.relations import Relations
from zhikong.engine.backends.sql.session import memory_name
from zhikong.engine.definitions.model import Definition
from zhikong.engine.plan.groups import groups_of

WRONG = (PySparkException, Py4JError, Unsupported)


class SparkBackend:
    """One query per (table, date, department), shared by all definitions. `master` as in `session.started`."""

    def __init__(self, master: str | None = None) -> None:
        self.master = master

    def tally(
        self, definitions: Sequence[Definition], source: Source, months: Sequence[str], limits: Limits
    ) -> dict[str, Outcome]:
        """See `Backend.tally`. `limits` do not apply: the cluster has its own."""
        by_id = {d.id: d for d in definitions}
        outcomes: dict[str, Outcome] = {}
        with _connected(source, self.master) as connection:
            for group in groups_of(definitions):
                members = [by_id[i] for i in group.members]
                outcomes |= _guarded(connection, members, Relations(source), months)
        return outcomes


@contextmanager
def _connected(source: Source, master: str | None) -> Iterator[SparkConnection]:
    with session.lock:
        connection = SparkConnection(session.started(master))
        try:
            for name, table in source.memory.items():
                connection.register(memory_name(name), table)
            yield connection
        finally:
            connection.close()


def _guarded(
    connection: SparkConnection, members: list[Definition], relations: Relations, months: Sequence[str]
) -> dict[str, Outcome]:
    """When a shared pass fails, its definitions are computed one by one."""
    try:
        (group,) = groups_of(members)
        return dict(run_pass(connection, group, relations, months))  # type: ignore[arg-type]
    except WRONG as error:
        if len(members) == 1:
            return {members[0].id: Failure(f"{type(error).__name__}: {error}"[:2000])}
    alone: dict[str, Outcome] = {}
    for member in members:
        alone |= _guarded(connection, [member], relations, months)
    return alone
