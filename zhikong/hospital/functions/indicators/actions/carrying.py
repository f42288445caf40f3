"""What new data cannot have changed is carried over from the computation before; only the rest is computed anew."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from zhikong.engine.definitions import Definition
from zhikong.engine.definitions import nodes as n
from zhikong.engine.plan.needs import MINUTES_TO_NEXT, expressions_of, needs_of, walk
from zhikong.engine.tables import TABLES
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts.queries import latest_publication, publications_between, versions_of
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.models import Computation

Span = tuple[str, str]

_CARRY = """
    INSERT INTO indicators_indicatorvalue (institution_id, indicator_id, definition_version, definition_hash,
        data_version, computed_at, department_id, month, numerator, denominator, value, reason)
    SELECT institution_id, indicator_id, definition_version, definition_hash, %s, computed_at, department_id, month,
        numerator, denominator, value, reason
    FROM indicators_indicatorvalue
    WHERE institution_id = %s AND data_version = %s AND definition_hash = %s AND month = ANY(%s)
    ON CONFLICT DO NOTHING"""


@dataclass(frozen=True)
class Work:
    """What is to be done for some definitions: months to compute, if any, and months to carry over."""

    definitions: tuple[Definition, ...]
    compute: Span | None
    carry: tuple[str, ...]


def plan(
    definitions: Sequence[Definition], *, base: Computation | None, data_version: str, span: Span
) -> Iterator[Work]:
    """How to bring definitions up to a data version. base: the computation whose values may be carried over.

    A definition whose tables did not change is carried over as a whole; of one that takes its month from the
    partition of the facts, only the months that changed are computed.
    """
    changes = None if base is None else _changes(base.data_version, data_version, span)
    groups: dict[tuple, list[Definition]] = defaultdict(list)
    for definition in definitions:
        groups[_work(definition, base, changes, span)].append(definition)
    for (compute, carry), group in groups.items():
        yield Work(tuple(group), compute, carry)


def _changes(before: str, after: str, span: Span) -> Mapping[str, set[str]] | None:
    """Table -> months whose rows changed between two data versions; None where that is not known.

    A table that was not there before changes every month: “not delivered” becomes “no rows”.
    """
    between = publications_between(before, after)
    if not between or any(not one.changes for one in between):
        return None
    known = versions_of(latest_publication(data_version=before))
    found: dict[str, set[str]] = {}
    for one in between:
        for table, months in one.changes["tables"].items():
            found.setdefault(table, set()).update(months if table in known else calendar.span(*span))
    return found


def _work(
    definition: Definition, base: Computation | None, changes, span: Span
) -> tuple[Span | None, tuple[str, ...]]:
    every = calendar.span(*span)
    if base is None or changes is None or base.definitions.get(definition.id) != definition.hash:
        return span, ()
    needed = {month for month in every if not base.first_month <= month <= base.last_month}
    needed |= stale_months(definition, changes, every)
    if not needed:
        return None, tuple(every)
    first, last = min(needed), max(needed)
    return (first, last), tuple(month for month in every if not first <= month <= last)


def stale_months(
    definition: Definition, changes: Mapping[str, Iterable[str]], every: Sequence[str]
) -> set[str]:
    """Months whose figures may be others now. changes: table -> months whose rows changed."""
    touched = {month for table in needs_of(definition) for month in changes.get(table, ())}
    if touched and not _month_is_partition(definition):
        return set(every)
    return touched & set(every)


def _month_is_partition(definition: Definition) -> bool:
    """Whether a row counts in the month in which the lake keeps it, and looks at no other month's rows."""
    table = TABLES[definition.table]
    own = definition.date
    column = table.month_of.removeprefix("stays.")
    owner = "stays" if table.child_of else table.name
    if not isinstance(own, n.Ref) or (own.table, own.column) != (owner, column):
        return False
    nodes = [node for expression in expressions_of(definition) for node in walk(expression)]
    return not any(isinstance(node, n.Ref) and node.column == MINUTES_TO_NEXT for node in nodes)


def carry_over(work: Work, *, base: Computation, data_version: str) -> int:
    """Copy the values of the months that did not change; returns how many rows came."""
    count = 0
    with connection.cursor() as cursor:
        for definition in work.definitions if work.carry else ():
            where = [current_scope().institution_id, base.data_version, definition.hash, list(work.carry)]
            cursor.execute(_CARRY, [data_version, *where])
            count += cursor.rowcount
    return count
