"""How a case is handled: where it stands, its clocks' moments, the hops of the report, submissions and the story.

Every row belongs to one incident and is seen with it (row policy of the parent). Nothing here is in the audit trail
of the foundation: who did what stands in ``HandlingStep``, which is only ever added to.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired

USER = settings.AUTH_USER_MODEL
WITH_INCIDENT = Protection(
    rows="parent", parent_table="incidents_incident", parent_column="incident_id", audited=False
)
WITH_INCIDENT_ADDED = Protection(
    rows="parent",
    parent_table="incidents_incident",
    parent_column="incident_id",
    audited=False,
    append_only=True,
)


def person(words, **more):
    """A reference to who did something in the office or the department; never the reporter."""
    return models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=words, **more)


class OfIncident(Protected):
    """A row of one incident, seen with it."""

    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="%(class)ss")

    protection = WITH_INCIDENT

    class Meta:
        abstract = True


class Handling(Protected):
    """Where the handling of one incident stands.

    proposed_*: a level that waits for the second person. level_before: the reporter's own suggestion.
    dispute: class of a 医疗事故争议, '' when it is none. task_key, case_key: opaque keys for the foundation.
    known_at: when the hospital knew; the statutory clocks count from it.
    """

    class Dispute(models.TextChoices):
        GENERAL = "general", _("一般医疗事故争议")
        MAJOR = "major", _("重大医疗事故争议")
        EXTRAORDINARY = "extraordinary", _("特别重大医疗事故争议")

    incident = models.OneToOneField("incidents.Incident", on_delete=models.CASCADE, related_name="handling")
    task_key = models.CharField(max_length=64)
    office = models.CharField(_("受理部门"), max_length=32)  # a role's code
    known_at = models.DateTimeField(_("医院知道的时间"))
    accepted_at = models.DateTimeField(_("受理时间"), null=True)
    accepted_by = person(_("受理人"), null=True)
    level_before = models.CharField(_("报告时的级别"), max_length=8, blank=True)
    proposed_level = models.CharField(_("待复核的级别"), max_length=8, blank=True)
    proposed_harm = models.CharField(_("待复核的伤害程度"), max_length=8, blank=True)
    proposed_at = models.DateTimeField(_("提出时间"), null=True)
    proposed_by = person(_("提出人"), null=True)
    level_at = models.DateTimeField(_("定级时间"), null=True)
    level_by = person(_("定级人"), null=True)
    dispute = models.CharField(_("医疗事故争议"), max_length=16, blank=True, choices=Dispute)
    sac_matrix = models.CharField(_("SAC 矩阵"), max_length=60, blank=True)
    sac_severity = models.CharField(_("后果"), max_length=32, blank=True)
    sac_frequency = models.CharField(_("频率"), max_length=32, blank=True)
    sac_score = models.PositiveSmallIntegerField(_("SAC 分值"), null=True)
    sac_action = models.CharField(_("SAC 要求"), max_length=12, blank=True)
    asked_at = models.DateTimeField(_("要求科室分析的时间"), null=True)
    asked_by = person(_("要求分析的人"), null=True)
    analysed_at = models.DateTimeField(_("科室分析时间"), null=True)
    analysed_by = person(_("科室分析人"), null=True)
    answered_at = models.DateTimeField(_("第一次答复报告人"), null=True)
    plan = models.CharField(_("应急预案"), max_length=60, blank=True)
    alerted_at = models.DateTimeField(_("警报时间"), null=True)
    alerted_by = person(_("发出警报的人"), null=True)
    merged_into = models.ForeignKey(
        "incidents.Incident", null=True, on_delete=models.PROTECT, related_name="merged_here"
    )
    state_before_merge = models.CharField(max_length=16, blank=True)
    closed_at = models.DateTimeField(_("结案时间"), null=True)
    closed_by = person(_("结案人"), null=True)
    outcome = models.TextField(_("结案说明"), blank=True)
    reopened = models.PositiveSmallIntegerField(_("重新办理次数"), default=0)

    protection = WITH_INCIDENT

    class Meta:
        verbose_name = _("不良事件办理")
        constraints = [
            paired("accepted_at", "accepted_by", "handling_accepted_pair"),
            paired("proposed_at", "proposed_by", "handling_proposed_pair"),
            paired("level_at", "level_by", "handling_level_pair"),
            paired("asked_at", "asked_by", "handling_asked_pair"),
            paired("analysed_at", "analysed_by", "handling_analysed_pair"),
            paired("alerted_at", "alerted_by", "handling_alerted_pair"),
            paired("closed_at", "closed_by", "handling_closed_pair"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("incident")),
                name="handling_merged_elsewhere",
            ),
        ]


class HandlingStep(OfIncident):
    """One line of a case's story; only ever added. by None: a job, or a reporter (whose name stands nowhere here)."""

    class Act(models.TextChoices):
        RECEIVE = "receive", _("收到报告")
        ACCEPT = "accept", _("受理")
        RETURN = "return", _("退回报告人")
        RESUBMIT = "resubmit", _("报告人补充后重新提交")
        MERGE = "merge", _("合并重复报告")
        UNMERGE = "unmerge", _("撤销合并")
        PROPOSE_LEVEL = "propose_level", _("提出级别，待复核")
        LEVEL = "level", _("确认级别")
        REFUSE_LEVEL = "refuse_level", _("不同意级别")
        DISPUTE = "dispute", _("认定是否争议")
        SAC = "sac", _("SAC 评估")
        HOP = "hop", _("逐级知悉")
        SUBMIT = "submit", _("法定上报")
        ALERT = "alert", _("发出警报")
        PLAN = "plan", _("启动应急预案")
        INVITE = "invite", _("加入调查")
        LEAVE = "leave", _("退出调查")
        NOTE = "note", _("调查记录")
        ASK = "ask", _("要求科室分析")
        ANALYSE = "analyse", _("科室分析")
        MEASURE = "measure", _("确定措施")
        DONE = "done", _("措施落实")
        CHECK = "check", _("核查效果")
        SAY = "say", _("答复报告人")
        QUESTION = "question", _("询问报告人")
        CLOSE = "close", _("结案")
        REOPEN = "reopen", _("重新办理")
        OFFICE = "office", _("转交受理部门")
        CATEGORY = "category", _("归类")

    act = models.CharField(_("步骤"), max_length=16, choices=Act)
    text = models.TextField(_("说明"), blank=True)
    at = models.DateTimeField(_("时间"))
    by = person(_("经办人"), null=True)

    protection = WITH_INCIDENT_ADDED

    class Meta:
        verbose_name = _("办理经过")
        indexes = [models.Index(fields=["incident", "-at"], name="handling_step_story")]


class Hop(OfIncident):
    """Who knew when, on the way up (EVT-03): the department's head, then 医务科."""

    class How(models.TextChoices):
        SYSTEM = "system", _("系统内知悉")
        PHONE = "phone", _("电话")
        PERSON = "person", _("当面")

    code = models.CharField(_("层级"), max_length=32)
    at = models.DateTimeField(_("知悉时间"))
    how = models.CharField(_("方式"), max_length=8, choices=How)
    noted_at = models.DateTimeField(_("登记时间"))
    by = person(_("知悉的人"))

    protection = WITH_INCIDENT_ADDED

    class Meta:
        verbose_name = _("逐级报告")
        constraints = [models.UniqueConstraint(fields=["incident", "code"], name="incident_hop_once")]


class Submission(OfIncident):
    """Proof that a statutory report went out (EVT-04): to whom, when, under which number, by whom, with a file.

    file_id: of a file kept through the neutral door; it has no relation here, so that nothing leads back from it.
    """

    clock_id = models.CharField(_("时限"), max_length=60)
    submitted_at = models.DateTimeField(_("上报时间"))
    to = models.CharField(_("报给谁"), max_length=120)
    number = models.CharField(_("回执编号"), max_length=80)
    way = models.CharField(_("方式"), max_length=80)
    file_id = models.BigIntegerField(_("凭证"), null=True)
    noted_at = models.DateTimeField(_("登记时间"))
    by = person(_("上报人"))

    protection = WITH_INCIDENT_ADDED

    class Meta:
        verbose_name = _("法定上报凭证")
        indexes = [models.Index(fields=["incident", "clock_id"], name="submission_clock")]


class Reminder(OfIncident):
    """A rung of the ladder that was climbed for a clock; it is not climbed twice."""

    clock_id = models.CharField(max_length=60)
    rung = models.PositiveSmallIntegerField()
    until = models.DateTimeField()  # of the clock then: a moved limit reminds anew
    at = models.DateTimeField()

    protection = WITH_INCIDENT_ADDED

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "clock_id", "rung", "until"], name="incident_reminder_once"
            )
        ]
