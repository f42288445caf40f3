"""What people said of a step, and how long this machine's own work took."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.overviews.starting.rules.steps import STEPS

USER = "access.User"


class StepMark(Protected):
    """A person's word on a step: done, left out with a reason, open again. Rows are only added; the newest counts."""

    class Kind(models.TextChoices):
        DONE = "done", _("标为完成")
        LEFT_OUT = "left_out", _("不做")
        OPEN = "open", _("重新打开")

    step = models.CharField(
        _("步骤"), max_length=16, choices=[(key, one.title) for key, one in STEPS.items()]
    )
    kind = models.CharField(_("状态"), max_length=8, choices=Kind)
    reason = models.CharField(_("理由"), max_length=200, blank=True)
    marked_at = models.DateTimeField(_("时间"))
    marked_by = models.ForeignKey(
        USER, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("办理人")
    )

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("启用步骤")
        ordering = ["-pk"]
        constraints = [
            paired("marked_at", "marked_by", "step_mark_pair", jobs_too=True),
            models.CheckConstraint(
                condition=~Q(kind="left_out") | ~Q(reason=""), name="step_left_out_with_reason"
            ),
        ]
        indexes = [models.Index(fields=["institution", "step", "-id"], name="step_mark_newest")]

    def __str__(self):
        return f"{self.step} {self.kind}"


class Timing(Protected):
    """How long one piece of this machine's work took: the measure of what is still to come."""

    class Work(models.TextChoices):
        COMPUTING = "computing", _("计算指标")
        BRIEF = "brief", _("起草简报")

    work = models.CharField(_("工作"), max_length=12, choices=Work)
    rows = models.PositiveBigIntegerField(_("行数"), default=0)
    seconds = models.FloatField(_("用时（秒）"))
    measured_at = models.DateTimeField(_("时间"))

    protection = Protection(append_only=True, audited=False, reason="measured times, no act of a person")

    class Meta:
        verbose_name = _("用时")
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(seconds__gte=0), name="timing_not_negative")]

    def __str__(self):
        return f"{self.work} {self.seconds}"


class FirstMonth(Protected):
    """Somebody asked for the first month: computing, closing if it may be, the brief. What became of it, in a sentence."""

    class State(models.TextChoices):
        WAITING = "waiting", _("正在生成")
        DONE = "done", _("已生成")
        FAILED = "failed", _("没有生成")

    month = models.CharField(_("月份"), max_length=7)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING)
    message = models.CharField(_("说明"), max_length=500, blank=True)
    asked_at = models.DateTimeField(_("发起时间"))
    asked_by = models.ForeignKey(
        USER, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("发起人")
    )
    finished_at = models.DateTimeField(_("完成时间"), null=True)

    class Meta:
        verbose_name = _("首月")
        ordering = ["-pk"]
        constraints = [
            paired("asked_at", "asked_by", "first_month_asked_pair", jobs_too=True),
            models.CheckConstraint(
                condition=Q(state="waiting", finished_at=None)
                | (~Q(state="waiting") & Q(finished_at__isnull=False)),
                name="first_month_end_has_time",
            ),
        ]

    def __str__(self):
        return self.month
