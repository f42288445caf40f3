"""Whose account a staff code is, and what a staff code is called."""

from __future__ import annotations

from collections.abc import Iterable

from zhikong.foundation.access.models import User
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.models import Person


def accounts_of(staff_codes: Iterable[str]) -> dict[str, User]:
    """Staff code -> the active account of that person, where there is one."""
    wanted = {code for code in staff_codes if code}
    if not wanted:
        return {}
    found = User.objects.filter(
        institution_id=current_scope().institution_id, is_active=True, person__staff_number__in=wanted
    ).select_related("person")
    return {user.person.staff_number: user for user in found}


def names_of(staff_codes: Iterable[str]) -> dict[str, str]:
    """Staff code -> the person's name, where the person is known."""
    wanted = {code for code in staff_codes if code}
    rows = Person.objects.filter(staff_number__in=wanted) if wanted else ()
    return {person.staff_number: person.name for person in rows}


def staff_code_of(user) -> str:
    """The staff code of an account's person; empty without one."""
    return user.person.staff_number if user.person_id else ""
