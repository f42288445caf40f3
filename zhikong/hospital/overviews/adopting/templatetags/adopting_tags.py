"""Marks of adopted things."""

from django import template

from zhikong.hospital.overviews.adopting.rules.steps import OUTCOME_WORDS, TONES, Outcome
from zhikong.web.templatetags.components import tag

register = template.Library()


@register.simple_tag
def outcome_tag(thing):
    """New, changed, there already …, as the preview showed it."""
    outcome = Outcome(thing.outcome)
    return tag(TONES[outcome], OUTCOME_WORDS[outcome])
