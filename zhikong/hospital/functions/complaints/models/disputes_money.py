"""Tables of appraisal, insurance and money. All amounts are whole fen."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, paired
from zhikong.hospital.functions.complaints.models.disputes import (
    CHILD,
    STORY,
    Dispute,
    DisputeBranch,
    money,
    person,
)


class Payer(models.TextChoices):
    HOSPITAL = "hospital", _("医院")
    INSURER = "insurer", _("保险公司")
    DEPARTMENT = "department", _("科室")
    PERSON = "person", _("个人")


class DisputeAppraisal(Protected):
    """An expert appraisal. share_percent: the causal share found, within the range of the degree of responsibility."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="appraisals")
    branch = models.ForeignKey(DisputeBranch, null=True, on_delete=models.PROTECT, related_name="appraisals")
    kind = models.CharField(_("种类"), max_length=24)
    body = models.CharField(_("鉴定机构"), max_length=80)
    asked_by_side = models.CharField(
        _("申请方"),
        max_length=12,
        choices=[
            ("both", _("双方")),
            ("patient", _("患方")),
            ("hospital", _("医院")),
            ("court", _("法院委托")),
        ],
    )
    applied_on = models.DateField(_("申请日期"))
    accepted_on = models.DateField(_("受理日期"), null=True)
    materials_on = models.DateField(_("材料提交日期"), null=True)
    materials = models.TextField(_("材料清单"), blank=True)
    result_on = models.DateField(_("结论日期"), null=True)
    responsibility = models.CharField(_("责任程度"), max_length=24, blank=True)
    share_percent = models.PositiveSmallIntegerField(_("原因力大小"), null=True)
    grade = models.CharField(_("等级"), max_length=8, blank=True)
    conclusion = models.TextField(_("结论"), blank=True)
    withdrawn = models.BooleanField(_("已撤回"), default=False)
    made_by = person(_("登记人"))

    protection = CHILD

    class Meta:
        verbose_name = _("鉴定")
        constraints = [
            models.CheckConstraint(
                condition=Q(share_percent=None) | Q(share_percent__lte=100), name="dispute_share_within_whole"
            ),
            models.CheckConstraint(
                condition=Q(result_on=None)
                | (Q(materials_on__isnull=False) & ~Q(conclusion="") & ~Q(responsibility="")),
                name="dispute_result_after_materials",
            ),
        ]


class DisputeInsurance(Protected):
    """The notice to an insurer and the claim. decided_fen: what the insurer grants; 0 with a reason is a refusal."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="insurances")
    insurer = models.CharField(_("保险公司"), max_length=80)
    policy = models.CharField(_("保单号"), max_length=60)
    told_at = models.DateTimeField(_("报案时间"))
    report_number = models.CharField(_("报案号"), max_length=60)
    told_by = person(_("报案人"))
    claimed_fen = money(_("索赔金额"))
    claimed_on = models.DateField(_("索赔日期"), null=True)
    decided_fen = money(_("核定金额"))
    decided_on = models.DateField(_("核定日期"), null=True)
    decision = models.TextField(_("核定理由"), blank=True)

    protection = CHILD

    class Meta:
        verbose_name = _("保险")
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_fen=None) | (Q(decided_fen__gte=0) & Q(decided_on__isnull=False)),
                name="dispute_insurer_decided_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(decided_fen=0) | ~Q(decision=""), name="dispute_insurer_refuses_with_reason"
            ),
        ]


class DisputeShare(Protected):
    """How much of the compensation a payer bears. A person's share stands on a decision of its own, made in an
    accountability file; the number of that decision and its day are kept, never anything from a report."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="shares")
    payer = models.CharField(_("承担方"), max_length=12, choices=Payer)
    who = person(_("个人"), null=True)
    amount_fen = models.BigIntegerField(_("金额"))
    decision_number = models.CharField(_("责任认定决定的编号"), max_length=60, blank=True)
    decided_on = models.DateField(_("决定日期"), null=True)
    set_at = models.DateTimeField()
    set_by = person(_("登记人"))
    ended_at = models.DateTimeField(null=True)
    ended_by = person(_("撤销人"), null=True)
    end_reason = models.CharField(max_length=200, blank=True)

    protection = CHILD

    class Meta:
        verbose_name = _("赔偿的承担")
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="dispute_share_positive"),
            models.CheckConstraint(
                condition=(
                    Q(payer="person", who__isnull=False, decided_on__isnull=False) & ~Q(decision_number="")
                )
                | (~Q(payer="person") & Q(who=None)),
                name="dispute_person_pays_by_decision",
            ),
            models.UniqueConstraint(
                fields=["dispute", "payer", "who"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="dispute_share_once",
            ),
            paired("ended_at", "ended_by", "dispute_share_ended_pair"),
        ]


class DisputePayment(Protected):
    """Money that went to the patient's side. Lines are only added; a wrong one is reversed by its negative.

    kind: what it was; a waived fee is compensation too (医院减免).
    """

    class Kind(models.TextChoices):
        PAID = "paid", _("付款")
        WAIVED = "waived", _("减免费用")
        REVERSED = "reversed", _("冲正")

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="payments")
    share = models.ForeignKey(DisputeShare, on_delete=models.PROTECT, related_name="payments")
    kind = models.CharField(_("种类"), max_length=12, choices=Kind)
    amount_fen = models.BigIntegerField(_("金额"))
    paid_on = models.DateField(_("日期"))
    voucher = models.CharField(_("凭证号"), max_length=60)
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    at = models.DateTimeField()
    by = person(_("登记人"))

    protection = STORY

    class Meta:
        verbose_name = _("赔偿支付")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="reversed", amount_fen__lt=0, reverses__isnull=False)
                | (~Q(kind="reversed") & Q(amount_fen__gt=0, reverses=None)),
                name="dispute_payment_sign",
            ),
            models.CheckConstraint(condition=~Q(voucher=""), name="dispute_payment_has_voucher"),
        ]
        indexes = [models.Index(fields=["institution", "paid_on"], name="dispute_paid_on")]


class DisputeYear(Protected):
    """What the formulas of a year divide by, as the office was told: persons seen, and medical income in fen.

    None: not told; then the figure cannot be computed. source: the report that it stands in.
    """

    year = models.PositiveSmallIntegerField(_("年度"))
    person_times = models.BigIntegerField(_("门诊与住院总人次"), null=True)
    income_fen = money(_("医疗收入"))
    source = models.CharField(_("数据来源"), max_length=120)
    set_at = models.DateTimeField()
    set_by = person(_("填写人"))

    class Meta:
        verbose_name = _("年度分母")
        constraints = [
            models.UniqueConstraint(fields=["institution", "year"], name="dispute_year_once"),
            models.CheckConstraint(
                condition=(Q(person_times=None) | Q(person_times__gt=0))
                & (Q(income_fen=None) | Q(income_fen__gt=0)),
                name="dispute_year_positive",
            ),
        ]
