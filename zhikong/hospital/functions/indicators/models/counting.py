"""Which of two counts of the same thing counts: the systems' or the departments' (IND-01)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection
from zhikong.hospital.functions.indicators.models.fields import person_field


class CountedSource(Protected):
    """From a month on, which of a pair counts, until a later row says otherwise. Rows are only added.

    indicator_id: the computed indicator of the pair; without a row it is the one that counts.
    """

    class Source(models.TextChoices):
        COMPUTED = "computed", _("系统计算")
        REPORTED = "reported", _("科室填报")

    indicator_id = models.CharField(_("指标"), max_length=64)
    valid_from = models.DateField(_("自何月起"))
    source = models.CharField(_("以何为准"), max_length=12, choices=Source)
    reason = models.CharField(_("理由"), max_length=300)
    set_at = models.DateTimeField(_("设定时间"))
    set_by = person_field(_("设定人"))

    protection = Protection(append_only=True, performance=True)

    class Meta:
        verbose_name = _("以何来源为准")
        indexes = [models.Index(fields=["institution", "indicator_id"], name="counted_source_indicator")]
