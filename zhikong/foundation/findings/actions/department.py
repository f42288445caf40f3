"""The department's half: cause, measure, approval, correction with evidence (CAP-01, CAP-02, CAP-04)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.files.actions import use
from zhikong.foundation.files.models import File
from zhikong.foundation.findings import rules
from zhikong.foundation.findings.actions.steps import (
    begin,
    checker_of,
    due_of,
    hand_over,
    head_of,
    record,
    required,
    tell,
    working_days,
)
from zhikong.foundation.findings.models import Evidence, EvidenceFile, Finding
from zhikong.foundation.findings.rules import Act, Check, Due


@transaction.atomic
def answer_cause(finding: Finding, *, by, now: datetime, cause: str) -> Finding:
    """The department says why it happened."""
    finding.state, cause = begin(finding, Act.ANSWER_CAUSE, by=by), required(cause, _("请写明原因分析。"))
    finding.cause = cause
    finding.save()
    record(finding, Act.ANSWER_CAUSE, by=by, now=now, text=cause)
    return finding


@transaction.atomic
def propose_measure(
    finding: Finding, *, by, now: datetime, measure: str, responsible=None, measure_due_on: date | None = None
) -> Finding:
    """What will be done, by whom (a Person) and until when; the department head is asked to approve."""
    state, measure = begin(finding, Act.PROPOSE_MEASURE, by=by), required(measure, _("请写明整改措施。"))
    measure_due_on = measure_due_on or finding.due_on
    if measure_due_on > max(finding.due_on, timezone.localdate(now)):
        raise ValidationError(
            _("完成日期不能晚于整改期限 %(due)s；确实来不及，请先申请延期。") % {"due": finding.due_on}
        )
    finding.state, finding.measure = state, measure
    finding.responsible, finding.measure_due_on = responsible, measure_due_on
    finding.save()
    who = (
        f"\n负责人：{responsible}，完成日期：{measure_due_on}"
        if responsible
        else f"\n完成日期：{measure_due_on}"
    )
    record(finding, Act.PROPOSE_MEASURE, by=by, now=now, text=measure + who)
    head = head_of(finding.department_id, now) or finding.owner
    hand_over(finding, by=by, now=now, to=head, doing="审核整改措施", due=due_of(finding))
    return finding


@transaction.atomic
def approve(finding: Finding, *, by, now: datetime, text: str = "") -> Finding:
    """The department's head stands for the answer; it goes back to the functional department."""
    finding.state = begin(finding, Act.APPROVE, by=by)
    finding.approved_at, finding.approved_by = now, by
    finding.save()
    record(finding, Act.APPROVE, by=by, now=now, text=text)
    checker = checker_of(finding, now)
    reason = f"职能部门应在科室答复后 {rules.ACCEPT_WORKING_DAYS} 个工作日内受理"
    due = working_days(now, rules.ACCEPT_WORKING_DAYS, reason)
    hand_over(finding, by=by, now=now, to=checker, doing="受理整改措施", due=due)
    tell(finding, by=by, now=now, title="科室已答复", text=finding.measure, users=[checker])
    return finding


@transaction.atomic
def correct(
    finding: Finding, *, by, now: datetime, evidence: str, link: str = "", files: Iterable[File] = ()
) -> Finding:
    """The department reports the measure carried out, with evidence; the office is asked to verify.

    files: of the finding's department; link: the name of what lies elsewhere.
    """
    finding.state, evidence = begin(finding, Act.CORRECT, by=by), required(evidence, _("请说明整改的证据。"))
    _correct(finding, Act.CORRECT, by=by, now=now, evidence=evidence, link=link, files=files)
    return finding


@transaction.atomic
def correct_on_the_spot(
    finding: Finding, *, by, now: datetime, evidence: str, link: str = "", files: Iterable[File] = ()
) -> Finding:
    """A minor thing that was put right at once needs evidence and another pair of eyes, no plan (CAP-04)."""
    state, evidence = (
        begin(finding, Act.CORRECT_ON_THE_SPOT, by=by),
        required(evidence, _("请说明整改的证据。")),
    )
    if finding.is_strict:
        raise ValidationError(_("严重或重复发生的问题不能当场纠正了事，请填写原因和措施。"))
    finding.state, finding.check_by, finding.on_the_spot = state, Check.EVIDENCE, True
    _correct(finding, Act.CORRECT_ON_THE_SPOT, by=by, now=now, evidence=evidence, link=link, files=files)
    return finding


def _correct(
    finding: Finding, act: Act, *, by, now: datetime, evidence: str, link: str, files: Iterable[File]
) -> None:
    finding.corrected_at, finding.corrected_by = now, by
    finding.verified_at = finding.verified_by = None
    finding.save()
    names = _keep_evidence(finding, by=by, now=now, evidence=evidence, link=link, files=files)
    record(finding, act, by=by, now=now, text=evidence + (f"\n文件：{names}" if names else ""))
    checker = checker_of(finding, now)
    hand_over(finding, by=by, now=now, to=checker, doing="核实整改效果", due=_verification_due(finding, now))
    tell(finding, by=by, now=now, title="科室报告整改完成", text=evidence, users=[checker])


def _keep_evidence(
    finding: Finding, *, by, now: datetime, evidence: str, link: str, files: Iterable[File]
) -> str:
    """The evidence with its files; returns what they are called, for the story."""
    part = {"institution_id": finding.institution_id, "department_id": finding.department_id}
    made = Evidence.objects.create(finding=finding, at=now, by=by, text=evidence, link=link, **part)
    names = []
    for file in files:
        if file.department_id != finding.department_id:
            raise ValidationError(_("附件不属于这个问题的科室，请重新上传。"))
        EvidenceFile.objects.create(evidence=made, file=file, **part)
        use(file, by=by, now=now, used_for=f"findings.evidence:{made.pk}", text=f"整改证据 {finding.number}")
        names.append(file.name)
    return "、".join([*names, link] if link else names)


def _verification_due(finding: Finding, now: datetime) -> Due:
    if finding.check_by == Check.REINSPECTION and finding.check_due_on:
        return Due(
            finding.check_due_on, f"受理时约定：{finding.check_due_on} 前复查 {finding.items_required} 份"
        )
    reason = f"职能部门应在科室报告完成后 {rules.VERIFY_WORKING_DAYS} 个工作日内核实"
    return working_days(now, rules.VERIFY_WORKING_DAYS, reason)
