"""Who fills, who accepts. A set names the roles; the permission says that the role may do it at all."""

from django.core.exceptions import PermissionDenied

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.hospital.functions.reporting.definition.model import ReportingSet


def may_fill(user, found: ReportingSet, department_id: int) -> bool:
    return can(user, Permission.REPORT_FIGURES, department_id) and _has(user, found.fill, department_id)


def may_accept(user, found: ReportingSet, department_id: int) -> bool:
    return can(user, Permission.ACCEPT_FIGURES, department_id) and _has(user, found.accept, department_id)


def require_fill(by, found: ReportingSet, department_id: int) -> None:
    """Raises PermissionDenied; a named job acts for the system."""
    require(by, Permission.REPORT_FIGURES, department_id)
    if by is not None and not _has(by, found.fill, department_id):
        raise PermissionDenied("这张填报单由科室指定的岗位填写，您不在其中。")


def require_accept(by, found: ReportingSet, department_id: int) -> None:
    require(by, Permission.ACCEPT_FIGURES, department_id)
    if by is not None and not _has(by, found.accept, department_id):
        raise PermissionDenied("这张填报单由指定的职能部门审核，您不在其中。")


def _has(user, roles: tuple[str, ...], department_id: int) -> bool:
    """A role counts where it covers the department."""
    return any(
        grant.role.code in roles and (grant.departments is None or department_id in grant.departments)
        for grant in user.grants()
    )
