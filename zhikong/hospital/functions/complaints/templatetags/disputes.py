"""Small words of disputes in templates."""

from django import template

from zhikong.hospital.functions.complaints.actions.disputes.money import yuan as _yuan

register = template.Library()


@register.filter
def yuan(fen: int | None) -> str:
    """Fen as yuan with two decimals; a dash when nobody named a sum."""
    return "—" if fen is None else _yuan(fen)


@register.filter
def at_key(found, key):
    """A value of a mapping by key, None when it is not there."""
    return found.get(key) if found else None


@register.filter
def shown(figure) -> str:
    return figure.shown()
