"""Tables of the tools: a picture that somebody saved, and every time it was drawn."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired

USER = "access.User"
DEPARTMENT = "organisation.Department"


class Kind(models.TextChoices):
    """The seven tools as seed 001-P2 names them, then what a project needs beside them."""

    CHECK_SHEET = "check_sheet", _("检查表")
    STRATIFICATION = "stratification", _("层别法")
    PARETO = "pareto", _("柏拉图")
    FISHBONE = "fishbone", _("要因图")
    SCATTER = "scatter", _("散布图")
    HISTOGRAM = "histogram", _("直方图")
    CONTROL = "control", _("控制图")
    RADAR = "radar", _("雷达图")
    GANTT = "gantt", _("甘特图")
    BEFORE_AFTER = "before_after", _("改善前后对比")
    AFFINITY = "affinity", _("亲和图")
    RELATION = "relation", _("关联图")


class Drawn(Protected):
    """What a picture is made of. The same snapshot gives the same picture, byte for byte.

    query: what was asked for (tools/asking.py). snapshot: the figures that came out, with the words of the footnote.
    data_hash: SHA-256 of the counted rows. data_version: of the published facts, '' for operational rows. rows: how
    many rows were counted.
    """

    query = models.JSONField(_("查询"), default=dict)
    snapshot = models.JSONField(_("数字"), default=dict)
    data_hash = models.CharField(_("数据校验码"), max_length=64)
    data_version = models.CharField(_("数据版本"), max_length=64, blank=True)
    rows = models.PositiveIntegerField(_("行数"), default=0)
    drawn_at = models.DateTimeField(_("绘制时间"))
    drawn_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class SavedTool(Drawn):
    """A saved picture as it was drawn last. department: of whose rows it was drawn; empty is the whole hospital's.

    readers: who may see it besides those whose scope covers the department: the members of its project.
    """

    kind = models.CharField(_("工具"), max_length=16, choices=Kind.choices)
    title = models.CharField(_("标题"), max_length=120)
    note = models.TextField(_("说明"), blank=True)
    source = models.CharField(_("数据来源"), max_length=40)
    key = models.CharField(_("对象"), max_length=120, blank=True)
    project = models.ForeignKey(
        "improvements.Project",
        null=True,
        on_delete=models.PROTECT,
        related_name="tools",
        verbose_name=_("改进项目"),
    )
    step = models.CharField(_("步骤"), max_length=40, blank=True)
    department = models.ForeignKey(
        DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    created_at = models.DateTimeField(_("保存时间"))
    created_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(_("删除时间"), null=True)
    removed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    confidential = models.BooleanField(_("保密"), default=False)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    # pasted rows may hold anything: the trail says that they changed, ToolDrawing keeps what they were
    protection = Protection(rows="participants", sensitive=("query", "snapshot"))

    class Meta:
        verbose_name = _("质量工具图")
        constraints = [paired("removed_at", "removed_by", "saved_tool_removed_pair")]
        indexes = [models.Index(fields=["institution", "-created_at"], name="saved_tool_newest")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.title}"


class ToolDrawing(Drawn):
    """One time that a saved picture was drawn; none is ever changed, so that each can be seen again as it was."""

    tool = models.ForeignKey(SavedTool, on_delete=models.PROTECT, related_name="drawings")
    number = models.PositiveSmallIntegerField(_("第几次绘制"))

    protection = Protection(
        rows="parent",
        parent_table="improvements_savedtool",
        parent_column="tool_id",
        append_only=True,
        sensitive=("query", "snapshot"),
    )

    class Meta:
        verbose_name = _("绘制记录")
        constraints = [models.UniqueConstraint(fields=["tool", "number"], name="tool_drawing_once")]
