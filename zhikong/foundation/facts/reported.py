"""Figures that departments report: how they are read, and which reported indicator is whose computed twin.

A twin is the same thing counted twice: once by the systems, once by the department. The app that knows the pairs
registers them here; pages of indicators show both side by side and never put one in the other's place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import pyarrow.parquet as pq
from django.core.exceptions import PermissionDenied

from zhikong.engine.definitions import Definition
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.facts import lake
from zhikong.foundation.facts.gateway import Snapshot, codes_in_scope, published

TABLE = "reported_counts"
REPORTED, COMPUTED = "reported", "computed"
COLUMNS = ["department", "period", "item", "numerator", "denominator"]


class Count(NamedTuple):
    """One published row: what a department reported, or a file delivered for it."""

    department: str
    month: str
    item: str
    numerator: int | None
    denominator: int | None


def origin_of(definition: Definition) -> str:
    """Whether an indicator's numbers were typed by people (REPORTED) or come from a system (COMPUTED)."""
    return REPORTED if definition.table == TABLE else COMPUTED


def counts(
    *,
    months: Sequence[str],
    departments: Iterable[str] | None = None,
    snapshot: Snapshot | None = None,
    by=None,
) -> list[Count]:
    """Published reported figures of some months, of departments in scope only.

    departments: codes; None means all of the scope. Raises PermissionDenied for one outside it.
    """
    allowed = codes_in_scope(current_scope())
    wanted = None if departments is None else frozenset(departments)
    if allowed is not None:
        if wanted is not None and not wanted <= allowed:
            raise PermissionDenied("该科室不在您的权限范围内，不能查看其填报数。")
        wanted = allowed if wanted is None else wanted
    found = list(_rows(snapshot or published(tables=[TABLE]), frozenset(months), wanted))
    log_read(by=by, subject="facts.reported", purpose="查看科室填报数", count=len(found))
    return found


def _rows(snapshot: Snapshot, months: frozenset[str], wanted: frozenset[str] | None):
    for path in snapshot.files(TABLE):
        if lake.month_of_file(path) not in months:
            continue
        columns = pq.ParquetFile(path).read(columns=COLUMNS).to_pydict()
        for row in zip(*(columns[name] for name in COLUMNS), strict=True):
            if wanted is None or row[0] in wanted:
                yield Count(*row)


Pairs = Callable[[], Mapping[str, str]]
_providers: list[Pairs] = []


def register(provider: Pairs) -> None:
    """Let ``provider() -> {computed indicator id: reported indicator id}`` name twins; called in an app's ready()."""
    if provider not in _providers:
        _providers.append(provider)


def twins() -> dict[str, str]:
    """Computed indicator id -> id of the indicator that departments report of the same thing."""
    return {computed: told for provider in _providers for computed, told in provider().items()}
