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
