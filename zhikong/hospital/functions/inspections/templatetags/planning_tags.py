"""Small words of the pages of planning."""

from collections.abc import Mapping

from django import template
from django.utils.safestring import SafeString

from zhikong.hospital.functions.inspections.rules_planning import STATE_NAMES, STATE_TAGS, State
from zhikong.web.templatetags.components import tag

register = template.Library()


@register.simple_tag
def visit_tag(visit) -> SafeString:
    """A visit's state, as shape and word."""
    state = State(visit.state)
    return tag(STATE_TAGS[state], str(STATE_NAMES[state]))


@register.filter(name="get")
def get(found: Mapping, key: str) -> str:
    """What a mapping holds for a key; the key itself when it holds nothing."""
    return found.get(key, key)
