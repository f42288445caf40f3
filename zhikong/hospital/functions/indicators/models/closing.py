"""The month's close: its state, what was done to it, and the analyses of missed targets (SYS-04)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.indicators.models.fields import (
    department_field,
    month_field,
    person_field,
)
from zhikong.hospital.functions.indicators.models.values import Computation


class MonthClose(Protected):
    """A month's state. Once closed it shows the figures of `computation`, whatever arrives later (SYS-04)."""

    class State(models.TextChoices):
        OPEN = "open", _("未结账")
        CLOSED = "closed", _("已结账")

    month = month_field()
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.OPEN)
    computation = models.ForeignKey(
        Computation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("计算批次"),
    )
    # targets that were set later do not judge the closed month; a row number, because clocks can be wrong
    last_target = models.BigIntegerField(_("最后一条目标值"), null=True, blank=True)
    closed_at = models.DateTimeField(_("结账时间"), null=True, blank=True)
    closed_by = person_field(_("结账人"), null=True, blank=True)

    protection = Protection(performance=True)

    class Meta:
        verbose_name = _("月度结账")
        constraints = [
            models.UniqueConstraint(fields=["institution", "month"], name="month_close_once"),
            paired("closed_at", "closed_by", "month_closed_by"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, computation__isnull=True)
                | Q(state="closed", closed_at__isnull=False, computation__isnull=False),
                name="month_closed_with_figures",
            ),
        ]


class MonthAct(Protected):
    """What was done to a month: closed, closed over open misses, reopened, or shown by later data, with a reason."""

    class Kind(models.TextChoices):
        CLOSED = "closed", _("结账")
        OVERRIDDEN = "overridden", _("例外结账")
        REOPENED = "reopened", _("重新打开")
        REVISED = "revised", _("采用修订")

    month_close = models.ForeignKey(MonthClose, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(_("操作"), max_length=12, choices=Kind)
    at = models.DateTimeField(_("时间"))
    by = person_field(_("操作人"))
    reason = models.TextField(_("理由"), blank=True)
    open_misses = models.JSONField(_("未完成项"), default=list)
    data_version = models.CharField(_("数据版本"), max_length=64, blank=True)

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("结账记录")
        constraints = [
            models.CheckConstraint(condition=Q(kind="closed") | ~Q(reason=""), name="month_act_has_reason"),
        ]


class MonthAnalysis(Protected):
    """Why targets were missed in a month and what is done; one text may cover several misses (IND-02)."""

    month = month_field()
    cause = models.TextField(_("原因分析"))
    measure = models.TextField(_("改进措施"))
    at = models.DateTimeField(_("填写时间"))
    by = person_field(_("填写人"))

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("月度分析")
        indexes = [models.Index(fields=["institution", "month"], name="analysis_by_month")]


class AnalysedMiss(Protected):
    """One miss that an analysis covers."""

    analysis = models.ForeignKey(MonthAnalysis, on_delete=models.PROTECT, related_name="misses")
    month = month_field()
    indicator_id = models.CharField(_("指标"), max_length=64)
    department = department_field()

    protection = Protection(rows="department", append_only=True)

    class Meta:
        verbose_name = _("分析所含未达标项")
        constraints = [
            models.UniqueConstraint(
                fields=["analysis", "indicator_id", "department"],
                nulls_distinct=False,
                name="analysed_miss_once",
            )
        ]
        indexes = [models.Index(fields=["institution", "month"], name="analysed_by_month")]
