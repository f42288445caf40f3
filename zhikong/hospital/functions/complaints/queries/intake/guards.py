"""What keeps a complaint from being closed, in words (一诉一反馈; WF-10)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhikong.foundation.findings.models import Finding
from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.hospital.functions.complaints.models.intake_parts import ComplaintLink
from zhikong.hospital.functions.complaints.queries.intake.rules import in_force
from zhikong.hospital.functions.complaints.rules_intake import Verdict, Who

TRIES = 2  # calls that nobody answered before a complaint may be closed without having reached anybody


def missing(complaint: Complaint) -> list[str]:
    """Sentences that say what is still to do; empty when it may be closed."""
    checks = (_answered, _statements, _department_told, _asked_again, _called, _measures, _refund)
    return [said for check in checks if (said := check(complaint))]


def checklist(complaint: Complaint) -> list[tuple[str, bool]]:
    """Every condition with whether it is met, for the page."""
    return [
        (_("已答复投诉人"), not _answered(complaint)),
        (_("书面陈述都已提交"), not _statements(complaint)),
        (_("结果已反馈科室"), not _department_told(complaint)),
        (_("投诉人的补充都已看过"), not _asked_again(complaint)),
        (_("已回访，或投诉人已评价"), not _called(complaint)),
        (_("有整改，或写明不需整改的理由"), not _measures(complaint)),
        (_("收费问题有退费记录或说明"), not _refund(complaint)),
    ]


def _answered(complaint: Complaint) -> str:
    return "" if complaint.answered_at else _("还没有答复投诉人")


def _statements(complaint: Complaint) -> str:
    left = complaint.statements.filter(submitted_at=None).count()
    return _("还有 %(n)d 份书面陈述没有提交") % {"n": left} if left else ""


def _department_told(complaint: Complaint) -> str:
    return "" if complaint.department_told_at else _("还没有把结果反馈科室")


def _asked_again(complaint: Complaint) -> str:
    unseen = complaint.complaintmessages.filter(from_complainant=True, seen_at=None).exists()
    return _("投诉人有补充还没有看") if unseen else ""


def _called(complaint: Complaint) -> str:
    """Reached by telephone, rated by himself, tried twice in vain, or nobody to be called."""
    calls = (
        complaint.followupcalls.filter(called_at__gte=complaint.answered_at)
        if complaint.answered_at
        else None
    )
    if complaint.rated_at or complaint.who == Who.ANONYMOUS or not hasattr(complaint, "complainant"):
        return ""
    if calls is not None and (calls.filter(reached=True).exists() or calls.count() >= TRIES):
        return ""
    return _("还没有回访（接通一次，或两次未接通）")


def _measures(complaint: Complaint) -> str:
    if complaint.verdict not in (Verdict.FOUNDED, Verdict.PARTLY) or complaint.no_measure:
        return ""
    return "" if findings_of(complaint) else _("认定属实或部分属实，要提出整改，或写明不需整改的理由")


def _refund(complaint: Complaint) -> str:
    category = in_force().category(complaint.category)
    if category is None or not category.fee or complaint.verdict not in (Verdict.FOUNDED, Verdict.PARTLY):
        return ""
    return (
        "" if complaint.refunds.exists() or complaint.no_measure else _("收费问题属实，要登记退费或写明理由")
    )


def findings_of(complaint: Complaint) -> list[Finding]:
    """The findings born of it, within the reader's scope."""
    numbers = complaint.complaintlinks.filter(kind=ComplaintLink.Kind.FINDING).values_list(
        "reference", flat=True
    )
    return list(Finding.objects.filter(pk__in=[int(one) for one in numbers]).order_by("pk"))
