"""What is added to a finding while it is dealt with: its story, evidence, verifications and cases."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection
from zhikong.foundation.findings import rules
from zhikong.foundation.findings.models.finding import DEPARTMENT, USER, Finding


class Part(Protected):
    """A row that belongs to a finding, is seen with it, and is only ever added."""

    department = models.ForeignKey(DEPARTMENT, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection(
        rows="parent", parent_table="findings_finding", parent_column="finding_id", append_only=True
    )

    class Meta:
        abstract = True


class FindingStep(Part):
    """One line of the story: who did what, when, in which words; both directions stay (CAP-01)."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(
        _("步骤"), max_length=24, choices=[(a.value, n) for a, n in rules.ACT_NAMES.items()]
    )
    state = models.CharField(_("之后的状态"), max_length=20)
    text = models.TextField(_("内容"), blank=True)

    class Meta:
        verbose_name = _("问题经过")


class Evidence(Part):
    """What shows that the correction was made: words, and where the paper or file lies."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="evidence")
    text = models.TextField(_("证据说明"))
    link = models.CharField(_("文件名或链接"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("整改证据")


class Verification(Part):
    """One look at whether it held. A job that read the chart leaves by empty."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="verifications")
    check_by = models.CharField(
        _("核实方式"), max_length=16, choices=[(c.value, n) for c, n in rules.CHECK_NAMES.items()]
    )
    passed = models.BooleanField(_("通过"))
    verdict = models.CharField(_("结论"), max_length=20, blank=True)
    text = models.TextField(_("说明"))
    items_checked = models.PositiveSmallIntegerField(_("复查份数"), default=0)
    items_passed = models.PositiveSmallIntegerField(_("合格份数"), default=0)

    class Meta:
        verbose_name = _("核实记录")
        constraints = [
            models.CheckConstraint(
                condition=Q(items_passed__lte=F("items_checked")), name="verification_items_in_order"
            ),
        ]


class FindingCase(Protected):
    """A stay that the finding is about, by its key in the lake; no identity here."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="cases")
    department = models.ForeignKey(DEPARTMENT, on_delete=models.PROTECT, related_name="+")
    stay_id = models.CharField(max_length=64)

    protection = Protection(rows="parent", parent_table="findings_finding", parent_column="finding_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["finding", "stay_id"], name="finding_case_once")]


class EvidenceFile(Protected):
    """A file or photograph that belongs to a piece of evidence."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="files")
    department = models.ForeignKey(DEPARTMENT, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey("files.File", on_delete=models.PROTECT, related_name="+")

    protection = Protection(
        rows="parent", parent_table="findings_evidence", parent_column="evidence_id", append_only=True
    )

    class Meta:
        verbose_name = _("证据附件")
        constraints = [models.UniqueConstraint(fields=["evidence", "file"], name="evidence_file_once")]
