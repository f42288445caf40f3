"""What was delivered, what was set aside, and which version of each table readers see. The facts lie in the lake."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired


class Load(Protected):
    """One delivery of data: file or feed, its fingerprint, and what became of its rows.

    counts: {"delivered", "good", "faulty", "new_stays", "changed_stays", "unchanged_stays"} and rows by table
    under "tables". reasons: faulty cells by reason and column, complete even where rows are cut off.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("等待导入")
        RUNNING = "running", _("正在导入")
        PUBLISHED = "published", _("已发布")
        UNCHANGED = "unchanged", _("内容无变化")
        REFUSED = "refused", _("未导入")
        INTERRUPTED = "interrupted", _("已中断")
        FAILED = "failed", _("导入出错")

    source_name = models.CharField(_("文件"), max_length=255)
    sha256 = models.CharField(_("文件指纹"), max_length=64, blank=True)
    size = models.BigIntegerField(_("大小（字节）"), default=0)
    mapping = models.CharField(_("映射"), max_length=64)
    mapping_hash = models.CharField(max_length=64, blank=True)
    state = models.CharField(_("状态"), max_length=16, choices=State, default=State.WAITING)
    message = models.TextField(_("说明"), blank=True)
    remedy = models.TextField(_("如何处理"), blank=True)
    notes = models.JSONField(_("提示"), default=list)
    counts = models.JSONField(_("计数"), default=dict)
    reasons = models.JSONField(_("问题汇总"), default=list)
    months = models.JSONField(_("涉及月份"), default=list)
    feed = models.CharField(_("来源"), max_length=64, blank=True)  # code of the feed it came by
    stage = models.CharField(_("进行到"), max_length=40, blank=True)
    progress = models.PositiveSmallIntegerField(_("进度（%）"), null=True)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)  # processes that began it
    replay_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replays")
    started_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("导入人"),
    )

    protection = Protection()

    class Meta:
        verbose_name = _("数据导入")
        ordering = ["-started_at", "-pk"]
        indexes = [
            models.Index(fields=["institution", "sha256", "mapping"], name="load_fingerprint"),
            models.Index(fields=["institution", "-started_at"], name="load_recent"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "running"]) | models.Q(finished_at__isnull=False),
                name="load_end_has_time",
            )
        ]

    def __str__(self):
        return self.source_name


class QuarantinedRow(Protected):
    """One fault of one row that was set aside; `value` is masked where it could identify a person."""

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="quarantined")
    source = models.CharField(_("文件"), max_length=64)
    row = models.BigIntegerField(_("行号"))
    table = models.CharField(_("表"), max_length=32, blank=True)
    column = models.CharField(_("列"), max_length=64, blank=True)
    label = models.CharField(_("列名"), max_length=160)
    value = models.CharField(_("原值"), max_length=120, null=True)
    reason = models.CharField(_("原因代码"), max_length=32)
    message = models.TextField(_("原因"))
    remedy = models.TextField(_("如何处理"))

    # a log by itself, never edited: no second log of it
    protection = Protection(audited=False, append_only=True)

    class Meta:
        verbose_name = _("隔离的行")
        ordering = ["row", "pk"]
        indexes = [models.Index(fields=["load", "reason", "row"], name="quarantine_by_reason")]


class Publication(Protected):
    """The moment in which the facts of an institution changed for all readers at once; the newest one is in force.

    changes: {"tables": {table: months whose rows changed}, "stays": {month of discharge: [new, changed]}}; empty for
    what earlier releases published.
    """

    number = models.PositiveIntegerField(_("序号"))
    data_version = models.CharField(_("数据版本"), max_length=16)
    published_at = models.DateTimeField(_("发布时间"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("发布人"),
    )
    load = models.ForeignKey(Load, null=True, on_delete=models.PROTECT, related_name="publications")
    changes = models.JSONField(_("变化"), default=dict)

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("数据发布")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="publication_number_once")
        ]

    def __str__(self):
        return self.data_version


class TableVersion(Protected):
    """Which version of a lake table a publication shows; each publication names every table that exists."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="tables")
    table = models.CharField(_("表"), max_length=32)
    version = models.BigIntegerField(_("版本"))
    rows = models.BigIntegerField(_("行数"))

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("表版本")
        constraints = [models.UniqueConstraint(fields=["publication", "table"], name="table_version_once")]


class RawItem(Protected):
    """A content exactly as it came in, kept once however often it arrives, encrypted, until its retention is over.

    A small one (a message) lies sealed in the row, a larger one under its address in the folder of raw input. The row
    outlives the content: it says what was kept, from where, and when it was deleted.
    """

    address = models.CharField(max_length=64)  # keyed hash of the content: says nothing to whom lacks the key
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.BigIntegerField(_("大小（字节）"))
    kind = models.CharField(_("种类"), max_length=16)
    source = models.CharField(_("来源"), max_length=64)
    received_at = models.DateTimeField(_("收到时间"))
    retain_until = models.DateField(_("保存到"))
    key = models.CharField(_("密钥编号"), max_length=16)
    sealed = models.BinaryField(null=True)  # small contents; null: in the folder, or deleted
    held = models.BooleanField(_("封存"), default=False)
    deleted_at = models.DateTimeField(_("删除时间"), null=True)

    # a log by itself: reads are recorded by raw.open_raw, deletions and holds have audited rows of their own
    protection = Protection(audited=False)

    class Meta:
        verbose_name = _("原始数据")
        constraints = [
            models.UniqueConstraint(fields=["institution", "address"], name="raw_item_once"),
            models.CheckConstraint(
                condition=models.Q(deleted_at__isnull=True) | models.Q(sealed__isnull=True, held=False),
                name="raw_item_deleted_is_gone",
            ),
        ]
        indexes = [models.Index(fields=["institution", "deleted_at", "retain_until"], name="raw_retention")]

    def __str__(self):
        return f"{self.source} {self.sha256[:12]}"


class RawHold(Protected):
    """封存: while one of its holds is open raw input is not deleted, whatever its retention says."""

    item = models.ForeignKey(RawItem, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(_("封存理由"), max_length=300)
    placed_at = models.DateTimeField(_("封存时间"))
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(_("解封时间"), null=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    protection = Protection()

    class Meta:
        verbose_name = _("原始数据封存")
        constraints = [
            paired("released_at", "released_by", "raw_hold_released_pair"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="raw_hold_has_reason"),
        ]


class RawDisposal(Protected):
    """What one night deleted of a source because its retention was over: the audit entry of the deletion."""

    at = models.DateTimeField(_("时间"))
    source = models.CharField(_("来源"), max_length=64)
    items = models.PositiveIntegerField(_("份数"))
    size = models.BigIntegerField(_("大小（字节）"))
    first_received_at = models.DateTimeField(_("最早收到"))
    last_received_at = models.DateTimeField(_("最晚收到"))

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("原始数据到期删除")
