"""Whether a page should offer the form editor."""

from django import template

from zhikong.foundation.access.permissions import Permission, can

register = template.Library()


@register.simple_tag(takes_context=True)
def may_build(context) -> bool:
    """True when the reader may write definitions."""
    return can(context["request"].user, Permission.EDIT_DEFINITIONS)
