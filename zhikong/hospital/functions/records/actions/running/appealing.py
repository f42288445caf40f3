"""An appeal is a case of the flow record_defect_appeal; what it decides comes back to the defect and to the rule."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.flows import actions as flows
from zhikong.foundation.flows.models import Case
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.records.actions.running import defects, obligations
from zhikong.hospital.functions.records.actions.running.checks import locked, note, reason_of, require_writer
from zhikong.hospital.functions.records.actions.running.outcomes import count
from zhikong.hospital.functions.records.models import CheckEvent, Defect, Obligation, RuleOutcome

FLOW = "record_defect_appeal"
KINDS = {defects.SOURCE: Defect, obligations.SOURCE: Obligation}
OUTCOMES = {
    "refuted": RuleOutcome.Outcome.REFUTED,
    "exempted": RuleOutcome.Outcome.EXEMPTED,
    "upheld": RuleOutcome.Outcome.UPHELD,
}


@transaction.atomic
def appeal(asked, *, by, now: datetime, reason: str) -> Case:
    """Open the appeal of a defect or an obligation; gives the case with its number.

    Raises ValidationError for one that is appealed already, or that nobody can appeal any more.
    """
    row = locked(asked)
    require_writer(row, by)
    reason = reason_of(reason, _("申诉必须写明理由，两个字以上。"))
    if row.case_id is not None and row.case.is_open:
        raise ValidationError(_("已经申诉过，编号 %(number)s，请等待裁定。") % {"number": row.case.number})
    _require_appealable(row)
    kind = next(name for name, model in KINDS.items() if isinstance(row, model))
    case = flows.open_case(
        by=by,
        now=now,
        flow_id=FLOW,
        title=_title(row),
        department_id=row.department_id,
        answers={"rule": row.rule, "reason": reason},
        source_kind=kind,
        source_key=str(row.pk),
    )
    row.case, row.changed_at = case, now
    if isinstance(row, Defect):
        row.state = Defect.State.APPEALED
    row.save()
    note(
        row,
        CheckEvent.What.APPEALED,
        by=by,
        now=now,
        text=_("%(number)s：%(reason)s") % {"number": case.number, "reason": reason},
    )
    tasks.complete_for(source_kind=kind, source_key=str(row.pk), by=by, now=now)
    return case


def _require_appealable(row) -> None:
    if isinstance(row, Defect) and row.state not in (*Defect.TO_MEND, Defect.State.MENDED):
        raise ValidationError(_("这条缺陷%(state)s，不能再申诉。") % {"state": row.get_state_display()})
    if isinstance(row, Obligation) and row.state not in (Obligation.State.OVERDUE, Obligation.State.LATE):
        raise ValidationError(_("只有逾期或逾期完成的事项可以申诉。"))


def _title(row) -> str:
    said = row.text if isinstance(row, Defect) else row.explanation
    return f"{row.title}：{said}"[:120]


@transaction.atomic
def conclude(*, case_id: int, state: str, now: datetime) -> None:
    """Carry an appeal's outcome to its defect or obligation, and count it for the rule. Twice is harmless."""
    case = Case.objects.filter(pk=case_id).first()
    model = KINDS.get(case.source_kind) if case is not None else None
    row = model.objects.select_for_update(of=("self",)).filter(case_id=case_id).first() if model else None
    if row is None:
        return
    outcome = OUTCOMES.get(state)
    if isinstance(row, Defect):
        if row.state != Defect.State.APPEALED:
            return
        row.state = {"refuted": Defect.State.REFUTED, "exempted": Defect.State.EXCUSED}.get(
            state, Defect.State.OPEN
        )
    elif outcome in (RuleOutcome.Outcome.REFUTED, RuleOutcome.Outcome.EXEMPTED):
        row.state, row.excused_at, row.excused_reason = Obligation.State.EXCUSED, now, case.state_title
    row.changed_at = now
    row.save()
    note(row, CheckEvent.What.DECIDED, by=None, now=now, text=f"{case.number} {case.state_title}")
    if outcome is not None:
        count(row, outcome, source=RuleOutcome.Source.APPEAL, now=now)
