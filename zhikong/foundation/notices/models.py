"""What people are told, and when they read it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection


class Notice(Protected):
    """One message with a link to the thing itself; holds no patient's data."""

    title = models.CharField(_("标题"), max_length=120)
    text = models.TextField(_("内容"), blank=True)
    url = models.CharField(_("链接"), max_length=300, blank=True)
    kind = models.CharField(_("类别"), max_length=32, default="general")
    source_kind = models.CharField(_("来源类别"), max_length=32, blank=True)
    source_key = models.CharField(_("来源"), max_length=120, blank=True)
    sent_at = models.DateTimeField(_("发送时间"))
    sent_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    sent_to = models.CharField(_("发送范围"), max_length=200, blank=True)

    protection = Protection()

    class Meta:
        verbose_name = _("通知")
        indexes = [models.Index(fields=["institution", "source_kind", "source_key"], name="notice_source")]

    def __str__(self):
        return self.title


class Receipt(Protected):
    """A notice in one person's box; read_at is the moment that person opened it."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="receipts")
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(_("阅读时间"), null=True)

    protection = Protection(audited=False)

    class Meta:
        verbose_name = _("通知回执")
        constraints = [models.UniqueConstraint(fields=["notice", "user"], name="notice_once_per_reader")]
        indexes = [models.Index(fields=["user", "read_at"], name="notice_unread")]
