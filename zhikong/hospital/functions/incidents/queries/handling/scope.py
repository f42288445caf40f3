"""Who sees which case and may do what with it: on top of the row policy, which admits whole roles.

The quality office and 医务科 see every case; another office those of its own categories; leaders of a department
those of their department; an investigator the case that he was named for. Everybody else none.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.incidents.models.handling_work import Investigator
from zhikong.hospital.functions.incidents.models.reporting import Incident

EVERYTHING = ("quality_office", "medical_affairs")


def roles_with(user, permission: Permission) -> set[str]:
    """Codes of the roles by which a user has a permission today."""
    return {grant.role.code for grant in user.grants() if permission in grant.role.permissions}


def visible(user) -> QuerySet[Incident]:
    """Cases that a user sees; the row policy of his scope applies besides."""
    offices = roles_with(user, Permission.HANDLE_INCIDENTS)
    found = Incident.objects.select_related("handling", "department")
    if offices & set(EVERYTHING):
        return found
    seen = Q(readers__contains=[user.pk])
    if offices:
        seen |= Q(handling__office__in=offices)
    for grant in user.grants():
        if Permission.ANALYSE_INCIDENTS in grant.role.permissions and grant.departments:
            seen |= Q(department_id__in=grant.departments)
    return found.filter(seen)


def case(user, code: str) -> Incident | None:
    """One case that the user sees, or None."""
    return visible(user).filter(code=code).first()


def may_handle(user, incident: Incident) -> bool:
    """The offices that handle it: those that see everything, and the one of its category."""
    offices = roles_with(user, Permission.HANDLE_INCIDENTS)
    return bool(offices & {*EVERYTHING, incident.handling.office})


def may_analyse(user, incident: Incident) -> bool:
    """The leaders of the department where it happened."""
    place = incident.department_id
    return place is not None and can(user, Permission.ANALYSE_INCIDENTS, place)


def investigates(user, incident: Incident) -> bool:
    """Whether he was named for this case; other readers, such as a leader who was alerted, only read."""
    return Investigator.objects.filter(incident=incident, user_id=user.pk, left_at=None).exists()


def sees_everything(user) -> bool:
    return bool(roles_with(user, Permission.HANDLE_INCIDENTS) & set(EVERYTHING))
