"""Why it happened, and what is done about it: chains of causes by category, and measures in 5W2H."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.foundation.findings.models.finding import DEPARTMENT, USER, Finding

SEEN_WITH_FINDING = Protection(rows="parent", parent_table="findings_finding", parent_column="finding_id")


class Cause(Protected):
    """One answer to one "why": chains run from what is seen (depth 1) to what lies beneath it."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="causes")
    department = models.ForeignKey(DEPARTMENT, on_delete=models.PROTECT, related_name="+")
    chain = models.PositiveSmallIntegerField(_("第几条"))
    depth = models.PositiveSmallIntegerField(_("第几个为什么"))
    category = models.CharField(_("类别"), max_length=32)  # of the policy: people, equipment, …
    text = models.CharField(_("原因"), max_length=200)
    is_root = models.BooleanField(_("真因"), default=False)
    proof = models.CharField(_("依据"), max_length=200, blank=True)

    protection = SEEN_WITH_FINDING

    class Meta:
        verbose_name = _("原因")
        ordering = ["chain", "depth"]
        constraints = [
            models.UniqueConstraint(fields=["finding", "chain", "depth"], name="finding_cause_once"),
            models.CheckConstraint(condition=Q(depth__gte=1, depth__lte=7), name="finding_cause_depth"),
        ]


class Measure(Protected):
    """One measure: what, why, who, by when, where, how, and what it costs (5W2H)."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="measures")
    department = models.ForeignKey(DEPARTMENT, on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(_("序号"))
    what = models.CharField(_("做什么"), max_length=300)
    why = models.CharField(_("针对的原因"), max_length=200, blank=True)
    who = models.ForeignKey(
        "organisation.Person", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("负责人")
    )
    due_on = models.DateField(_("完成日期"))
    where = models.CharField(_("在哪里"), max_length=80, blank=True)
    how = models.CharField(_("怎么做"), max_length=300, blank=True)
    cost = models.DecimalField(
        _("费用（元）"), max_digits=10, decimal_places=2, null=True, validators=[MinValueValidator(0)]
    )
    from_decision = models.BooleanField(_("委员会决议"), default=False)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    done_text = models.CharField(_("完成情况"), max_length=300, blank=True)

    protection = SEEN_WITH_FINDING

    class Meta:
        verbose_name = _("整改措施")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(cost=None) | Q(cost__gte=0), name="finding_measure_cost"),
            paired("done_at", "done_by", "finding_measure_done_pair"),
        ]

    def __str__(self):
        return self.what
