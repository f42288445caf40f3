"""What stays after a finding: who answers for it, whether it still holds later, and the rule that was made of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.findings.models.finding import Finding
from zhikong.foundation.findings.models.parts import Part


class Accountability(Part):
    """Who answers for the case, by name: the person at work, the department, the leader (CAP-15, INS-16).

    It serves follow-up and learning; the role that reads pay-related data has no grant on it.
    """

    class Role(models.TextChoices):
        DIRECT = "direct", _("直接责任人")
        DEPARTMENT = "department", _("科室负责人")
        LEADER = "leader", _("分管领导")

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="accountable")
    role = models.CharField(_("责任"), max_length=12, choices=Role)
    person = models.ForeignKey(
        "organisation.Person", on_delete=models.PROTECT, related_name="+", verbose_name=_("姓名")
    )
    text = models.TextField(_("说明"), blank=True)

    class Meta:
        verbose_name = _("责任认定")


class FollowUp(Part):
    """A look some time after closing: did it keep (CAP-15)?"""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="follow_ups")
    held = models.BooleanField(_("保持有效"))
    text = models.TextField(_("跟踪情况"))

    class Meta:
        verbose_name = _("跟踪评价")


class Lesson(Part):
    """What was learned, and the rule, flow or standard that now keeps it (CAP-13)."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="lessons")
    text = models.TextField(_("经验教训"))
    rule_title = models.CharField(_("长效机制"), max_length=160)
    rule_link = models.CharField(_("制度文号或链接"), max_length=300, blank=True)
    valid_from = models.DateField(_("施行日期"), null=True)

    class Meta:
        verbose_name = _("经验与制度")
