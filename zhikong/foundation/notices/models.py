"""What people are told, when they read it, and what of it is announced outside the house."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation import opaque
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

    protection = Protection(pay_never_sees=("kind", opaque.KIND))

    class Meta:
        verbose_name = _("通知")
        constraints = [
            models.CheckConstraint(  # an incident's notice says nothing and names nobody
                condition=~Q(source_kind=opaque.KIND) & ~Q(kind=opaque.KIND)
                | Q(
                    kind=opaque.KIND,
                    source_kind=opaque.KIND,
                    title__in=opaque.TITLES,
                    text="",
                    sent_by=None,
                    sent_to="",
                    url__regex=opaque.URL,
                    source_key__regex=opaque.KEY,
                ),
                name="notice_of_incident_is_opaque",
            ),
        ]
        indexes = [models.Index(fields=["institution", "source_kind", "source_key"], name="notice_source")]

    def __str__(self):
        return self.title


class Receipt(Protected):
    """A notice in one person's box; read_at is the moment that person opened it."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="receipts")
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(_("阅读时间"), null=True)
    reminded_at = models.DateTimeField(_("催阅时间"), null=True)

    protection = Protection(audited=False)

    class Meta:
        verbose_name = _("通知回执")
        constraints = [models.UniqueConstraint(fields=["notice", "user"], name="notice_once_per_reader")]
        indexes = [models.Index(fields=["user", "read_at"], name="notice_unread")]


class Channel(Protected):
    """One way out of the house: a mail server, an app, or a group's robot. Secrets are sealed (sealing.py).

    department: whose group a robot belongs to; empty for the whole hospital. kinds: what a robot announces.
    """

    code = models.UUIDField(default=uuid.uuid4, editable=False)  # what the sealed secret is bound to
    kind = models.CharField(_("方式"), max_length=24)
    title = models.CharField(_("名称"), max_length=60)
    department = models.ForeignKey(
        "organisation.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("科室"),
    )  # fmt: skip
    kinds = models.JSONField(_("发送的类别"), default=list)
    config = models.JSONField(_("设置"), default=dict)
    sealed = models.BinaryField(_("密钥（加密）"), default=bytes)
    enabled = models.BooleanField(_("启用"), default=True)
    last_ok_at = models.DateTimeField(_("最近成功"), null=True)
    last_error = models.CharField(_("最近错误"), max_length=200, blank=True)
    last_error_at = models.DateTimeField(_("最近出错"), null=True)

    protection = Protection(sensitive=("sealed",))

    class Meta:
        verbose_name = _("消息通道")

    def __str__(self):
        return self.title

    @property
    def bound_to(self) -> str:
        return f"{self.institution_id}:{self.code}"


class HouseRules(Protected):
    """A hospital's own times: the daily digest, the quiet hours, and the address that links start with."""

    base_url = models.CharField(_("系统访问地址"), max_length=200, blank=True)
    digest_at = models.TimeField(_("每日汇总时间"), default="07:30")
    quiet_from = models.TimeField(_("免打扰开始"), null=True, blank=True, default="21:30")
    quiet_to = models.TimeField(_("免打扰结束"), null=True, blank=True, default="07:00")

    protection = Protection()

    class Meta:
        verbose_name = _("通知时间")
        constraints = [models.UniqueConstraint(fields=["institution"], name="notice_house_rules_once")]


class KindPolicy(Protected):
    """What a hospital decided about one kind of notice, other than the house's own values (kinds.py)."""

    kind = models.CharField(_("类别"), max_length=32)
    urgent = models.BooleanField(_("紧急"))
    mandatory = models.BooleanField(_("不可关闭"))
    outside = models.BooleanField(_("可外发"))

    protection = Protection()

    class Meta:
        verbose_name = _("通知类别的规定")
        constraints = [models.UniqueConstraint(fields=["institution", "kind"], name="notice_policy_once")]


class PersonRules(Protected):
    """Where a person is reached, and when not. Empty quiet hours mean the hospital's; the same twice means none."""

    user = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    addresses = models.JSONField(_("地址"), default=dict)  # channel kind → address
    quiet_from = models.TimeField(_("免打扰开始"), null=True, blank=True)
    quiet_to = models.TimeField(_("免打扰结束"), null=True, blank=True)

    protection = Protection(sensitive=("addresses",))

    class Meta:
        verbose_name = _("个人通知设置")
        constraints = [
            models.UniqueConstraint(fields=["institution", "user"], name="notice_person_rules_once")
        ]


class Preference(Protected):
    """How one person wants one kind of notice by one kind of channel; none means the house's default."""

    user = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("类别"), max_length=32)
    channel_kind = models.CharField(_("方式"), max_length=24)
    how = models.CharField(_("怎样通知"), max_length=8)

    protection = Protection(audited=False)

    class Meta:
        verbose_name = _("通知偏好")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "user", "kind", "channel_kind"], name="notice_preference_once"
            )
        ]


class Message(Protected):
    """One message on its way out: category words and a link. The key stays the same at each attempt."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="messages")
    user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("标题"), max_length=120)
    lines = models.JSONField(_("各行"), default=list)
    path = models.CharField(_("链接"), max_length=300, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    made_at = models.DateTimeField(_("生成时间"))
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    next_at = models.DateTimeField(_("下次尝试"), null=True)
    sent_at = models.DateTimeField(_("发出时间"), null=True)
    last_error = models.CharField(_("最近错误"), max_length=200, blank=True)

    protection = Protection(audited=False)

    class Meta:
        verbose_name = _("外发消息")
        indexes = [models.Index(fields=["institution"], condition=Q(sent_at=None), name="notice_unsent")]


class Dispatch(Protected):
    """A notice that is to be announced to one member or group by one channel; many may share a message."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="dispatches")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(_("何时发出"))
    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="dispatches")

    protection = Protection(audited=False)

    class Meta:
        verbose_name = _("待外发的通知")
        indexes = [
            models.Index(fields=["institution", "due_at"], condition=Q(message=None), name="notice_unpacked")
        ]


class Bucket(Protected):
    """The tokens of one limit of one channel: several workers share them."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    tokens = models.FloatField()
    filled_at = models.DateTimeField()

    protection = Protection(audited=False)

    class Meta:
        verbose_name = _("通道限额")
        constraints = [models.UniqueConstraint(fields=["channel", "name"], name="notice_bucket_once")]
