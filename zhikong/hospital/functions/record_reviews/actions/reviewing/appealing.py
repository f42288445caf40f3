"""An appeal against a mark or a whole result: a case of the flow review_appeal, arbitrated by somebody else.

The flow decides who may do what and when; here only follows what its end means for the score, the rule and the
reviewer.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.facts.chart_findings import REFUTED, UPHELD, MachineVerdictJudged
from zhikong.foundation.flows import actions as flows
from zhikong.foundation.flows import queries as cases
from zhikong.foundation.flows.facts import CaseClosed
from zhikong.foundation.flows.rules import CONCERNED
from zhikong.foundation.forms import actions as forms
from zhikong.foundation.forms import deductions
from zhikong.foundation.forms import queries as sheets
from zhikong.foundation.outbox.actions import announce
from zhikong.hospital.functions.record_reviews.actions.reviewing.common import required, setting, tell, wide
from zhikong.hospital.functions.record_reviews.facts import ReviewAppealDecided
from zhikong.hospital.functions.record_reviews.models import ReviewAppeal, ReviewAssignment, ReviewMark
from zhikong.hospital.functions.record_reviews.queries.reviewing.marks import as_deductions

FLOW, SOURCE = "review_appeal", "review_appeal"
Outcome = ReviewAppeal.Outcome
OUTCOMES = {"upheld": Outcome.UPHELD, "corrected": Outcome.CORRECTED, "withdrawn": Outcome.WITHDRAWN}


def appeal_until(review: ReviewAssignment):
    """The last day on which the result can be appealed against; None while there is none."""
    if review.finished_at is None:
        return None
    return working_calendar().add_working_days(timezone.localdate(review.finished_at), setting().appeal_days)


@transaction.atomic
def appeal(
    review: ReviewAssignment, *, by, now: datetime, reason: str, mark: ReviewMark | None = None
) -> ReviewAppeal:
    """Appeal against one mark (None: the whole result) within the days that the hospital allows."""
    require(by, Permission.ANSWER_RECORD_CHECKS, review.department_id)
    if review.state != ReviewAssignment.State.DONE:
        raise ValidationError("评审还没有完成，完成后才能申诉。")
    until = appeal_until(review)
    if timezone.localdate(now) > until:
        raise ValidationError(
            f"申诉期限是 {until}（评审完成后 {setting().appeal_days} 个工作日），已经过了。"
        )
    if by is not None and by.pk == review.reviewer_id:
        raise PermissionDenied("不能对自己的评审申诉。")
    if ReviewAppeal.objects.filter(assignment=review, mark=mark, outcome=Outcome.OPEN).exists():
        raise ValidationError("这一条已经在申诉，请等待仲裁。")
    reason = required(reason, "请写明为什么不同意，仲裁人要据此判断。")
    what = mark.text if mark else f"总分 {review.grade}"
    with wide():
        made = ReviewAppeal(
            institution_id=review.institution_id, department_id=review.department_id, case=review.case,
            assignment=review, mark=mark, reviewer=review.finished_by, reason=reason, due_on=until,
            before=review.high, opened_at=now, opened_by=by, readers=[by.pk] if by else [],
        )  # fmt: skip
        made.save()
        found = flows.open_case(
            by=by, now=now, flow_id=FLOW, title=f"{review.case.label}：{what}", department_id=review.department_id,
            answers={CONCERNED: review.finished_by_id or 0, "reason": reason}, source_kind=SOURCE, source_key=str(made.pk),
        )  # fmt: skip
        made.flow_case, made.number = found.pk, found.number
        made.save(update_fields=["flow_case", "number"])
    return made


def arbitrate(found: ReviewAppeal, *, by, now: datetime, correct: bool, reason: str) -> ReviewAppeal:
    """Uphold or correct through the flow; what follows for the score is done at once."""
    require(by, Permission.ARBITRATE_REVIEWS)
    with transaction.atomic():
        flows.act(
            cases.case(found.flow_case),
            by=by,
            now=now,
            transition="correct" if correct else "uphold",
            reason=reason,
        )
        settle_appeal(found.pk, state="corrected" if correct else "upheld", by=by, now=now, text=reason)
    found.refresh_from_db()
    return found


def on_closed(fact: CaseClosed, *, now: datetime) -> None:
    """The flow may also be closed on its own page; the score follows then as well."""
    if fact.flow_id == FLOW and fact.state in OUTCOMES:
        found = ReviewAppeal.objects.filter(flow_case=fact.case_id).first()
        if found is not None:
            last = cases.case(fact.case_id).steps.select_related("by").order_by("-pk").first()
            settle_appeal(found.pk, state=fact.state, by=last.by, now=now, text=last.reason)


@transaction.atomic
def settle_appeal(pk: int, *, state: str, by, now: datetime, text: str) -> None:
    """Write the outcome once: on the appeal, on the score when it was corrected, and for rule and reviewer."""
    with wide():
        found = (
            ReviewAppeal.objects.select_for_update(of=("self",))
            .select_related("assignment", "mark", "case")
            .get(pk=pk)
        )
        if found.outcome != Outcome.OPEN:
            return
        found.outcome, found.decision, found.decided_at, found.decided_by = OUTCOMES[state], text, now, by
        if found.outcome == Outcome.CORRECTED and found.mark is not None:
            _take_back(found, by=by, now=now, text=text)
        found.after = found.assignment.high
        found.save()
        if found.outcome != Outcome.WITHDRAWN:
            _announce(found, now=now)
            _tell(found, by=by, now=now)


def _take_back(found: ReviewAppeal, *, by, now: datetime, text: str) -> None:
    """The mark counts no more; the sheet is judged again and the record's score follows."""
    mark, review = found.mark, found.assignment
    mark.withdrawn_at, mark.withdrawn_by = now, by
    mark.save(update_fields=["withdrawn_at", "withdrawn_by"])
    form = sheets.definition(review.sheet)
    marks = as_deductions(review)
    every = [item.id for item in form.items() if deductions.markable(item)]
    wanted = deductions.answers(form, marks, checked=every)
    held = {mark.item, *(one.item for one in marks)}
    forms.amend(
        review.sheet,
        by=by,
        now=now,
        answers={name: wanted[name] for name in held if name in wanted},
        reason=text,
    )
    review.low, review.high, review.grade = review.sheet.low, review.sheet.high, review.sheet.grade
    review.vetoes = review.sheet.vetoes
    review.save()
    case = found.case
    if case.result_id == review.pk:
        case.low, case.high, case.grade = review.low, review.high, review.grade
        case.save(update_fields=["low", "high", "grade"])


def _announce(found: ReviewAppeal, *, now: datetime) -> None:
    rule = found.mark.rule if found.mark else ""
    announce(
        ReviewAppealDecided(found.pk, found.case.stay_id, rule, found.outcome, found.department_id), now=now
    )
    if rule:
        outcome = REFUTED if found.outcome == Outcome.CORRECTED else UPHELD
        announce(MachineVerdictJudged(rule, found.mark.rule_version, found.case.stay_id, outcome), now=now)


def _tell(found: ReviewAppeal, *, by, now: datetime) -> None:
    title = f"申诉 {found.number}：{found.get_outcome_display()}"
    tell(
        by=by, now=now, title=title, text=found.decision, users=[found.opened_by, found.reviewer],
        url=reverse("record_reviews:review_case", args=[found.case_id]), key=f"case:{found.case_id}",
    )  # fmt: skip
