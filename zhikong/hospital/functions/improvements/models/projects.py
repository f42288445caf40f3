"""Improvement projects: who works on what, step by step, with what is voted, tried, proved and kept watch over.

A project is seen by its department and by its members, tutor and judges, whatever their department (participants).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired

USER = "access.User"
DEPARTMENT = "organisation.Department"
PERSON = "organisation.Person"
TABLE = "improvements_project"


def user(verbose, **given):
    """A user who did something; rows outlive accounts, so never deleted with them."""
    return models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=verbose, **given
    )


class Series(Protected):
    """The last number given in a year. what: project, suggestion or contest."""

    what = models.CharField(max_length=16)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    protection = Protection(audited=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "what", "year"], name="improvement_series_once")
        ]


class Project(Protected):
    """One improvement project (改进项目). kind_id, kind_version: the definition by whose steps it goes.

    direction: ``down`` when less is better. baseline, target, result: as decimals in ``unit``, copied from the
    steps when these are finished; None is unknown. success: what was judged at the end. emblem: a picture file.
    origin: where it came from; forced: recurrent findings demanded it.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待立项")
        APPROVED = "approved", _("已立项")
        DOING = "doing", _("实施中")
        CHECKING = "checking", _("效果确认")
        STANDARDISED = "standardised", _("已标准化")
        CLOSED = "closed", _("已结题")
        DECLINED = "declined", _("未立项")
        STOPPED = "stopped", _("已终止")

    class Direction(models.TextChoices):
        DOWN = "down", _("越低越好")
        UP = "up", _("越高越好")

    class Success(models.TextChoices):
        UNKNOWN = "", _("未评定")
        REACHED = "reached", _("达到目标")
        IMPROVED = "improved", _("有改善，未达目标")
        NOT_SHOWN = "not_shown", _("未见改善")

    class Origin(models.TextChoices):
        OWN = "own", _("科室自选")
        FINDING = "finding", _("质量问题")
        RECURRENT = "recurrent", _("重复发生的问题（强制）")
        SUGGESTION = "suggestion", _("员工建议")
        INDICATOR = "indicator", _("指标未达标")
        INCIDENT = "incident", _("不良事件")
        PLAN = "plan", _("年度计划")

    number = models.CharField(_("编号"), max_length=24)
    title = models.CharField(_("主题"), max_length=120)
    kind_id = models.CharField(_("类型"), max_length=60)
    kind_version = models.PositiveIntegerField(_("类型版本"), default=1)
    department = models.ForeignKey(
        DEPARTMENT, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    department_name = models.CharField(
        _("科室名称"), max_length=80
    )  # as it was called when it was registered
    partners = ArrayField(models.BigIntegerField(), default=list, verbose_name=_("协作科室"))
    line = models.CharField(_("条线"), max_length=16, blank=True)  # clinical, nursing, technical, office
    why = models.TextField(_("立项理由"), blank=True)
    origin = models.CharField(_("来源"), max_length=12, choices=Origin, default=Origin.OWN)
    state = models.CharField(_("状态"), max_length=16, choices=State, default=State.PROPOSED)

    circle_name = models.CharField(_("圈名"), max_length=40, blank=True)
    circle_meaning = models.TextField(_("圈名与圈徽的含义"), blank=True)
    emblem = models.ForeignKey(
        "files.File", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    leader = user(_("负责人（圈长）"))

    indicator_id = models.CharField(_("关联指标"), max_length=80, blank=True)
    measured = models.CharField(_("衡量的指标"), max_length=120, blank=True)  # in words
    direction = models.CharField(_("方向"), max_length=4, choices=Direction, default=Direction.DOWN)
    unit = models.CharField(_("单位"), max_length=16, default="%")
    baseline = models.DecimalField(_("现况值"), max_digits=14, decimal_places=4, null=True, blank=True)
    target = models.DecimalField(_("目标值"), max_digits=14, decimal_places=4, null=True, blank=True)
    result = models.DecimalField(_("改善后"), max_digits=14, decimal_places=4, null=True, blank=True)
    success = models.CharField(_("成效"), max_length=12, choices=Success, default=Success.UNKNOWN, blank=True)
    judgement = models.TextField(_("结题意见"), blank=True)

    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("计划完成日期"))
    ends_reason = models.CharField(_("期限的依据"), max_length=300)
    proposed_at = models.DateTimeField(_("提出时间"))
    proposed_by = user(_("提出人"))
    approved_at = models.DateTimeField(_("立项时间"), null=True, blank=True)
    approved_by = user(_("立项批准人"))
    closed_at = models.DateTimeField(_("结题时间"), null=True, blank=True)
    closed_by = user(_("结题批准人"))

    confidential = models.BooleanField(_("保密"), default=False)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    protection = Protection(rows="participants")

    class Meta:
        verbose_name = _("改进项目")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="project_number_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="project_period"),
            paired("approved_at", "approved_by", "project_approved_pair", jobs_too=True),
            paired("closed_at", "closed_by", "project_closed_pair", jobs_too=True),
            models.CheckConstraint(
                condition=Q(state__in=["closed", "declined", "stopped"], closed_at__isnull=False)
                | (~Q(state__in=["closed", "declined", "stopped"]) & Q(closed_at=None)),
                name="project_ended_when",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "state", "ends_on"], name="project_state_end"),
            models.Index(fields=["department", "kind_id"], name="project_department_kind"),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.state not in (self.State.CLOSED, self.State.DECLINED, self.State.STOPPED)

    def is_overdue(self, today) -> bool:
        """Past its end and not ended; a project that waits for approval is not late yet."""
        return self.is_open and self.state != self.State.PROPOSED and today > self.ends_on


class Part(Protected):
    """A row that belongs to a project and is seen with it."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="%(class)ss")

    protection = Protection(rows="parent", parent_table=TABLE, parent_column="project_id")

    class Meta:
        abstract = True


class Member(Part):
    """Somebody of the team. A tutor (辅导员) guides and does not vote."""

    class Role(models.TextChoices):
        LEADER = "leader", _("圈长（负责人）")
        SECRETARY = "secretary", _("秘书")
        MEMBER = "member", _("成员")
        TUTOR = "tutor", _("辅导员")

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("姓名"))
    role = models.CharField(_("角色"), max_length=12, choices=Role, default=Role.MEMBER)
    duty = models.CharField(_("分工"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("成员")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["project", "person"], name="project_member_once")]

    @property
    def votes(self) -> bool:
        return self.role != self.Role.TUTOR


class Link(Part):
    """What the project has to do with: a finding, an indicator, an incident, a suggestion; by id, never by key."""

    class What(models.TextChoices):
        FINDING = "finding", _("质量问题")
        INDICATOR = "indicator", _("指标")
        INCIDENT = "incident", _("不良事件")
        SUGGESTION = "suggestion", _("员工建议")
        RISK = "risk", _("风险")
        MATTER = "matter", _("条款或指标")

    what = models.CharField(_("类别"), max_length=12, choices=What)
    key = models.CharField(_("编号"), max_length=120)
    label = models.CharField(_("名称"), max_length=160, blank=True)
    linked_at = models.DateTimeField(_("关联时间"))
    linked_by = user(_("关联人"))

    class Meta:
        verbose_name = _("关联事项")
        ordering = ["what", "pk"]
        constraints = [models.UniqueConstraint(fields=["project", "what", "key"], name="project_link_once")]


class Step(Part):
    """One step of the project's kind. key: the step's id in the definition. content: what was filled in.

    A step is done when its checks hold; it may be passed over only with a reason of a named person.
    """

    class State(models.TextChoices):
        OPEN = "open", _("未完成")
        DONE = "done", _("已完成")
        PASSED_OVER = "passed_over", _("说明后跳过")

    key = models.CharField(_("步骤"), max_length=40)
    position = models.PositiveSmallIntegerField(_("次序"))
    title = models.CharField(_("名称"), max_length=60)
    content = models.JSONField(_("内容"), default=dict)
    planned_from = models.DateField(_("计划开始"), null=True, blank=True)
    planned_to = models.DateField(_("计划完成"), null=True, blank=True)
    started_at = models.DateTimeField(_("实际开始"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.OPEN)
    reason = models.TextField(_("跳过的理由"), blank=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    finished_by = user(_("完成人"))
    changed_at = models.DateTimeField(_("最后修改"), null=True, blank=True)
    changed_by = user(_("修改人"))

    class Meta:
        verbose_name = _("步骤")
        ordering = ["project", "position"]
        constraints = [
            models.UniqueConstraint(fields=["project", "key"], name="project_step_once"),
            paired("finished_at", "finished_by", "project_step_finished_pair"),
            paired("changed_at", "changed_by", "project_step_changed_pair", jobs_too=True),
            models.CheckConstraint(
                condition=Q(state="open", finished_at=None)
                | (~Q(state="open") & Q(finished_at__isnull=False)),
                name="project_step_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="passed_over") | ~Q(reason=""), name="project_step_passed_with_reason"
            ),
        ]


class Event(Part):
    """One line of the project's story; only ever added."""

    act = models.CharField(_("动作"), max_length=24)
    step_key = models.CharField(_("步骤"), max_length=40, blank=True)
    text = models.TextField(_("内容"), blank=True)
    at = models.DateTimeField(_("时间"))
    by = user(_("经办人"))

    protection = Protection(rows="parent", parent_table=TABLE, parent_column="project_id", append_only=True)

    class Meta:
        verbose_name = _("项目经过")
        ordering = ["pk"]
