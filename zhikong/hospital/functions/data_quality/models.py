"""Runs of the inspection and the issues they found. Counts lie beside the lake, not here."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired


class Run(Protected):
    """One inspection of one published state by one edition of the rules.

    keys: table → month → name of its counts; they are read through foundation/facts, which asks for the scope.
    verdicts: month → name of the verdicts on its front pages. made: how many tables' months were counted anew.
    """

    publication = models.PositiveIntegerField(_("发布序号"))
    data_version = models.CharField(_("数据版本"), max_length=16)
    rules = models.CharField(_("规则指纹"), max_length=64)
    keys = models.JSONField(default=dict)
    verdicts = models.JSONField(default=dict)
    months = models.JSONField(_("月份"), default=list)
    made = models.PositiveIntegerField(_("重新统计的表月数"), default=0)
    started_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("完成时间"))
    new = models.PositiveIntegerField(_("新出现"), default=0)
    resolved = models.PositiveIntegerField(_("已消失"), default=0)
    persisting = models.PositiveIntegerField(_("仍存在"), default=0)

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("数据质量检查")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "data_version", "rules"], name="quality_run_once_for_a_state"
            )
        ]

    def __str__(self):
        return f"{self.data_version} {self.pk}"

    @property
    def folder(self) -> str:
        """Where the run's own files lie."""
        return f"{self.publication}-{self.data_version}-{self.rules[:12]}"


class Issue(Protected):
    """Something wrong with a field of a table in a department, the same from run to run.

    place: the department's code in the facts, `*` for the whole hospital, empty when the rows name none.
    months: month → [affected, of], those that are over the limits. present: the newest run still found it.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待处理")
        EXPLAINED = "explained", _("已说明")
        FALSE_POSITIVE = "false_positive", _("误报")
        FIXED = "fixed", _("已修正")

    table = models.CharField(_("表"), max_length=32)
    column = models.CharField(_("字段"), max_length=64, blank=True)
    place = models.CharField(_("科室代码"), max_length=64, blank=True)
    kind = models.CharField(_("类别"), max_length=16)
    department = models.ForeignKey(
        "organisation.Department",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("科室"),
    )
    reasons = models.JSONField(_("原因"), default=list)
    months = models.JSONField(_("月份"), default=dict)
    newest = models.CharField(_("最近月份"), max_length=7)
    count = models.BigIntegerField(_("行数"))
    base = models.BigIntegerField(_("应有行数"))
    permille = models.PositiveIntegerField(_("千分比"), default=0)  # for the order of lists only
    indicators = models.PositiveSmallIntegerField(_("影响的指标数"), default=0)
    present = models.BooleanField(_("最近一次检查仍存在"), default=True)
    state = models.CharField(_("状态"), max_length=16, choices=State, default=State.OPEN)
    reason = models.CharField(_("说明"), max_length=300, blank=True)
    judged_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("处理人")
    )  # fmt: skip
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("责任人")
    )  # fmt: skip
    first_seen_at = models.DateTimeField(_("首次发现"))
    last_seen_at = models.DateTimeField(_("最近发现"))
    first_run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    last_run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("数据质量问题")
        ordering = ["-present", "-permille", "-count", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "table", "column", "place", "kind"], name="quality_issue_once"
            ),
            paired("judged_at", "judged_by", "quality_issue_judged", jobs_too=True),
        ]
        indexes = [models.Index(fields=["institution", "state", "present"], name="quality_issue_open")]

    def __str__(self):
        return f"{self.table}.{self.column} {self.place} {self.kind}"


class IssueEvent(Protected):
    """One step in the story of an issue: found, gone, came back, judged, assigned."""

    class What(models.TextChoices):
        FOUND = "found", _("发现")
        GONE = "gone", _("数据中已消失")
        BACK = "back", _("再次出现，重新打开")
        JUDGED = "judged", _("处理")
        ASSIGNED = "assigned", _("指派")

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="events")
    what = models.CharField(_("事项"), max_length=16, choices=What)
    text = models.TextField(_("内容"), blank=True)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("人员"),
    )

    protection = Protection(
        rows="parent", parent_table="data_quality_issue", parent_column="issue_id", append_only=True
    )

    class Meta:
        verbose_name = _("数据质量问题记录")
        ordering = ["at", "pk"]
