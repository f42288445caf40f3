"""What reaches people: one open alert per indicator and department (IND-03)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.indicators.models.fields import (
    department_field,
    month_field,
    person_field,
)


class Alert(Protected):
    """Someone is asked to look: one open per indicator and department; a signal that goes on updates it."""

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
        ]  # fmt: skip
