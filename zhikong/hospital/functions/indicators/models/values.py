"""Targets, computations, values and the signals found in them (IND-01…08, SYS-03)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection
from zhikong.hospital.functions.indicators.models.fields import (
    department_field,
    month_field,
    person_field,
)
from zhikong.hospital.functions.indicators.rules import Target


class IndicatorTarget(Protected):
    """A target from a month on, until a later row replaces it. Rows are only added, so the history stays.

    In force for a month: of the rows with valid_from <= month, the latest valid_from, then the row added last.
    A row without any bound withdraws the target. Rows of a department come before those of the hospital.
    hospital_only: a bound that makes sense for the hospital as a whole (bed occupancy) does not judge departments;
    one that has a row of its own is still judged by that row.
    """

    indicator_id = models.CharField(_("指标"), max_length=64)
    department = department_field()
    valid_from = models.DateField(_("自何月起"))
    hospital_only = models.BooleanField(_("只考核全院"), default=False)
    at_least = models.DecimalField(_("不低于"), max_digits=14, decimal_places=4, null=True, blank=True)
    at_most = models.DecimalField(_("不高于"), max_digits=14, decimal_places=4, null=True, blank=True)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    reason = models.CharField(_("说明"), max_length=200, blank=True)
    set_at = models.DateTimeField(_("设定时间"))
    set_by = person_field(_("设定人"), null=True)  # empty for a preset that a command loaded

    protection = Protection(append_only=True, performance=True)

    class Meta:
        verbose_name = _("指标目标值")
        constraints = [
            models.CheckConstraint(
                condition=Q(at_least__isnull=True) | Q(at_most__isnull=True) | Q(at_most__gte=F("at_least")),
                name="target_bounds_in_order",
            ),
            models.CheckConstraint(condition=Q(valid_from__day=1), name="target_starts_with_a_month"),
        ]
        indexes = [models.Index(fields=["institution", "indicator_id", "valid_from"], name="target_lookup")]

    @property
    def target(self) -> Target:
        return Target(self.at_least, self.at_most)

    @property
    def year(self) -> int:
        return self.valid_from.year


class Computation(Protected):
    """One finished run: which definitions (id -> hash) were computed on which data version, for which months.

    Pages read one computation, so all figures of a page stem from the same data and definitions.
    """

    data_version = models.CharField(_("数据版本"), max_length=64)
    definitions = models.JSONField(_("指标定义"))
    first_month = month_field()
    last_month = month_field()
    data_until = models.DateTimeField(_("数据截至"), null=True)
    computed_at = models.DateTimeField(_("计算时间"))
    value_count = models.PositiveIntegerField(_("结果数"))

    protection = Protection(append_only=True, performance=True)

    class Meta:
        verbose_name = _("计算批次")
        get_latest_by = ["computed_at", "id"]
        indexes = [models.Index(fields=["institution", "-computed_at"], name="computation_latest")]

    @property
    def hashes(self) -> list[str]:
        return list(self.definitions.values())


class IndicatorValue(Protected):
    """One result, never overwritten: a new definition or data version gives a new row beside it (F-32)."""

    indicator_id = models.CharField(_("指标"), max_length=64)
    definition_version = models.PositiveIntegerField(_("定义版本"))
    definition_hash = models.CharField(_("定义指纹"), max_length=64)
    data_version = models.CharField(_("数据版本"), max_length=64)
    computed_at = models.DateTimeField(_("计算时间"))
    department = department_field()
    month = month_field()
    numerator = models.BigIntegerField(_("分子"), null=True)
    denominator = models.BigIntegerField(_("分母"), null=True)
    value = models.DecimalField(_("值"), max_digits=20, decimal_places=6, null=True)
    reason = models.CharField(_("无法计算的原因"), max_length=300, blank=True)

    protection = Protection(
        rows="department", append_only=True, audited=False, performance=True,
        reason="computed rows that are only added are their own trail",
    )  # fmt: skip

    class Meta:
        verbose_name = _("指标结果")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "institution",
                    "data_version",
                    "indicator_id",
                    "department",
                    "month",
                    "definition_hash",
                ],
                nulls_distinct=False,
                name="value_once",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False, reason="") | (Q(value__isnull=True) & ~Q(reason="")),
                name="value_or_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "data_version", "month", "department"], name="value_by_month"
            ),
        ]


class Signal(Protected):
    """A run rule that a chart fulfilled in a month; recorded for every chart. Only an Alert is sent."""

    indicator_id = models.CharField(_("指标"), max_length=64)
    definition_hash = models.CharField(_("定义指纹"), max_length=64)
    data_version = models.CharField(_("数据版本"), max_length=64)
    department = department_field()
    month = month_field()
    rule = models.CharField(_("规则"), max_length=32)
    side = models.CharField(_("方向"), max_length=8, blank=True)  # above, below
    sentence = models.CharField(_("说明"), max_length=240)
    chart = models.JSONField(_("控制图参数"))  # kind, centre, lower, upper at the month, points, screened
    decided = models.CharField(
        _("控制图决定的指纹"), max_length=16, blank=True, default=""
    )  # of the decisions on the chart that held; empty for none

    protection = Protection(
        rows="department", append_only=True, audited=False, reason="computed rows that are only added"
    )

    class Meta:
        verbose_name = _("信号")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "institution", "data_version", "indicator_id", "department", "month", "rule",
                    "definition_hash", "decided",
                ],
                nulls_distinct=False,
                name="signal_once",
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["institution", "data_version", "month"], name="signal_by_month")]
