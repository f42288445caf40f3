"""Tables of emergency plans in use and of their drills."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired

USER = settings.AUTH_USER_MODEL
DEPARTMENT = "organisation.Department"


def person(words, **more):
    """A reference to who did something."""
    return models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=words, **more)


class PlanReview(Protected):
    """Somebody read a plan and found it right, or found what to change (EMR-01 review)."""

    plan_id = models.CharField(_("预案"), max_length=60)
    plan_version = models.PositiveIntegerField(_("版本"))
    fits = models.BooleanField(_("仍然适用"))
    text = models.TextField(_("评审意见"))
    next_on = models.DateField(_("下次评审"))
    at = models.DateTimeField(_("评审时间"))
    by = person(_("评审人"))

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("预案评审")
        indexes = [models.Index(fields=["institution", "plan_id", "-at"], name="plan_review_last")]


class Drill(Protected):
    """One exercise of a plan. department None: the whole hospital. It keeps the version that was exercised.

    minutes: how long until the aim of the plan was reached; aim_minutes: how long the plan allows.
    """

    class Kind(models.TextChoices):
        TABLE = "table", _("桌面推演")
        LIVE = "live", _("实战演练")
        UNANNOUNCED = "unannounced", _("不通知演练")

    class State(models.TextChoices):
        PLANNED = "planned", _("已安排")
        HELD = "held", _("待总结")
        CLOSED = "closed", _("已总结")
        CANCELLED = "cancelled", _("已取消")

    plan_id = models.CharField(_("预案"), max_length=60)
    plan_version = models.PositiveIntegerField(_("版本"))
    plan_title = models.CharField(max_length=120)
    department = models.ForeignKey(
        DEPARTMENT, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    department_name = models.CharField(max_length=80, blank=True)
    kind = models.CharField(_("形式"), max_length=12, choices=Kind)
    planned_on = models.DateField(_("演练日期"))
    scenario = models.TextField(_("情景"))
    leader = person(_("负责人"))
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.PLANNED)
    held_on = models.DateField(_("实际日期"), null=True, blank=True)
    participants = models.PositiveSmallIntegerField(_("参加人数"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("用时（分钟）"), null=True, blank=True, validators=[MaxValueValidator(1440)]
    )
    aim_minutes = models.PositiveSmallIntegerField(_("要求（分钟）"))
    course = models.TextField(_("经过"), blank=True)
    good = models.TextField(_("做得好的"), blank=True)
    problems = models.TextField(_("存在的问题"), blank=True)
    changes = models.TextField(_("对预案的修改意见"), blank=True)
    sheet_id = models.BigIntegerField(_("评估表"), null=True)
    made_at = models.DateTimeField(_("安排时间"))
    made_by = person(_("安排人"))
    closed_at = models.DateTimeField(_("总结时间"), null=True)
    closed_by = person(_("总结人"), null=True)

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("演练")
        ordering = ["-planned_on", "-pk"]
        constraints = [
            paired("closed_at", "closed_by", "drill_closed_pair"),
            models.CheckConstraint(
                condition=~Q(state__in=["held", "closed"])
                | Q(held_on__isnull=False, participants__isnull=False),
                name="drill_held_with_people",
            ),
        ]
        indexes = [models.Index(fields=["institution", "plan_id", "state"], name="drill_plan_state")]

    def __str__(self):
        return f"{self.plan_title} {self.planned_on}"

    @property
    def in_time(self) -> bool | None:
        """None while nobody took the time: unknown is not in time."""
        return None if self.minutes is None else self.minutes <= self.aim_minutes


class DrillFile(Protected):
    """A picture, sign-in sheet or record of a drill."""

    drill = models.ForeignKey(Drill, on_delete=models.PROTECT, related_name="files")
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey("files.File", on_delete=models.PROTECT, related_name="+")

    protection = Protection(rows="department", append_only=True)

    class Meta:
        verbose_name = _("演练附件")
        constraints = [models.UniqueConstraint(fields=["drill", "file"], name="drill_file_once")]
