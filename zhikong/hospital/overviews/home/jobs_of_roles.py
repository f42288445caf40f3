"""The daily jobs of each role, one click from home (jobs.md). Only pages that exist and are permitted are offered."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.permissions import Permission, can


@dataclass(frozen=True)
class Job:
    """A button: what to do, where, and who may."""

    label: str
    url_name: str
    icon: str
    permission: Permission | None
    query: str = ""
    needs_month: bool = False


JOBS = (
    Job(_("看未达标指标"), "indicators:list", "chart-line", Permission.VIEW_INDICATORS, "status=missed"),
    Job(_("答复整改问题"), "findings:list", "message-square-text", Permission.ANSWER_FINDING, "show=answer"),
    Job(_("审核科室措施"), "findings:list", "clipboard-check", Permission.APPROVE_FINDING, "show=answer"),
    Job(_("提出问题"), "findings:raise", "flag", Permission.RAISE_FINDING),
    Job(_("核实整改效果"), "findings:list", "badge-check", Permission.VERIFY_FINDING, "show=verify"),
    Job(_("写未达标分析"), "indicators:month", "pencil-line", Permission.ANALYSE_MONTH, needs_month=True),
    Job(_("写质量简报"), "reports:brief", "file-text", Permission.EDIT_BRIEF, needs_month=True),
    Job(_("逾期整改"), "findings:list", "alarm-clock", Permission.OVERRIDE_CLOSURE, "show=overdue"),
    Job(_("数据接入"), "datasources:list", "database", Permission.MANAGE_DATA),
    Job(_("管理账号与角色"), "access:accounts", "users", Permission.MANAGE_ACCOUNTS),
    Job(_("维护组织机构"), "organisation:list", "network", Permission.MANAGE_ACCOUNTS),
    Job(_("维护工作日历"), "calendar:index", "calendar-days", Permission.MANAGE_ACCOUNTS),
    Job(_("审计记录"), "audit:list", "scroll-text", Permission.VIEW_AUDIT),
)


def jobs_for(user, month: str | None) -> list[tuple[str, str, str]]:
    """(label, address, icon) of every job that this user may do."""
    allowed = (job for job in JOBS if job.permission is None or can(user, job.permission))
    found = ((job, _address(job, month)) for job in allowed)
    return [(job.label, address, job.icon) for job, address in found if address]


def _address(job: Job, month: str | None) -> str | None:
    if job.needs_month and month is None:
        return None
    try:
        address = reverse(job.url_name, args=[month] if job.needs_month else [])
    except NoReverseMatch:  # the function is not installed
        return None
    return f"{address}?{job.query}" if job.query else address
