"""Written summaries of a quarter, half a year or a year (REP-03, REP-05): words beside figures that nobody edits."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, paired

USER = "access.User"


class Summary(Protected):
    """One period's summary. `figures` is the frozen snapshot; `sections` a list of {key, title, text} in order.

    A figure is quoted as its shown value followed by 〔n〕 with its number in the snapshot.
    """

    class Kind(models.TextChoices):
        QUARTER = "quarter", _("季度总结")
        HALF = "half", _("半年工作总结")
        YEAR = "year", _("年度工作总结")

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        PUBLISHED = "published", _("已发布")

    kind = models.CharField(_("类别"), max_length=8, choices=Kind)
    first_month = models.CharField(_("首月"), max_length=7)
    last_month = models.CharField(_("末月"), max_length=7)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.DRAFT)
    as_of = models.DateTimeField(_("数据时点"))
    digest = models.CharField(_("数据校验码"), max_length=64)
    figures = models.JSONField(_("数据"), default=dict)
    sections = models.JSONField(_("正文"), default=list)
    drafted_at = models.DateTimeField(_("起草时间"))
    drafted_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(_("修改时间"), null=True, blank=True)
    edited_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    published_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("工作总结")
        ordering = ["-last_month", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "kind", "last_month"], name="summary_once_a_period"
            ),
            paired("edited_at", "edited_by", "summary_edited_pair", jobs_too=True),
            paired("published_at", "published_by", "summary_published_pair", jobs_too=True),
            models.CheckConstraint(
                condition=models.Q(state="draft", published_at__isnull=True)
                | models.Q(state="published", published_at__isnull=False),
                name="summary_published_with_moment",
            ),
        ]

    @property
    def published(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def title(self) -> str:
        """“2025 年度工作总结”, “2026 年上半年工作总结”, “2026 年第 3 季度总结”."""
        year, month = self.last_month[:4], int(self.last_month[5:])
        if self.kind == self.Kind.YEAR:
            return _("%(year)s 年度医疗质量与安全工作总结") % {"year": year}
        if self.kind == self.Kind.HALF:
            half = _("上半年") if month <= 6 else _("下半年")
            return _("%(year)s 年%(half)s医疗质量与安全工作总结") % {"year": year, "half": half}
        return _("%(year)s 年第 %(n)d 季度医疗质量与安全总结") % {"year": year, "n": (month - 1) // 3 + 1}
