"""The work on the spot ends, the inspected side is heard, the visit is concluded and what failed becomes findings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.forms import actions as sheets
from zhikong.foundation.organisation.queries import heads
from zhikong.foundation.outbox.actions import announce
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.inspections import facts_planning as facts
from zhikong.hospital.functions.inspections.actions.planning.mending import successor
from zhikong.hospital.functions.inspections.actions.planning.steps import finish_tasks, lock, step, widened
from zhikong.hospital.functions.inspections.actions.visiting import proposing, raising
from zhikong.hospital.functions.inspections.actions.visiting.context import Context, Outcome
from zhikong.hospital.functions.inspections.actions.visiting.exchanging import COMMENT_TASK
from zhikong.hospital.functions.inspections.models.ending import Ending
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.visiting import Exchange
from zhikong.hospital.functions.inspections.queries.planning.visits import inspects
from zhikong.hospital.functions.inspections.queries.visiting import exchange, ops
from zhikong.hospital.functions.inspections.rules_planning import State
from zhikong.hospital.functions.inspections.rules_sync import FILES, Status
from zhikong.hospital.functions.inspections.rules_visiting import (
    COMMENT_WORKING_DAYS,
    Voice,
    comment_until,
    why_unheard,
)

SHOWN = 5


@transaction.atomic
def finish(
    visit: Visit,
    *,
    by,
    now: datetime,
    at: datetime | None = None,
    note: str = "",
    unknown: dict | None = None,
) -> Ending:
    """The inspectors leave: the failed items are proposed, the inspected side is asked for its views.

    unknown: ``sheet:item`` → why it stays without an answer. at: when they left, by the server's clock.
    Raises ValidationError with what is still missing.
    """
    lock(visit)
    _require_inspector(visit, by)
    excused = exchange.signed_elsewhere(visit) | _reasons(unknown or {})
    _check_complete(visit, now, excused)
    ending = _ended(visit, now, finished_at=at or now, finished_by=by, unknown=excused, note=note)
    step(visit, State.COMMENT, by=by, now=now, text=note)
    proposing.propose(visit, by=by, now=now)
    if reason := why_unheard(visit.kind, visit.notice):
        _waive(visit, by=by, now=now, reason=reason)
    elif not exchange.said(visit):
        _ask(visit, ending, by=by, now=now)
    return ending


def _ended(visit: Visit, now: datetime, **said: Any) -> Ending:
    until = comment_until(timezone.localdate(now), working_calendar())
    made, _new = Ending.objects.update_or_create(
        institution_id=visit.institution_id, visit=visit, defaults={**said, "comment_until": until}
    )
    return made


def _require_inspector(visit: Visit, by) -> None:
    if not inspects(by, visit):
        raise PermissionDenied(_("只有这次检查的检查人可以这样做。"))


def _reasons(raw: dict[str, Any]) -> dict[str, str]:
    return {
        str(key)[:120]: why.strip()[:200] for key, why in raw.items() if isinstance(why, str) and why.strip()
    }


def _check_complete(visit: Visit, now: datetime, excused: dict[str, str]) -> None:
    if conflicts := len(ops.open_conflicts(visit)):
        raise ValidationError(_("还有 %(n)d 个条目有两个不同的答案，请先选定。") % {"n": conflicts})
    with widened():
        missing = exchange.missing(visit, on=timezone.localdate(now), unknown=excused)
    coming = {f"{op.sheet_id}:{op.item.removesuffix(FILES)}" for op in ops.waiting(visit)}
    missing = {key: why for key, why in missing.items() if key not in coming}
    if missing:
        first = "；".join(proposing.item_words(visit, key) for key in list(missing)[:SHOWN])
        raise ValidationError(
            _("还有 %(n)d 项没有填完：%(first)s。请补填，或写明不能填的原因。")
            % {"n": len(missing), "first": first}
        )


def _ask(visit: Visit, ending: Ending, *, by, now: datetime) -> None:
    """The heads of the departments get the question on the 待办 page, with the last day."""
    today = timezone.localdate(now)
    answering = {successor(place, today)[0] for place in exchange.places(visit)} - {None}
    with widened():
        for asked, head in [(one, h) for one in answering for h in heads(department_id=one, on=today)[:1]]:
            tasks.assign(
                by=by,
                now=now,
                owner=head,
                title=f"对检查结果发表意见：{visit.title}",
                due_on=ending.comment_until,
                due_reason=f"下结论前听取被检科室意见，期限为现场检查结束后 {COMMENT_WORKING_DAYS} 个工作日",
                due_from=today,
                working_days=COMMENT_WORKING_DAYS,
                source_kind=COMMENT_TASK,
                source_key=str(visit.pk),
                url=reverse("inspections:visit_exchange", args=[visit.pk]),
                department_id=asked,
            )


def _waive(visit: Visit, *, by, now: datetime, reason: str) -> None:
    Exchange.objects.create(
        institution_id=visit.institution_id, visit=visit, voice=Voice.WAIVE, text=reason, at=now, by=by
    )
    with widened():
        tasks.cancel_for(source_kind=COMMENT_TASK, source_key=str(visit.pk), by=by, now=now, reason=reason)


@transaction.atomic
def back_to_the_spot(visit: Visit, *, by, now: datetime, reason: str) -> Visit:
    """Something must be looked at once more: answers are taken again; what was said stays."""
    lock(visit)
    _require_inspector(visit, by)
    if len(reason.strip()) < 4:
        raise ValidationError(_("请写明为什么要回到现场检查。"))
    return step(visit, State.OPEN, by=by, now=now, text=reason.strip())


@transaction.atomic
def conclude(visit: Visit, *, by, now: datetime, text: str = "", waive: str = "") -> Visit:
    """Draw the conclusion: sheets are handed in, failed items become findings, what was mended on the spot is closed.

    waive: why nobody waits for the inspected side any longer. Raises ValidationError with all that stands against it.
    """
    lock(visit)
    if visit.lead_id != getattr(by, "pk", None) or not inspects(by, visit):
        raise PermissionDenied(_("由这次检查的组长下结论。"))
    if visit.state != State.COMMENT:
        raise ValidationError(_("现场检查结束、听取意见之后才能下结论。"))
    with widened():
        against = exchange.why_not_concluded(visit, now=now, waive=waive)
    if against:
        raise ValidationError(against)
    if waive.strip():
        _waive(visit, by=by, now=now, reason=waive.strip())
    ending = Ending.objects.get(visit=visit)
    ending.text, ending.waived = text.strip(), waive.strip()[:300]
    ending.save(update_fields=["text", "waived"])
    _hand_in(visit, ending, by=by, now=now)
    proposing.propose(visit, by=by, now=now)
    raising.raise_all(visit, by=by, now=now)
    step(visit, State.CONCLUDED, by=by, now=now, text=text.strip())
    _close_tasks(visit, by=by, now=now)
    announce(_fact(visit), now=now)
    return visit


def _hand_in(visit: Visit, ending: Ending, *, by, now: datetime) -> None:
    for sheet in exchange.open_sheets(visit):
        if sheet.is_editable:
            prefix = f"{sheet.pk}:"
            unknown = {
                key.removeprefix(prefix): why for key, why in ending.unknown.items() if key.startswith(prefix)
            }
            with widened():
                sheets.submit(sheet, by=by, now=now, unknown=unknown)


def _close_tasks(visit: Visit, *, by, now: datetime) -> None:
    finish_tasks(visit, by=by, now=now)
    with widened():
        tasks.complete_for(source_kind=COMMENT_TASK, source_key=str(visit.pk), by=by, now=now)


def _fact(visit: Visit) -> facts.VisitConcluded:
    programme = visit.programme.definition_id if visit.programme else ""
    return facts.VisitConcluded(
        visit.pk, visit.kind, programme, visit.department_id, visit.occurrence_id or 0
    )


def finish_from_phone(context: Context) -> Outcome:
    """End of the work on the spot; when another inspector ended it already, nothing happens twice."""
    from zhikong.hospital.functions.inspections.actions.visiting.kinds import text_of

    visit, value = context.visit, context.one.value if isinstance(context.one.value, dict) else {}
    if visit.state not in (State.PLANNED, State.OPEN):
        return Outcome(Status.STORED, _("现场检查已经由另一位检查人结束。"))
    unknown = value.get("unknown") if isinstance(value.get("unknown"), dict) else {}
    note = text_of(value, "note")
    finish(visit, by=context.author, now=context.now, at=context.when.at, note=note, unknown=unknown)
    return Outcome(Status.STORED)


def conclude_from_phone(context: Context) -> Outcome:
    """The lead inspector concludes; a second time changes nothing."""
    from zhikong.hospital.functions.inspections.actions.visiting.kinds import text_of

    visit, value = context.visit, context.one.value if isinstance(context.one.value, dict) else {}
    if visit.state in (State.CONCLUDED, State.NOTIFIED, State.CLOSED):
        return Outcome(Status.STORED, _("这次检查已经下过结论。"))
    text, waive = text_of(value, "note"), text_of(value, "waive", most=300)
    conclude(visit, by=context.author, now=context.now, text=text, waive=waive)
    return Outcome(Status.STORED)
