"""Closed months whose figures come out differently by now: the new figures stand beside the published ones (SYS-04)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.indicators.models.closing import MonthClose
from zhikong.hospital.functions.indicators.models.fields import department_field, month_field, person_field
from zhikong.hospital.functions.indicators.models.values import Computation


class MonthRevision(Protected):
    """A closed month computed again on later data. It changes nothing until somebody accepts it with a reason.

    before, after: the computation that the month shows, and the later one. causes: the publications in between that
    touched the month: [{"load", "source", "at", "new", "changed", "feeds"}]: stays that came late, stays that were
    corrected, and whether they came by feeds rather than as front pages.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待处理")
        ACCEPTED = "accepted", _("已采用")
        REPLACED = "replaced", _("已有更新的修订")
        GONE = "gone", _("数值已与公布一致")

    month_close = models.ForeignKey(MonthClose, on_delete=models.PROTECT, related_name="revisions")
    month = month_field()
    before = models.ForeignKey(Computation, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(Computation, on_delete=models.PROTECT, related_name="+")
    causes = models.JSONField(_("原因"), default=list)
    found_at = models.DateTimeField(_("发现时间"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    decided_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    decided_by = person_field(_("处理人"), null=True, blank=True)
    reason = models.TextField(_("理由"), blank=True)

    protection = Protection(performance=True)

    class Meta:
        verbose_name = _("月度修订")
        ordering = ["-found_at", "-pk"]
        constraints = [
            paired("decided_at", "decided_by", "revision_decided_by"),
            models.CheckConstraint(
                condition=~Q(state="accepted") | (Q(decided_at__isnull=False) & ~Q(reason="")),
                name="revision_accepted_with_reason",
            ),
            models.UniqueConstraint(
                fields=["institution", "month"], condition=Q(state="open"), name="one_open_revision_a_month"
            ),
        ]
        indexes = [models.Index(fields=["institution", "month"], name="revision_by_month")]


class RevisedValue(Protected):
    """One figure of a revision: as it was published, and as it comes out now. Null where it cannot be computed."""

    revision = models.ForeignKey(MonthRevision, on_delete=models.PROTECT, related_name="values")
    month = month_field()
    indicator_id = models.CharField(_("指标"), max_length=64)
    department = department_field()
    numerator = models.BigIntegerField(_("公布的分子"), null=True)
    denominator = models.BigIntegerField(_("公布的分母"), null=True)
    value = models.DecimalField(_("公布的值"), max_digits=20, decimal_places=6, null=True)
    new_numerator = models.BigIntegerField(_("新的分子"), null=True)
    new_denominator = models.BigIntegerField(_("新的分母"), null=True)
    new_value = models.DecimalField(_("新的值"), max_digits=20, decimal_places=6, null=True)

    protection = Protection(
        rows="department", append_only=True, audited=False, performance=True,
        reason="computed rows that are only added are their own trail",
    )  # fmt: skip

    class Meta:
        verbose_name = _("修订的数值")
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "indicator_id", "department"],
                nulls_distinct=False,
                name="revised_value_once",
            )
        ]
        indexes = [models.Index(fields=["institution", "indicator_id", "month"], name="revised_by_indicator")]
