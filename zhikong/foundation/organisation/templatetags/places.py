"""What a department is called, for pages that hold only its number."""

from django import template
from django.utils import timezone

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.queries import names

register = template.Library()
KEPT = "department_names"  # the whole list is read once while a page is made


@register.filter
def department_name(department_id: int | None) -> str:
    """The name in force today; empty for the hospital as a whole and for departments that are gone."""
    if department_id is None:
        return ""
    memo = current_scope().memo
    if KEPT not in memo:
        memo[KEPT] = names(on=timezone.localdate())
    return memo[KEPT].get(department_id, "")
