"""The service that makes suggestions on records, each call of it, and what came of it."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired


class Service(Protected):
    """Where a hospital's own language model answers; switched off until somebody switches it on. The key is sealed."""

    code = models.UUIDField(default=uuid.uuid4, editable=False)  # what the sealed key is bound to
    enabled = models.BooleanField(_("启用"), default=False)
    address = models.CharField(_("服务地址"), max_length=200, blank=True)
    model = models.CharField(_("模型名称"), max_length=80, blank=True)
    hosts = models.CharField(_("允许的院外主机"), max_length=300, blank=True)
    sealed = models.BinaryField(_("密钥（加密）"), default=bytes)
    seconds = models.PositiveSmallIntegerField(_("等待时间（秒）"), default=30)
    changed_at = models.DateTimeField(_("修改时间"), null=True)
    changed_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection(sensitive=("sealed",))

    class Meta:
        verbose_name = _("建议服务")
        constraints = [
            models.UniqueConstraint(fields=["institution"], name="suggestion_service_once"),
            paired("changed_at", "changed_by", "suggestion_service_changed"),
        ]

    def __str__(self):
        return self.address

    @property
    def bound_to(self) -> str:
        return f"suggestions:{self.institution_id}:{self.code}"


class Call(Protected):
    """One question to the service about one stay's record. said: what went wrong, for the person who asked."""

    class State(models.TextChoices):
        WAITING = "waiting", _("等待回答")
        DONE = "done", _("已回答")
        FAILED = "failed", _("没有得到回答")

    department = models.ForeignKey("organisation.Department", on_delete=models.PROTECT, related_name="+")
    stay_id = models.CharField(_("住院编号"), max_length=64)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING)
    said = models.CharField(_("说明"), max_length=200, blank=True)
    model = models.CharField(_("模型名称"), max_length=80, blank=True)
    characters = models.PositiveIntegerField(_("送出的字数"), default=0)
    milliseconds = models.PositiveIntegerField(_("用时（毫秒）"), default=0)
    dropped = models.PositiveIntegerField(_("找不到原文而舍弃的条数"), default=0)
    asked_at = models.DateTimeField(_("请求时间"))
    asked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("结束时间"), null=True)

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("建议请求")
        indexes = [models.Index(fields=["institution", "stay_id"], name="suggestion_call_stay")]


class Suggestion(Protected):
    """One remark of the service with the words it stands on: characters start to end of a section. It has no points;
    a person takes it up or leaves it."""

    class Outcome(models.TextChoices):
        TAKEN = "taken", _("已采纳")
        LEFT = "left", _("不采纳")

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="suggestions")
    department = models.ForeignKey("organisation.Department", on_delete=models.PROTECT, related_name="+")
    stay_id = models.CharField(_("住院编号"), max_length=64)
    document = models.CharField(_("文书"), max_length=80)
    document_name = models.CharField(_("文书名称"), max_length=60)
    section = models.CharField(_("部分"), max_length=60)
    start = models.PositiveIntegerField(_("开始"))
    end = models.PositiveIntegerField(_("结束"))
    quote = models.CharField(_("原文"), max_length=200)
    advice = models.CharField(_("建议"), max_length=400)
    outcome = models.CharField(_("处理"), max_length=8, choices=Outcome, blank=True)
    decided_at = models.DateTimeField(_("处理时间"), null=True)
    decided_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("病历建议")
        constraints = [paired("decided_at", "decided_by", "suggestion_decision_paired")]
        indexes = [models.Index(fields=["institution", "stay_id"], name="suggestion_stay")]
