"""What the team of a project does: votes, measures with a PDCA each, files, and figures that are watched afterwards."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import paired
from zhikong.hospital.functions.improvements.models.projects import PERSON, Member, Part, Step, user


class Ballot(Part):
    """One member's points on one step's items. points: {item id: {criterion: points}}. round: before or after, or ''."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="ballots")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="ballots")
    round = models.CharField(_("时点"), max_length=8, blank=True)
    points = models.JSONField(_("评分"), default=dict)
    cast_at = models.DateTimeField(_("评分时间"))
    cast_by = user(_("录入人"))  # the member, or who keeps the minutes for somebody without an account

    class Meta:
        verbose_name = _("评分")
        constraints = [
            models.UniqueConstraint(fields=["step", "member", "round"], name="project_ballot_once")
        ]


class Measure(Part):
    """A countermeasure (对策): tied to a true cause, scored by the team, carried out as a PDCA of its own.

    cause: the id of a cause in the causes step. override: why it is taken, or not, against its score.
    """

    class State(models.TextChoices):
        IDEA = "idea", _("备选")
        TAKEN = "taken", _("采纳")
        LEFT = "left", _("未采纳")
        DOING = "doing", _("实施中")
        DONE = "done", _("已完成")
        DROPPED = "dropped", _("实施后放弃")

    class Strength(models.TextChoices):
        STRONG = "strong", _("强（强制功能、取消风险环节、自动化）")
        MEDIUM = "medium", _("中（清单、双人核对、减少负荷）")
        WEAK = "weak", _("弱（培训、提醒、新制度）")

    number = models.PositiveSmallIntegerField(_("序号"))
    strength = models.CharField(_("措施强度"), max_length=8, choices=Strength, blank=True)
    cause = models.CharField(_("对应的真因"), max_length=16, blank=True)
    title = models.CharField(_("对策"), max_length=160)
    how = models.TextField(_("具体做法"), blank=True)
    place = models.CharField(_("地点"), max_length=80, blank=True)
    responsible = models.ForeignKey(
        PERSON, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("负责人")
    )
    planned_from = models.DateField(_("计划开始"), null=True, blank=True)
    planned_to = models.DateField(_("计划完成"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.IDEA)
    override = models.CharField(_("不按得分取舍的理由"), max_length=300, blank=True)
    done_text = models.TextField(_("D 实施情况"), blank=True)
    done_from = models.DateField(_("实际开始"), null=True, blank=True)
    done_to = models.DateField(_("实际完成"), null=True, blank=True)
    check_text = models.TextField(_("C 效果检查"), blank=True)
    before_events = models.PositiveIntegerField(_("实施前例数"), null=True, blank=True)
    before_n = models.PositiveIntegerField(_("实施前总数"), null=True, blank=True)
    after_events = models.PositiveIntegerField(_("实施后例数"), null=True, blank=True)
    after_n = models.PositiveIntegerField(_("实施后总数"), null=True, blank=True)
    act_text = models.TextField(_("A 处置"), blank=True)
    changed_at = models.DateTimeField(_("最后修改"), null=True, blank=True)
    changed_by = user(_("修改人"))

    class Meta:
        verbose_name = _("对策")
        ordering = ["number"]
        constraints = [
            paired("changed_at", "changed_by", "project_measure_changed_pair", jobs_too=True),
            models.UniqueConstraint(fields=["project", "number"], name="project_measure_number_once"),
            models.CheckConstraint(
                condition=Q(before_n=None) | Q(before_events__lte=F("before_n")),
                name="project_measure_before",
            ),
            models.CheckConstraint(
                condition=Q(after_n=None) | Q(after_events__lte=F("after_n")), name="project_measure_after"
            ),
        ]

    def __str__(self):
        return self.title


class Attachment(Part):
    """A file of a step or of one of the measures. standard: it is the standard document (标准书)."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="attachments")
    measure = models.ForeignKey(
        Measure, null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    file = models.ForeignKey("files.File", on_delete=models.PROTECT, related_name="+")
    standard = models.BooleanField(_("标准书"), default=False)
    added_at = models.DateTimeField(_("添加时间"))
    added_by = user(_("添加人"))

    class Meta:
        verbose_name = _("附件")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["step", "file"], name="project_attachment_once")]


class WatchPoint(Part):
    """One period's figure after the effect was confirmed, or before it: does it hold? (延续改进)."""

    period = models.CharField(_("期间"), max_length=7)
    events = models.PositiveIntegerField(_("分子"))
    cases = models.PositiveIntegerField(_("分母"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    written_at = models.DateTimeField(_("登记时间"))
    written_by = user(_("登记人"))

    class Meta:
        verbose_name = _("跟踪数据")
        ordering = ["period"]
        constraints = [
            models.UniqueConstraint(fields=["project", "period"], name="project_watch_once"),
            models.CheckConstraint(condition=Q(events__lte=F("cases")), name="project_watch_share"),
        ]
