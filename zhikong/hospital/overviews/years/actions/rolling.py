"""Prepare a year, decide line by line, apply it in one transaction, undo it as a whole."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.queries import users_with_role
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.campaigns import actions as campaigns
from zhikong.hospital.functions.indicators import actions as indicators
from zhikong.hospital.functions.indicators.rules import Target
from zhikong.hospital.overviews.years import rules_proposing as proposing
from zhikong.hospital.overviews.years.actions import carrying_on
from zhikong.hospital.overviews.years.models import RollOver, RollOverLine
from zhikong.hospital.overviews.years.queries import rolling
from zhikong.hospital.overviews.years.queries.as_of import then
from zhikong.hospital.overviews.years.queries.carrying import bounds, lines, target_in, year_months
from zhikong.hospital.overviews.years.queries.rolling import Change

State, Choice, Kind = RollOver.State, RollOverLine.Choice, RollOverLine.Kind
SOURCE = "years"


@transaction.atomic
def begin(*, by, now: datetime, year: int, as_of: datetime | None = None) -> RollOver:
    """Read the year before as of a moment and propose every line. A draft of the same year is replaced."""
    require(by, Permission.KEEP_YEAR, whole_hospital=True)
    moment = as_of or now
    if moment > now:
        raise ValidationError(_("数据时点不能晚于现在。"))
    known = RollOver.objects.select_for_update().filter(year=year).exclude(state=State.UNDONE).first()
    if known is not None and known.state == State.APPLIED:
        raise ValidationError(_("%(year)d 年的结转已经生效；要重新拟订，请先撤销。") % {"year": year})
    if known is not None:
        known.delete()
    on = timezone.localdate(moment)
    months, seen = year_months(year, on), then(moment)
    if seen.shown.current is None:
        raise ValidationError(_("这个时点之前还没有计算结果，不能提出建议。请先导入数据并等待计算完成。"))
    made = RollOver.objects.create(
        institution_id=current_scope().institution_id, year=year, as_of=moment,
        data_version=seen.shown.current.data_version, first_month=months[0], last_month=months[-1],
        begun_at=now, begun_by=by,
    )  # fmt: skip
    found = lines(seen, months, on=on)
    for line in found:
        line.institution_id, line.roll_over = made.institution_id, made
    RollOverLine.objects.bulk_create(found)
    return made


@transaction.atomic
def choose(
    *, by, now: datetime, line: RollOverLine, choice: str, low: Decimal | None = None, high: Decimal | None = None,
    note: str = "",
) -> RollOverLine:  # fmt: skip
    """Accept, change or drop one line, or take the decision back (open). A change and a drop say why."""
    _check_open(by, line.roll_over)
    line.chosen = _chosen(line, choice, low, high, note)
    line.choice, line.note = choice, note.strip()[:300] if choice in (Choice.CHANGED, Choice.DROPPED) else ""
    opened = choice == Choice.OPEN
    line.chosen_at, line.chosen_by = (None, None) if opened else (now, by)
    line.save(update_fields=["choice", "chosen", "note", "chosen_at", "chosen_by"])
    return line


def _chosen(line: RollOverLine, choice: str, low, high, note: str) -> dict:
    if choice in (Choice.CHANGED, Choice.DROPPED) and len(note.strip()) < 2:
        raise ValidationError(_("“%(title)s”：修改或不再沿用要写明理由。") % {"title": line.title})
    if choice == Choice.ACCEPTED and not line.can_propose:
        raise ValidationError(
            _("“%(title)s”没有建议可接受，请选“修改”或“不再沿用”。") % {"title": line.title}
        )
    if line.kind != Kind.TARGET:
        return {}
    if choice == Choice.ACCEPTED:
        return line.proposed
    if choice != Choice.CHANGED:
        return {}
    try:
        target = Target(low, high)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    if target.empty:
        raise ValidationError(_("“%(title)s”：请填写新的目标值。") % {"title": line.title})
    return bounds(target) | {"relaxed": proposing.relaxes(target_in(line.now), target)}


@transaction.atomic
def accept_rest(*, by, now: datetime, found: RollOver, kinds: Iterable[str] = ()) -> int:
    """Accept every open line that has a proposal; gives how many."""
    _check_open(by, found)
    rows = found.lines.filter(choice=Choice.OPEN, can_propose=True)
    rows = rows.filter(kind__in=list(kinds)) if kinds else rows
    count = 0
    for line in rows:
        choose(by=by, now=now, line=line, choice=Choice.ACCEPTED)
        count += 1
    return count


@transaction.atomic
def apply(*, by, now: datetime, found: RollOver) -> RollOver:
    """Write everything in one transaction: targets from January on, a task for what is to be changed by hand."""
    found = RollOver.objects.select_for_update().get(pk=found.pk)
    _check_open(by, found)
    require(by, Permission.MANAGE_TARGETS)
    waiting = found.lines.filter(choice=Choice.OPEN, can_propose=True).count()
    if waiting:
        raise ValidationError(_("还有 %(n)d 项没有决定。请逐项决定，或点“其余全部接受”。") % {"n": waiting})
    for change in rolling.preview(found):
        change.line.written = _write(change, found, by=by, now=now)
        change.line.save(update_fields=["written"])
    found.state, found.applied_at, found.applied_by = State.APPLIED, now, by
    found.save(update_fields=["state", "applied_at", "applied_by"])
    return found


def _write(change: Change, found: RollOver, *, by, now: datetime) -> dict:
    if change.what in ("new", "withdrawn"):
        return {"target": _set(change.line, change.after, found, by=by, now=now, reason=change.line.note)}
    if change.what == "campaign":
        return {"campaign": carrying_on.start(change.line, found, by=by, now=now)}
    if change.what == "task":
        return {"task": _hand_out(change.line, found, by=by, now=now)}
    return {}


def _set(line: RollOverLine, target: Target, found: RollOver, *, by, now: datetime, reason: str) -> int:
    words = _("%(year)d 年度结转：%(why)s") % {"year": found.year, "why": line.why}
    made = indicators.set_target(
        by=by, now=now, indicator_id=line.key, department_id=line.department_id, valid_from=date(found.year, 1, 1),
        at_least=target.low, at_most=target.high, hospital_only=bool(line.now.get("hospital_only")), source=words[:200], reason=reason[:200],
    )  # fmt: skip
    return made.pk


def _hand_out(line: RollOverLine, found: RollOver, *, by, now: datetime) -> int | None:
    """What cannot be written from here becomes a task of the quality office, due before the year begins."""
    owners = users_with_role(role="quality_office", on=timezone.localdate(now))
    owner = by or (owners[0] if owners else None)
    if owner is None:
        return None
    what = _("不再沿用") if line.choice == Choice.DROPPED else _("按决定修改")
    due = max(date(found.year - 1, 12, 31), timezone.localdate(now))
    task = tasks.assign(
        by=by, now=now, owner=owner, title=_("%(what)s：%(title)s") % {"what": what, "title": line.title}, due_on=due,
        due_reason=_("%(year)d 年度结转的决定：%(note)s") % {"year": found.year, "note": line.note},
        source_kind=SOURCE, source_key=f"line:{line.pk}", url=reverse("years:roll_over", args=[found.pk]),
    )  # fmt: skip
    return task.pk


@transaction.atomic
def undo(*, by, now: datetime, found: RollOver, reason: str) -> RollOver:
    """Take everything back: each target is set to what held before, open tasks are cancelled. Refused once used."""
    require(by, Permission.KEEP_YEAR, whole_hospital=True)
    require(by, Permission.MANAGE_TARGETS)
    found = RollOver.objects.select_for_update().get(pk=found.pk)
    if found.state != State.APPLIED:
        raise ValidationError(_("没有生效的结转可以撤销。"))
    if len(reason.strip()) < 2:
        raise ValidationError(_("请写明撤销的理由。"))
    if used := rolling.obstacles_to_undo(found):
        raise ValidationError(_("不能撤销：%(used)s。") % {"used": "；".join(used)})
    words = _("撤销 %(year)d 年度结转：%(why)s") % {"year": found.year, "why": reason.strip()}
    for line in found.lines.exclude(written={}):
        if line.written.get("target"):
            _set(line, target_in(line.now), found, by=by, now=now, reason=words)
        if line.written.get("task"):
            tasks.cancel_for(
                source_kind=SOURCE, source_key=f"line:{line.pk}", by=by, now=now, reason=words[:200]
            )
        if line.written.get("campaign"):
            campaigns.withdraw(by=by, now=now, campaign_id=line.written["campaign"], reason=words[:300])
    found.state, found.undone_at, found.undone_by = State.UNDONE, now, by
    found.undone_reason = reason.strip()[:300]
    found.save(update_fields=["state", "undone_at", "undone_by", "undone_reason"])
    return found


def _check_open(by, found: RollOver) -> None:
    require(by, Permission.KEEP_YEAR, whole_hospital=True)
    if found.state != State.DRAFT:
        raise ValidationError(_("这份结转已经生效或撤销，不能再改。"))
