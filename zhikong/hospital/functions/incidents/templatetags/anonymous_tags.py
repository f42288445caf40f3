"""Money as it is shown."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def yuan(fen: int) -> str:
    """20 元, 20.50 元."""
    text = f"{fen // 100}" if fen % 100 == 0 else f"{fen / 100:.2f}"
    return _("%(amount)s 元") % {"amount": text}


@register.filter
def yuan_number(fen: int) -> int:
    """Whole yuan, for a field."""
    return fen // 100
