"""A department's monthly quality record: the filled form, the facts it was signed with, its measures (WF-04, CAP-05)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.reporting.models.figures import DEPARTMENT, USER, month_format
from zhikong.hospital.functions.reporting.record_rules import OUTCOME_NAMES


class MonthlyRecord(Protected):
    """One department's record of one month. What people write is the form's sheet, and the sheet's state is the
    record's; here stand the deadline and the facts as they were when the head signed."""

    department = models.ForeignKey(
        DEPARTMENT, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    department_name = models.CharField(_("科室名称"), max_length=80)  # as it was called at the month's end
    month = models.CharField(_("月份"), max_length=7, validators=[month_format])
    sheet = models.OneToOneField("forms.Sheet", on_delete=models.PROTECT, related_name="+")
    settled = models.CharField(max_length=12, default="draft")  # the sheet's state that was last acted upon
    facts = models.JSONField(_("当月事实"), default=list)
    facts_at = models.DateTimeField(_("事实取自"), null=True)
    due_on = models.DateField(_("期限"))
    due_reason = models.CharField(_("期限的依据"), max_length=300)
    due_from = models.DateField(null=True)
    due_working_days = models.PositiveSmallIntegerField(null=True)
    opened_at = models.DateTimeField(_("建立时间"))

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("科室质控活动记录")
        constraints = [
            models.UniqueConstraint(fields=["institution", "department", "month"], name="monthly_record_once")
        ]
        indexes = [models.Index(fields=["institution", "month"], name="monthly_record_month")]

    def __str__(self):
        return f"{self.department_name} {self.month}"

    @property
    def state(self) -> str:
        return self.sheet.state

    @property
    def is_open(self) -> bool:
        """True while the department still owes it."""
        return self.sheet.is_editable

    def is_late(self, today) -> bool:
        return self.is_open and self.due_on < today


class Measure(Protected):
    """A measure that a record decided on; the next month's record says what became of it before anything else."""

    record = models.ForeignKey(MonthlyRecord, on_delete=models.PROTECT, related_name="measures")
    department = models.ForeignKey(DEPARTMENT, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("措施"), max_length=500)
    person = models.ForeignKey(
        "organisation.Person", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("负责人")
    )
    due_on = models.DateField(_("完成日期"))
    dropped_at = models.DateTimeField(null=True)  # taken out of a record that was returned and sent again
    outcome = models.CharField(
        _("落实情况"), max_length=12, blank=True, choices=[(o.value, n) for o, n in OUTCOME_NAMES.items()]
    )
    note = models.CharField(_("说明"), max_length=500, blank=True)
    answered_in = models.ForeignKey(
        MonthlyRecord, null=True, on_delete=models.PROTECT, related_name="answered"
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    answered_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("改进措施")
        constraints = [
            paired("answered_at", "answered_by", "measure_answered_pair", jobs_too=True),
            models.CheckConstraint(
                condition=Q(outcome="", answered_at=None) | (~Q(outcome="") & Q(answered_at__isnull=False)),
                name="measure_outcome_has_time",
            ),
        ]
        indexes = [models.Index(fields=["department", "outcome"], name="measure_of_department")]

    def __str__(self):
        return self.text
