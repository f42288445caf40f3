"""Plans as documents: the text, what was read of it, and what people decided about each item."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired

__all__ = ["ItemDecision", "PlanDocument", "PlanItem", "PlanSentence"]
USER = settings.AUTH_USER_MODEL
DEPARTMENT = "organisation.Department"


class PlanDocument(Protected):
    """One plan that was brought in. text: its plain text; all places count its characters, end excluded."""

    class Level(models.TextChoices):
        HOSPITAL = "hospital", _("全院")
        DEPARTMENT = "department", _("科室")

    class State(models.TextChoices):
        WAITING = "waiting", _("正在读取")
        FAILED = "failed", _("读不了")
        READ = "read", _("待核对")
        IN_REVIEW = "in_review", _("核对中")
        REVIEWED = "reviewed", _("已核对")
        ADOPTED = "adopted", _("已采纳")
        REPLACED = "replaced", _("已被替换")

    year = models.PositiveSmallIntegerField(_("年度"))
    title = models.CharField(_("名称"), max_length=120)
    level = models.CharField(_("层级"), max_length=12, choices=Level, default=Level.HOSPITAL)
    department = models.ForeignKey(
        DEPARTMENT, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    file = models.ForeignKey("files.File", null=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(_("文件"), max_length=200)
    text = models.TextField(_("正文"), blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.WAITING)
    problem = models.CharField(_("原因"), max_length=500, blank=True)
    reader_version = models.CharField(_("读取程序的版本"), max_length=20, blank=True)
    brought_at = models.DateTimeField(_("上传时间"))
    brought_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(_("读取时间"), null=True)
    reviewed_at = models.DateTimeField(_("核对完成"), null=True)
    reviewed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")

    protection = Protection(sensitive=("text",))

    class Meta:
        verbose_name = _("工作计划")
        ordering = ["-year", "-brought_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level="hospital", department=None)
                | Q(level="department", department__isnull=False),
                name="plan_level_fits_department",
            ),
            paired("reviewed_at", "reviewed_by", "plan_reviewed_pair"),
        ]

    def __str__(self):
        return f"{self.year} {self.title}"


class PlanSentence(Protected):
    """A sentence of a plan and how it ends: something of it was adopted, it informs, or nobody has decided."""

    class Ending(models.TextChoices):
        OPEN = "open", _("未定")
        ADOPTED = "adopted", _("采纳")
        INFORMATIONAL = "informational", _("仅供参考")

    document = models.ForeignKey(PlanDocument, on_delete=models.CASCADE, related_name="sentences")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    heading = models.CharField(_("标题"), max_length=200, blank=True)
    unread = models.CharField(_("没有读懂的原因"), max_length=200, blank=True)
    ending = models.CharField(_("结论"), max_length=14, choices=Ending, default=Ending.OPEN)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("计划的句子")
        ordering = ["start"]
        constraints = [
            models.UniqueConstraint(fields=["document", "start"], name="plan_sentence_once"),
            models.CheckConstraint(condition=Q(end__gt=models.F("start")), name="plan_sentence_has_length"),
            paired("decided_at", "decided_by", "plan_sentence_decided_pair", jobs_too=True),
        ]

    @property
    def text(self) -> str:
        return self.document.text[self.start : self.end]


class PlanItem(Protected):
    """One thing that a plan says. found: as it was read; fields: as it stands after corrections (same keys)."""

    class State(models.TextChoices):
        OPEN = "open", _("未定")
        ACCEPTED = "accepted", _("已确认")
        CORRECTED = "corrected", _("已更正")
        MERGED = "merged", _("已合并")
        REJECTED = "rejected", _("不采纳")
        INFORMATIONAL = "informational", _("仅供参考")

    class Source(models.TextChoices):
        READER = "reader", _("按规则读出")
        PERSON = "person", _("人工添加")
        MODEL = "model", _("模型提议")

    document = models.ForeignKey(PlanDocument, on_delete=models.CASCADE, related_name="items")
    sentence = models.ForeignKey(PlanSentence, null=True, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(_("类别"), max_length=12)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    source = models.CharField(_("来源"), max_length=8, choices=Source, default=Source.READER)
    found = models.JSONField(default=dict)
    fields = models.JSONField(default=dict)
    confidence = models.DecimalField(_("把握"), max_digits=3, decimal_places=2, default=1)
    doubtful = models.BooleanField(_("需要核对"), default=False)
    why = models.CharField(_("要核对什么"), max_length=200, blank=True)
    state = models.CharField(_("状态"), max_length=14, choices=State, default=State.OPEN)
    reason = models.CharField(_("理由"), max_length=200, blank=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="merged")
    department = models.ForeignKey(
        DEPARTMENT,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("责任科室"),
    )
    post = models.CharField(_("责任岗位"), max_length=40, blank=True)
    link_kind = models.CharField(max_length=12, blank=True)
    link_id = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=0)
    adopted_kind = models.CharField(max_length=20, blank=True)
    adopted_key = models.CharField(max_length=120, blank=True)
    adopted_url = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("计划的条目")
        ordering = ["start", "end", "pk"]
        indexes = [models.Index(fields=["document", "state"], name="plan_item_state")]
        constraints = [paired("decided_at", "decided_by", "plan_item_decided_pair", jobs_too=True)]

    @property
    def text(self) -> str:
        return self.document.text[self.start : self.end]


class ItemDecision(Protected):
    """What somebody decided about an item or a sentence; before: what an undo brings back."""

    document = models.ForeignKey(PlanDocument, on_delete=models.CASCADE, related_name="decisions")
    act = models.CharField(_("操作"), max_length=16)
    items = models.JSONField(default=list)
    before = models.JSONField(default=list)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("核对经过")
        ordering = ["-at", "-pk"]
