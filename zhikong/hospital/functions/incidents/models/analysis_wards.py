"""What a ward keeps itself: patients declared as key patients (重点病人申报), and its register of defects."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protection, paired
from zhikong.hospital.functions.incidents.models.analysis import DEPARTMENT, UNTOLD, user
from zhikong.hospital.functions.incidents.models.reporting import Opaque
from zhikong.hospital.functions.incidents.rules_reporting_sealing import random_code


class KeyPatient(Opaque):
    """A patient whom the ward declares as a high risk or prone to dispute, followed until discharge.

    reason: code of the policy in force. stay_id, patient_key: of the open stay, '' where it is in no table; bed: as the
    ward says it. round_by: until when the joint round should stand; follow_on: the next look.
    """

    class State(models.TextChoices):
        DECLARED = "declared", _("待安排联合查房")
        ARRANGED = "arranged", _("已安排查房")
        FOLLOWED = "followed", _("随访中")
        CLOSED = "closed", _("已结束")

    class Outcome(models.TextChoices):
        BETTER = "better", _("好转或治愈出院")
        TRANSFERRED = "transferred", _("转院或转科")
        DIED = "died", _("死亡")
        DISPUTE = "dispute", _("已转为投诉或纠纷")
        OTHER = "other", _("其他")

    code = models.CharField(_("编号"), max_length=12, default=random_code)
    department = models.ForeignKey(
        DEPARTMENT, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    stay_id = models.CharField(_("住院编号"), max_length=64, blank=True)
    patient_key = models.CharField(_("患者假名"), max_length=64, blank=True)
    bed = models.CharField(_("床号"), max_length=24)
    reason = models.CharField(_("申报理由"), max_length=24)
    reason_title = models.CharField(max_length=40)  # in the words of the policy of that day
    condition = models.TextField(_("病情与风险"))
    family = models.TextField(_("患方的期望与情绪"), blank=True)
    wish = models.TextField(_("希望得到的帮助"), blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.DECLARED)
    declared_at = models.DateTimeField(_("申报时间"))
    declared_by = user(_("申报人"))
    round_by = models.DateTimeField(_("联合查房应在此前"))
    task_key = models.CharField(max_length=64)
    follow_on = models.DateField(_("下次随访"), null=True)
    outcome = models.CharField(_("结局"), max_length=12, choices=Outcome, blank=True)
    outcome_text = models.TextField(_("结局说明"), blank=True)
    thanks = models.CharField(_("对申报人的肯定"), max_length=200, blank=True)
    closed_at = models.DateTimeField(_("结束时间"), null=True)
    closed_by = user(_("结束人"))
    confidential = models.BooleanField(default=True)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    protection = Protection(rows="participants", audited=False, reason=UNTOLD)

    class Meta:
        verbose_name = _("重点病人申报")
        ordering = ["-declared_at"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "code"], name="key_patient_code_once"),
            paired("closed_at", "closed_by", "key_patient_closed_pair"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at=None)),
                name="key_patient_closed_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["institution", "state", "round_by"], name="key_patient_by_state")]

    def __str__(self):
        return self.code


class _OfKeyPatient(Opaque):
    protection = Protection(
        rows="parent",
        parent_table="incidents_keypatient",
        parent_column="patient_id",
        audited=False,
        reason=UNTOLD,
    )

    class Meta:
        abstract = True


class JointRound(_OfKeyPatient):
    """A joint round (联合查房): planned with whom, then what was concluded, advised and said to the patient's side."""

    patient = models.ForeignKey(KeyPatient, on_delete=models.PROTECT, related_name="rounds")
    planned_at = models.DateTimeField(_("查房时间"))
    people = ArrayField(models.BigIntegerField(), default=list, verbose_name=_("参加人"))
    others = models.CharField(_("其他参加人"), max_length=200, blank=True)
    arranged_at = models.DateTimeField(_("安排时间"))
    arranged_by = user(_("安排人"))
    held_at = models.DateTimeField(_("实际时间"), null=True)
    held_by = user(_("记录人"))
    guidance = models.TextField(_("技术指导意见"), blank=True)
    communication = models.TextField(_("医患沟通"), blank=True)
    conclusion = models.TextField(_("结论与下一步"), blank=True)

    class Meta:
        verbose_name = _("联合查房")
        ordering = ["planned_at"]
        constraints = [paired("held_at", "held_by", "joint_round_held_pair")]


class KeyPatientNote(_OfKeyPatient):
    """One look at the patient between the rounds; only ever added."""

    patient = models.ForeignKey(KeyPatient, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField(_("病情与沟通"))
    at = models.DateTimeField(_("时间"))
    by = user(_("记录人"))

    protection = Protection(
        rows="parent",
        parent_table="incidents_keypatient",
        parent_column="patient_id",
        audited=False,
        append_only=True,
        reason=UNTOLD,
    )

    class Meta:
        verbose_name = _("重点病人随访")
        ordering = ["at", "pk"]


class Defect(Opaque):
    """One defect in the department's own register (缺陷登记). No column names who made it: the register is for learning.

    found: how it came to light. reached: whether it reached the patient. factors: contributory factors.
    """

    class Found(models.TextChoices):
        SELF = "self", _("自己发现")
        PEER = "peer", _("同事发现")
        CHECK = "check", _("自查或检查")
        PATIENT = "patient", _("患者或家属提出")
        OTHER = "other", _("其他")

    department = models.ForeignKey(
        DEPARTMENT, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    occurred_on = models.DateField(_("日期"))
    kind = models.CharField(_("类别"), max_length=24)
    what = models.TextField(_("是什么缺陷"))
    found = models.CharField(_("怎样发现"), max_length=12, choices=Found)
    reached = models.BooleanField(_("影响到了患者"), default=False)
    factors = ArrayField(models.CharField(max_length=40), default=list, verbose_name=_("不安全因素"))
    measure = models.TextField(_("当时怎样处理"), blank=True)
    settled_on = models.DateField(_("处理完成"), null=True, blank=True)
    added_on = models.DateField(_("登记日期"))
    confidential = models.BooleanField(default=True)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    protection = Protection(rows="participants", audited=False, reason=UNTOLD)

    class Meta:
        verbose_name = _("缺陷登记")
        ordering = ["-occurred_on", "-pk"]
        indexes = [models.Index(fields=["department", "occurred_on"], name="defect_by_day")]


class DefectReview(Opaque):
    """A department's analysis of its register for a month (2026-11) or of unsafe factors for a quarter (2026-Q4)."""

    department = models.ForeignKey(
        DEPARTMENT, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    period = models.CharField(_("月份或季度"), max_length=7)
    counted = models.PositiveIntegerField(_("登记例数"))
    analysis = models.TextField(_("分析"))
    unsafe = models.TextField(_("主要不安全因素"))
    measures = models.TextField(_("改进措施"))
    last_checked = models.TextField(_("上一期措施的落实"), blank=True)
    written_at = models.DateTimeField(_("完成时间"))
    written_by = user(_("完成人"))
    confidential = models.BooleanField(default=True)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    protection = Protection(rows="participants", audited=False, reason=UNTOLD)

    class Meta:
        verbose_name = _("缺陷与不安全因素分析")
        ordering = ["-period"]
        constraints = [models.UniqueConstraint(fields=["department", "period"], name="defect_review_once")]
