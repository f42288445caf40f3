"""Numbers of the sampling pages: shares, agreement, and bars of a histogram."""

from django import template
from django.utils.translation import gettext as _

from zhikong.hospital.functions.record_reviews import words_sampling

register = template.Library()


@register.filter
def percent(value) -> str:
    """A share between 0 and 1 as a percentage."""
    return words_sampling.percent(value)


@register.filter
def coefficient(value) -> str:
    """A kappa with two decimals, or a dash."""
    return "—" if value is None else f"{value:.2f}"


@register.filter
def at(mapping, key):
    """The value of a mapping at a key that stands in a variable; empty when there is none."""
    return mapping.get(key, "")


@register.filter
def chance(value) -> str:
    """A chance of inclusion: certain, or one in so many."""
    if not value:
        return "—"
    return _("必抽") if value >= 1 else f"1/{1 / value:.1f}"
