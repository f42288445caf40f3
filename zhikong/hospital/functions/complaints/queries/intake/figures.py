"""Complaints counted: by month, department, category and channel, over the patients of the same months (CMP-15, CMP-22)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum
from django.utils import timezone

from zhikong.foundation.facts.volumes import Volumes, volumes
from zhikong.foundation.organisation import queries as organisation
from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.hospital.functions.complaints.models.intake_parts import ComplaintClock, FollowUpCall, Refund
from zhikong.hospital.functions.complaints.queries.intake.rules import categories
from zhikong.hospital.functions.complaints.rules_intake import Channel, State, Verdict
from zhikong.hospital.functions.complaints.rules_intake_figures import Counted, Figures, figures

NOT_COUNTED = (State.WITHDRAWN, State.REFUSED)


@dataclass(frozen=True)
class Report:
    """A period's tables. months in order; whole: the period as one row."""

    months: list[str]
    whole: Figures
    by_month: list[Figures]
    by_department: list[Figures]
    by_category: list[Figures]
    by_channel: list[Figures]


def months_between(first: str, last: str) -> list[str]:
    """Every month from the first to the last ('2026-01'), at most sixty."""
    found, month = [], first
    while month <= last and len(found) < 60:
        found.append(month)
        year, number = int(month[:4]), int(month[5:])
        month = f"{year + number // 12:04d}-{number % 12 + 1:02d}"
    return found


def report(*, first: str, last: str) -> Report:
    """Complaints received in the months; withdrawn and refused ones are not counted. Within the scope in force."""
    months = months_between(first, last)
    rows, seen = counted(months), volumes(months=months)
    names = dict(categories())
    channels = dict(Channel.choices)
    return Report(
        months=months,
        whole=_with("合计", rows, seen, months),
        by_month=[_with(one, [r for r in rows if r.month == one], seen, [one]) for one in months],
        by_department=_departments(rows, seen, months),
        by_category=_grouped(rows, lambda row: names.get(row.category, row.category) or "未分类"),
        by_channel=_grouped(rows, lambda row: str(channels.get(row.channel, row.channel))),
    )


def _with(title: str, rows: list[Counted], seen: Volumes, months: list[str]) -> Figures:
    return figures(title, rows, discharges=seen.discharged(months), visits=seen.visited(months))


def _departments(rows: list[Counted], seen: Volumes, months: list[str]) -> list[Figures]:
    grouped: dict[tuple[str, str], list[Counted]] = defaultdict(list)
    for row in rows:
        grouped[row.department, row.department_name].append(row)
    found = [
        figures(
            name or "未明确",
            of,
            discharges=seen.discharged(months, code) if code else None,
            visits=seen.visited(months, code) if code else None,
        )
        for (code, name), of in grouped.items()
    ]
    return sorted(found, key=lambda one: (-one.count, one.title))


def _grouped(rows: list[Counted], title_of: Callable[[Counted], str]) -> list[Figures]:
    grouped: dict[str, list[Counted]] = defaultdict(list)
    for row in rows:
        grouped[title_of(row)].append(row)
    return sorted(
        (figures(title, of) for title, of in grouped.items()), key=lambda one: (-one.count, one.title)
    )


def counted(months: list[str]) -> list[Counted]:
    """The complaints of some months as rows of figures, in four reads however many there are."""
    if not months:
        return []
    found = list(
        Complaint.objects.filter(received_at__gte=_start(months[0]), received_at__lt=_start(_next(months[-1])))
        .exclude(state__in=NOT_COUNTED).order_by("received_at")
    )  # fmt: skip
    codes = {one.id: one.code for one in organisation.departments(on=timezone.localdate())}
    late = set(_late(found))
    scores = dict(
        FollowUpCall.objects.filter(complaint__in=found, reached=True)
        .order_by("called_at")
        .values_list("complaint_id", "satisfaction")
    )
    refunds = dict(
        Refund.objects.filter(complaint__in=found)
        .values("complaint")
        .annotate(fen=Sum("amount_fen"))
        .values_list("complaint", "fen")
    )
    return [_counted(one, codes, late, scores, refunds) for one in found]


def _late(found: list[Complaint]) -> list[int]:
    """Complaints whose answer came after a statutory limit, or has not come and is over it."""
    rows = ComplaintClock.objects.filter(complaint__in=found, stops_at="answered", statutory=True)
    now = timezone.now()
    return [row.complaint_id for row in rows if (row.done_at or now) > row.due_at]


def _counted(one: Complaint, codes, late: set[int], scores, refunds) -> Counted:
    answered = one.answered_at is not None
    return Counted(
        month=f"{timezone.localtime(one.received_at):%Y-%m}", department=codes.get(one.department_id, ""),
        department_name=one.department_name, category=one.category, channel=one.channel,
        closed=one.state in (State.CLOSED, State.DISPUTE), answered=answered,
        in_time=one.pk not in late if answered or one.pk in late else None,
        days=(timezone.localdate(one.answered_at) - timezone.localdate(one.received_at)).days if answered else None,
        communication=one.communication, repeat=one.repeats_id is not None,
        founded=one.verdict in (Verdict.FOUNDED, Verdict.PARTLY) if one.verdict else None,
        score=one.rating or scores.get(one.pk), refunded_fen=refunds.get(one.pk, 0),
    )  # fmt: skip


def _start(month: str) -> datetime:
    return timezone.make_aware(datetime(int(month[:4]), int(month[5:]), 1))  # noqa: DTZ001


def _next(month: str) -> str:
    return months_between(month, "9999-12")[1]
