"""How many patients a hospital and its departments saw: discharges and visits a month, the denominators of other counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

import pyarrow.parquet as pq

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts import lake
from zhikong.foundation.facts.gateway import Snapshot, codes_in_scope, published

COLUMNS = {"stays": "discharge_department", "visits": "department"}


@dataclass(frozen=True)
class Volumes:
    """discharges, visits: (month, department code) -> how many. A table that was never delivered has no months."""

    discharges: Counter[tuple[str, str]] = field(default_factory=Counter)
    visits: Counter[tuple[str, str]] = field(default_factory=Counter)
    months: dict[str, frozenset[str]] = field(default_factory=dict)

    def discharged(self, months: Collection[str], department: str | None = None) -> int | None:
        """Discharges of some months; None when one of them was not delivered: unknown is not zero."""
        return _sum(self.discharges, self.months["stays"], months, department)

    def visited(self, months: Collection[str], department: str | None = None) -> int | None:
        """Outpatient and emergency visits; None when a month was not delivered."""
        return _sum(self.visits, self.months["visits"], months, department)


def _sum(
    found: Counter, delivered: frozenset[str], months: Collection[str], department: str | None
) -> int | None:
    if not months or set(months) - delivered:
        return None
    return sum(n for (month, code), n in found.items() if month in months and department in (None, code))


def volumes(*, months: Collection[str]) -> Volumes:
    """Counts of the published state within the scope in force: numbers only, nothing of a patient."""
    snapshot, allowed = published(tables=list(COLUMNS)), codes_in_scope(current_scope())
    read = {table: _read(snapshot, table, months, allowed) for table in COLUMNS}
    return Volumes(
        discharges=read["stays"], visits=read["visits"],
        months={table: frozenset(snapshot.months(table)) for table in COLUMNS},
    )  # fmt: skip


def _read(snapshot: Snapshot, table: str, months: Collection[str], allowed: frozenset[str] | None) -> Counter:
    found: Counter[tuple[str, str]] = Counter()
    for path in snapshot.files(table):
        month = lake.month_of_file(path)
        if month in months:
            codes = pq.ParquetFile(path).read(columns=[COLUMNS[table]]).column(0).value_counts().to_pylist()
            for one in codes:
                if allowed is None or one["values"] in allowed:
                    found[month, one["values"]] += one["counts"]
    return found
