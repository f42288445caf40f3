"""Visits: who goes where, what was drawn, which sheets are to be filled, and what happened to the plan."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.inspections.models.programmes import (
    DEPARTMENT,
    KINDS,
    Place,
    Programme,
    Reached,
    Round,
    who,
)
from zhikong.hospital.functions.inspections.rules_planning import NOTICE_NAMES, STATE_NAMES, Notice, State

STATES = [(state.value, name) for state, name in STATE_NAMES.items()]
NOTICES = [(one.value, name) for one, name in NOTICE_NAMES.items()]


class Visit(Reached):
    """One inspection of one department or place on one day; its sheets are listed in VisitSheet.

    department is empty for a visit along a path through several departments (a tracer): its stops name them.
    department_name: as it was called when the visit was planned, and again when it started. notice: who hears of it
    before it begins; until then the row is confidential. route_order: where it comes on the inspectors' way.
    seed, sample_rule, frame_hash, frame_size: what the sample was drawn from; the same again gives the same sample.
    notes: sentences that explain what was changed meanwhile (a merged department, a person who left). occurrence_id:
    the duty that the visit was begun from.
    """

    programme = models.ForeignKey(Programme, null=True, on_delete=models.PROTECT, related_name="visits")
    round = models.ForeignKey(Round, null=True, on_delete=models.PROTECT, related_name="visits")
    kind = models.CharField(_("类型"), max_length=16, choices=KINDS)
    number = models.CharField(_("编号"), max_length=24)
    title = models.CharField(_("名称"), max_length=120)
    department_name = models.CharField(_("科室名称"), max_length=80, blank=True)
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="visits")
    planned_on = models.DateField(_("检查日期"))
    until_on = models.DateField(_("最迟"), null=True, blank=True)
    at_night = models.BooleanField(_("夜间"), default=False)
    notice = models.CharField(_("告知方式"), max_length=12, choices=NOTICES, default=Notice.ANNOUNCED)
    state = models.CharField(_("状态"), max_length=12, choices=STATES, default=State.PLANNED)
    lead = who(_("组长"), null=True)
    route_order = models.PositiveSmallIntegerField(_("路线顺序"), default=1)
    form_ids = ArrayField(models.CharField(max_length=60), default=list)
    rating = models.CharField(_("评定"), max_length=4, blank=True)  # A to D of a tracer
    seed = models.CharField(_("随机种子"), max_length=64, blank=True)
    sample_rule = models.JSONField(_("抽样规则"), default=list, blank=True)
    frame_hash = models.CharField(_("抽样框指纹"), max_length=64, blank=True)
    frame_size = models.PositiveIntegerField(_("抽样框大小"), default=0)
    drawn_at = models.DateTimeField(_("抽样时间"), null=True, blank=True)
    occurrence_id = models.BigIntegerField(null=True)
    notes = models.JSONField(_("情况说明"), default=list, blank=True)
    planned_at = models.DateTimeField(_("安排时间"))
    planned_by = who(_("安排人"), null=True)
    reminded_on = models.DateField(_("最近提醒"), null=True, blank=True)
    started_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    started_by = who(_("开始人"), null=True, blank=True)
    commented_at = models.DateTimeField(_("提交意见时间"), null=True, blank=True)
    commented_by = who(_("提交意见人"), null=True, blank=True)
    concluded_at = models.DateTimeField(_("下结论时间"), null=True, blank=True)
    concluded_by = who(_("下结论人"), null=True, blank=True)
    notified_at = models.DateTimeField(_("通报时间"), null=True, blank=True)
    notified_by = who(_("通报人"), null=True, blank=True)
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    closed_by = who(_("结束人"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    cancelled_by = who(_("取消人"), null=True, blank=True)
    cancelled_reason = models.CharField(_("取消理由"), max_length=300, blank=True)

    protection = Protection(rows="participants")

    class Meta:
        verbose_name = _("检查")
        ordering = ["planned_on", "route_order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="visit_number_once"),
            paired("started_at", "started_by", "visit_started", jobs_too=True),
            paired("commented_at", "commented_by", "visit_commented", jobs_too=True),
            paired("concluded_at", "concluded_by", "visit_concluded", jobs_too=True),
            paired("notified_at", "notified_by", "visit_notified", jobs_too=True),
            paired("closed_at", "closed_by", "visit_closed", jobs_too=True),
            paired("cancelled_at", "cancelled_by", "visit_cancelled", jobs_too=True),
            models.CheckConstraint(
                condition=~Q(state__in=["open", "comment", "concluded", "notified", "closed"])
                | Q(started_at__isnull=False),
                name="visit_started_when",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "planned_on"], name="visit_by_day"),
            models.Index(fields=["department", "-planned_on"], name="visit_by_department"),
            models.Index(fields=["round", "route_order"], name="visit_by_round"),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.state in (State.OPEN, State.COMMENT)


def of_visit(**more) -> Protection:
    """A row that is seen with its visit."""
    return Protection(rows="parent", parent_table="inspections_visit", parent_column="visit_id", **more)


class VisitInspector(Protected):
    """Somebody who inspects, and why he was proposed. left_at: replaced, left the hospital; the row stays.

    home_name: the department that was his when he was named.
    """

    class Part(models.TextChoices):
        LEAD = "lead", _("组长")
        MEMBER = "member", _("组员")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="inspectors")
    user = who(_("检查人"))
    part = models.CharField(_("分工"), max_length=8, choices=Part, default=Part.MEMBER)
    home_name = models.CharField(_("所在科室"), max_length=80, blank=True)
    reason = models.CharField(_("安排的理由"), max_length=300, blank=True)
    named_at = models.DateTimeField(_("安排时间"))
    named_by = who(_("安排人"), null=True)
    left_at = models.DateTimeField(_("退出时间"), null=True, blank=True)
    left_by = who(_("由谁调整"), null=True, blank=True)
    left_reason = models.CharField(_("退出原因"), max_length=300, blank=True)

    protection = of_visit()

    class Meta:
        verbose_name = _("检查人")
        ordering = ["left_at", "part", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "user"], condition=Q(left_at=None), name="visit_inspector_once"
            ),
            models.UniqueConstraint(
                fields=["visit"], condition=Q(left_at=None, part="lead"), name="visit_one_lead"
            ),
            paired("left_at", "left_by", "visit_inspector_left", jobs_too=True),
        ]

    def __str__(self):
        return str(self.user)


class Stop(Protected):
    """One stop of a tracer: where on the patient's path or in the system, what is asked there, how it was rated.

    rating: A has the rule, does it, checks it and improved; B does and checks; C does; D does not (评审 A–D).
    """

    class Rating(models.TextChoices):
        A = "A", _("A 有制度、落实、有检查、有改进")
        B = "B", _("B 有制度、落实、有检查")
        C = "C", _("C 有制度并落实")
        D = "D", _("D 未落实")
        NA = "NA", _("不适用")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="stops")
    position = models.PositiveSmallIntegerField(_("顺序"))
    title = models.CharField(_("追踪点"), max_length=120)
    department = models.ForeignKey(
        DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    department_name = models.CharField(_("科室名称"), max_length=80, blank=True)
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="+")
    questions = models.JSONField(_("看什么、问什么、查什么"), default=list)
    form_id = models.CharField(_("检查表"), max_length=60, blank=True)
    reason = models.CharField(_("为何到这里"), max_length=200, blank=True)
    rating = models.CharField(_("评定"), max_length=2, choices=Rating, blank=True)
    remark = models.CharField(_("说明"), max_length=500, blank=True)
    rated_at = models.DateTimeField(_("评定时间"), null=True, blank=True)
    rated_by = who(_("评定人"), null=True, blank=True)

    protection = of_visit(sensitive=("remark",))

    class Meta:
        verbose_name = _("追踪点")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "position"], name="visit_stop_once"),
            paired("rated_at", "rated_by", "visit_stop_rated", jobs_too=True),
        ]

    def __str__(self):
        return self.title


class SampleItem(Protected):
    """One patient, bed, room, record or person to look at, drawn or standing by. Bed and pseudonym only, no name.

    ref: what is meant: a stay's number, a place's or a person's id. label: bed, room or record in words, never a
    name; initials are added when it is read (queries.planning.samples.labels). chance: of inclusion.
    """

    class Of(models.TextChoices):
        PATIENT = "patient", _("患者")
        RECORD = "record", _("病历")
        PLACE = "place", _("房间、点位")
        PERSON = "person", _("人员")

    class State(models.TextChoices):
        DRAWN = "drawn", _("抽中")
        RESERVE = "reserve", _("备用")
        REPLACED = "replaced", _("已替换")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="sample")
    position = models.PositiveSmallIntegerField(_("序号"))
    of = models.CharField(_("对象"), max_length=8, choices=Of)
    ref = models.CharField(max_length=64)
    patient_key = models.CharField(max_length=64, blank=True)
    label = models.CharField(_("床号或名称"), max_length=80)
    form_id = models.CharField(_("检查表"), max_length=60, blank=True)
    stratum = models.CharField(_("层"), max_length=60, blank=True)
    weight = models.FloatField(_("权重"), default=1.0)
    chance = models.FloatField(_("抽中概率"), default=0.0)
    reason = models.CharField(_("理由"), max_length=200, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAWN)
    stands_for = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="stood_in_by"
    )
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = who(null=True, blank=True)

    protection = of_visit()

    class Meta:
        verbose_name = _("抽样对象")
        ordering = ["state", "position"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "of", "ref", "form_id"], name="visit_sample_once"),
            paired("changed_at", "changed_by", "visit_sample_changed", jobs_too=True),
        ]

    def __str__(self):
        return self.label


class VisitSheet(Protected):
    """One checklist to fill at a visit: for the whole visit, or for one sampled object or one stop.

    The sheet itself (foundation/forms) is opened when the visit starts, on the form then in force, and kept.
    inspector: whose part it is; everybody named for the visit may fill it.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="visit_sheets")
    position = models.PositiveSmallIntegerField(_("顺序"))
    form_id = models.CharField(_("检查表"), max_length=60)
    title = models.CharField(_("名称"), max_length=160)
    item = models.ForeignKey(SampleItem, null=True, on_delete=models.PROTECT, related_name="sheets")
    stop = models.ForeignKey(Stop, null=True, on_delete=models.PROTECT, related_name="sheets")
    inspector = who(_("由谁填"), null=True)
    sheet = models.OneToOneField(
        "forms.Sheet", null=True, on_delete=models.PROTECT, related_name="visit_sheet"
    )
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_by = who(null=True, blank=True)
    dropped_reason = models.CharField(_("不查的理由"), max_length=200, blank=True)

    protection = of_visit()

    class Meta:
        verbose_name = _("要填的检查表")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "position"], name="visit_sheet_position"),
            paired("dropped_at", "dropped_by", "visit_sheet_dropped", jobs_too=True),
        ]

    def __str__(self):
        return self.title


class VisitStep(Protected):
    """One line of the visit's story: planned, moved, reassigned, started, concluded …"""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(_("步骤"), max_length=16)
    text = models.TextField(_("内容"), blank=True)
    at = models.DateTimeField(_("时间"))
    by = who(null=True)

    protection = of_visit(append_only=True)

    class Meta:
        verbose_name = _("检查的经过")
        ordering = ["-at", "-pk"]
