"""Tables of anonymous reporting: what opens a conversation, what was taken over, and the rewards' settings and counts.

No table here is audited and none has a moment finer than the hour of the job that wrote it: rows come into being
together, in random order, under random keys (decision 34). Words of the conversation lie where all reporters' words
lie: the reporter's in IncidentAddition, the office's among handling's answers.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.incidents.rules_reporting_sealing import random_id

WHY = "written by the hourly job for nobody; the trail would add moments and no person"


class AnonymousThread(Protected):
    """What opens an anonymous report's conversation: the number, and a scrypt hash of the key. The key is nowhere.

    reward_fen: what the office granted; 0: nothing. signature: of the blinded reward code, once it was asked for;
    it says nothing about the code that the cashier will see.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    incident = models.OneToOneField(
        "incidents.Incident", on_delete=models.CASCADE, related_name="anonymous_thread"
    )
    number = models.CharField(_("查询号"), max_length=12)
    salt = models.BinaryField()
    key_hash = models.BinaryField()
    reward_fen = models.PositiveIntegerField(_("奖励（分）"), default=0)
    signature = models.BinaryField(null=True)

    protection = Protection(
        rows="parent",
        parent_table="incidents_incident",
        parent_column="incident_id",
        audited=False,
        reason=WHY,
    )

    class Meta:
        verbose_name = _("匿名对话")
        indexes = [models.Index(fields=["number"], name="anonymous_by_number")]


class AnonymousTaken(Protected):
    """A record of the spool that is in the database: found again in the spool (after a kill -9), it is only wiped.

    on: the day, so that rows older than the spool's keys can go.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    on = models.DateField(_("日期"))

    protection = Protection(audited=False, reason=WHY)

    class Meta:
        verbose_name = _("已接收的匿名记录")


class AnonymousReward(Protected):
    """What the hospital pays for an anonymous report that helped; no row or 0: nothing is paid."""

    fen = models.PositiveIntegerField(_("金额（分）"), default=0)
    set_at = models.DateTimeField(_("设置时间"), null=True)
    set_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("匿名报告奖励")
        constraints = [
            models.UniqueConstraint(fields=["institution"], name="anonymous_reward_once"),
            paired("set_at", "set_by", "anonymous_reward_set_pair"),
        ]


class PaidReward(Protected):
    """A reward code that was paid: a hash, so that it is paid once; the month and amount, so that they can be counted.

    No report, no number, no person, no day: the cashier's desk cannot be joined with the reports through this table.
    """

    id = models.BigIntegerField(primary_key=True, default=random_id, editable=False)
    digest = models.CharField(max_length=64)
    month = models.CharField(_("月份"), max_length=7)
    fen = models.PositiveIntegerField(_("金额（分）"))

    protection = Protection(audited=False, append_only=True, reason=WHY)

    class Meta:
        verbose_name = _("已兑付的匿名奖励")
        constraints = [
            models.UniqueConstraint(fields=["institution", "digest"], name="paid_reward_once"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="paid_reward_positive"),
        ]
