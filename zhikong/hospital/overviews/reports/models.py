"""The monthly brief: words that people edit, beside figures that nobody can."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, paired
from zhikong.hospital.overviews.reports.rules import SECTIONS

USER = "access.User"


class Brief(Protected):
    """One month's brief. `figures` is the frozen snapshot that text, table and footnotes quote.

    `sections`: section key -> text; a figure is quoted as 〔n〕 with the number of its row in the snapshot.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        PUBLISHED = "published", _("已发布")

    month = models.CharField(_("月份"), max_length=7)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.DRAFT)
    sections = models.JSONField(_("正文"), default=dict)
    figures = models.JSONField(_("数据"), default=dict)
    data_version = models.CharField(_("数据版本"), max_length=64)
    drafted_at = models.DateTimeField(_("起草时间"))
    drafted_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(_("修改时间"), null=True, blank=True)
    edited_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    published_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("医疗质量简报")
        constraints = [
            models.UniqueConstraint(fields=["institution", "month"], name="brief_once_a_month"),
            paired("edited_at", "edited_by", "brief_edited_at_with_person"),
            paired("published_at", "published_by", "brief_published_at_with_person"),
            models.CheckConstraint(
                condition=models.Q(state="draft", published_at__isnull=True)
                | models.Q(state="published", published_at__isnull=False),
                name="brief_published_with_moment",
            ),
        ]

    @property
    def published(self) -> bool:
        return self.state == self.State.PUBLISHED

    def parts(self) -> list[tuple[str, str, str]]:
        """(key, title, text) of each section in order."""
        return [(key, str(title), self.sections.get(key, "")) for key, title in SECTIONS.items()]
