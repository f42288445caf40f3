"""What changes a finding's way: extensions that are asked for, and matters that are put before a committee."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.foundation.findings.models.finding import DEPARTMENT, USER, Finding


class Extension(Protected):
    """More time: asked for with a reason, granted or refused by another person; each stays in sight."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="extensions")
    department = models.ForeignKey(DEPARTMENT, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("理由"))
    due_before = models.DateField(_("原期限"))
    wanted_on = models.DateField(_("申请的期限"))
    asked_at = models.DateTimeField(_("申请时间"))
    asked_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    granted = models.BooleanField(_("同意"), null=True)
    granted_on = models.DateField(_("批准的期限"), null=True)
    answer = models.TextField(_("批复"), blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection(rows="parent", parent_table="findings_finding", parent_column="finding_id")

    class Meta:
        verbose_name = _("延期")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["finding"], condition=Q(granted=None), name="finding_extension_one_open"
            ),
            models.CheckConstraint(
                condition=Q(granted=None, decided_at=None)
                | Q(granted__isnull=False, decided_at__isnull=False),
                name="finding_extension_decided",
            ),
            paired("decided_at", "decided_by", "finding_extension_decided_pair"),
            models.CheckConstraint(
                condition=~Q(granted=True) | Q(granted_on__gt=F("due_before")), name="finding_extension_later"
            ),
        ]


class Referral(Protected):
    """A matter put before a committee, and the decision that came back (CAP-07). Of a finding, or of anything else.

    source_kind, source_key: what the matter is; a kind registers in ``referring`` and is told of the decision.
    """

    source_kind = models.CharField(_("来源类别"), max_length=32)
    source_key = models.CharField(_("来源"), max_length=120, blank=True)
    finding = models.ForeignKey(Finding, null=True, on_delete=models.PROTECT, related_name="referrals")
    department = models.ForeignKey(
        DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    department_name = models.CharField(_("科室名称"), max_length=80, blank=True)
    body = models.ForeignKey(
        "organisation.Body", on_delete=models.PROTECT, related_name="+", verbose_name=_("委员会")
    )
    title = models.CharField(_("议题"), max_length=160)
    question = models.TextField(_("请委员会研究的问题"))
    wanted_on = models.DateField(_("希望讨论的日期"), null=True)
    asked_at = models.DateTimeField(_("提交时间"))
    asked_by = models.ForeignKey(
        USER, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("提交人")
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.TextField(_("决议"), blank=True)
    measures = models.TextField(_("决议的措施"), blank=True)
    responsible = models.ForeignKey(
        "organisation.Person", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("责任人")
    )
    due_on = models.DateField(_("完成期限"), null=True)
    decided_on = models.DateField(_("会议日期"), null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("提交委员会的事项")
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["source_kind", "source_key"], name="referral_source")]
        constraints = [
            paired("withdrawn_at", "withdrawn_by", "referral_withdrawn_pair"),
            paired("decided_at", "decided_by", "referral_decided_pair", jobs_too=True),
            models.CheckConstraint(
                condition=Q(decided_at=None) | (~Q(decision="") & Q(withdrawn_at=None)),
                name="referral_decided_with_words",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_open(self) -> bool:
        return self.decided_at is None and self.withdrawn_at is None
