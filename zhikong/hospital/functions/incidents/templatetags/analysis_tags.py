"""Words on pages of analysis."""

from django import template
from django.utils import timezone

from zhikong.foundation.access.scope import once
from zhikong.foundation.organisation import queries as organisation

register = template.Library()


@register.filter
def department(department_id: int | None) -> str:
    """The name of a department of today; '' for none."""
    names = once("incidents.department_names", lambda: organisation.names(on=timezone.localdate()))
    return names.get(department_id, "") if department_id else ""
