"""What happened in running checks: events, each stay's last check, interruptions; settings and tokens of the check."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.records.models.running import Defect, Obligation, user_of


class CheckEvent(Protected):
    """One step in the story of an obligation or a defect; by is empty where the machine acted."""

    class What(models.TextChoices):
        APPEARED = "appeared", _("出现")
        WARNED = "warned", _("临近期限")
        OVERDUE = "overdue", _("逾期")
        DONE = "done", _("按时完成")
        LATE = "late", _("逾期完成")
        REOPENED = "reopened", _("重新出现")
        MOVED = "moved", _("期限变动")
        WITHDRAWN = "withdrawn", _("不再要求")
        REMINDED = "reminded", _("提醒")
        EXCUSED = "excused", _("登记不适用")
        MENDED = "mended", _("已修改，请求复核")
        CONFIRMED = "confirmed", _("复核通过")
        RETURNED = "returned", _("复核退回")
        APPEALED = "appealed", _("提出申诉")
        DECIDED = "decided", _("申诉结论")
        OVERRIDDEN = "overridden", _("越过拦截")
        SETTLED = "settled", _("转终末检查")

    obligation = models.ForeignKey(Obligation, null=True, on_delete=models.CASCADE, related_name="events")
    defect = models.ForeignKey(Defect, null=True, on_delete=models.CASCADE, related_name="events")
    department = models.ForeignKey(
        "organisation.Department", null=True, on_delete=models.PROTECT, related_name="+"
    )
    what = models.CharField(_("事项"), max_length=12, choices=What)
    text = models.CharField(_("说明"), max_length=400, blank=True)
    at = models.DateTimeField(_("时间"))
    by = user_of(_("人员"))

    protection = Protection(
        rows="department", append_only=True, audited=False, reason="only added to: it is its own trail"
    )

    class Meta:
        verbose_name = _("环节质控记录")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(obligation=None, defect__isnull=False) | Q(obligation__isnull=False, defect=None),
                name="check_event_of_one",
            )
        ]


class StayCheck(Protected):
    """When an open stay was checked last, and when it has to be again: something was told of it, or a time comes.

    touches: how often something was told; seen: how often at the last check. What commits during a check is not lost.
    """

    stay_id = models.CharField(_("住院编号"), max_length=64)
    touches = models.BigIntegerField(default=0)
    seen = models.BigIntegerField(default=-1)
    touched_at = models.DateTimeField(_("有新数据的时间"))
    checked_at = models.DateTimeField(_("检查时间"), null=True)
    next_at = models.DateTimeField(_("下次检查"), null=True)
    rules = models.CharField(_("规则指纹"), max_length=64, blank=True)

    protection = Protection(audited=False, reason="book-keeping of the machine, holds times only")

    class Meta:
        verbose_name = _("在院病历检查")
        constraints = [models.UniqueConstraint(fields=["institution", "stay_id"], name="stay_check_once")]
        indexes = [models.Index(fields=["institution", "next_at"], name="stay_check_due")]


class Interruption(Protected):
    """One interrupting notice to a doctor: counted against the budget of his shift."""

    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="+")
    shift = models.CharField(_("班次"), max_length=20)  # 2026-11-22 08:00
    rule = models.CharField(_("规则"), max_length=80)
    stay_id = models.CharField(_("住院编号"), max_length=64)
    at = models.DateTimeField(_("时间"))

    protection = Protection(audited=False, append_only=True, reason="a count of machine notices")

    class Meta:
        verbose_name = _("打断提醒")
        indexes = [models.Index(fields=["user", "shift"], name="interruption_of_shift")]


class RunningSettings(Protected):
    """What a hospital sets for the running check; without a row the house's values hold (rules_running.py)."""

    interruptions = models.PositiveSmallIntegerField(_("每班最多打断次数"))
    shift_starts = models.JSONField(_("班次开始时间"))  # ["08:00", "17:30"]
    least_judged = models.PositiveSmallIntegerField(_("计算准确率的最少例数"))
    least_precision = models.PositiveSmallIntegerField(_("可打断的最低准确率（%）"))
    set_at = models.DateTimeField(_("设置时间"))
    set_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    protection = Protection()

    class Meta:
        verbose_name = _("环节质控设置")
        constraints = [models.UniqueConstraint(fields=["institution"], name="running_settings_once")]


class CheckToken(Protected):
    """What a record system shows to ask for a check: 256 random bits, kept as a hash. It reads and writes no data."""

    label = models.CharField(_("用途"), max_length=80)
    start = models.CharField(_("开头"), max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("生成时间"))
    created_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    last_used_at = models.DateTimeField(_("最近使用"), null=True)
    revoked_at = models.DateTimeField(_("吊销时间"), null=True)
    revoked_by = user_of(_("吊销人"))

    protection = Protection(
        rows="account",
        sensitive=("digest",),
        reason="a caller is known by its token before there is a scope",
    )

    class Meta:
        verbose_name = _("实时校验令牌")
        ordering = ["-created_at"]
        constraints = [paired("revoked_at", "revoked_by", "check_token_revoked")]
