"""What a changed definition would have given, kept with who looked at it before it was published."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection
from zhikong.hospital.functions.indicators.models.fields import month_field, person_field


class ChangePreview(Protected):
    """The last finished months under the text in force and under a new version of it.

    text_hash: the version's text that was tried; old_hash: the text that it would replace, empty for a new one.
    result: months, hospital and department figures by both, changed judgements, cases that change sides (counts).
    """

    version = models.ForeignKey(
        "packstore.Version", on_delete=models.PROTECT, related_name="+", verbose_name=_("定义的版本")
    )
    text_hash = models.CharField(_("新的指纹"), max_length=16)
    old_hash = models.CharField(_("原来的指纹"), max_length=16, blank=True)
    data_version = models.CharField(_("数据版本"), max_length=64)
    first_month = month_field(blank=True)
    last_month = month_field(blank=True)
    result = models.JSONField(_("结果"))
    computed_at = models.DateTimeField(_("计算时间"))
    computed_by = person_field(_("计算人"))

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("口径变化的预览")
        indexes = [models.Index(fields=["institution", "version"], name="preview_of_version")]


class PreviewSeen(Protected):
    """Somebody looked at a preview and said so: without it a definition is not published."""

    preview = models.ForeignKey(ChangePreview, on_delete=models.PROTECT, related_name="seen")
    at = models.DateTimeField(_("时间"))
    by = person_field(_("查看人"))

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("预览的查看")
        constraints = [
            models.UniqueConstraint(fields=["preview", "by"], name="preview_seen_once"),
        ]
