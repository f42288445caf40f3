"""Tables of reporting: the incident, what was told, who told it (sealed and apart), what was added, drafts.

No table here is audited: the trail writes who acted, and would name the reporter. What handlers do is kept in
handling's own append-only log. Keys are random: neither they nor the numbers tell in which order reports came.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection
from zhikong.hospital.functions.incidents.rules_reporting import Outcome, Place, Privacy, Shift, State
from zhikong.hospital.functions.incidents.rules_reporting_sealing import random_code, random_id

DEPARTMENT = "organisation.Department"
UNTOLD = "the trail names who acts, and would name the reporter"


class Opaque(Protected):
    """A row whose key is random."""

    id = models.BigIntegerField(primary_key=True, default=random_id, editable=False)

    class Meta:
        abstract = True


class Incident(Opaque):
    """One adverse event. No column says who reported it, and none holds words.

    code: the number that people see. department: where it happened. harm: letter of NCC MERP, level: I to IV, as
    handling confirmed it, until then as the report suggests; '' unknown. shift, place: coarse on purpose.
    reported_at: when it was told; of an anonymous report the hour only. once: random, made with the empty form, so that
    a report that is sent twice is one. readers: people of other departments who were let in (never the reporter).
    """

    code = models.CharField(_("编号"), max_length=12, default=random_code)
    privacy = models.CharField(_("报告方式"), max_length=12, choices=Privacy)
    state = models.CharField(_("状态"), max_length=16, choices=State, default=State.REPORTED)
    category = models.CharField(_("类别"), max_length=48, blank=True)
    department = models.ForeignKey(
        DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("发生科室")
    )
    occurred_on = models.DateField(_("发生日期"))
    shift = models.CharField(_("发生时段"), max_length=12, choices=Shift, default=Shift.UNKNOWN)
    place = models.CharField(_("发生地点"), max_length=16, choices=Place, blank=True)
    harm = models.CharField(_("后果"), max_length=1, choices=Outcome, blank=True)
    level = models.CharField(_("级别"), max_length=4, blank=True)
    reported_at = models.DateTimeField(_("报告时间"))
    once = models.CharField(max_length=36, blank=True)
    confidential = models.BooleanField(default=True)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    protection = Protection(rows="participants", audited=False, reason=UNTOLD)

    class Meta:
        verbose_name = _("不良事件")
        constraints = [
            models.UniqueConstraint(fields=["institution", "code"], name="incident_code_once"),
            models.UniqueConstraint(
                fields=["institution", "once"], condition=~Q(once=""), name="incident_sent_once"
            ),
            models.CheckConstraint(condition=Q(confidential=True), name="incident_is_confidential"),
            models.CheckConstraint(
                condition=Q(level__in=["", "I", "II", "III", "IV"]), name="incident_level_known"
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "state", "reported_at"], name="incident_by_state"),
            models.Index(fields=["institution", "occurred_on", "category"], name="incident_by_day"),
        ]

    def __str__(self):
        return self.code


class _OfIncident(Opaque):
    """A row that is seen by whoever sees its incident."""

    protection = Protection(
        rows="parent",
        parent_table="incidents_incident",
        parent_column="incident_id",
        audited=False,
        reason=UNTOLD,
    )

    class Meta:
        abstract = True


class IncidentContent(_OfIncident):
    """What was told, sealed: {"what", "done", "where", "patient": {"key", "stay", "told"}, "source"}; see queries.reporting.told."""

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="content")
    sealed = models.BinaryField(_("内容（加密）"))

    class Meta:
        verbose_name = _("不良事件内容")


class IncidentSheet(_OfIncident):
    """The typed form of the incident's category, filled in after the short report; answers sealed.

    form_id, form_version: a definition of foundation/forms. done_at: it is complete. filled_by: whoever of the ward or
    of an office wrote it last; NULL when the reporter did, who is named nowhere.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="sheets")
    form_id = models.CharField(_("表单"), max_length=60)
    form_version = models.PositiveIntegerField(_("版本"))
    sealed = models.BinaryField(_("答案（加密）"))
    filled_at = models.DateTimeField(_("填写时间"))
    filled_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(_("填写完成"), null=True)

    class Meta:
        verbose_name = _("专项表")
        constraints = [
            models.UniqueConstraint(fields=["institution", "incident", "form_id"], name="incident_sheet_once")
        ]


class IncidentAddition(_OfIncident):
    """What the reporter told later, sealed: {"text"}. Never edited. question: key of handling's question, when it answers one."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="additions")
    sealed = models.BinaryField(_("补充（加密）"))
    question = models.BigIntegerField(null=True)
    added_at = models.DateTimeField(_("补充时间"))

    protection = Protection(
        rows="parent",
        parent_table="incidents_incident",
        parent_column="incident_id",
        audited=False,
        append_only=True,
        reason=UNTOLD,
    )

    class Meta:
        verbose_name = _("不良事件补充")


class IncidentPhoto(_OfIncident):
    """A picture of the incident: a file behind the door (neutral.py), known here by its number only."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="photos")
    file = models.BigIntegerField(_("文件"))
    added_at = models.DateTimeField(_("添加时间"))

    class Meta:
        verbose_name = _("不良事件照片")


class ReporterIdentity(Opaque):
    """Who reported, sealed: {"account", "name", "staff_number", "department"}. Never of an anonymous report.

    Seen by roles that may know reporters (of a named report also by those who handle incidents); every look is
    logged (queries.reporting.reporter_of). owner: keyed fingerprint of the account, by which the reporter finds it.
    department: always empty, so that no department's scope reaches a row.
    """

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="+")
    privacy = models.CharField(max_length=12, choices=Privacy)
    owner = models.CharField(max_length=64)
    sealed = models.BinaryField(_("报告人（加密）"))
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    confidential = models.BooleanField(default=True)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    protection = Protection(rows="participants", audited=False, reason=UNTOLD)

    class Meta:
        verbose_name = _("报告人")
        constraints = [
            models.CheckConstraint(
                condition=Q(privacy__in=["named", "confidential"]), name="reporter_never_of_anonymous"
            ),
            models.CheckConstraint(
                condition=Q(confidential=True, readers=[], department__isnull=True),
                name="reporter_kept_apart",
            ),
        ]
        indexes = [models.Index(fields=["institution", "owner"], name="reporter_by_owner")]


class ReportDraft(Opaque):
    """A report that is not sent yet, sealed: the form's fields. owner: keyed fingerprint of the account, never an id."""

    owner = models.CharField(max_length=64)
    sealed = models.BinaryField(_("草稿（加密）"))
    saved_on = models.DateField(_("保存日期"))

    protection = Protection(audited=False, reason=UNTOLD)

    class Meta:
        verbose_name = _("报告草稿")
        indexes = [models.Index(fields=["institution", "owner"], name="draft_by_owner")]
