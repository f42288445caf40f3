"""The last search for clusters, as far as a reader may know of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.models.learning import ClusterScan
from zhikong.hospital.functions.incidents.queries.learning.readers import Reader, place_names
from zhikong.hospital.functions.incidents.queries.reporting import categories

WATCHED = (
    "fall",
    "adr",
    "infection",
    "medication",
    "pressure_injury",
    "tube",
    "transfusion",
    "identification",
)
"""Categories that are searched: many alike, and a cause in common is likely. Each is one test."""


@dataclass(frozen=True)
class Cluster:
    """A cluster in words. running: it ended less than two weeks before the period's end."""

    category: str
    title: str
    department: int
    place: str
    first: date
    last: date
    count: int
    expected: float
    p: float
    running: bool

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def times(self) -> float:
        return self.count / self.expected if self.expected else 0.0


@dataclass(frozen=True)
class Alarm:
    title: str
    place: str
    department: int
    day: date
    times: int


@dataclass(frozen=True)
class Scan:
    """clusters, alarms: those of departments that the reader may open. chance: expected false clusters of a search."""

    scan: ClusterScan
    clusters: tuple[Cluster, ...]
    alarms: tuple[Alarm, ...]
    searched: tuple[tuple[str, int], ...]
    left: tuple[str, ...]
    chance: float


def newest() -> ClusterScan | None:
    """The last search; asked for by jobs and by those who then leave out what the reader may not see."""
    with neutral.nobody():
        return ClusterScan.objects.order_by("-scanned_at", "-pk").first()


def seen(reader: Reader) -> Scan | None:
    """The last search as a reader may see it; None before the first one."""
    scan = newest()
    if scan is None:
        return None
    clusters = [_cluster(row, scan) for row in scan.found if reader.may_open(row["department"])]
    alarms = [row for row in scan.alarms if reader.may_open(row["department"])]
    searched = scan.searched.get("searched", {})
    return Scan(
        scan, tuple(clusters), tuple(_alarms(alarms)),
        tuple((categories.title(key), count) for key, count in searched.items()),
        tuple(categories.title(key) for key in scan.searched.get("left", {})), 0.05 * len(searched),
    )  # fmt: skip


def _cluster(row: dict[str, Any], scan: ClusterScan) -> Cluster:
    first, last = date.fromisoformat(row["first"]), date.fromisoformat(row["last"])
    return Cluster(
        row["category"], categories.title(row["category"]), row["department"],
        place_names().get(row["department"], ""), first, last, row["count"], row["expected"], row["p"],
        (scan.last_day - last).days < 14,
    )  # fmt: skip


def _alarms(rows: list[dict[str, Any]]) -> list[Alarm]:
    """One line per ward and category: the newest day, and how often in the period."""
    kept: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in rows:
        kept.setdefault((row["category"], row["department"]), []).append(row)
    return sorted(
        (
            Alarm(
                categories.title(category), place_names().get(ward, ""), ward,
                max(date.fromisoformat(one["day"]) for one in of), len(of),
            )
            for (category, ward), of in kept.items()
        ),
        key=lambda one: one.day, reverse=True,
    )  # fmt: skip
