"""Put a matter before a committee, and bring its decision back to where it came from (CAP-07)."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.findings import referring
from zhikong.foundation.findings.actions.steps import (
    MEASURE,
    account_of,
    address,
    begin,
    record,
    required,
    tell,
    worker_of,
)
from zhikong.foundation.findings.facts import CommitteeDecided, MatterReferred
from zhikong.foundation.findings.models import Finding, Measure, Referral
from zhikong.foundation.findings.rules import DONE_STATES, Act
from zhikong.foundation.organisation.models import Body
from zhikong.foundation.organisation.queries import in_force, names
from zhikong.foundation.outbox.actions import announce
from zhikong.foundation.tasks import actions as tasks

FINDING, MANUAL = "finding", "manual"


@transaction.atomic
def refer(
    finding: Finding, *, by, now: datetime, body: Body, question: str, wanted_on: date | None = None
) -> Referral:
    """Ask a committee about a finding: it becomes an item of its agenda, the clock of the finding runs on."""
    begin(finding, Act.REFER, by=by)
    if finding.referrals.filter(body=body, decided_at=None, withdrawn_at=None).exists():
        raise ValidationError(_("这个问题已经提交%(body)s，正在等待讨论。") % {"body": body.name})
    made = refer_matter(
        by=by, now=now, body=body, source_kind=FINDING, source_key=str(finding.pk), title=finding.title,
        question=question, wanted_on=wanted_on, department_id=finding.department_id, finding=finding,
    )  # fmt: skip
    wish = f"（希望 {wanted_on} 前讨论）" if wanted_on else ""
    record(finding, Act.REFER, by=by, now=now, text=f"提交{body.name}{wish}：{made.question}")
    return made


@transaction.atomic
def refer_matter(
    *,
    by,
    now: datetime,
    body: Body,
    title: str,
    question: str,
    source_kind: str = MANUAL,
    source_key: str = "",
    wanted_on: date | None = None,
    department_id: int | None = None,
    finding: Finding | None = None,
) -> Referral:
    """Put any matter before a committee. source_kind: one that registered in ``referring``, or ``manual``."""
    require(by, Permission.REFER_TO_COMMITTEE, department_id)
    today = timezone.localdate(now)
    if not Body.objects.filter(in_force(today), pk=body.pk).exclude(kind=Body.Kind.QC_GROUP).exists():
        raise ValidationError(_("没有这个委员会，或它已经撤销。"))
    if wanted_on is not None and wanted_on < today:
        raise ValidationError(_("希望讨论的日期不能早于今天。"))
    made = Referral.objects.create(
        institution_id=current_scope().institution_id, source_kind=source_kind, source_key=source_key, finding=finding,
        department_id=department_id, department_name=names(on=today).get(department_id, ""), body=body,
        title=required(title, _("请写明议题。"))[:160], question=required(question, _("请写明请委员会研究什么。")),
        wanted_on=wanted_on, asked_at=now, asked_by=by,
    )  # fmt: skip
    announce(MatterReferred(made.pk, source_kind), now=now)
    return made


@transaction.atomic
def withdraw(referral: Referral, *, by, now: datetime, reason: str) -> Referral:
    """Whoever asked, or who keeps the agenda, takes the matter back before it is decided."""
    _lock_open(referral)
    if by is None or by.pk != referral.asked_by_id:
        require(by, Permission.RECORD_DECISIONS)
    reason = required(reason, _("撤回时请写明理由。"))
    referral.withdrawn_at, referral.withdrawn_by = now, by
    referral.save()
    if referral.finding is not None:
        record(referral.finding, Act.REFER, by=by, now=now, text=f"从{referral.body.name}撤回：{reason}")
    return referral


@transaction.atomic
def bring_back(
    referral: Referral,
    *,
    by,
    now: datetime,
    decision: str,
    decided_on: date,
    measures: str = "",
    responsible=None,
    due_on: date | None = None,
) -> Referral:
    """The committee has decided: whoever asked is told, and the finding's story gets the decision and its measure.

    responsible: a Person; with one, or with measures, due_on is needed.
    """
    require(by, Permission.RECORD_DECISIONS)
    _lock_open(referral)
    if decided_on > timezone.localdate(now):
        raise ValidationError(_("会议日期不能晚于今天。"))
    if (responsible is not None or measures.strip()) and due_on is None:
        raise ValidationError(_("有措施或责任人时，请写明完成期限。"))
    if due_on is not None and due_on < decided_on:
        raise ValidationError(_("完成期限不能早于会议日期。"))
    referral.decision = required(decision, _("请写明决议。"))
    referral.measures, referral.responsible, referral.due_on = measures.strip(), responsible, due_on
    referral.decided_on, referral.decided_at, referral.decided_by = decided_on, now, by
    referral.save()
    known = referring.kind(referral.source_kind)
    if known is not None and known.decided is not None:
        known.decided(referral, by=by, now=now)
    announce(CommitteeDecided(referral.pk, referral.source_kind), now=now)
    return referral


def _lock_open(referral: Referral) -> None:
    referral.refresh_from_db(from_queryset=Referral.objects.select_for_update(of=("self",)))
    if not referral.is_open:
        said = _("这个议题已经有决议。") if referral.decided_at else _("这个议题已经撤回。")
        raise ValidationError(said)


def decision_in_words(referral: Referral) -> str:
    """The decision with its measures, who and until when, line by line."""
    lines = [f"{referral.body.name} {referral.decided_on} 决议：{referral.decision}"]
    if referral.measures:
        lines.append(f"措施：{referral.measures}")
    if referral.responsible or referral.due_on:
        lines.append(
            f"责任人：{referral.responsible or '（未指定）'}，完成期限：{referral.due_on or '（未指定）'}"
        )
    return "\n".join(lines)


def finding_decided(referral: Referral, *, by, now: datetime) -> None:
    """What a decision does to a finding: a line of its story, a measure of its plan, a task, a notice."""
    finding = referral.finding
    if finding is None:
        return
    record(finding, Act.DECIDE, by=by, now=now, text=decision_in_words(referral))
    people = [finding.owner, finding.raised_by, referral.asked_by]
    tell(finding, by=by, now=now, title="委员会已有决议", text=referral.decision, users=people)
    if referral.due_on is None or finding.state in DONE_STATES:
        return
    what = referral.measures or referral.decision
    measure = Measure.objects.create(
        institution_id=finding.institution_id, department_id=finding.department_id, finding=finding,
        order=finding.measures.count() + 1, what=what[:300], who=referral.responsible, due_on=referral.due_on,
        from_decision=True,
    )  # fmt: skip
    to = account_of(referral.responsible_id, finding.department_id) or worker_of(finding, now)
    if to is not None:
        tasks.assign(
            by=by, now=now, owner=to, title=f"落实委员会决议：{what}"[:160], url=address(finding),
            due_on=referral.due_on, due_reason=f"{referral.body.name} {referral.decided_on} 决议的期限"[:300],
            source_kind=MEASURE, source_key=str(measure.pk), department_id=finding.department_id,
        )  # fmt: skip


def describe_finding(key: str) -> referring.Matter | None:
    """A finding as the matter of a committee."""
    finding = Finding.objects.filter(pk=int(key)).first() if key.isdigit() else None
    if finding is None:
        return None
    return referring.Matter(
        finding.title, finding.detail, address(finding), f"{finding.number} {finding.department_name}",
        finding.department_id,
    )  # fmt: skip
