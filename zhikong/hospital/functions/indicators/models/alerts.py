"""What reaches people: one open alert per indicator and department, and by which settings (IND-03)."""

from datetime import time
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.indicators.models.fields import (
    department_field,
    month_field,
    person_field,
)


class Alert(Protected):
    """Someone is asked to look: one open per indicator and department; a signal that goes on updates it.

    chance: how much of the expected false alerts is this one's (the sum over a list is how many of it are chance);
    empty for what is a fact (a missed target, a never-event). evidence: p, q, before, now, detectable and months of
    the test behind it. opened_for: the newest month when it was opened; the budget counts by it. told_at: when its
    owner got the notice. outcome: what it turned out to be; from these the measured precision comes.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待处理")
        ACKNOWLEDGED = "acknowledged", _("已知悉")
        EXPLAINED = "explained", _("已说明")
        LINKED = "linked", _("已转整改")
        CLOSED = "closed", _("已关闭")

    class Tier(models.TextChoices):
        RED = "red", _("红")
        AMBER = "amber", _("黄")
        NOTE = "note", _("提示")

    class Basis(models.TextChoices):
        SIGNAL = "signal", _("统计信号")
        TARGET = "target", _("未达标")
        NEVER = "never", _("不该发生的事件")

    class Outcome(models.TextChoices):
        REAL = "real", _("确有变化")
        CHANCE = "chance", _("偶然波动")
        DATA = "data", _("数据或口径问题")

    indicator_id = models.CharField(_("指标"), max_length=64)
    department = department_field()
    state = models.CharField(_("状态"), max_length=16, choices=State, default=State.OPEN)
    tier = models.CharField(_("级别"), max_length=8, choices=Tier)
    first_month = month_field()
    last_month = month_field()
    misses_in_row = models.PositiveSmallIntegerField(_("连续未达标月数"), default=0)
    rules = models.JSONField(_("触发规则"), default=list)
    sentence = models.CharField(_("说明"), max_length=400)
    opened_at = models.DateTimeField(_("产生时间"))
    updated_at = models.DateTimeField(_("更新时间"))
    answered_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    answered_by = person_field(_("处理人"), null=True, blank=True)
    explanation = models.TextField(_("处理说明"), blank=True)
    finding_id = models.BigIntegerField(_("整改问题"), null=True, blank=True)
    closed_at = models.DateTimeField(_("关闭时间"), null=True, blank=True)
    closed_by = models.CharField(_("关闭者"), max_length=64, blank=True)  # the job, or a person's name
    closed_reason = models.CharField(_("关闭原因"), max_length=200, blank=True)
    basis = models.CharField(_("依据"), max_length=8, choices=Basis, default=Basis.TARGET)
    chance = models.DecimalField(_("偶然的份额"), max_digits=4, decimal_places=3, null=True, blank=True)
    evidence = models.JSONField(_("证据"), default=dict)
    opened_for = models.CharField(_("因哪个月产生"), max_length=7, blank=True)
    owner = person_field(_("负责人"), null=True, blank=True)
    owner_role = models.CharField(_("负责角色"), max_length=32, blank=True)
    told_at = models.DateTimeField(_("告知时间"), null=True, blank=True)
    outcome = models.CharField(_("结论"), max_length=8, choices=Outcome, blank=True)
    outcome_at = models.DateTimeField(_("结论时间"), null=True, blank=True)
    outcome_by = person_field(_("下结论的人"), null=True, blank=True)

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("预警")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "indicator_id", "department"], condition=Q(closed_at__isnull=True),
                nulls_distinct=False, name="alert_open_once",
            ),
            models.CheckConstraint(
                condition=(Q(closed_at__isnull=True, closed_by="") & ~Q(state="closed"))
                | (Q(closed_at__isnull=False, state="closed") & ~Q(closed_by="")),
                name="alert_closed_by",
            ),
            paired("answered_at", "answered_by", "alert_answered_by"),
            paired("outcome_at", "outcome_by", "alert_outcome_by"),
        ]  # fmt: skip


class AlertPolicy(Protected):
    """How alerts reach people, from a moment on until a later row says otherwise. Rows are only added.

    budget: new alerts a month for one department. red, amber: false-discovery levels. newest: months that are
    tested together against those before. never: indicators of which every case is an alert at once. critical:
    outcomes of which one point beyond the limits is red. digest_at: when the day's notice goes out; never inside the
    quiet hours (the same hour twice means none), which only never-events pass.
    """

    budget = models.PositiveSmallIntegerField(_("每科每月最多新增预警"), default=3)
    red = models.DecimalField(
        _("红色预警的错误发现率"), max_digits=3, decimal_places=2, default=Decimal("0.05")
    )
    amber = models.DecimalField(
        _("黄色预警的错误发现率"), max_digits=3, decimal_places=2, default=Decimal("0.20")
    )
    newest = models.PositiveSmallIntegerField(
        _("合并检验最近几个月"), default=4, validators=[MinValueValidator(2), MaxValueValidator(6)]
    )
    digest_at = models.TimeField(_("每日汇总时间"), default=time(7, 30))
    quiet_from = models.TimeField(_("免打扰开始"), default=time(21, 30))
    quiet_to = models.TimeField(_("免打扰结束"), default=time(7, 0))
    never = ArrayField(
        models.CharField(max_length=64), verbose_name=_("发生一例即预警"), default=list, blank=True
    )
    critical = ArrayField(
        models.CharField(max_length=64), verbose_name=_("关键结局"), default=list, blank=True
    )
    reason = models.CharField(_("理由"), max_length=300)
    set_at = models.DateTimeField(_("设定时间"))
    set_by = person_field(_("设定人"), null=True)  # empty for the values that the product starts with

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("预警设置")
        get_latest_by = ["set_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(red__gte=0.01, red__lte=0.2, amber__lte=0.5, amber__gte=F("red")),
                name="alert_levels_sensible",
            ),
            models.CheckConstraint(condition=Q(budget__gte=1, budget__lte=20), name="alert_budget_sensible"),
        ]


class ChartEvidence(Protected):
    """What the newest months say of one chart, whether it alerts or not: replaced by every computation.

    p_month, p_window: probability of so bad a newest month (newest months) without a change; empty when not judged.
    before, now: level before, and of the newest months. detectable: the change that would have been found; in the
    indicator's unit. reason: why it is not judged.
    """

    indicator_id = models.CharField(_("指标"), max_length=64)
    department = department_field()
    month = month_field()
    p_month = models.FloatField(_("本月的 p 值"), null=True)
    p_window = models.FloatField(_("最近几个月的 p 值"), null=True)
    before = models.FloatField(_("此前水平"), null=True)
    now = models.FloatField(_("最近水平"), null=True)
    detectable = models.FloatField(_("能看出的最小变化"), null=True)
    reason = models.CharField(_("不判断的原因"), max_length=60, blank=True)

    protection = Protection(
        rows="department", audited=False, reason="computed rows that the next computation replaces"
    )

    class Meta:
        verbose_name = _("控制图的证据")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "indicator_id", "department"],
                nulls_distinct=False,
                name="evidence_once",
            )
        ]
