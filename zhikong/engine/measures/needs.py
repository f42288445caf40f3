"""Which tables and columns measures read, so that a loader looks for nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zhikong.engine.definitions import sets_nodes as s
from zhikong.engine.definitions.nodes import Node
from zhikong.engine.measures.model import Measure
from zhikong.engine.tables.clinical import CLINICAL

_PATIENTS = "patients"


def needs(measures: Iterable[Measure]) -> dict[str, set[str]]:
    """Table → columns. A column name counts for every table that has it and is read."""
    found: dict[str, set[str]] = {_PATIENTS: set()}
    for measure in measures:
        nodes = list(_nodes(measure))
        names = {node.column for node in nodes if isinstance(node, s.Cell)}
        rows = {node.rows for node in nodes if isinstance(node, s.SET_NODES)} | {measure.rows}
        rows |= {member for one in measure.sets.values() for member in one.members}
        for table in rows & set(CLINICAL) | {_PATIENTS}:
            found.setdefault(table, set()).update(names & set(CLINICAL[table].column_names))
    return found


def _nodes(measure: Measure) -> Iterator[Node]:
    roots = [p.where for p in measure.populations] + [o.value for o in measure.observations]
    for one in measure.sets.values():
        roots += [one.where, *(node for _, node in one.derived)]
        roots += [] if one.repeat is None else [one.repeat]
    while roots:
        node = roots.pop()
        yield node
        roots.extend(node.children())
