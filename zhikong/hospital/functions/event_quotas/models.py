"""A year's quotas of reports by department, whether they are switched on, and the settlement. Counts, never cases."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.event_quotas import rules

USER, DEPARTMENT = "access.User", "organisation.Department"
GROUPS = [
    (rules.Group.MAJOR, _("大科（内、外、骨、妇、儿）")),
    (rules.Group.OTHER, _("其他临床科室")),
    (rules.Group.MEDTECH, _("医技科室")),
    (rules.Group.NONE, _("不设指标")),
]


class Plan(Protected):
    """The quotas of one year: planned, simulated, sent for approval, decided by another person."""

    class State(models.TextChoices):
        DRAFT = "draft", _("拟订中")
        SUBMITTED = "submitted", _("待批准")
        APPROVED = "approved", _("已批准")

    year = models.PositiveSmallIntegerField(_("年度"))
    per_100_beds = models.PositiveSmallIntegerField(_("每百张床位目标"), default=rules.PER_100_BEDS)
    open_beds = models.PositiveIntegerField(_("开放床位"))
    short_fen = models.PositiveIntegerField(_("每差一例（分）"), default=rules.SHORT_FEN)
    over_fen = models.PositiveIntegerField(_("每超一例（分）"), default=rules.OVER_FEN)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.DRAFT)
    planned_at = models.DateTimeField(_("拟订时间"))
    planned_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    simulated_at = models.DateTimeField(_("试算时间"), null=True)
    simulated_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("批准时间"), null=True)
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    remark = models.CharField(_("批复意见"), max_length=300, blank=True)

    protection = Protection()

    class Meta:
        verbose_name = _("报告指标")
        constraints = [
            models.UniqueConstraint(fields=["institution", "year"], name="event_quota_plan_once"),
            paired("simulated_at", "simulated_by", "event_quota_plan_simulated", jobs_too=True),
            paired("decided_at", "decided_by", "event_quota_plan_decided", jobs_too=True),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("planned_by")), name="event_quota_plan_two_people"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(simulated_at__isnull=False), name="event_quota_plan_simulated_first"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(decided_at__isnull=False), name="event_quota_plan_approved_then"
            ),
        ]  # fmt: skip

    def __str__(self):
        return str(self.year)


class Quota(Protected):
    """What one department is to report in the year."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="quotas")
    department = models.ForeignKey(DEPARTMENT, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(_("组别"), max_length=8, choices=GROUPS)
    quota = models.PositiveSmallIntegerField(_("指标"))

    protection = Protection()

    class Meta:
        verbose_name = _("科室报告指标")
        constraints = [models.UniqueConstraint(fields=["plan", "department"], name="event_quota_once")]


class Switch(Protected):
    """Whether the settlement is on; off until somebody switches it on. The grant of the count view follows this row."""

    is_on = models.BooleanField(_("已启用"), default=False)
    changed_at = models.DateTimeField(_("变更时间"))
    changed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("理由"), max_length=300)

    protection = Protection(owner_reads=True)

    class Meta:
        verbose_name = _("报告指标结算开关")
        constraints = [
            models.UniqueConstraint(fields=["institution"], name="event_quota_switch_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="event_quota_switch_has_reason"),
        ]


class Settlement(Protected):
    """A year's settlement by department, by counts alone; approved by another person before anything is paid."""

    class State(models.TextChoices):
        DRAFT = "draft", _("待批准")
        APPROVED = "approved", _("已批准")

    plan = models.OneToOneField(Plan, on_delete=models.PROTECT, related_name="settlement")
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.DRAFT)
    made_at = models.DateTimeField(_("结算时间"))
    made_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("批准时间"), null=True)
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection()

    class Meta:
        verbose_name = _("报告指标结算")
        constraints = [
            paired("decided_at", "decided_by", "event_quota_settled", jobs_too=True),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("made_by")), name="event_quota_settled_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(decided_at__isnull=False), name="event_quota_settled_then"
            ),
        ]  # fmt: skip


class SettlementLine(Protected):
    """One department's line, as it was counted and under the name it then had."""

    settlement = models.ForeignKey(Settlement, on_delete=models.CASCADE, related_name="lines")
    department = models.ForeignKey(DEPARTMENT, on_delete=models.PROTECT, related_name="+")
    department_name = models.CharField(_("科室"), max_length=80)
    quota = models.PositiveSmallIntegerField(_("指标"))
    reports = models.PositiveIntegerField(_("报告数"))
    amount = models.IntegerField(_("金额（分）"))

    protection = Protection()

    class Meta:
        verbose_name = _("科室结算")
        constraints = [
            models.UniqueConstraint(fields=["settlement", "department"], name="event_quota_line_once")
        ]
