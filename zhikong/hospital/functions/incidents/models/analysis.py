"""Tables of analysis: one analysis of one or several incidents, its team and the people of the case.

An analysis is confidential: its team reads it whatever their department, others by role within theirs (participants).
No table here is audited by the trail, which would carry what was written about a case into the foundation; each act on an
analysis is a row of its own append-only story instead.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protection, paired
from zhikong.hospital.functions.incidents.models.reporting import Opaque
from zhikong.hospital.functions.incidents.rules_reporting_sealing import random_code

USER = "access.User"
DEPARTMENT = "organisation.Department"
TABLE = "incidents_analysis"
UNTOLD = "what is written about a case stays in the incidents' own tables; the analysis keeps its own story"


def user(verbose, **given):
    """A user who did something; rows outlive accounts."""
    return models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=verbose, **given
    )


class Analysis(Opaque):
    """One analysis. kind: rca (RCA2 with a team), light (a department's own page) or aggregated (several like cases).

    cause_clear, cause_text: the leader's word that the cause is clear, and what it is. nobody_reason: why nobody of ours
    took part in it. weak_reason: why only weak measures are possible. team_reason: why the team has another size.
    due_on: counted in working days from the opening; due_reason: how.
    """

    class Kind(models.TextChoices):
        RCA = "rca", _("根本原因分析")
        LIGHT = "light", _("科室分析")
        AGGREGATED = "aggregated", _("同类事件合并分析")

    class State(models.TextChoices):
        RUNNING = "running", _("分析中")
        FINISHED = "finished", _("待批准")
        APPROVED = "approved", _("已批准")
        STOPPED = "stopped", _("已终止")

    code = models.CharField(_("编号"), max_length=12, default=random_code)
    kind = models.CharField(_("方式"), max_length=12, choices=Kind)
    title = models.CharField(_("分析的问题"), max_length=120)
    department = models.ForeignKey(
        DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.RUNNING)
    summary = models.TextField(_("事件经过概要"), blank=True)
    cause_clear = models.BooleanField(_("原因已查清"), default=False)
    cause_text = models.TextField(_("原因结论"), blank=True)
    nobody_reason = models.TextField(_("没有当事人的理由"), blank=True)
    weak_reason = models.TextField(_("没有强或中等措施的理由"), blank=True)
    team_reason = models.TextField(_("团队人数的说明"), blank=True)
    lesson_text = models.TextField(_("值得别人知道的"), blank=True)
    opened_at = models.DateTimeField(_("开始时间"))
    opened_by = user(_("开始人"))
    due_on = models.DateField(_("完成期限"))
    due_reason = models.CharField(_("期限的依据"), max_length=120)
    task_key = models.CharField(max_length=64, blank=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    finished_by = user(_("完成人"))
    approved_at = models.DateTimeField(_("批准时间"), null=True)
    approved_by = user(_("批准人"))
    confidential = models.BooleanField(default=True)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    protection = Protection(rows="participants", audited=False, reason=UNTOLD)

    class Meta:
        verbose_name = _("不良事件分析")
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "code"], name="analysis_code_once"),
            models.CheckConstraint(condition=Q(confidential=True), name="analysis_is_confidential"),
            paired("finished_at", "finished_by", "analysis_finished_pair"),
            paired("approved_at", "approved_by", "analysis_approved_pair"),
            models.CheckConstraint(
                condition=~Q(state__in=["finished", "approved"]) | Q(finished_at__isnull=False),
                name="analysis_finished_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_at__isnull=False),
                name="analysis_approved_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["institution", "state", "due_on"], name="analysis_by_state")]

    def __str__(self):
        return self.code

    @property
    def is_open(self) -> bool:
        return self.state == self.State.RUNNING

    @property
    def is_done(self) -> bool:
        """Finished by its leader, approved where it needs that."""
        return self.state in (self.State.FINISHED, self.State.APPROVED)


class Part(Opaque):
    """A row that belongs to an analysis and is seen with it."""

    analysis = models.ForeignKey(Analysis, on_delete=models.PROTECT, related_name="%(class)ss")

    protection = Protection(
        rows="parent", parent_table=TABLE, parent_column="analysis_id", audited=False, reason=UNTOLD
    )

    class Meta:
        abstract = True


class AnalysedIncident(Part):
    """An incident that the analysis is about; an aggregated one has several."""

    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="analysed")

    class Meta:
        verbose_name = _("分析的事件")
        constraints = [
            models.UniqueConstraint(fields=["analysis", "incident"], name="analysed_incident_once")
        ]


class TeamMember(Part):
    """Somebody of the team. outside: took no part in what happened. A sponsor approves and is not counted."""

    class Role(models.TextChoices):
        LEADER = "leader", _("组长")
        MEMBER = "member", _("成员")
        EXPERT = "expert", _("专家")
        SPONSOR = "sponsor", _("批准人")

    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("姓名"))
    role = models.CharField(_("角色"), max_length=12, choices=Role, default=Role.MEMBER)
    outside = models.BooleanField(_("没有参与这件事"), default=False)

    class Meta:
        verbose_name = _("团队成员")
        constraints = [models.UniqueConstraint(fields=["analysis", "user"], name="team_member_once")]


class CasePerson(Part):
    """A person of the case under a name of the case, such as 护士甲; who it is lies sealed elsewhere.

    aware: whether this person has understood what happened and why (认识到位); words: in the person's own words what is
    now done otherwise; support: what the person needs; spoken_by: who talked with the person.
    """

    class Group(models.TextChoices):
        NURSE = "nurse", _("护士")
        DOCTOR = "doctor", _("医师")
        TECHNICIAN = "technician", _("技师")
        PHARMACIST = "pharmacist", _("药师")
        STAFF = "staff", _("工作人员")
        PATIENT = "patient", _("患者")
        FAMILY = "family", _("家属")
        OTHER = "other", _("其他人")

    class Aware(models.TextChoices):
        PENDING = "pending", _("待谈话")
        REACHED = "reached", _("认识到位")
        NOT_REACHED = "not_reached", _("认识未到位")
        EXCUSED = "excused", _("无法谈话")

    label = models.CharField(_("代称"), max_length=12)
    group = models.CharField(_("身份"), max_length=12, choices=Group)
    aware = models.CharField(_("认识"), max_length=12, choices=Aware, default=Aware.PENDING)
    words = models.TextField(_("本人的认识"), blank=True)
    support = models.TextField(_("需要的支持"), blank=True)
    spoken_at = models.DateTimeField(_("谈话时间"), null=True)
    spoken_by = user(_("谈话人"))

    class Meta:
        verbose_name = _("事件中的人")
        constraints = [
            models.UniqueConstraint(fields=["analysis", "label"], name="case_person_once"),
            paired("spoken_at", "spoken_by", "case_person_spoken_pair"),
        ]

    @property
    def is_staff(self) -> bool:
        return self.group not in (self.Group.PATIENT, self.Group.FAMILY, self.Group.OTHER)


class CasePersonIdentity(Opaque):
    """Who a person of the case is, sealed with a key outside the database; for the leader and the offices only."""

    person = models.OneToOneField(CasePerson, on_delete=models.CASCADE, related_name="identity")
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField(_("姓名（加密）"))
    confidential = models.BooleanField(default=True)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    protection = Protection(rows="participants", audited=False, reason=UNTOLD)

    class Meta:
        verbose_name = _("事件中的人的身份")


class AnalysisStep(Part):
    """One line of the analysis's story; only ever added."""

    act = models.CharField(_("动作"), max_length=24)
    text = models.TextField(_("内容"), blank=True)
    at = models.DateTimeField(_("时间"))
    by = user(_("经办人"))

    protection = Protection(
        rows="parent",
        parent_table=TABLE,
        parent_column="analysis_id",
        audited=False,
        append_only=True,
        reason=UNTOLD,
    )

    class Meta:
        verbose_name = _("分析经过")
        ordering = ["at", "pk"]
