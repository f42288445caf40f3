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
