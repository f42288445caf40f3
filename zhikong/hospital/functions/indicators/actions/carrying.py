"""What new data cannot have changed is carried over from the computation before; only the rest is computed anew."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from zhikong.engine.definitions import Definition
from zhikong.engine.definitions import nodes as n
from zhikong.engine.plan.needs import expressions_of, looks_around, needs_of
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
    """What is to be done for some definitions: spans of months to compute, if any, and months to carry over."""

    definitions: tuple[Definition, ...]
    compute: tuple[Span, ...]
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
) -> tuple[tuple[Span, ...], tuple[str, ...]]:
    every = calendar.span(*span)
    if base is None or changes is None or base.definitions.get(definition.id) != definition.hash:
        return (span,), ()
    needed = {month for month in every if not base.first_month <= month <= base.last_month}
    needed |= stale_months(definition, changes, every)
    return tuple(_spans(every, needed)), tuple(month for month in every if month not in needed)


def _spans(every: Sequence[str], needed: set[str]) -> Iterator[Span]:
    """Neighbouring months together: a change in two far months does not compute those between."""
    run: list[str] = []
    for month in [*every, ""]:
        if month in needed:
            run.append(month)
        elif run:
            yield run[0], run[-1]
            run = []


def stale_months(
    definition: Definition, changes: Mapping[str, Iterable[str]], every: Sequence[str]
) -> set[str]:
    """Months whose figures may be others now. changes: table -> months whose rows changed."""
    touched = _touched(definition, changes)
    return set(every) if touched is None else touched & set(every)


def _touched(definition: Definition, changes: Mapping[str, Iterable[str]]) -> set[str] | None:
    """The months that the changes can reach; None for any month."""
    if definition.bases():
        return _touched_through_others(definition, changes)
    touched = {month for table in needs_of(definition) for month in changes.get(table, ())}
    return None if touched and not _month_is_partition(definition) else touched


def _touched_through_others(definition: Definition, changes: Mapping[str, Iterable[str]]) -> set[str] | None:
    """A composite changes with its parts; a growth also in the months that are compared with a changed one."""
    found: set[str] = set()
    for base in definition.bases():
        touched = _touched(base, changes)
        if touched is None:
            return None
        found |= touched
    if definition.growth is None or not found:
        return found
    if definition.growth.base is not None and any(m.startswith(f"{definition.growth.base}-") for m in found):
        return None
    later = definition.growth.months or 0
    return found | {calendar.shifted(month, later) for month in found}


def _month_is_partition(definition: Definition) -> bool:
    """Whether a row counts in the month in which the lake keeps it, and looks at no other month's rows."""
    places = [(definition.table, definition.date)]
    places += [(definition.per.table, definition.per.date)] if definition.per else []
    return not looks_around(expressions_of(definition)) and all(
        _is_partition(table, date) for table, date in places
    )


def _is_partition(name: str, date: n.Node) -> bool:
    table = TABLES[name]
    owner = "stays" if table.child_of else table.name
    column = table.month_of.removeprefix("stays.")
    return isinstance(date, n.Ref) and (date.table, date.column) == (owner, column)


def carry_over(work: Work, *, base: Computation, data_version: str) -> int:
    """Copy the values of the months that did not change; returns how many rows came."""
    count = 0
    with connection.cursor() as cursor:
        for definition in work.definitions if work.carry else ():
            where = [current_scope().institution_id, base.data_version, definition.hash, list(work.carry)]
            cursor.execute(_CARRY, [data_version, *where])
            count += cursor.rowcount
    return count
