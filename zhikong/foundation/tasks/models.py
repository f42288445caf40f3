"""Whatever is due: one table and one page for the whole product."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation import opaque
from zhikong.foundation.access.base import Protected, Protection, paired


class Task(Protected):
    """Something one person has to do by a date, with the sentence that explains the date."""

    class State(models.TextChoices):
        OPEN = "open", _("待办")
        DONE = "done", _("已办")
        CANCELLED = "cancelled", _("已取消")

    owner = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, related_name="tasks", verbose_name=_("责任人")
    )
    department = models.ForeignKey(
        "organisation.Department",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("科室"),
    )
    title = models.CharField(_("事项"), max_length=160)
    url = models.CharField(_("链接"), max_length=300, blank=True)
    due_on = models.DateField(_("期限"))
    due_reason = models.CharField(_("期限的依据"), max_length=300)
    due_from = models.DateField(null=True)  # with due_working_days: what a new calendar computes due_on from
    due_working_days = models.PositiveSmallIntegerField(null=True)
    source_kind = models.CharField(_("来源类别"), max_length=32)
    source_key = models.CharField(_("来源"), max_length=120)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(_("布置时间"))
    created_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(_("办结时间"), null=True)
    done_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    delegated_from = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    held_for = models.ForeignKey(  # who is on leave; the owner stands in, and it goes back afterwards
        "access.User", null=True, on_delete=models.PROTECT, related_name="+"
    )

    protection = Protection(rows="department", pay_never_sees=("source_kind", opaque.KIND))

    class Meta:
        verbose_name = _("待办")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False)
                | (~Q(state="done") & Q(done_at=None, done_by=None)),
                name="task_done_has_time",
            ),
            models.CheckConstraint(  # an incident's task says nothing and names nobody but who has it
                condition=~Q(source_kind=opaque.KIND)
                | Q(
                    title__in=opaque.TITLES,
                    due_reason=opaque.DUE_REASON,
                    created_by=None,
                    done_by=None,
                    due_from=None,
                    due_working_days=None,
                    url__regex=opaque.URL,
                    source_key__regex=opaque.KEY,
                ),
                name="task_of_incident_is_opaque",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "due_on"], condition=Q(state="open"), name="task_open_of_owner"),
            models.Index(fields=["institution", "source_kind", "source_key"], name="task_source"),
            models.Index(fields=["created_by"], condition=Q(state="open"), name="task_open_given"),
            models.Index(
                fields=["held_for"], condition=Q(state="open", held_for__isnull=False), name="task_open_held"
            ),
        ]

    def __str__(self):
        return self.title


class TaskEvent(Protected):
    """What happened to a task besides being done: delegated, extended, reminded, each with its reason."""

    class What(models.TextChoices):
        DELEGATED = "delegated", _("转办")
        EXTENDED = "extended", _("延期")
        REMINDED = "reminded", _("催办")
        CANCELLED = "cancelled", _("取消")
        HANDED_OVER = "handed_over", _("代理")
        HANDED_BACK = "handed_back", _("代理结束")

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="events")
    department = models.ForeignKey(
        "organisation.Department", null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(_("事件"), max_length=12, choices=What)
    text = models.CharField(_("说明"), max_length=300, blank=True)

    protection = Protection(rows="department", append_only=True)

    class Meta:
        verbose_name = _("待办记录")


class HandOver(Protected):
    """While somebody is on leave, a deputy has the tasks: those that are open and those that are given meanwhile."""

    user = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("谁请假")
    )
    deputy = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("由谁代理")
    )
    from_on = models.DateField(_("从"))
    to_on = models.DateField(_("到"))  # the last day, included
    reason = models.CharField(_("说明"), max_length=120, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("提前结束"), null=True)
    ended_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection()

    class Meta:
        verbose_name = _("待办代理")
        constraints = [
            models.CheckConstraint(condition=Q(to_on__gte=models.F("from_on")), name="task_hand_over_days"),
            models.CheckConstraint(condition=~Q(user=models.F("deputy")), name="task_hand_over_two"),
            paired("ended_at", "ended_by", "task_hand_over_ended_by"),
        ]
        indexes = [models.Index(fields=["user", "to_on"], condition=Q(ended_at=None), name="task_hand_over")]

    def covers(self, day) -> bool:
        return self.ended_at is None and self.from_on <= day <= self.to_on
