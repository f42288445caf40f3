"""How fast this machine was so far, and how long the rest will take."""

from __future__ import annotations

from django.db.models import Sum

from zhikong.foundation.facts.models import Load
from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.overviews.starting.models import Timing
from zhikong.hospital.overviews.starting.queries.readiness import held, is_computed
from zhikong.hospital.overviews.starting.rules import timing
from zhikong.hospital.overviews.starting.rules.timing import Estimate, Pace

NEWEST = 30
WANTED = 24
GOING = (Load.State.WAITING, Load.State.RUNNING)


def loading_pace() -> Pace:
    """Delivered rows a second, of this hospital's own loads."""
    rows = Load.objects.filter(state=Load.State.PUBLISHED, finished_at__isnull=False, feed="files")
    samples = [
        (load.counts.get("delivered", 0), (load.finished_at - load.started_at).total_seconds())
        for load in rows.order_by("-pk")[:NEWEST]
    ]
    return timing.pace(samples, timing.FIRST_LOAD)


def computing_pace() -> Pace:
    """Rows of all tables a second, of this hospital's own computations."""
    rows = Timing.objects.filter(work=Timing.Work.COMPUTING).order_by("-pk")[:NEWEST]
    return timing.pace(list(rows.values_list("rows", "seconds")), timing.FIRST_COMPUTING)


def brief_seconds() -> float | None:
    """How long the last brief took; None when none was timed."""
    return Timing.objects.filter(work=Timing.Work.BRIEF).values_list("seconds", flat=True).first()


def bytes_waiting() -> int:
    """Bytes of files that wait to be loaded."""
    return Load.objects.filter(state__in=GOING).aggregate(n=Sum("size"))["n"] or 0


def to_load() -> int:
    """About how many rows of front pages are still to come: those that wait, else two years of a hospital of this size."""
    waiting = bytes_waiting()
    if waiting:
        return max(1, waiting // _bytes_a_row())
    if "stays" in held():
        return 0
    return timing.stays_expected(institution().open_beds, WANTED)


def _bytes_a_row() -> int:
    done = Load.objects.filter(state=Load.State.PUBLISHED, feed="files", counts__delivered__gt=0).order_by("-pk").first()  # fmt: skip
    return max(1, done.size // done.counts["delivered"]) if done else 2200


def until_the_month(month: str) -> Estimate:
    """What is left until the first brief of a month: loading, computing, writing."""
    coming = to_load()
    rows = sum(one.rows for one in held().values()) + coming * timing.ROWS_OF_A_STAY
    left = 0 if is_computed(month) and not coming else rows
    return timing.estimate(
        to_load=coming, to_compute=left, loading=loading_pace(), computing=computing_pace(), brief=brief_seconds(),
    )  # fmt: skip
