"""A committee's meetings, and which matter is on the agenda of which."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired


class Meeting(Protected):
    """One meeting of a committee, planned or held. It is seen by the hospital's offices and leaders."""

    class State(models.TextChoices):
        PLANNED = "planned", _("已安排")
        HELD = "held", _("已召开")
        CANCELLED = "cancelled", _("已取消")

    body = models.ForeignKey(
        "organisation.Body", on_delete=models.PROTECT, related_name="meetings", verbose_name=_("委员会")
    )
    on = models.DateField(_("会议日期"))
    place = models.CharField(_("地点"), max_length=80, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.PLANNED)
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    chaired_by = models.CharField(_("主持人"), max_length=40, blank=True)
    present = models.PositiveSmallIntegerField(_("到会人数"), null=True)
    notes = models.TextField(_("会议情况"), blank=True)
    held_at = models.DateTimeField(null=True)
    held_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("委员会会议")
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "on"], condition=~Q(state="cancelled"), name="meeting_of_body_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(state="held", held_at__isnull=False) | (~Q(state="held") & Q(held_at=None)),
                name="meeting_held_has_time",
            ),
            paired("held_at", "held_by", "meeting_held_pair"),
        ]

    def __str__(self):
        return f"{self.body.name} {self.on}"


class AgendaItem(Protected):
    """A referred matter on the way to a decision: the meeting it is put down for, and how often it was put off."""

    referral = models.OneToOneField(
        "findings.Referral", on_delete=models.PROTECT, related_name="agenda_item", verbose_name=_("事项")
    )
    department = models.ForeignKey(
        "organisation.Department", null=True, on_delete=models.PROTECT, related_name="+"
    )
    meeting = models.ForeignKey(
        Meeting, null=True, on_delete=models.PROTECT, related_name="items", verbose_name=_("会议")
    )
    order = models.PositiveSmallIntegerField(_("顺序"), default=0)
    put_off = models.PositiveSmallIntegerField(_("推迟次数"), default=0)
    discussion = models.TextField(_("讨论情况"), blank=True)

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("议题")


class ItemEvent(Protected):
    """What happened to an item: put down for a meeting, put off with its reason, decided."""

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="events")
    department = models.ForeignKey(
        "organisation.Department", null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("内容"))

    protection = Protection(rows="department", append_only=True)

    class Meta:
        verbose_name = _("议题经过")
        ordering = ["-at", "-pk"]


from zhikong.hospital.functions.meetings.models_sitting import *  # noqa: E402, F403  (tables that stand on these)
