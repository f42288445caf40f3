"""What people concerned and the department write, the measures after the case, links, legal holds."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.files import actions as files
from zhikong.foundation.findings.actions.raising import raise_finding
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.forms import actions as forms
from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.complaints import rules_disputes_clocks as timing
from zhikong.hospital.functions.complaints.actions.disputes import steps
from zhikong.hospital.functions.complaints.actions.intake import keeping
from zhikong.hospital.functions.complaints.models.disputes import OFFICES, Dispute
from zhikong.hospital.functions.complaints.models.disputes_parts import (
    DisputeHold,
    DisputeLink,
    DisputeMeasure,
    DisputeStatement,
)
from zhikong.hospital.functions.complaints.queries.disputes.rules import rules

Kind = DisputeStatement.Kind
DISCUSSION = "complaint_discussion"
ROLES = [*OFFICES, "department_head"]


@transaction.atomic
def ask_statement(
    dispute: Dispute, *, by, now: datetime, writer, ask: str, kind: str = Kind.STATEMENT
) -> DisputeStatement:
    """Ask a person concerned to write: the statement and defence now, the self-analysis once it is settled (CMP-05, CMP-12)."""
    steps.office(by, dispute)
    dispute = steps.lock_open(dispute)
    if kind not in Kind.values:
        raise ValidationError(_("请选择要写什么。"))
    if kind == Kind.SELF_ANALYSIS and dispute.state != Dispute.State.SETTLED:
        raise ValidationError(_("自我分析在纠纷了结以后写。"))
    if DisputeStatement.objects.filter(dispute=dispute, kind=kind, writer=writer).exists():
        raise ValidationError(_("已经请这位同事写过。"))
    period = rules().one("clocks", kind)
    due_at = timing.due(period, now, calendar=working_calendar(), zone=timezone.get_current_timezone())
    made = DisputeStatement.objects.create(
        institution_id=dispute.institution_id, dispute=dispute, department_id=dispute.department_id, kind=kind,
        writer=writer, ask=steps.words(ask, _("请写明需要说明的问题。")), due_at=due_at, asked_at=now, asked_by=by,
        readers=[writer.pk], reader_roles=ROLES,
    )  # fmt: skip
    url = reverse("complaints:dispute_statement", args=[made.pk])
    tasks.assign(
        by=by, now=now, owner=writer, title=made.get_kind_display(), due_on=timezone.localdate(due_at),
        due_reason=period.says, source_kind=steps.STATEMENT_SOURCE, source_key=str(made.pk), url=url,
        department_id=dispute.department_id,
    )  # fmt: skip
    notices.send(
        by=by, now=now, title=_("请写%(what)s") % {"what": made.get_kind_display()}, url=url, users=[writer],
        source_kind=steps.STATEMENT_SOURCE, source_key=str(made.pk),
    )  # fmt: skip
    steps.record(dispute, "ask", _("请当事人写%(what)s") % {"what": made.get_kind_display()}, by=by, now=now)
    return made


@transaction.atomic
def write_statement(
    statement: DisputeStatement, *, by, now: datetime, text: str, awareness: str = ""
) -> DisputeStatement:
    """The person writes; until it is accepted it may be written anew. Nobody writes for another."""
    if by.pk != statement.writer_id:
        raise PermissionDenied(_("只有本人可以写这份陈述。"))
    statement = DisputeStatement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    if statement.accepted_at is not None:
        raise ValidationError(_("已经认可，不能再改。"))
    statement.text = steps.words(text, _("请写明经过，并逐项回答提出的问题。"))
    if statement.kind == Kind.SELF_ANALYSIS:
        steps.words(awareness, _("请写明认识和今后的做法。"))
    statement.awareness, statement.written_at = awareness.strip(), now
    statement.save()
    tasks.complete_for(source_kind=steps.STATEMENT_SOURCE, source_key=str(statement.pk), by=by, now=now)
    notices.send(
        by=by, now=now, title=_("%(who)s提交了%(what)s") % {"who": by, "what": statement.get_kind_display()},
        url=reverse("complaints:dispute_statement", args=[statement.pk]), users=[statement.asked_by],
        source_kind=steps.STATEMENT_SOURCE, source_key=str(statement.pk),
    )  # fmt: skip
    return statement


@transaction.atomic
def accept_statement(statement: DisputeStatement, *, by, now: datetime) -> DisputeStatement:
    """The office, or the writer's head for a self-analysis, finds it sufficient. Never one's own."""
    own_head = statement.kind == Kind.SELF_ANALYSIS and can(
        by, Permission.ANSWER_COMPLAINTS, statement.department_id
    )
    if not own_head:
        require(by, Permission.HANDLE_DISPUTES, statement.department_id)
    if by.pk == statement.writer_id:
        raise PermissionDenied(_("不能认可自己写的。"))
    statement = DisputeStatement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    if statement.written_at is None or statement.accepted_at is not None:
        raise ValidationError(_("还没有提交，或已经认可。"))
    statement.accepted_at, statement.accepted_by = now, by
    statement.save()
    return statement


@transaction.atomic
def return_statement(statement: DisputeStatement, *, by, now: datetime, reason: str) -> DisputeStatement:
    """Not sufficient: the writer gets it again with what is missing."""
    require(by, Permission.HANDLE_DISPUTES, statement.department_id)
    statement = DisputeStatement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    if statement.written_at is None or statement.accepted_at is not None:
        raise ValidationError(_("还没有提交，或已经认可。"))
    said = steps.words(reason, _("请写明还缺什么。"))
    statement.ask, statement.written_at = (
        _("%(ask)s（请补充：%(more)s）") % {"ask": statement.ask, "more": said},
        None,
    )
    statement.save()
    due = max(timezone.localdate(statement.due_at), timezone.localdate(now))
    tasks.assign(
        by=by, now=now, owner=statement.writer, title=_("补充%(what)s") % {"what": statement.get_kind_display()},
        due_on=due, due_reason=said[:300], source_kind=steps.STATEMENT_SOURCE, source_key=str(statement.pk),
        url=reverse("complaints:dispute_statement", args=[statement.pk]), department_id=statement.department_id,
    )  # fmt: skip
    return statement


@transaction.atomic
def open_discussion(dispute: Dispute, *, by, now: datetime) -> Sheet:
    """The department's discussion report as a sheet, opened by its head; the same one again while it stands."""
    require(by, Permission.ANSWER_COMPLAINTS, dispute.department_id)
    dispute = steps.lock_open(dispute)
    if dispute.discussion_sheet and (known := Sheet.objects.filter(pk=dispute.discussion_sheet).first()):
        return known
    sheet = forms.open_sheet(
        by=by, now=now, form_id=DISCUSSION, department_id=dispute.department_id, source_kind=steps.SOURCE,
        source_key=str(dispute.pk), confidential=True, subject=None,
    )  # fmt: skip
    forms.let_in(confidential=True, readers=dispute.readers, reader_roles=dispute.reader_roles, pk=sheet.pk)
    dispute.discussion_sheet = sheet.pk
    dispute.save(update_fields=["discussion_sheet"])
    steps.record(dispute, "discussion", _("开始填写科室讨论报告"), by=by, now=now)
    return sheet


@transaction.atomic
def ask_measure(
    dispute: Dispute, *, by, now: datetime, title: str, detail: str, due_on: date, severity: str = "major"
) -> DisputeMeasure:
    """A measure after the case: an ordinary finding of the department. It names no patient: whoever sees findings reads it."""
    steps.office(by, dispute)
    dispute = steps.lock_open(dispute)
    for party in dispute.parties.all():
        if party.name in title + detail:
            raise ValidationError(_("整改要求里不能写当事人的姓名，它会进入整改清单。"))
    finding = raise_finding(
        by=by, now=now, department=dispute.department_id, title=title, detail=detail, severity=severity,
        source_kind=steps.SOURCE, source_key=str(dispute.pk), due_on=due_on, due_reason=_("纠纷了结后的整改监管"),
    )  # fmt: skip
    made = DisputeMeasure.objects.create(
        institution_id=dispute.institution_id, dispute=dispute, finding_id=finding.pk, number=finding.number,
        title=finding.title, asked_at=now, asked_by=by,
    )  # fmt: skip
    steps.record(
        dispute, "measure", _("要求整改 %(n)s") % {"n": finding.number}, by=by, now=now, text=finding.title
    )
    return made


@transaction.atomic
def prove_measure(
    measure: DisputeMeasure, *, by, now: datetime, held_effect: bool, effect: str
) -> DisputeMeasure:
    """Whether a measure held, some time after its finding was closed; without effect another one is needed."""
    steps.office(by, measure.dispute)
    dispute = steps.lock_open(measure.dispute)
    finding = Finding.objects.filter(pk=measure.finding_id).first()
    if finding is None or finding.state != "closed":
        raise ValidationError(_("整改 %(n)s 还没有关闭，不能认定效果。") % {"n": measure.number})
    measure = DisputeMeasure.objects.select_for_update(of=("self",)).get(pk=measure.pk)
    measure.effect = steps.words(effect, _("请写明依据什么认定效果。"))
    measure.held_effect, measure.proven_at, measure.proven_by = held_effect, now, by
    measure.save()
    title = _("整改有效") if held_effect else _("整改无效，需要新的措施")
    steps.record(dispute, "measure", f"{measure.number} {title}", by=by, now=now, text=measure.effect)
    return measure


@transaction.atomic
def link(
    dispute: Dispute,
    *,
    by,
    now: datetime,
    kind: str,
    number: str,
    amount_fen: int | None = None,
    text: str = "",
) -> DisputeLink:
    """What hangs together with the case, for the offices only."""
    steps.office(by, dispute)
    dispute = steps.lock_open(dispute)
    if kind not in DisputeLink.Kind.values:
        raise ValidationError(_("请选择关联的种类。"))
    if kind == DisputeLink.Kind.REFUND and not amount_fen:
        raise ValidationError(_("退费要写金额。"))
    return DisputeLink.objects.create(
        institution_id=dispute.institution_id, dispute=dispute, department_id=dispute.department_id, kind=kind,
        number=steps.words(number, _("请写编号或凭证号。"))[:60], amount_fen=amount_fen, text=text.strip()[:200],
        at=now, by=by, reader_roles=list(OFFICES),
    )  # fmt: skip


@transaction.atomic
def hold(dispute: Dispute, *, by, now: datetime, reason: str) -> DisputeHold:
    """Legal hold on the case and all its files: nothing of it is destroyed until it is released."""
    steps.office(by, dispute)
    require(by, Permission.HOLD_FILES, dispute.department_id)
    dispute = steps.lock(dispute)
    if dispute.purged_at is not None:
        raise ValidationError(_("案卷已经销毁。"))
    made = DisputeHold.objects.create(
        institution_id=dispute.institution_id, dispute=dispute, placed_at=now, placed_by=by,
        reason=steps.words(reason, _("请写明法律保留的理由。"))[:300],
    )  # fmt: skip
    dispute.held = True
    dispute.save(update_fields=["held"])
    for paper in dispute.papers.filter(file__isnull=False).select_related("file"):
        if paper.file.deleted_at is None:
            files.hold(paper.file, by=by, now=now, reason=made.reason)
    steps.record(dispute, "hold", _("法律保留"), by=by, now=now, text=made.reason)
    hold_complaint(dispute, by=by, now=now, reason=made.reason)
    return made


@transaction.atomic
def release(found: DisputeHold, *, by, now: datetime, reason: str) -> Dispute:
    """End one hold; the retention counts again when none is left."""
    steps.office(by, found.dispute)
    require(by, Permission.HOLD_FILES, found.dispute.department_id)
    dispute = steps.lock(found.dispute)
    found = DisputeHold.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if found.released_at is not None:
        raise ValidationError(_("这次保留已经解除。"))
    found.release_reason = steps.words(reason, _("请写明为什么解除。"))[:300]
    found.released_at, found.released_by = now, by
    found.save()
    for paper in dispute.papers.filter(file__isnull=False).select_related("file"):
        for one in paper.file.holds.filter(released_at=None, reason=found.reason):
            files.release(one, by=by, now=now, reason=found.release_reason)
    dispute.held = dispute.holds.filter(released_at=None).exists()
    dispute.save(update_fields=["held"])
    steps.record(dispute, "hold", _("解除法律保留"), by=by, now=now, text=found.release_reason)
    hold_complaint(dispute, by=by, now=now, reason=found.release_reason)
    return dispute


def hold_complaint(dispute: Dispute, *, by, now: datetime, reason: str) -> None:
    """The complaint that a dispute was born of is held while the dispute runs or is held itself."""
    complaint = dispute.complaint
    wanted = dispute.held or dispute.state != Dispute.State.CLOSED
    if complaint is not None and complaint.held != wanted:
        keeping.set_hold(complaint, by=by, now=now, held=wanted, reason=reason)
