"""Which small numbers are hidden from whom (F-14, ethics of small cells)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection
from zhikong.hospital.functions.indicators.models.fields import person_field


class SmallCellRule(Protected):
    """From a moment on, until a later row says otherwise. Rows are only added, so the history stays.

    smallest: numbers of cases from 1 to smallest - 1 are hidden; 0 hides nothing.
    roles: codes of the roles that see less; who also holds another role with the indicators sees everything.
    indicators: ids; empty means every indicator.
    """

    smallest = models.PositiveSmallIntegerField(_("小于多少例不显示"))
    roles = ArrayField(models.CharField(max_length=32), verbose_name=_("适用角色"), default=list)
    indicators = ArrayField(models.CharField(max_length=64), verbose_name=_("适用指标"), default=list)
    reason = models.CharField(_("理由"), max_length=300)
    set_at = models.DateTimeField(_("设定时间"))
    set_by = person_field(_("设定人"))

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("小数隐藏的规则")
        get_latest_by = ["set_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(smallest=0) | Q(smallest__gte=2, smallest__lte=50), name="small_cells_sensible"
            ),
        ]
