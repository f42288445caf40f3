"""What a person has decided about a file whose columns no mapping knows yet; the feeds, and what came by them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired


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


class Feed(Protected):
    """A way by which data come in again and again: who sends, how it is read, when it is fetched, how it fares.

    settings: what the kind needs (an address, a query). secret: sealed, see feeds.secret_of. schedule: see
    feeds.Schedule; empty for kinds that send by themselves. cursor: how far a kind that fetches has come.
    """

    class Kind(models.TextChoices):
        FILE = "file", _("文件")
        HL7 = "hl7", _("HL7 v2 消息")
        FHIR = "fhir", _("FHIR R4")
        SQL = "sql", _("数据库视图")
        PUSH = "push", _("推送接口")

    class State(models.TextChoices):
        ACTIVE = "active", _("启用")
        PAUSED = "paused", _("已暂停")
        BROKEN = "broken", _("出错停用")

    code = models.SlugField(_("代码"), max_length=64)
    title = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("种类"), max_length=8, choices=Kind)
    mapping = models.CharField(_("映射"), max_length=80, blank=True)  # empty: chosen for each delivery
    settings = models.JSONField(_("设置"), default=dict)
    secret = models.BinaryField(null=True)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.ACTIVE)
    schedule = models.JSONField(_("时间安排"), default=dict)
    retention_days = models.PositiveIntegerField(_("原始数据保存天数"), default=365)
    last_received_at = models.DateTimeField(_("最近收到"), null=True)
    last_success_at = models.DateTimeField(_("最近成功"), null=True)
    next_run_at = models.DateTimeField(_("下次运行"), null=True)
    cursor = models.JSONField(_("读到"), default=dict)
    failures = models.PositiveSmallIntegerField(_("连续失败次数"), default=0)
    message = models.TextField(_("说明"), blank=True)
    created_at = models.DateTimeField(_("建立时间"))
    created_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection(sensitive=("secret",))

    class Meta:
        verbose_name = _("数据来源")
        ordering = ["title", "pk"]
        constraints = [models.UniqueConstraint(fields=["institution", "code"], name="feed_code_once")]

    def __str__(self):
        return self.title

    @property
    def is_live(self) -> bool:
        """Its deliveries are single rows, not complete months: they change what is there, and replace nothing whole."""
        return self.kind != self.Kind.FILE

    @property
    def settles_at_once(self) -> bool:
        """Its rows are of stays that are over: they become facts right away, without the hours of grace."""
        return self.is_live and bool(self.settings.get("complete"))


class Receipt(Protected):
    """One content that came by a feed: when, under which identity, and what became of it.

    identity: a file's hash, a message's source and control id, a row's key and version. A content that comes again
    is a duplicate; another content under the same identity supersedes the earlier one, which stays here as history.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("等待处理")
        APPLIED = "applied", _("已处理")
        DUPLICATE = "duplicate", _("重复")
        SUPERSEDED = "superseded", _("已被更正")
        REFUSED = "refused", _("未采用")
        FAILED = "failed", _("处理出错")

    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="receipts")
    seq = models.BigIntegerField(_("序号"))  # the order of arrival within the feed
    identity = models.CharField(_("标识"), max_length=200)
    name = models.CharField(_("文件名"), max_length=255, blank=True)
    part = models.CharField(_("所属"), max_length=64, blank=True)  # source of a mapping, of several files
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.BigIntegerField(_("大小（字节）"))
    raw = models.ForeignKey("facts.RawItem", on_delete=models.PROTECT, related_name="receipts")
    received_at = models.DateTimeField(_("收到时间"))
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.WAITING)
    load = models.ForeignKey("facts.Load", null=True, on_delete=models.PROTECT, related_name="receipts")
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    note = models.CharField(_("说明"), max_length=300, blank=True)

    # a log by itself, written by the feed and the worker: a second log of every message would double the work
    protection = Protection(audited=False)

    class Meta:
        verbose_name = _("收到的数据")
        ordering = ["-received_at", "-seq"]
        constraints = [models.UniqueConstraint(fields=["feed", "seq"], name="receipt_seq_once")]
        indexes = [
            models.Index(fields=["feed", "identity", "-seq"], name="receipt_identity"),
            models.Index(fields=["feed", "state", "seq"], name="receipt_state"),
            models.Index(fields=["load"], name="receipt_load"),
        ]

    def __str__(self):
        return f"{self.feed_id}/{self.seq}"


class ApiToken(Protected):
    """What a caller of the push API shows: 256 random bits, kept as a hash. It opens one feed and nothing else."""

    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="tokens")
    label = models.CharField(_("用途"), max_length=80)
    start = models.CharField(_("开头"), max_length=12)  # by which a person tells tokens apart
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("生成时间"))
    created_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("到期时间"), null=True)
    last_used_at = models.DateTimeField(_("最近使用"), null=True)
    revoked_at = models.DateTimeField(_("吊销时间"), null=True)
    revoked_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection(
        rows="account",
        sensitive=("digest",),
        reason="a caller is known by its token before there is a scope",
    )

    class Meta:
        verbose_name = _("推送令牌")
        ordering = ["-created_at"]
        constraints = [paired("revoked_at", "revoked_by", "api_token_revoked_by", jobs_too=True)]

    def __str__(self):
        return self.label

    def is_valid(self, now) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)
