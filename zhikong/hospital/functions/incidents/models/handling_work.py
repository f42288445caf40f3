"""The work on a case: who investigates, what they noted, what the department says, measures, answers to the reporter."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import paired
from zhikong.hospital.functions.incidents.models.handling import WITH_INCIDENT_ADDED, OfIncident, person


class Investigator(OfIncident):
    """A person who looks into one case, whatever his department; he sees this case and nothing else by it."""

    user = person(_("调查人"))
    added_at = models.DateTimeField(_("加入时间"))
    added_by = person(_("邀请人"))
    left_at = models.DateTimeField(_("退出时间"), null=True)
    left_by = person(_("移出人"), null=True)

    class Meta:
        verbose_name = _("调查人")
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "user"], condition=Q(left_at=None), name="investigator_once"
            ),
            paired("left_at", "left_by", "investigator_left_pair"),
        ]


class InvestigationNote(OfIncident):
    """What an investigator found; only ever added."""

    text = models.TextField(_("调查记录"))
    at = models.DateTimeField(_("时间"))
    by = person(_("记录人"))

    protection = WITH_INCIDENT_ADDED

    class Meta:
        verbose_name = _("调查记录")


class DepartmentAnalysis(OfIncident):
    """What the department says about it when asked: course, causes, what it changes. One row a round."""

    course = models.TextField(_("经过"))
    causes = models.TextField(_("原因：流程、环境、设备、沟通、人力中哪里让它发生"))
    factors = ArrayField(models.CharField(max_length=40), default=list, verbose_name=_("相关因素"))
    measures = models.TextField(_("已采取和准备采取的措施"))
    at = models.DateTimeField(_("时间"))
    by = person(_("分析人"))

    protection = WITH_INCIDENT_ADDED

    class Meta:
        verbose_name = _("科室分析")


class IncidentMeasure(OfIncident):
    """One measure. Its words stay here; the foundation's finding knows department, post, state and due date only."""

    class Strength(models.TextChoices):
        STRONG = "strong", _("强：消除、强制、标准化设备、领导参与")
        INTERMEDIATE = "intermediate", _("中：清单、软件提示、减少相似、增加人力")
        WEAK = "weak", _("弱：双人核对、警示、新制度、培训")

    class State(models.TextChoices):
        OPEN = "open", _("待落实")
        DONE = "done", _("已落实，待核查")
        EFFECTIVE = "effective", _("有效")
        DROPPED = "dropped", _("不再需要")

    department = models.ForeignKey(
        "organisation.Department", on_delete=models.PROTECT, related_name="+", verbose_name=_("落实科室")
    )
    text = models.CharField(_("措施"), max_length=300)
    strength = models.CharField(_("力度"), max_length=12, choices=Strength)
    owner_post = models.CharField(_("责任岗位"), max_length=32)
    due_on = models.DateField(_("完成日期"))
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.OPEN)
    finding_key = models.CharField(max_length=64)
    made_at = models.DateTimeField(_("确定时间"))
    made_by = person(_("确定人"))
    proof = models.TextField(_("怎样落实的"), blank=True)
    done_at = models.DateTimeField(_("落实时间"), null=True)
    done_by = person(_("落实人"), null=True)
    effect = models.TextField(_("效果"), blank=True)
    checked_at = models.DateTimeField(_("核查时间"), null=True)
    checked_by = person(_("核查人"), null=True)
    came_back = models.PositiveSmallIntegerField(_("退回次数"), default=0)

    class Meta:
        verbose_name = _("不良事件的措施")
        constraints = [
            models.UniqueConstraint(fields=["finding_key"], name="incident_measure_finding_once"),
            paired("done_at", "done_by", "incident_measure_done_pair"),
            paired("checked_at", "checked_by", "incident_measure_checked_pair"),
            models.CheckConstraint(
                condition=~Q(state="effective") | (~Q(effect="") & Q(checked_at__isnull=False)),
                name="incident_measure_effect_seen",
            ),
        ]


class Answer(OfIncident):
    """What the office says to the reporter of a case. The reporter's own words are additions of the report itself.

    When the reporter read it is not kept: the moment would name him to whoever holds the log of requests.
    """

    class Kind(models.TextChoices):
        QUESTION = "question", _("询问")
        ANSWER = "answer", _("答复")
        STEP = "step", _("进展")

    kind = models.CharField(max_length=8, choices=Kind)
    text = models.TextField(_("内容"))
    at = models.DateTimeField(_("时间"))
    by = person(_("答复人"), null=True)

    protection = WITH_INCIDENT_ADDED

    class Meta:
        verbose_name = _("给报告人的话")
        ordering = ["at", "pk"]
