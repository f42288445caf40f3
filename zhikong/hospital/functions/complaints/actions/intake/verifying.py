"""Verify, tell the department and the people concerned, collect their statements and reports (CMP-04 … CMP-06)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.scope import current_scope, job_scope, scoped
from zhikong.foundation.forms import actions as forms
from zhikong.foundation.forms.actions.opening import let_in
from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.organisation.queries import heads, names
from zhikong.hospital.functions.complaints.actions.intake import steps
from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.hospital.functions.complaints.models.intake_parts import ComplaintStatement, ConcernedDepartment
from zhikong.hospital.functions.complaints.rules_intake import READER_ROLES, State, Step, readers_of

FORM = "complaint_discussion"
SHEET_SOURCE = "complaint_department"


@transaction.atomic
def note_facts(complaint: Complaint, *, by, now: datetime, found: str) -> None:
    """What the verification found, so far."""
    complaint = steps.locked(complaint)
    steps.require_handler(by, complaint)
    steps.require_state(complaint, State.VERIFYING, State.DEPARTMENT, State.DECIDING, State.REVIEW)
    found = steps.required(found, _("请写下核实到的事实：看过什么、问过谁、查明了什么。"), least=4)
    steps.move(complaint, found=found, verified_at=now)
    steps.note(complaint, Step.VERIFIED, by=by, now=now, text=found)


@transaction.atomic
def tell_departments(complaint: Complaint, *, by, now: datetime) -> list[ConcernedDepartment]:
    """Tell every department concerned and ask its head for the discussion report in eight parts."""
    complaint = steps.locked(complaint)
    steps.require_handler(by, complaint)
    steps.require_state(complaint, State.VERIFYING)
    if not complaint.found:
        raise ValidationError(_("请先写下核实到的事实，再告知科室。"))
    steps.move(complaint, State.DEPARTMENT)
    steps.stop_clocks(complaint, "told", now=now)
    steps.start_clocks(complaint, "told", now=now)
    rows = [
        _ask(complaint, row, by=by, now=now)
        for row in complaint.concerneddepartments.select_related("department")
    ]
    steps.done(complaint, "verify", by=by, now=now)
    steps.note(complaint, Step.TOLD, by=by, now=now)
    return rows


def _ask(complaint: Complaint, row: ConcernedDepartment, *, by, now: datetime) -> ConcernedDepartment:
    """The report as a confidential sheet for the head; where he himself is complained of, the office writes it."""
    head = (
        None
        if complaint.withheld
        else next(iter(heads(department_id=row.department_id, on=timezone.localdate(now))), None)
    )
    owner = head or by
    if row.sheet_id is None:
        sheet = forms.open_sheet(
            by=by, now=now, form_id=FORM, department_id=row.department_id, source_kind=SHEET_SOURCE,
            source_key=str(row.pk), confidential=True, filler=owner,
        )  # fmt: skip
        let_in(
            confidential=True, readers={by.pk, owner.pk}, reader_roles=readers_of(withheld=complaint.withheld),
            source_kind=SHEET_SOURCE, source_key=str(row.pk),
        )  # fmt: skip
        row.sheet_id = sheet.pk
    row.told_at = now
    row.save(update_fields=["sheet_id", "told_at"])
    readers = sorted({*complaint.readers, owner.pk})
    if readers != complaint.readers:
        steps.move(complaint, readers=readers)
    steps.give(
        complaint,
        owner,
        what=f"report:{row.pk}",
        title=_("组织讨论并书面报告"),
        by=by,
        now=now,
        clock="report",
    )
    if not complaint.withheld:
        steps.tell(complaint, _("本科室有一件投诉，请讨论并报告"), by=by, now=now, users=[owner])
    return row


@transaction.atomic
def reported(sheet_id: int, *, now: datetime) -> None:
    """A department handed in its report: when it was the last one, the complaint waits for a decision (job's scope)."""
    row = (
        ConcernedDepartment.objects.select_related("complaint", "department")
        .filter(sheet_id=sheet_id)
        .first()
    )
    if row is None or row.reported_at is not None:
        return
    complaint = steps.locked(row.complaint)
    row.reported_at = now
    row.save(update_fields=["reported_at"])
    steps.note(
        complaint,
        Step.REPORTED,
        by=_submitter(sheet_id),
        now=now,
        text=names(on=timezone.localdate(now)).get(row.department_id, ""),
    )
    steps.done(complaint, f"report:{row.pk}", by=None, now=now)
    if (
        complaint.state == State.DEPARTMENT
        and not complaint.concerneddepartments.filter(reported_at=None).exists()
    ):
        to_decision(complaint, by=None, now=now)


def _submitter(sheet_id: int):
    sheet = Sheet.objects.filter(pk=sheet_id).select_related("submitted_by").first()
    return sheet.submitted_by if sheet else None


def to_decision(complaint: Complaint, *, by, now: datetime) -> None:
    """Everything lies on the table: the handler proposes, of a serious complaint the hospital's leader decides."""
    from zhikong.foundation.access.queries import users_with_role

    steps.move(complaint, State.DECIDING)
    steps.stop_clocks(complaint, "reported", now=now)
    leaders = users_with_role(role="hospital_leader", on=timezone.localdate(now)) if complaint.serious else []
    owner = next(iter(leaders), None) or complaint.handler or steps.officer(now)
    if owner is not None:
        steps.give(complaint, owner, what="decide", title=_("定处理意见"), by=by, now=now, clock="answer")


@transaction.atomic
def ask_statement(
    complaint: Complaint, *, by, now: datetime, writer, matter: str, questions: Sequence[str], days: int = 3
) -> ComplaintStatement:
    """Ask one member of staff for a written statement; he reads the matter and the questions, not who complained."""
    complaint = steps.locked(complaint)
    steps.require_handler(by, complaint)
    steps.require_open(complaint)
    if complaint.statements.filter(writer=writer).exists():
        raise ValidationError(_("已经请%(name)s写陈述，不能重复。") % {"name": writer})
    asked = [text for one in questions if (text := one.strip())]
    if not asked:
        raise ValidationError(_("请至少写一个要逐条说明的问题。"))
    due_on = steps.in_days(now, days)
    place = steps.place_for(writer, complaint, now)
    made = ComplaintStatement.objects.create(
        institution_id=complaint.institution_id, complaint=complaint, department_id=None, writer=writer,
        matter=unnamed(complaint, steps.required(matter, _("请写明要说明的事。")), by=by),
        questions=[unnamed(complaint, one, by=by) for one in asked], asked_at=now, asked_by=by, due_on=due_on,
        readers=sorted({writer.pk, by.pk}), reader_roles=list(READER_ROLES),
    )  # fmt: skip
    steps.note(complaint, Step.STATEMENT, by=by, now=now, text=_("请%(name)s书面陈述") % {"name": writer})
    url = reverse("complaints:statement", args=[made.pk])
    from zhikong.foundation.tasks import actions as tasks

    tasks.assign(
        by=by, now=now, owner=writer, title=_("书面陈述（投诉 %(number)s）") % {"number": complaint.number}, due_on=due_on,
        due_reason=_("院内规定：%(n)d 个工作日内书面陈述") % {"n": days}, source_kind=steps.SOURCE,
        source_key=f"{complaint.pk}:statement:{made.pk}", url=url, department_id=place,
    )  # fmt: skip
    return made


def unnamed(complaint: Complaint, text: str, *, by) -> str:
    """The text, refused when it names the complainant or gives his telephone: it goes on to others."""
    from zhikong.hospital.functions.complaints.queries.intake.persons import traces

    if any(part in text for part in traces(by=by, complaint=complaint)):
        raise ValidationError(_("这段文字里有投诉人的姓名或电话，请改成“患者家属”这样的称呼后再提交。"))
    return text


@transaction.atomic
def submit_statement(
    statement: ComplaintStatement, *, by, now: datetime, course: str, answers: Sequence[str]
) -> None:
    """The writer states what happened and answers each question (CMP-05); until it is handed in it can be changed."""
    statement = ComplaintStatement.objects.select_for_update().get(pk=statement.pk)
    if by is None or by.pk != statement.writer_id:
        raise PermissionDenied(_("书面陈述只能由本人填写。"))
    if statement.submitted_at is not None:
        raise ValidationError(_("已经提交；要改请联系投诉管理部门退回。"))
    answers = [one.strip() for one in answers]
    if len(answers) != len(statement.questions) or not all(answers):
        raise ValidationError(_("请对每个问题逐条说明。"))
    statement.course = steps.required(course, _("请写下经过。"), least=10)
    statement.answers, statement.submitted_at, statement.returned = answers, now, ""
    statement.save(update_fields=["course", "answers", "submitted_at", "returned"])
    _tell_handler(statement, by=by, now=now)


def _tell_handler(statement: ComplaintStatement, *, by, now: datetime) -> None:
    """The writer does not see the complaint: what is noted in it is noted by a job."""
    from zhikong.foundation.tasks import actions as tasks

    with scoped(job_scope(current_scope().institution_id, job="complaints.statement")):
        complaint = Complaint.objects.get(pk=statement.complaint_id)
        tasks.complete_for(
            source_kind=steps.SOURCE, source_key=f"{complaint.pk}:statement:{statement.pk}", by=by, now=now
        )
        steps.note(complaint, Step.STATEMENT, by=by, now=now, text=_("%(name)s提交了书面陈述") % {"name": by})
        steps.tell(complaint, _("收到一份书面陈述"), by=by, now=now, users=[complaint.handler])


@transaction.atomic
def return_statement(statement: ComplaintStatement, *, by, now: datetime, reason: str) -> None:
    """Send a statement back because a question is not answered."""
    steps.require_handler(by)
    statement = (
        ComplaintStatement.objects.select_for_update()
        .select_related("writer", "complaint")
        .get(pk=statement.pk)
    )
    if statement.submitted_at is None:
        raise ValidationError(_("还没有提交，不能退回。"))
    steps.require_open(statement.complaint)
    statement.returned = steps.required(reason, _("请写明要补充什么。"))[:300]
    statement.submitted_at = None
    statement.save(update_fields=["returned", "submitted_at"])
    complaint = statement.complaint
    steps.note(
        complaint, Step.RETURNED, by=by, now=now, text=_("退回%(name)s的陈述") % {"name": statement.writer}
    )
    steps.give(
        complaint, statement.writer, what=f"statement:{statement.pk}", title=_("补充书面陈述"), by=by, now=now,
        url=reverse("complaints:statement", args=[statement.pk]), due_on=steps.in_days(now, 2),
        reason=_("院内规定：退回后 2 个工作日内补充"),
    )  # fmt: skip
