"""Who may fill a form and who decides on what was filled: the form itself names the roles (fill, owner, checker).

The roles' reach over departments is the account's; a form can open nothing that the account does not see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.core.exceptions import PermissionDenied

from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.scope import current_scope, current_scope_or_none
from zhikong.foundation.forms.definition import FormDefinition


def may_fill(user, form: FormDefinition, department_id: int | None = None, *, anywhere: bool = False) -> bool:
    """Whether this person may fill the form for a department (None: for the whole hospital).

    anywhere: for any department at all; the question of a list.
    """
    if _is_job(user):
        return True
    if form.fill:
        return _holds(user, form.fill, department_id, anywhere)
    return anywhere or current_scope().covers(department_id)


_named: dict[str, Callable[..., bool]] = {}


def filled_by_named(source_kind: str, may: Callable[..., bool]) -> None:
    """Sheets of a source are filled together by those whom ``may(user, source_key)`` names, and by nobody else:
    an inspected department does not answer for its inspectors, whatever roles the form lists."""
    _named[source_kind] = may


def may_fill_sheet(user, form: FormDefinition, sheet) -> bool:
    """Whether this person may fill this very sheet: named by its source, or given it, or by role."""
    may = _named.get(sheet.source_kind)
    if may is None or _is_job(user):
        return _given(user, sheet) or may_fill(user, form, sheet.department_id)
    return _in_use(user) and may(user, sheet.source_key)


def _given(user, sheet) -> bool:
    return _in_use(user) and sheet.filler_id == user.pk


def _in_use(user) -> bool:
    return user is not None and bool(getattr(user, "is_active", False))


def require_fill_sheet(by, form: FormDefinition, sheet) -> None:
    """Raise PermissionDenied with the reason unless ``by`` may fill this very sheet."""
    if may_fill_sheet(by, form, sheet):
        return
    if sheet.source_kind in _named:
        raise PermissionDenied(f"“{form.title}”这一份由指定的人填写，您不在名单里。")
    require_fill(by, form, sheet.department_id)


def may_decide(user, form: FormDefinition, department_id: int | None = None) -> bool:
    """Whether this person may return or accept sheets: a role that owns or checks the form, and covers the department."""
    return _is_job(user) or _holds(user, (form.owner, form.checker), department_id, False)


def require_fill(by, form: FormDefinition, department_id: int | None, *, filler: int | None = None) -> None:
    """Raise PermissionDenied with the roles that may fill. filler: the account that the sheet was given to."""
    given = by is not None and filler is not None and by.pk == filler and by.is_active
    if not given and not may_fill(by, form, department_id):
        who = f"由{role_names(form.fill)}填写，" if form.fill else ""
        raise PermissionDenied(f"“{form.title}”{who}您不能为这个科室填写。如需开通，请联系系统管理员。")


def require_decide(by, form: FormDefinition, department_id: int | None) -> None:
    if not may_decide(by, form, department_id):
        raise PermissionDenied(
            f"“{form.title}”由{role_names((form.owner, form.checker))}审核，您没有这项权限。"
        )


def role_names(codes: Iterable[str]) -> str:
    """质控科、护理部"""
    return "、".join(dict.fromkeys(ROLES[code].title for code in codes if code in ROLES))


def _holds(user, roles: Iterable[str], department_id: int | None, anywhere: bool) -> bool:
    if user is None or not getattr(user, "is_active", False):
        return False
    wanted = frozenset(roles)
    return any(
        grant.role.code in wanted
        and (anywhere or grant.departments is None or department_id in grant.departments)
        for grant in user.grants()
    )


def _is_job(user) -> bool:
    scope = current_scope_or_none()
    return user is None and scope is not None and scope.user_id is None and scope.actor.startswith("job:")
