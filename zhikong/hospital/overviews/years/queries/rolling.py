"""Reads of roll-overs."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from zhikong.hospital.functions.campaigns.queries import used_as
from zhikong.hospital.functions.indicators.models import MonthClose
from zhikong.hospital.functions.indicators.rules import Target
from zhikong.hospital.overviews.years.models import Letter, RollOver, RollOverLine
from zhikong.hospital.overviews.years.queries.carrying import target_in

PEOPLE = ("begun_by", "applied_by", "undone_by")


def roll_overs() -> QuerySet[RollOver]:
    """All, the newest year first, with how many lines wait for a decision."""
    rows = RollOver.objects.select_related(*PEOPLE)
    counted = rows.annotate(size=Count("lines"), waiting=Count("lines", filter=Q(lines__choice="open")))
    return counted.order_by("-year", "-pk")


def roll_over(pk: int) -> RollOver | None:
    return RollOver.objects.select_related(*PEOPLE).filter(pk=pk).first()


def standing(year: int) -> RollOver | None:
    """The roll-over of a year that was not undone."""
    return RollOver.objects.select_related(*PEOPLE).filter(year=year).exclude(state="undone").first()


def lines(found: RollOver, kind: str = "") -> QuerySet[RollOverLine]:
    rows = found.lines.select_related("chosen_by", "department")
    return rows.filter(kind=kind) if kind else rows


@dataclass(frozen=True)
class Change:
    """What a line will do when it is applied. what: new, withdrawn, task, campaign or kept."""

    line: RollOverLine
    what: str
    before: Target
    after: Target


def change_of(line: RollOverLine) -> Change:
    """What applying writes for one line."""
    if line.kind != RollOverLine.Kind.TARGET:
        what = "task" if line.choice in ("changed", "dropped") else "kept"
        if (
            line.kind == RollOverLine.Kind.CAMPAIGN
        ):  # nothing goes on by itself: it is begun anew, or it is not
            what = {"accepted": "campaign", "changed": "task"}.get(line.choice, "kept")
        return Change(line, what, Target(), Target())
    before = target_in(line.now)
    if line.choice == RollOverLine.Choice.DROPPED:
        return Change(line, "withdrawn", before, Target())
    after = target_in(line.chosen or line.now)
    return Change(line, "kept" if after == before else "new", before, after)


def preview(found: RollOver) -> list[Change]:
    return [change_of(line) for line in lines(found)]


def obstacles_to_undo(found: RollOver) -> list[str]:
    """What has used the targets of the year, in sentences; empty: it may be undone."""
    numbers = [line.written["target"] for line in found.lines.all() if line.written.get("target")]
    closed = MonthClose.objects.filter(month__startswith=f"{found.year}-", state=MonthClose.State.CLOSED)
    said = []
    if numbers:
        for month in (
            closed.filter(last_target__gte=min(numbers)).order_by("month").values_list("month", flat=True)
        ):
            said.append(_("%(month)s 已按这些目标结账") % {"month": month})
    for line in found.lines.all():
        if line.written.get("campaign"):
            used = used_as(campaign_id=line.written["campaign"])
            said += [_("活动“%(title)s”%(used)s") % {"title": line.title, "used": one} for one in used]
    letters = Letter.objects.filter(year=found.year, state__in=["issued", "signed"]).count()
    if letters:
        said.append(_("已有 %(n)d 份 %(year)d 年责任状下发或签署") % {"n": letters, "year": found.year})
    return said
