"""The work of an analysis: timeline, causes, causal statements, barriers, measures."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protection, paired
from zhikong.hospital.functions.incidents.models.analysis import (
    DEPARTMENT,
    UNTOLD,
    Analysis,
    CasePerson,
    Part,
    user,
)
from zhikong.hospital.functions.incidents.models.reporting import Opaque


class TimelineEvent(Part):
    """What happened when. at NULL: nobody knows; about: the time is an estimate. gap: nobody knows what happened then.

    expected: what should have happened by procedure; '' where this went as it should.
    """

    class Source(models.TextChoices):
        RECORD = "record", _("病历与记录")
        SYSTEM = "system", _("系统日志、监控")
        INTERVIEW = "interview", _("访谈")
        REPORT = "report", _("事件报告")
        SITE = "site", _("现场查看")
        INFERRED = "inferred", _("推断")

    at = models.DateTimeField(_("时间"), null=True, blank=True)
    about = models.BooleanField(_("大约"), default=False)
    what = models.TextField(_("发生了什么"))
    expected = models.TextField(_("按规定应当怎样"), blank=True)
    gap = models.BooleanField(_("不知道发生了什么"), default=False)
    person = models.ForeignKey(
        CasePerson, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("谁")
    )
    source = models.CharField(_("来源"), max_length=12, choices=Source)
    source_text = models.CharField(_("来源说明"), max_length=120, blank=True)
    added_at = models.DateTimeField(_("登记时间"))
    added_by = user(_("登记人"))

    class Meta:
        verbose_name = _("时间线")
        ordering = ["at", "pk"]


class CauseNode(Part):
    """One cause: an answer to "why" of its parent, or of the event itself. factor: id of a contributory factor."""

    class Status(models.TextChoices):
        SUSPECTED = "suspected", _("待证实")
        CONFIRMED = "confirmed", _("已证实")
        RULED_OUT = "ruled_out", _("已排除")

    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="below",
        verbose_name=_("为什么"),
    )
    text = models.CharField(_("原因"), max_length=160)
    factor = models.CharField(_("促成因素"), max_length=40, blank=True)
    status = models.CharField(_("核实"), max_length=12, choices=Status, default=Status.SUSPECTED)
    root = models.BooleanField(_("根本原因"), default=False)
    evidence = models.TextField(_("依据"), blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("原因")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="confirmed") | ~Q(evidence=""), name="cause_confirmed_with_evidence"
            )
        ]


class CausalStatement(Part):
    """Cause, effect and event by the five rules of causation; passed: reason why a broken rule may stand."""

    node = models.ForeignKey(
        CauseNode,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="statements",
        verbose_name=_("根本原因"),
    )
    cause = models.TextField(_("原因"))
    effect = models.TextField(_("提高了什么的可能"))
    event = models.TextField(_("导致的事件"))
    precedent = models.TextField(_("失误或违反之前的原因"), blank=True)
    duty = models.TextField(_("应当去做的依据"), blank=True)
    written_at = models.DateTimeField(_("写成时间"))
    written_by = user(_("写成人"))

    class Meta:
        verbose_name = _("因果陈述")
        ordering = ["written_at", "pk"]


class Barrier(Part):
    """Something that should have stopped it, and whether it did."""

    class Kind(models.TextChoices):
        PHYSICAL = "physical", _("物理的（围栏、接口、锁）")
        SYSTEM = "system", _("系统的（软件拦截、报警）")
        HUMAN = "human", _("人的（核对、观察）")
        RULE = "rule", _("制度的（流程、授权）")

    class Worked(models.TextChoices):
        HELD = "held", _("挡住了")
        FAILED = "failed", _("没有挡住")
        BYPASSED = "bypassed", _("被绕过")
        ABSENT = "absent", _("本来就没有")
        UNKNOWN = "unknown", _("不清楚")

    hazard = models.CharField(_("危险"), max_length=120)
    barrier = models.CharField(_("屏障"), max_length=120)
    kind = models.CharField(_("种类"), max_length=12, choices=Kind)
    worked = models.CharField(_("作用"), max_length=12, choices=Worked)
    why = models.TextField(_("为什么"), blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("屏障")
        ordering = ["position", "pk"]


class Measure(Opaque):
    """A measure of the analysis. The common loop knows its department, post, state and day (finding_key); words stay here.

    The department that carries it out sees the measure and nothing else of the case: it has readers of its own.

    kind: id in the action hierarchy; strength: as that said when it was written. indicator_id or sample: how the effect is
    measured; aim: the value to reach; cases, hits: what was found. judged: '', reached or not_reached.
    """

    class Strength(models.TextChoices):
        STRONG = "strong", _("强")
        INTERMEDIATE = "intermediate", _("中")
        WEAK = "weak", _("弱")

    class Judged(models.TextChoices):
        REACHED = "reached", _("达到")
        NOT_REACHED = "not_reached", _("未达到")

    analysis = models.ForeignKey(Analysis, on_delete=models.PROTECT, related_name="measures")
    node = models.ForeignKey(
        CauseNode,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="measures",
        verbose_name=_("针对的原因"),
    )
    text = models.TextField(_("措施"))
    kind = models.CharField(_("种类"), max_length=40)
    strength = models.CharField(_("强度"), max_length=12, choices=Strength)
    department = models.ForeignKey(
        DEPARTMENT, on_delete=models.PROTECT, related_name="+", verbose_name=_("负责科室")
    )
    owner_post = models.CharField(_("负责岗位"), max_length=32)
    due_on = models.DateField(_("完成日期"))
    indicator_id = models.CharField(_("衡量效果的指标"), max_length=80, blank=True)
    sample = models.CharField(_("衡量效果的抽查"), max_length=200, blank=True)
    aim = models.CharField(_("要达到"), max_length=120)
    measure_on = models.DateField(_("何时测量"))
    finding_key = models.CharField(max_length=64, blank=True)
    done_at = models.DateTimeField(_("落实时间"), null=True)
    done_by = user(_("落实登记人"))
    done_text = models.TextField(_("落实情况"), blank=True)
    cases = models.PositiveIntegerField(_("查了几例"), null=True)
    hits = models.PositiveIntegerField(_("合格几例"), null=True)
    result = models.TextField(_("测量结果"), blank=True)
    judged = models.CharField(_("效果"), max_length=12, choices=Judged, blank=True)
    judged_at = models.DateTimeField(_("判断时间"), null=True)
    judged_by = user(_("判断人"))
    added_at = models.DateTimeField(_("登记时间"))
    added_by = user(_("登记人"))
    dropped_at = models.DateTimeField(_("撤销时间"), null=True)
    dropped_by = user(_("撤销人"))
    dropped_reason = models.CharField(_("撤销的理由"), max_length=200, blank=True)
    confidential = models.BooleanField(default=True)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    protection = Protection(rows="participants", audited=False, reason=UNTOLD)

    class Meta:
        verbose_name = _("措施")
        ordering = ["added_at", "pk"]
        constraints = [
            paired("done_at", "done_by", "analysis_measure_done_pair"),
            paired("judged_at", "judged_by", "analysis_measure_judged_pair"),
            paired("dropped_at", "dropped_by", "analysis_measure_dropped_pair"),
            models.CheckConstraint(
                condition=Q(judged="", judged_at=None) | (~Q(judged="") & Q(judged_at__isnull=False)),
                name="analysis_measure_judged_who",
            ),
            models.CheckConstraint(
                condition=~(Q(indicator_id="") & Q(sample="")), name="analysis_measure_is_measured"
            ),
        ]
