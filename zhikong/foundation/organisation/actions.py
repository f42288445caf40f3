"""All writes to the organisation. Nothing is overwritten: a change closes a version and opens the next (ORG-25)."""

from datetime import date

from django.db import connection, transaction

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope, job_scope, scoped
from zhikong.foundation.organisation.models import Department, DepartmentVersion, Institution


def create_institution(
    *,
    code: str,
    name: str,
    level: str,
    kind: str,
    open_beds: int,
    time_zone: str = "Asia/Shanghai",
    is_demo: bool = False,
) -> Institution:
    """Register a hospital during set-up. Its number is drawn first, because its own row is protected by it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('organisation_institution', 'id'))")
        number = cursor.fetchone()[0]
    with scoped(job_scope(number, job="setup")):
        return Institution.objects.create(
            id=number,
            code=code,
            name=name,
            level=level,
            kind=kind,
            open_beds=open_beds,
            time_zone=time_zone,
            is_demo=is_demo,
        )


@transaction.atomic
def open_department(
    *,
    by,
    code: str,
    name: str,
    kind: str,
    valid_from: date,
    function: str = "",
    parent: Department | None = None,
    open_beds: int = 0,
    sort_key: str = "",
) -> Department:
    """Register a department and its first version."""
    require(by, Permission.MANAGE_ORGANISATION)
    institution_id = current_scope().institution_id
    department = Department.objects.create(institution_id=institution_id, code=code)
    DepartmentVersion.objects.create(
        institution_id=institution_id,
        department=department,
        name=name,
        kind=kind,
        function=function,
        parent=parent,
        open_beds=open_beds,
        sort_key=sort_key,
        valid_from=valid_from,
    )
    return department
