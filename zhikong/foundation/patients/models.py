"""Who the patients are and where they lie now. Closed stays are facts in the lake and carry pseudonyms only."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection


class PatientIdentity(Protected):
    """The one place where a pseudonym leads to a person: name and numbers, encrypted with a key outside the database.

    The web server reads it, only loads and jobs write it, and every look is logged (patients.queries.names_for).
    digest tells whether a delivery changed anything, without opening the envelope.
    """

    patient_key = models.CharField(_("患者假名"), max_length=64)
    sealed = models.BinaryField(_("身份信息（加密）"))
    digest = models.CharField(max_length=64)
    updated_at = models.DateTimeField(_("更新时间"))

    protection = Protection(web="read", sensitive=("sealed", "digest"))

    class Meta:
        verbose_name = _("患者身份")
        constraints = [
            models.UniqueConstraint(fields=["institution", "patient_key"], name="patient_identity_once")
        ]


class TreatingDepartment(Protected):
    """A department that treated a patient, and so may see the name. Visible to that department's scope only."""

    patient_key = models.CharField(_("患者假名"), max_length=64)
    department = models.ForeignKey("organisation.Department", on_delete=models.PROTECT, related_name="+")

    # derived from the stays of each load, in numbers that would drown the trail
    protection = Protection(rows="department", audited=False)

    class Meta:
        verbose_name = _("收治科室")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "patient_key", "department"], name="treating_department_once"
            )
        ]


class Bed(Protected):
    """A bed of a department, open from valid_from (included) to valid_to (excluded)."""

    department = models.ForeignKey("organisation.Department", on_delete=models.PROTECT, related_name="+")
    ward = models.CharField(_("病区"), max_length=32, blank=True)
    number = models.CharField(_("床号"), max_length=16)
    valid_from = models.DateField(_("开放日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("床位")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "department", "ward", "number"],
                condition=Q(valid_to__isnull=True),
                name="open_bed_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="bed_period_in_order",
            ),
        ]

    def __str__(self):
        return f"{self.ward} {self.number}".strip()


class Stay(Protected):
    """A stay that has not ended yet; when its front page is delivered it becomes a fact and leaves this table."""

    stay_id = models.CharField(_("住院编号"), max_length=64)
    patient_key = models.CharField(_("患者假名"), max_length=64)
    department = models.ForeignKey("organisation.Department", on_delete=models.PROTECT, related_name="+")
    bed = models.ForeignKey(Bed, null=True, blank=True, on_delete=models.SET_NULL, related_name="stays")
    admitted_at = models.DateTimeField(_("入院时间"))
    attending_doctor = models.CharField(_("主治医师工号"), max_length=32, blank=True)
    updated_at = models.DateTimeField(_("更新时间"))

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("在院患者")
        constraints = [
            models.UniqueConstraint(fields=["institution", "stay_id"], name="open_stay_once"),
            models.UniqueConstraint(fields=["bed"], condition=Q(bed__isnull=False), name="one_stay_a_bed"),
        ]


class LiveRow(Protected):
    """The present state of one row that feeds told of and that is no closed fact yet: a stay, or one of its events.

    key: the row's key in the contract, as a JSON list. row: column -> value; null means that it was emptied, a column
    that nobody told of is absent. version: microseconds of the newest event that spoke of it; stamps: those of columns
    that an older event spoke of last. removed: the event that took the row back; what was said before it is gone.
    department: where the stay is now, so that a ward sees the whole of its patients and no others.
    late: the stay is a closed fact already; the row holds only what came afterwards and joins it at the next settling.
    """

    table = models.CharField(_("表"), max_length=32)
    key = models.TextField(_("主键"))
    stay_id = models.CharField(_("住院编号"), max_length=64, blank=True)
    department = models.ForeignKey(
        "organisation.Department", null=True, on_delete=models.PROTECT, related_name="+"
    )
    row = models.JSONField(_("内容"), default=dict)
    stamps = models.JSONField(default=dict)
    version = models.BigIntegerField(_("版本"))
    removed = models.BigIntegerField(_("撤销于"), null=True)
    feed = models.CharField(_("来源"), max_length=64)
    receipt = models.CharField(_("收件"), max_length=64, blank=True)
    received_at = models.DateTimeField(_("收到时间"))
    front_page_at = models.DateTimeField(_("首页到达时间"), null=True)
    late = models.BooleanField(_("迟到"), default=False)
    reported_at = models.DateTimeField(_("已列为问题的时间"), null=True)

    # some forty rows a stay; what a later event changed is kept in LiveRowHistory, which nobody can edit
    protection = Protection(
        rows="department", audited=False, reason="states of feeds; the append-only history is their trail"
    )

    class Meta:
        verbose_name = _("在院数据")
        constraints = [models.UniqueConstraint(fields=["institution", "table", "key"], name="live_row_once")]
        indexes = [
            models.Index(fields=["institution", "stay_id"], name="live_row_by_stay"),
            models.Index(fields=["institution", "department", "table"], name="live_row_by_place"),
        ]


class LiveRowHistory(Protected):
    """What was said before, or came too late to count: who wants to know how a row became what it is reads here."""

    class Kind(models.TextChoices):
        SUPERSEDED = "superseded", _("被更新的内容替换")
        OLDER = "older", _("迟到的旧内容，未采用")
        REMOVED = "removed", _("被撤销")

    table = models.CharField(_("表"), max_length=32)
    key = models.TextField(_("主键"))
    stay_id = models.CharField(_("住院编号"), max_length=64, blank=True)
    department = models.ForeignKey(
        "organisation.Department", null=True, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(_("原因"), max_length=12, choices=Kind)
    row = models.JSONField(_("内容"), default=dict)
    version = models.BigIntegerField(_("版本"))
    feed = models.CharField(_("来源"), max_length=64)
    receipt = models.CharField(_("收件"), max_length=64, blank=True)
    received_at = models.DateTimeField(_("收到时间"))
    ended_by = models.CharField(_("被何来源替换"), max_length=64)
    ended_receipt = models.CharField(_("被何收件替换"), max_length=64, blank=True)
    ended_at = models.DateTimeField(_("替换时间"))

    protection = Protection(
        rows="department", append_only=True, audited=False, reason="only added to: it is its own trail"
    )

    class Meta:
        verbose_name = _("在院数据的历史")
        indexes = [models.Index(fields=["institution", "stay_id"], name="live_history_by_stay")]


class SettledVersions(Protected):
    """How new the facts of a closed stay were when they went to the lake, so that a late event is told from a new one.

    group: the stay, or table and key of a row that belongs to none. versions: compressed JSON, table -> key ->
    [version, stamps by column, removed]. It holds times only, no content.
    """

    group = models.TextField(_("住院或行"))
    settled_at = models.DateTimeField(_("转入事实的时间"))
    front_page_at = models.DateTimeField(_("首页到达时间"), null=True)
    versions = models.BinaryField()

    protection = Protection(audited=False, reason="derived from live rows, one a stay")

    class Meta:
        verbose_name = _("已转入事实的版本")
        constraints = [models.UniqueConstraint(fields=["institution", "group"], name="settled_versions_once")]
        indexes = [models.Index(fields=["institution", "settled_at"], name="settled_by_time")]
