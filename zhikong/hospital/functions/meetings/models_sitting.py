"""A meeting from its notice to its published minutes: who comes, what is talked about, what is decided, what is said."""

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, paired
from zhikong.hospital.functions.meetings.models import Meeting

__all__ = ["Attendee", "Minutes", "Objection", "Resolution", "Sitting", "Topic"]
USER = "access.User"


def new_key() -> str:
    """What the codes of a meeting are made from; it never leaves the server."""
    return secrets.token_hex(16)


class Sitting(Protected):
    """What a meeting needs beyond its agenda: its kind, its hour, its sign-in, whether it could decide."""

    class Kind(models.TextChoices):
        REGULAR = "regular", _("例会")
        EXTRA = "extra", _("临时会议")
        DIALOGUE = "dialogue", _("院科对话会")
        FULL = "full", _("全体会议")
        MOBILISATION = "mobilisation", _("动员会")

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="sitting")
    kind = models.CharField(_("会议类型"), max_length=12, choices=Kind, default=Kind.REGULAR)
    begins_at = models.TimeField(_("开始时间"), null=True, blank=True)
    key = models.CharField(max_length=32, default=new_key)
    invited_at = models.DateTimeField(_("通知时间"), null=True)
    quorum = models.PositiveSmallIntegerField(_("法定人数"), default=0)
    as_talk = models.BooleanField(_("未达法定人数，作为讨论会"), default=False)

    class Meta:
        verbose_name = _("会议组织")


class Attendee(Protected):
    """A member or a guest of one meeting: the answer to the notice, a substitute, and the sign-in."""

    class Answer(models.TextChoices):
        NONE = "none", _("未回复")
        YES = "yes", _("参加")
        NO = "no", _("请假")
        SUBSTITUTE = "substitute", _("委派代表")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendees")
    person = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, related_name="+")
    seat = models.CharField(_("职务"), max_length=16, blank=True)  # empty: a guest
    answer = models.CharField(_("回复"), max_length=12, choices=Answer, default=Answer.NONE)
    reason = models.CharField(_("理由"), max_length=200, blank=True)
    substitute = models.ForeignKey(
        "organisation.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(_("签到时间"), null=True)
    signed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    by_code = models.BooleanField(_("扫码签到"), default=False)

    class Meta:
        verbose_name = _("参会人")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "person"], name="attendee_once"),
            paired("signed_at", "signed_by", "attendee_signed_pair"),
        ]


class Topic(Protected):
    """Something on the agenda beside referred matters: old decisions, last minutes, indicators, proposals."""

    class Kind(models.TextChoices):
        MINUTES = "minutes", _("上次纪要")
        DECISION = "decision", _("决议落实")
        INDICATOR = "indicator", _("未达标指标")
        FINDING = "finding", _("逾期问题")
        PROPOSAL = "proposal", _("委员提议")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="topics")
    kind = models.CharField(_("来源"), max_length=12, choices=Kind)
    key = models.CharField(max_length=120, blank=True)
    title = models.CharField(_("议题"), max_length=200)
    text = models.TextField(_("说明"), blank=True)
    url = models.CharField(max_length=300, blank=True)
    drawn_at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    discussion = models.TextField(_("讨论情况"), blank=True)

    class Meta:
        verbose_name = _("会议内容")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "kind", "key"], condition=~Q(key=""), name="topic_drawn_once"
            )
        ]


class Resolution(Protected):
    """What a meeting decided on a topic, for somebody to do; it comes back to the agenda until it is accepted."""

    class State(models.TextChoices):
        OPEN = "open", _("落实中")
        PROVEN = "proven", _("已报告落实")
        ACCEPTED = "accepted", _("已认可")
        DROPPED = "dropped", _("不再执行")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="resolutions")
    topic = models.ForeignKey(Topic, null=True, on_delete=models.SET_NULL, related_name="resolutions")
    text = models.TextField(_("决议"))
    owner = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(
        "organisation.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField(_("期限"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.OPEN)
    proof = models.TextField(_("落实情况"), blank=True)
    file_ids = ArrayField(models.BigIntegerField(), default=list)
    proven_at = models.DateTimeField(null=True)
    proven_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(_("委员会意见"), max_length=300, blank=True)
    returned = models.PositiveSmallIntegerField(_("退回次数"), default=0)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("会议决议")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner=None) | Q(due_on__isnull=False), name="resolution_with_owner_has_due"
            ),
            paired("proven_at", "proven_by", "resolution_proven_pair"),
        ]


class Minutes(Protected):
    """The minutes of a meeting: drafted, sent round, objected to, confirmed, published."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        CIRCULATED = "circulated", _("征求意见")
        CONFIRMED = "confirmed", _("已确认")
        PUBLISHED = "published", _("已发布")

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="minutes")
    text = models.TextField(_("纪要"))
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.DRAFT)
    until = models.DateField(_("意见截止"), null=True)
    drafted_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    departments = ArrayField(models.BigIntegerField(), default=list)  # to whom it was published

    class Meta:
        verbose_name = _("会议纪要")
        constraints = [paired("confirmed_at", "confirmed_by", "minutes_confirmed_pair")]


class Objection(Protected):
    """What a member says against the minutes, or a department back to the committee, and the answer."""

    class Kind(models.TextChoices):
        OBJECTION = "objection", _("对纪要的意见")
        FEEDBACK = "feedback", _("科室反馈")

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="objections")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.OBJECTION)
    text = models.TextField(_("意见"))
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(
        "organisation.Department", null=True, on_delete=models.PROTECT, related_name="+"
    )
    answer = models.TextField(_("答复"), blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("纪要意见")
        ordering = ["pk"]
        constraints = [paired("answered_at", "answered_by", "objection_answered_pair")]
