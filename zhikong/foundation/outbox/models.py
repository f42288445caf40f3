"""Announced facts and their delivery, written in the transaction of what happened."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection


class Announcement(Protected):
    """One fact that was announced."""

    fact = models.CharField(_("事实"), max_length=64)
    payload = models.JSONField(_("内容"))
    announced_at = models.DateTimeField(_("发布时间"))

    protection = Protection(audited=False)

    class Meta:
        verbose_name = _("已发布的事实")


class Delivery(Protected):
    """One subscriber's receipt of one fact; exists once, so the subscriber acts once."""

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.CharField(_("订阅者"), max_length=160)
    delivered_at = models.DateTimeField(_("送达时间"), null=True)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    last_error = models.CharField(_("最近错误"), max_length=300, blank=True)

    protection = Protection(audited=False)

    class Meta:
        verbose_name = _("事实的送达")
        constraints = [
            models.UniqueConstraint(fields=["announcement", "subscriber"], name="outbox_delivery_once"),
        ]
        indexes = [
            models.Index(fields=["institution"], condition=Q(delivered_at=None), name="outbox_undelivered"),
        ]
