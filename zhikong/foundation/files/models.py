"""Stored contents, the files that people know them by, legal holds, and the story of each file."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation import opaque
from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.foundation.files.rules import Act, Kind, Scan

USER = "access.User"


class Blob(Protected):
    """A content on disk, kept once per institution however many files show it.

    address: keyed hash of the content under the institution's own key, so that one institution cannot find out
    what another one keeps. digest: plain SHA-256 of the content, against which the disk is checked.
    """

    class Problem(models.TextChoices):
        NONE = "", _("完好")
        MISSING = "missing", _("磁盘上没有")
        DAMAGED = "damaged", _("内容损坏")

    address = models.CharField(max_length=64)
    digest = models.CharField(_("SHA-256"), max_length=64)
    size = models.BigIntegerField(_("字节数"))
    sealed = models.BooleanField(_("已加密"), default=False)
    stored_at = models.DateTimeField(_("存入时间"))
    checked_at = models.DateTimeField(_("核对时间"), null=True)
    problem = models.CharField(_("问题"), max_length=8, choices=Problem, default=Problem.NONE, blank=True)

    protection = Protection()

    class Meta:
        verbose_name = _("文件内容")
        constraints = [models.UniqueConstraint(fields=["institution", "address"], name="file_blob_once")]


class File(Protected):
    """A content under a name, for a purpose, of one department; what stands here after its destruction is the trail."""

    department = models.ForeignKey(
        "organisation.Department",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("科室"),
    )
    name = models.CharField(_("文件名"), max_length=120)
    kind = models.CharField(_("类型"), max_length=8, choices=[(k.value, k.value) for k in Kind])
    size = models.BigIntegerField(_("字节数"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    received_digest = models.CharField(
        _("收到时的 SHA-256"), max_length=64
    )  # differs when it was written anew
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    remark = models.CharField(_("提示"), max_length=300, blank=True)
    blob = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="files")
    thumbnail = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="thumbnail_of")
    purpose = models.CharField(_("用途"), max_length=60)
    uploaded_at = models.DateTimeField(_("上传时间"))
    uploaded_by = models.ForeignKey(
        USER, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("上传人")
    )
    used_for = models.CharField(_("用于"), max_length=80, blank=True)  # such as findings.evidence:12
    scan = models.CharField(_("病毒扫描"), max_length=12, choices=Scan, default=Scan.NONE)
    scanned_at = models.DateTimeField(_("扫描时间"), null=True)
    retention = models.CharField(_("保存类别"), max_length=32)
    retain_until = models.DateField(_("保存到"), null=True)  # empty: permanent
    held = models.BooleanField(_("封存"), default=False)
    deleted_at = models.DateTimeField(_("销毁时间"), null=True)
    deleted_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    # who uploaded it or was let in, whatever the department; a confidential one is for them and for some roles only
    confidential = models.BooleanField(_("保密"), default=False)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    protection = Protection(
        rows="participants", sensitive=("name",), pay_never_sees=("purpose", opaque.FILE_PURPOSE)
    )

    class Meta:
        verbose_name = _("文件")
        constraints = [
            paired("deleted_at", "deleted_by", "file_deleted_pair", jobs_too=True),
            models.CheckConstraint(
                condition=Q(held=False) | Q(deleted_at__isnull=True), name="file_held_is_not_deleted"
            ),
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True, blob__isnull=False)
                | Q(deleted_at__isnull=False, blob__isnull=True, thumbnail__isnull=True),
                name="file_content_until_deleted",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "deleted_at", "retain_until"], name="file_retention"),
            models.Index(fields=["institution", "scan"], name="file_scan"),
            models.Index(fields=["department", "uploaded_at"], name="file_department"),
        ]

    def __str__(self):
        return self.name

    @property
    def is_image(self) -> bool:
        """Pictures are written anew by us; they alone may be shown in a page."""
        return self.kind in (Kind.JPG, Kind.PNG, Kind.WEBP)

    @property
    def is_readable(self) -> bool:
        return self.deleted_at is None and self.scan in (Scan.CLEAN, Scan.NONE)


class Hold(Protected):
    """封存: while one of its holds is open a file is not destroyed, whatever its retention says."""

    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(_("封存理由"), max_length=300)
    placed_at = models.DateTimeField(_("封存时间"))
    placed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(_("解封时间"), null=True)
    released_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    release_reason = models.CharField(_("解封理由"), max_length=300, blank=True)

    protection = Protection(rows="parent", parent_table="files_file", parent_column="file_id")

    class Meta:
        verbose_name = _("文件封存")
        constraints = [
            paired("released_at", "released_by", "file_hold_released_pair"),
            models.CheckConstraint(condition=~Q(reason=""), name="file_hold_has_reason"),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | ~Q(release_reason=""),
                name="file_hold_release_has_reason",
            ),
        ]


class FileEvent(Protected):
    """One line of a file's story. Lines are only added; as they point at the file, its row cannot vanish either."""

    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="events")
    act = models.CharField(_("事项"), max_length=16, choices=Act)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("说明"), max_length=400, blank=True)

    protection = Protection(
        rows="parent", parent_table="files_file", parent_column="file_id", append_only=True
    )

    class Meta:
        verbose_name = _("文件经过")
        indexes = [models.Index(fields=["file", "at"], name="file_event_story")]


class Limit(Protected):
    """What an institution allows of one kind; without a row the product's own limit holds."""

    kind = models.CharField(_("类型"), max_length=8, choices=[(k.value, k.value) for k in Kind])
    allowed = models.BooleanField(_("允许上传"), default=True)
    max_bytes = models.BigIntegerField(_("单个文件上限"))

    class Meta:
        verbose_name = _("文件限制")
        constraints = [
            models.UniqueConstraint(fields=["institution", "kind"], name="file_limit_once"),
            models.CheckConstraint(condition=Q(max_bytes__gt=0), name="file_limit_positive"),
        ]


class Sweep(Protected):
    """What one comparison of disk and database found."""

    at = models.DateTimeField(_("时间"))
    removed = models.PositiveIntegerField(_("清理的残留"))
    missing = models.PositiveIntegerField(_("磁盘上没有"))
    damaged = models.PositiveIntegerField(_("内容损坏"))
    found_again = models.PositiveIntegerField(_("已恢复"))

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("文件核对")
        indexes = [models.Index(fields=["institution", "-at"], name="file_sweep_latest")]
