"""What people decided about a control chart: phases, frozen baselines, excluded months, its type, notes (IND-52)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.indicators.models.fields import (
    department_field,
    month_field,
    person_field,
)


class ChartDecision(Protected):
    """One decision about the chart of an indicator at a place, with its reason. It is withdrawn, never deleted.

    phase: new limits from first_month on. freeze: the limits of the phase come from first_month to last_month only.
    exclude: the months from first_month to last_month carry no limits. chart_type: `chart` is drawn. note: a remark
    beside first_month; it changes no limit.
    """

    class Kind(models.TextChoices):
        PHASE = "phase", _("分段：从该月起重新计算控制限")
        FREEZE = "freeze", _("固定基线：控制限只由这些月份决定")
        EXCLUDE = "exclude", _("剔除：这些月份不参与计算控制限")
        CHART_TYPE = "chart_type", _("指定控制图类型")
        NOTE = "note", _("注释")

    class Chart(models.TextChoices):
        XMR = "xmr", _("单值控制图")
        P = "p", _("p 控制图")
        P_PRIME = "p_prime", _("p′ 控制图")
        U = "u", _("u 控制图")
        U_PRIME = "u_prime", _("u′ 控制图")
        C = "c", _("c 控制图")
        G = "g", _("g 控制图（两例之间隔多少例）")
        MEDIAN = "median", _("中位数控制图")

    indicator_id = models.CharField(_("指标"), max_length=64)
    department = department_field()
    kind = models.CharField(_("决定"), max_length=12, choices=Kind)
    first_month = month_field(blank=True)
    last_month = month_field(blank=True)
    chart = models.CharField(_("控制图类型"), max_length=12, choices=Chart, blank=True)
    reason = models.CharField(_("理由"), max_length=300)
    decided_at = models.DateTimeField(_("决定时间"))
    decided_by = person_field(_("决定人"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    withdrawn_by = person_field(_("撤回人"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("撤回理由"), max_length=300, blank=True)

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("控制图的决定")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="chart_decision_reasoned"),
            models.CheckConstraint(
                condition=Q(last_month="") | Q(last_month__gte=F("first_month")), name="chart_decision_months"
            ),
            models.CheckConstraint(
                condition=Q(kind="chart_type", first_month="", last_month="") & ~Q(chart="")
                | ~Q(kind="chart_type") & Q(chart="") & ~Q(first_month=""),
                name="chart_decision_whole",
            ),
            paired("withdrawn_at", "withdrawn_by", "chart_decision_withdrawn"),
        ]
        indexes = [models.Index(fields=["institution", "indicator_id"], name="chart_decision_lookup")]

    @property
    def until(self) -> str:
        """The last month it is about."""
        return self.last_month or self.first_month
