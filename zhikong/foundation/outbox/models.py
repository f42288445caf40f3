"""Announced facts and their delivery, written in the transaction of what happened."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired


class Announcement(Protected):
    """One fact that was announced."""

    fact = models.CharField(_("事实"), max_length=64)
    payload = models.JSONField(_("内容"))
    announced_at = models.DateTimeField(_("发布时间"))

    protection = Protection(audited=False)

    class Meta:
        verbose_name = _("已发布的事实")


class Delivery(Protected):
    """One subscriber's receipt of one fact; exists once, so the subscriber acts once.

    attempts is raised before the handler runs, so that a handler which kills its worker is given up as well.
    """

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.CharField(_("订阅者"), max_length=160)
    subject = models.CharField(_("按序的对象"), max_length=160, blank=True, default="")
    delivered_at = models.DateTimeField(_("送达时间"), null=True)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    next_at = models.DateTimeField(_("下次尝试"), null=True)
    last_error = models.CharField(_("最近错误"), max_length=300, blank=True)
    passed_at = models.DateTimeField(_("放弃时间"), null=True)
    passed_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    passed_reason = models.CharField(_("放弃的理由"), max_length=200, blank=True, default="")

    protection = Protection(audited=False)

    class Meta:
        verbose_name = _("事实的送达")
        constraints = [
            models.UniqueConstraint(fields=("announcement", "subscriber"), name="outbox_delivery_once"),
            paired("passed_at", "passed_by", "outbox_passed_by_someone"),
        ]
        indexes = [
            models.Index(fields=["institution"], condition=Q(delivered_at=None), name="outbox_undelivered"),
            models.Index(
                fields=["subscriber", "subject", "id"],
                condition=Q(delivered_at=None, passed_at=None) & ~Q(subject=""),
                name="outbox_in_order",
            ),
        ]
