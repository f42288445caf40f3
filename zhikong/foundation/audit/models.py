"""The audit trail: events that triggers write, the queue of what is not sealed yet, and the seals."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protection


class AuditEvent(models.Model):
    """One change of one row, or one recorded act (a look at sensitive data, signing in). Never edited, never deleted.

    institution_id is a plain number, because an event must outlive everything that it speaks of.
    """

    class Action(models.TextChoices):
        INSERT = "insert", _("新增")
        UPDATE = "update", _("修改")
        DELETE = "delete", _("删除")
        TRUNCATE = "truncate", _("清空")
        READ = "read", _("查看")
        LOGIN = "login", _("登录")
        LOGIN_FAILED = "login_failed", _("登录失败")
        LOGOUT = "logout", _("退出")

    at = models.DateTimeField(_("时间"))
    institution_id = models.BigIntegerField(_("机构"), null=True)
    subject = models.CharField(_("对象"), max_length=120)  # a table's name, or what a recorded act was about
    row_key = models.CharField(_("行"), max_length=120, blank=True)
    action = models.CharField(_("操作"), max_length=16, choices=Action)
    before = models.JSONField(_("原值"), null=True)
    after = models.JSONField(_("新值"), null=True)
    actor = models.CharField(_("操作人"), max_length=150, blank=True)
    user_id = models.BigIntegerField(_("账号"), null=True)
    request = models.CharField(_("请求"), max_length=64, blank=True)
    database_role = models.CharField(_("数据库角色"), max_length=64)

    protection = Protection(rows="trail", audited=False, append_only=True)

    class Meta:
        verbose_name = _("审计记录")
        indexes = [
            models.Index(fields=["institution_id", "-at"], name="audit_event_recent"),
            models.Index(fields=["subject", "row_key"], name="audit_event_of_row"),
        ]


class AuditPending(models.Model):
    """Events that no seal holds yet; filled by the trigger, emptied by the sealer in the seal's transaction."""

    event_id = models.BigIntegerField(primary_key=True)

    protection = Protection(
        rows="open",
        audited=False,
        web="nothing",
        reason="numbers of events only; the sealer empties it for all institutions",
    )

    class Meta:
        verbose_name = _("待封存")


class AuditSeal(models.Model):
    """A batch of events under one key-dependent digest that also covers the seal before it.

    events: list of [event id, digest of the event], in the order in which they were sealed.
    """

    number = models.BigIntegerField(_("封条号"), primary_key=True)
    sealed_at = models.DateTimeField(_("封存时间"))
    events = models.JSONField(_("所封记录"))
    previous = models.CharField(_("前一封条"), max_length=64)
    digest = models.CharField(_("封条"), max_length=64)

    protection = Protection(
        rows="open",
        audited=False,
        append_only=True,
        web="read",
        reason="digests only; one chain for the installation",
    )

    class Meta:
        verbose_name = _("封条")
