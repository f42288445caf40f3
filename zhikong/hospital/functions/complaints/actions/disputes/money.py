"""Insurance and the ledger. Amounts are whole fen; who bears what is settled before it is paid (CMP-14, IND-16)."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from zhikong.hospital.functions.complaints.actions.disputes import steps
from zhikong.hospital.functions.complaints.models.disputes import Dispute, DisputeBranch
from zhikong.hospital.functions.complaints.models.disputes_money import (
    DisputeInsurance,
    DisputePayment,
    DisputeShare,
    Payer,
)


@transaction.atomic
def tell_insurer(
    dispute: Dispute, *, by, now: datetime, insurer: str, policy: str, report_number: str,
    told_at: datetime | None = None,
) -> DisputeInsurance:  # fmt: skip
    """The insurer was told at once (立即向保险公司致电出险), with the number that it gave."""
    steps.office(by, dispute)
    dispute = steps.lock_open(dispute)
    told_at = steps.past_moment(told_at or now, now, _("报案时间"))
    made = DisputeInsurance.objects.create(
        institution_id=dispute.institution_id, dispute=dispute, told_at=told_at, told_by=by,
        insurer=steps.words(insurer, _("请写明保险公司。"))[:80],
        policy=steps.words(policy, _("请写明保单号。"))[:60],
        report_number=steps.words(report_number, _("请写明报案号。"))[:60],
    )  # fmt: skip
    proof = _("报案号 %(n)s") % {"n": made.report_number}
    steps.meet_if_open(dispute, "insurer", by=by, now=now, proof=proof, at=max(told_at, dispute.known_at))
    steps.record(dispute, "insurer", _("向保险公司报案"), by=by, now=now, text=f"{made.insurer} {proof}")
    return made


@transaction.atomic
def claim(
    insurance: DisputeInsurance, *, by, now: datetime, claimed_fen: int, claimed_on: date
) -> DisputeInsurance:
    """What is asked of the insurer."""
    steps.office(by, insurance.dispute)
    dispute = steps.lock_open(insurance.dispute)
    insurance = DisputeInsurance.objects.select_for_update(of=("self",)).get(pk=insurance.pk)
    if insurance.decided_on is not None:
        raise ValidationError(_("保险公司已经核定，不能再改索赔。"))
    if not claimed_fen or claimed_fen < 0:
        raise ValidationError(_("请写明索赔金额。"))
    insurance.claimed_fen = claimed_fen
    insurance.claimed_on = steps.past_day(claimed_on, now, _("索赔日期"))
    insurance.save()
    steps.record(dispute, "insurer", _("向保险公司索赔"), by=by, now=now, text=yuan(claimed_fen))
    return insurance


@transaction.atomic
def decide_claim(
    insurance: DisputeInsurance, *, by, now: datetime, decided_fen: int, decided_on: date, decision: str
) -> DisputeInsurance:
    """What the insurer grants: 0 is a refusal, with its reason."""
    steps.office(by, insurance.dispute)
    dispute = steps.lock_open(insurance.dispute)
    insurance = DisputeInsurance.objects.select_for_update(of=("self",)).get(pk=insurance.pk)
    if insurance.claimed_fen is None:
        raise ValidationError(_("请先登记索赔。"))
    steps.amount(decided_fen, _("核定金额"))
    if decided_fen > insurance.claimed_fen:
        raise ValidationError(_("核定金额不会超过索赔金额，请核对。"))
    insurance.decided_fen = decided_fen
    insurance.decided_on = steps.past_day(decided_on, now, _("核定日期"), since=insurance.claimed_on)
    insurance.decision = steps.words(decision, _("请写明核定的理由。"))
    insurance.save()
    steps.record(dispute, "insurer", _("保险公司核定 %(sum)s") % {"sum": yuan(decided_fen)}, by=by, now=now,
                 text=insurance.decision)  # fmt: skip
    return insurance


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals, by integers alone."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d} 元"


def agreed_fen(dispute: Dispute) -> int | None:
    """The sum that is owed: of the newest route with a result; None while there is none."""
    found = dispute.branches.filter(state=DisputeBranch.State.AGREED).order_by("-ended_on", "-pk").first()
    return found.agreed_fen if found else None


def _sum(found) -> int:
    return found.aggregate(total=Sum("amount_fen"))["total"] or 0


@transaction.atomic
def set_share(
    dispute: Dispute, *, by, now: datetime, payer: str, amount_fen: int, who=None, decision_number: str = "",
    decided_on: date | None = None,
) -> DisputeShare:  # fmt: skip
    """Who bears how much. All shares together never exceed what is owed; the insurer bears what it granted at most.

    A person bears nothing but by a decision of an accountability file, made there with its own evidence.
    """
    steps.office(by, dispute)
    dispute = steps.lock_open(dispute)
    owed = agreed_fen(dispute)
    if owed is None:
        raise ValidationError(_("还没有确定赔偿金额，请先登记一条途径的结果。"))
    if payer not in Payer.values or not amount_fen or amount_fen <= 0:
        raise ValidationError(_("请选择承担方，写明大于 0 的金额。"))
    now_borne = _sum(DisputeShare.objects.filter(dispute=dispute, ended_at=None))
    if now_borne + amount_fen > owed:
        raise ValidationError(
            _("各方承担合计 %(sum)s，超过应赔 %(owed)s。") % {"sum": yuan(now_borne + amount_fen), "owed": yuan(owed)}
        )  # fmt: skip
    if payer == Payer.PERSON:
        _check_decision(who, decision_number, decided_on, now)
    else:
        who, decision_number, decided_on = None, "", None
    if payer == Payer.INSURER:
        granted = dispute.insurances.aggregate(total=Sum("decided_fen"))["total"] or 0
        if amount_fen > granted:
            raise ValidationError(_("保险公司核定 %(sum)s，不能登记更多。") % {"sum": yuan(granted)})
    if DisputeShare.objects.filter(dispute=dispute, payer=payer, who=who, ended_at=None).exists():
        raise ValidationError(_("这一方的承担已经登记；要改请先撤销。"))
    made = DisputeShare.objects.create(
        institution_id=dispute.institution_id, dispute=dispute, payer=payer, amount_fen=amount_fen, who=who,
        decision_number=decision_number.strip()[:60], decided_on=decided_on, set_at=now, set_by=by,
    )  # fmt: skip
    title = _("%(payer)s承担 %(sum)s") % {"payer": made.get_payer_display(), "sum": yuan(amount_fen)}
    steps.record(dispute, "share", title, by=by, now=now, text=made.decision_number)
    return made


def _check_decision(who, number: str, on: date | None, now: datetime) -> None:
    if who is None or not number.strip() or on is None:
        raise ValidationError(
            _("个人承担必须依据责任认定的决定：请写明本人、决定编号和决定日期。没有立案和决定，个人不承担。")
        )
    steps.past_day(on, now, _("决定日期"))


@transaction.atomic
def end_share(share: DisputeShare, *, by, now: datetime, reason: str) -> DisputeShare:
    """A share that was wrong; what was paid on it must be reversed first."""
    steps.office(by, share.dispute)
    dispute = steps.lock_open(share.dispute)
    share = DisputeShare.objects.select_for_update(of=("self",)).get(pk=share.pk)
    if share.ended_at is not None:
        raise ValidationError(_("已经撤销。"))
    if _sum(share.payments.all()):
        raise ValidationError(_("这一方已有支付，请先冲正。"))
    share.end_reason = steps.words(reason, _("请写明为什么撤销。"))[:200]
    share.ended_at, share.ended_by = now, by
    share.save()
    steps.record(dispute, "share", _("撤销承担"), by=by, now=now, text=share.end_reason)
    return share


@transaction.atomic
def pay(
    share: DisputeShare,
    *,
    by,
    now: datetime,
    amount_fen: int,
    paid_on: date,
    voucher: str,
    kind: str = "paid",
) -> DisputePayment:
    """Money went to the patient's side; never more than the share."""
    steps.office(by, share.dispute)
    dispute = steps.lock_open(share.dispute)
    share = DisputeShare.objects.select_for_update(of=("self",)).get(pk=share.pk)
    if share.ended_at is not None:
        raise ValidationError(_("这项承担已经撤销。"))
    if kind not in (DisputePayment.Kind.PAID, DisputePayment.Kind.WAIVED) or not amount_fen or amount_fen < 0:
        raise ValidationError(_("请写明大于 0 的金额。"))
    left = share.amount_fen - _sum(share.payments.all())
    if amount_fen > left:
        raise ValidationError(_("这一方还应付 %(left)s，不能多付。") % {"left": yuan(left)})
    made = DisputePayment.objects.create(
        institution_id=dispute.institution_id, dispute=dispute, share=share, kind=kind, amount_fen=amount_fen,
        paid_on=steps.past_day(paid_on, now, _("付款日期")), voucher=steps.words(voucher, _("请写凭证号。"))[:60],
        at=now, by=by,
    )  # fmt: skip
    title = f"{made.get_kind_display()} {yuan(amount_fen)}"
    steps.record(dispute, "pay", title, by=by, now=now, text=share.get_payer_display())
    return made


@transaction.atomic
def reverse(payment: DisputePayment, *, by, now: datetime, voucher: str) -> DisputePayment:
    """Take a wrong line back by its negative; both stay."""
    steps.office(by, payment.dispute)
    dispute = steps.lock_open(payment.dispute)
    if (
        payment.kind == DisputePayment.Kind.REVERSED
        or DisputePayment.objects.filter(reverses=payment).exists()
    ):
        raise ValidationError(_("这一笔已经冲正。"))
    made = DisputePayment.objects.create(
        institution_id=dispute.institution_id, dispute=dispute, share=payment.share,
        kind=DisputePayment.Kind.REVERSED, amount_fen=-payment.amount_fen, paid_on=payment.paid_on,
        voucher=steps.words(voucher, _("请写冲正凭证号。"))[:60], reverses=payment, at=now, by=by,
    )  # fmt: skip
    steps.record(dispute, "pay", _("冲正 %(sum)s") % {"sum": yuan(payment.amount_fen)}, by=by, now=now)
    return made
