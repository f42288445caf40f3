"""What a person has decided so far about a file whose columns no mapping knows yet."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection


class ImportDraft(Protected):
    """A file in the wizard: what it looks like, and which column was chosen for what. The file itself waits in a
    private folder and is removed when the draft is finished or forgotten; nothing of its rows is kept here."""

    class State(models.TextChoices):
        OPEN = "open", _("进行中")
        SAVED = "saved", _("已保存映射")
        DISCARDED = "discarded", _("已放弃")

    file_name = models.CharField(_("文件"), max_length=255)
    size = models.BigIntegerField(_("大小"), default=0)
    sheets = models.JSONField(
        _("工作表"), default=list
    )  # [name, header row, header] of each table; empty for text
    sheet = models.CharField(_("工作表"), max_length=64, blank=True)
    header = models.JSONField(_("表头"), default=list)
    header_row = models.PositiveIntegerField(_("表头所在行"), default=1)
    table = models.CharField(_("内容"), max_length=32, blank=True)
    columns = models.JSONField(_("列的对应"), default=dict)  # contract column -> header
    numbers = models.JSONField(_("编号的对应"), default=dict)  # record_number … -> header
    codes = models.JSONField(
        _("代码的对应"), default=dict
    )  # contract column -> {text in the file: code or null}
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.OPEN)
    mapping_id = models.CharField(_("映射"), max_length=80, blank=True)
    version_id = models.BigIntegerField(_("映射的版本"), null=True)  # a version in the pack store
    created_at = models.DateTimeField(_("上传时间"))
    created_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(_("修改时间"))

    protection = Protection()

    class Meta:
        verbose_name = _("导入向导")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="saved") | Q(version_id__isnull=False) & ~Q(mapping_id=""),
                name="import_draft_saved_has_mapping",
            )
        ]

    def __str__(self):
        return self.file_name
