"""Whether it held: proof by evidence, items or chart; observation, reopening, override (CAP-03, CAP-08)."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.findings import effects, rules
from zhikong.foundation.findings.actions.steps import (
    begin,
    checker_of,
    finish,
    hand_over,
    record,
    required,
    set_due,
    tell,
    worker_of,
    working_days,
)
from zhikong.foundation.findings.effects import Effect
from zhikong.foundation.findings.facts import FindingClosed, FindingReopened
from zhikong.foundation.findings.models import Finding, Verification
from zhikong.foundation.findings.rules import Act, Check, Due, State, Verdict
from zhikong.foundation.outbox.actions import announce


@transaction.atomic
def verify(finding: Finding, *, by, now: datetime, text: str, passed: bool = True) -> Finding:
    """Another person has looked at the evidence: it holds, or the finding goes back to the department."""
    begin(finding, Act.VERIFY, by=by)
    _check_corrected(finding, by)
    if finding.is_strict:
        raise ValidationError(_("严重或重复发生的问题，要由复查或指标控制图证明有效，仅凭证据不能关闭。"))
    proof = _prove(
        finding, Check.EVIDENCE, passed, by=by, now=now, text=required(text, _("请写明核实的情况。"))
    )
    return _judge(finding, proof, by=by, now=now)


@transaction.atomic
def verify_by_items(
    finding: Finding, *, by, now: datetime, items_checked: int, items_passed: int, text: str
) -> Finding:
    """A re-inspection: enough items were looked at, and all of them must comply."""
    begin(finding, Act.VERIFY, by=by)
    _check_corrected(finding, by)
    need = max(finding.items_required, 1)
    if items_checked < need:
        raise ValidationError(_("复查份数不足：要求 %(n)d 份。") % {"n": need})
    if not 0 <= items_passed <= items_checked:
        raise ValidationError(_("合格份数应在 0 与复查份数之间。"))
    text = f"复查 {items_checked} 份，合格 {items_passed} 份。{text}".strip()
    proof = _prove(
        finding, Check.REINSPECTION, items_passed == items_checked, by=by, now=now, text=text,
        items_checked=items_checked, items_passed=items_passed,
    )  # fmt: skip
    return _judge(finding, proof, by=by, now=now)


@transaction.atomic
def verify_by_effect(finding: Finding, *, by, now: datetime, act: Act = Act.VERIFY) -> Finding:
    """Read the indicator's chart: improved verifies, not shifted reopens, too little data is observed."""
    begin(finding, act, by=by)
    _check_corrected(finding, by)
    effect = effects.effect_of(finding, now=now)
    if effect is None:
        raise ValidationError(_("这个问题没有关联可以读取的指标，请改用复查。"))
    if effect.verdict is Verdict.NOT_ENOUGH_DATA:
        return observe(finding, by=by, now=now, effect=effect)
    passed = effect.verdict is Verdict.IMPROVED
    proof = _prove(
        finding, Check.EFFECT, passed, by=by, now=now, text=effect.sentence, verdict=effect.verdict
    )
    return _judge(finding, proof, by=by, now=now)


def observe(finding: Finding, *, by, now: datetime, effect: Effect) -> Finding:
    """Not enough data yet: under observation until a review date, and not overdue meanwhile."""
    if effect.review_on is None:
        raise ValueError("An effect without enough data must say when there will be: review_on.")
    finding.state = rules.next_state(finding.state, Act.OBSERVE)
    finding.review_on = effect.review_on
    finding.save()
    text = f"{effect.sentence}\n观察至 {effect.review_on}，届时自动复核。"
    record(finding, Act.OBSERVE, by=by, now=now, text=text)
    finish(finding, by=by, now=now)
    tell(finding, by=by, now=now, title="转入观察", text=text, users=[finding.owner, finding.raised_by])
    return finding


def _check_corrected(finding: Finding, by) -> None:
    if finding.corrected_at is None:
        raise ValidationError(_("科室还没有报告整改完成，不能核实。"))
    if by is not None and by.pk == finding.corrected_by_id:
        raise ValidationError(_("核实的人不能是报告整改完成的人，请换一位核实。"))


def _prove(
    finding: Finding, check: Check, passed: bool, *, by, now: datetime, text: str, **numbers
) -> Verification:
    return Verification.objects.create(
        institution_id=finding.institution_id, department_id=finding.department_id, finding=finding,
        check_by=check, passed=passed, by=by, at=now, text=text, **numbers,
    )  # fmt: skip


def _judge(finding: Finding, proof: Verification, *, by, now: datetime) -> Finding:
    """A passed proof makes the finding verified and asks for closing; a failed one reopens it."""
    if not proof.passed:
        return _reopen(finding, by=by, now=now, reason=proof.text)
    finding.state = rules.next_state(finding.state, Act.VERIFY)
    finding.closing_verification, finding.verified_at, finding.verified_by = proof, now, by
    finding.save()
    record(finding, Act.VERIFY, by=by, now=now, text=proof.text)
    reason = f"核实通过后 {rules.ACCEPT_WORKING_DAYS} 个工作日内关闭"
    due = working_days(now, rules.ACCEPT_WORKING_DAYS, reason)
    hand_over(finding, by=by, now=now, to=by or checker_of(finding, now), doing="关闭问题", due=due)
    return finding


@transaction.atomic
def reopen(finding: Finding, *, by, now: datetime, reason: str, due_on: date | None = None) -> Finding:
    """It did not hold: back to the department with a new due date; the old proof stays in the story."""
    begin(finding, Act.REOPEN, by=by)
    return _reopen(
        finding, by=by, now=now, reason=required(reason, _("重新打开必须写明理由。")), due_on=due_on
    )


def _reopen(finding: Finding, *, by, now: datetime, reason: str, due_on: date | None = None) -> Finding:
    finding.state = rules.next_state(finding.state, Act.REOPEN)
    sentence = f"重新打开后 {rules.REOPENED_WORKING_DAYS} 个工作日内重新整改"
    due = working_days(now, rules.REOPENED_WORKING_DAYS, sentence)
    if due_on is not None:
        due = Due(due_on, f"重新打开时由{by}指定")
    _clear_round(finding)
    finding.rounds, finding.round_from = finding.rounds + 1, now
    set_due(finding, due)
    finding.save()
    record(finding, Act.REOPEN, by=by, now=now, text=f"{reason}\n新的期限：{due.on}（{due.reason}）")
    worker = worker_of(finding, now)
    hand_over(finding, by=by, now=now, to=worker, doing="重新整改", due=due)
    tell(finding, by=by, now=now, title="问题重新打开", text=reason, users=[worker], group=True)
    announce(FindingReopened(finding.pk), now=now)
    return finding


def _clear_round(finding: Finding) -> None:
    """A new round: what proved the last one no longer counts; it all stays in steps and evidence."""
    for step in ("approved", "accepted", "corrected", "verified", "closed"):
        setattr(finding, f"{step}_at", None)
        setattr(finding, f"{step}_by", None)
    finding.closing_verification, finding.review_on, finding.measure_due_on = None, None, None


@transaction.atomic
def override_closure(finding: Finding, *, by, now: datetime, reason: str) -> Finding:
    """Close against the rules: a recorded act of a named role, with its reason (CAP-08)."""
    begin(finding, Act.OVERRIDE, by=by)
    reason = required(reason, _("例外关闭必须写明理由，至少 10 个字。"), least=10)
    proof = _prove(finding, Check.OVERRIDE, True, by=by, now=now, text=reason)
    finding.state = State.CLOSED
    finding.closing_verification, finding.verified_at, finding.verified_by = proof, now, by
    finding.closed_at, finding.closed_by, finding.review_on = now, by, None
    finding.save()
    record(finding, Act.OVERRIDE, by=by, now=now, text=reason)
    finish(finding, by=by, now=now)
    people = [finding.owner, finding.raised_by]
    tell(finding, by=by, now=now, title="问题例外关闭", text=reason, users=people, group=True)
    announce(FindingClosed(finding.pk, overridden=True), now=now)
    return finding
