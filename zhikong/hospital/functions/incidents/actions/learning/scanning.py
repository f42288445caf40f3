"""The search for clusters: every night, and when an office asks for it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts.bed_days import bed_days, known_until
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.models.learning import ClusterScan
from zhikong.hospital.functions.incidents.queries.learning import cases
from zhikong.hospital.functions.incidents.queries.learning.clusters import WATCHED, newest
from zhikong.hospital.functions.incidents.queries.learning.readers import codes
from zhikong.hospital.functions.incidents.rules_learning_clusters import RUNS, Searched, search, seed_of

DAYS = 365
OFFICES = ("quality_office",)
URL = "/incidents/learning/clusters/"


def scan(*, by, now: datetime, runs: int = RUNS) -> ClusterScan | None:
    """Search the year that ends with the last day of known beds; None while no beds are known.

    An office is told once of a cluster that the search before did not know; in constant words, as everything is.
    """
    require(by, Permission.HANDLE_INCIDENTS, whole_hospital=True)
    last = known_until()
    if last is None:
        return None
    first, before = last - timedelta(days=DAYS - 1), newest()
    beds = bed_days(first, last)
    found = _searched(beds, first, last, runs)
    with neutral.nobody():
        made = ClusterScan.objects.create(
            institution_id=current_scope().institution_id, scanned_at=now, first_day=first, last_day=last,
            seed=seed_of(first, last), runs=runs, data_version=beds.data_version,
            searched={"searched": dict(found.searched), "left": dict(found.left)},
            found=[one.as_row() for one in found.found], alarms=[one.as_row() for one in found.alarms],
        )  # fmt: skip
    if _new(made, before):
        neutral.notice(by=by, now=now, url=URL, key=neutral.new_key(), roles=OFFICES)
    return made


def _searched(beds, first: date, last: date, runs: int) -> Searched:
    own = {
        pk: beds.by_day("occupied", [code], first, last)
        for pk, code in codes().items()
        if code in beds.occupied
    }
    known = {pk: row for pk, row in own.items() if row is not None}
    found = cases.light(first=first, last=last)
    return search(
        found, known, first=first, last=last, categories=WATCHED, seed=seed_of(first, last), runs=runs
    )


def _new(made: ClusterScan, before: ClusterScan | None) -> bool:
    """Whether a cluster stands in none of the windows that were found before."""
    known = [] if before is None else before.found
    return any(
        not any(
            (one["category"], one["department"]) == (other["category"], other["department"])
            and one["first"] <= other["last"] and other["first"] <= one["last"]
            for other in known
        )
        for one in made.found
    )  # fmt: skip
