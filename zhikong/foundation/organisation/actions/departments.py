"""All writes to departments and to the institution. A change closes a version and opens the next (ORG-25)."""

from datetime import date

from django.db import connection, transaction

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope, job_scope, scoped
from zhikong.foundation.organisation.models import (
    ControlLevel,
    Department,
    DepartmentAlias,
    DepartmentVersion,
    Institution,
    InstitutionVersion,
)
from zhikong.foundation.organisation.rules import NotInOrder, check_change

THREE_LEVELS = (  # 001-P1: hospital group, department group, self-management (ORG-01)
    ("hospital", "院级", "医疗质量管理委员会、质控科"),
    ("department", "科级", "科室质控小组"),
    ("person", "个人", "医务人员自我质控"),
)
BEGINNING = date(1949, 10, 1)  # the first version of an institution reaches back before any data
CHANGEABLE = frozenset({"name", "sort_key", "kind", "function", "parent", "open_beds"})


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
    """Register a hospital during set-up. Its number is drawn first, because its own row is guarded by it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('organisation_institution', 'id'))")
        number = cursor.fetchone()[0]
    what_changes = {"name": name, "level": level, "kind": kind, "open_beds": open_beds}
    with scoped(job_scope(number, job="setup")):
        made = Institution.objects.create(
            id=number, code=code, time_zone=time_zone, is_demo=is_demo, **what_changes
        )
        InstitutionVersion.objects.create(institution=made, valid_from=BEGINNING, **what_changes)
        ControlLevel.objects.bulk_create(
            ControlLevel(institution=made, order=n, code=level_code, name=title, carried_by=by_whom)
            for n, (level_code, title, by_whom) in enumerate(THREE_LEVELS, start=1)
        )
    return made


@transaction.atomic
def change_institution(*, by, on: date, **changes) -> InstitutionVersion:
    """Name, level, kind or beds of the institution from a day on; its own row always shows the newest (X-18)."""
    require(by, Permission.MANAGE_ORGANISATION)
    institution = Institution.objects.select_for_update().get(pk=current_scope().institution_id)
    current = InstitutionVersion.objects.order_by("-valid_from").first()
    new = _succeed(current, on, changes, allowed=frozenset({"name", "level", "kind", "open_beds"}))
    Institution.objects.filter(pk=institution.pk).update(**changes)
    current_scope().memo.pop("institution", None)
    return new


@transaction.atomic
def rename_level(*, by, code: str, name: str, carried_by: str) -> None:
    """The hospital's own words for a level of quality control (X-05)."""
    require(by, Permission.MANAGE_ORGANISATION)
    ControlLevel.objects.filter(code=code).update(name=name, carried_by=carried_by)


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
    if Department.objects.filter(code=code).exists():
        raise NotInOrder(f"科室代码 {code} 已经用过；代码属于一个科室，不再给另一个。")
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


@transaction.atomic
def change_department(*, by, department_id: int, on: date, **changes) -> DepartmentVersion:
    """Rename, reclassify, move or resize a department from a day on; its old name stays as an alias."""
    require(by, Permission.MANAGE_ORGANISATION)
    current = _current(department_id)
    check_change(current_from=current.valid_from, current_to=current.valid_to, on=on)
    old_name = current.name
    new = _succeed(current, on, changes, allowed=CHANGEABLE)
    if new.name != old_name:
        _keep_as_alias(new.department_id, old_name)
    return new


@transaction.atomic
def close_department(*, by, department_id: int, on: date, successor_id: int | None = None) -> None:
    """Close a department on a day, or merge it into another, whose head then also sees its history."""
    require(by, Permission.MANAGE_ORGANISATION)
    current = _current(department_id)
    check_change(current_from=current.valid_from, current_to=current.valid_to, on=on)
    if successor_id == department_id:
        raise NotInOrder("科室不能并入自己。")
    if on == current.valid_from:
        raise NotInOrder("撤销日期须晚于现行版本的生效日期。")
    if DepartmentVersion.objects.filter(parent_id=department_id, valid_to=None).exists():
        raise NotInOrder("该科室下还有病区，请先变更病区的上级科室。")
    current.valid_to, current.successor_id = on, successor_id
    current.save(update_fields=["valid_to", "successor"])
    if successor_id is not None:
        _keep_as_alias(successor_id, current.name)


@transaction.atomic
def add_alias(*, by, department_id: int, alias: str) -> DepartmentAlias:
    """Another name by which files call the department (X-23); one alias means one department."""
    require(by, Permission.MANAGE_ORGANISATION)
    alias = alias.strip()
    taken = DepartmentAlias.objects.filter(alias=alias).first()
    if taken is not None:
        raise NotInOrder(
            f"别名“{alias}”已用于另一个科室。" if taken.department_id != department_id else "该别名已有。"
        )
    return DepartmentAlias.objects.create(
        institution_id=current_scope().institution_id, department_id=department_id, alias=alias
    )


@transaction.atomic
def remove_alias(*, by, department_id: int, alias: str) -> None:
    require(by, Permission.MANAGE_ORGANISATION)
    DepartmentAlias.objects.filter(department_id=department_id, alias=alias).delete()


def _current(department_id: int) -> DepartmentVersion:
    versions = DepartmentVersion.objects.select_for_update().filter(department_id=department_id)
    current = versions.order_by("-valid_from").first()
    if current is None:
        raise NotInOrder("没有找到这个科室。")
    return current


def _succeed(current, on: date, changes: dict, *, allowed: frozenset[str]):
    """Close ``current`` on a day and open its successor; on its own first day it is corrected in place."""
    if unknown := set(changes) - allowed:
        raise TypeError(f"not changeable: {sorted(unknown)}")
    if on < current.valid_from:
        raise NotInOrder(f"生效日期不能早于现行版本的生效日期 {current.valid_from:%Y-%m-%d}：历史不改写。")
    if on > current.valid_from:
        type(current).objects.filter(pk=current.pk).update(valid_to=on)
        current.pk, current.valid_from, current.valid_to = None, on, None
        current._state.adding = True
    for name, value in changes.items():
        setattr(current, name, value)
    current.save()
    return current


def _keep_as_alias(department_id: int, name: str) -> None:
    """Old files call it by its old name; a name that already means another department stays with that one."""
    if not DepartmentAlias.objects.filter(alias=name).exists():
        DepartmentAlias.objects.create(
            institution_id=current_scope().institution_id, department_id=department_id, alias=name
        )
