"""Tables of learning: what reviewers said of a trigger's candidates, the last search for clusters, what wards changed.

A ward's change is for everybody in the hospital to read: it stands alone, and which incident it came from lies in a
table of its own that is seen with the incident.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired

DEPARTMENT = "organisation.Department"
USER = settings.AUTH_USER_MODEL


class TriggerReview(Protected):
    """What a reviewer said of one candidate. key: fingerprint of the row that was found; at: its moment, local.

    department: of discharge, whose people review it. A candidate nobody looked at has no row.
    """

    class Verdict(models.TextChoices):
        HARM = "harm", _("有伤害，未上报")
        REPORTED = "reported", _("有伤害，已上报")
        NO_HARM = "no_harm", _("没有伤害")
        UNKNOWN = "unknown", _("无法判断")

    trigger = models.CharField(_("触发条件"), max_length=60)
    version = models.PositiveIntegerField(_("版本"))
    stay = models.CharField(_("住院编号"), max_length=64)
    key = models.CharField(max_length=32)
    month = models.CharField(_("出院月份"), max_length=7)
    department = models.ForeignKey(
        DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    verdict = models.CharField(_("复核结论"), max_length=12, choices=Verdict)
    data_version = models.CharField(_("数据版本"), max_length=64)
    reviewed_at = models.DateTimeField(_("复核时间"))
    reviewed_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("复核人")
    )

    protection = Protection(
        rows="department", sensitive=("trigger", "stay", "key", "month", "verdict", "data_version")
    )

    class Meta:
        verbose_name = _("触发条件复核")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "trigger", "key"], name="incident_trigger_reviewed_once"
            )
        ]
        indexes = [models.Index(fields=["institution", "month", "trigger"], name="incident_trigger_month")]


class ClusterScan(Protected):
    """One search for clusters over all wards: what was asked, what was found. Numbers only; read through queries that
    leave out what the reader may not see. found: [{category, department, first, last, count, expected, p, ratio}].
    department: always empty, so that a department's scope reaches no row of it.
    """

    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    scanned_at = models.DateTimeField(_("检出时间"))
    first_day = models.DateField(_("期间起"))
    last_day = models.DateField(_("期间止"))
    seed = models.BigIntegerField(_("随机种子"))
    runs = models.PositiveIntegerField(_("模拟次数"))
    data_version = models.CharField(_("数据版本"), max_length=64)
    searched = models.JSONField(_("检验的类别"), default=dict)
    found = models.JSONField(_("聚集"), default=list)
    alarms = models.JSONField(_("累积和报警"), default=list)

    protection = Protection(rows="department", audited=False, append_only=True)

    class Meta:
        verbose_name = _("聚集检出")
        constraints = [
            models.CheckConstraint(condition=Q(department__isnull=True), name="incident_scan_of_the_hospital")
        ]
        indexes = [models.Index(fields=["institution", "-scanned_at"], name="incident_scan_latest")]


class WardChange(Protected):
    """“You said, we changed”: two sentences that a person released for everybody to read, without anybody in them."""

    department = models.ForeignKey(
        DEPARTMENT, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    said = models.CharField(_("您说"), max_length=200)
    changed = models.CharField(_("我们改"), max_length=300)
    since = models.DateField(_("从哪天起"))
    released_at = models.DateTimeField(_("公开时间"))
    released_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("公开人")
    )
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True)
    withdrawn_by = models.ForeignKey(
        USER, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("撤下人")
    )

    protection = Protection(sensitive=("said", "changed"))

    class Meta:
        verbose_name = _("病区改进")
        constraints = [
            paired("withdrawn_at", "withdrawn_by", "incident_change_withdrawn_pair"),
            models.CheckConstraint(condition=~Q(said="") & ~Q(changed=""), name="incident_change_is_said"),
        ]
        indexes = [
            models.Index(fields=["institution", "department", "-since"], name="incident_change_by_ward")
        ]


class ChangeSource(Protected):
    """From which incident a change came: seen with the incident, so that the public sentence leads nowhere."""

    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="+")
    change = models.ForeignKey(WardChange, on_delete=models.CASCADE, related_name="+")

    protection = Protection(
        rows="parent", parent_table="incidents_incident", parent_column="incident_id", audited=False
    )

    class Meta:
        verbose_name = _("改进的来源")
        constraints = [
            models.UniqueConstraint(fields=["institution", "incident"], name="incident_change_once")
        ]
