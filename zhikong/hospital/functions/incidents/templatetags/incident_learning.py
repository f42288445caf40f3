"""Cells and pictures of learning's pages."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhikong.hospital.functions.incidents.rules_learning import SMALLEST
from zhikong.web.charts.theme import THEMES
from zhikong.web.templatetags.components import number

register = template.Library()


@register.simple_tag
def few(count: int | None) -> SafeString | str:
    """A count; one that this reader may not see is “<5”, with the reason."""
    if count is None:
        said = _("1 到 %(n)s 例不向科室以外的人显示") % {"n": SMALLEST - 1}
        return format_html('<span class="muted" title="{}">&lt;{}</span>', said, SMALLEST)
    return number(count)


@register.filter
def named(key, names) -> str:
    """What a key is called; an unknown one stands for itself, none is a dash."""
    return names.get(key, key) if key else "—"


@register.simple_tag
def per(value: float | None, digits: int = 2, unit: str = "") -> SafeString | str:
    """A rate, or that it cannot be computed."""
    if value is None:
        return format_html('<span class="muted">{}</span>', _("无法计算"))
    return f"{number(value, digits)}{unit}"


@register.simple_tag
def chance(p: float | None) -> str:
    """A probability in words that need no exponent."""
    if p is None:
        return "—"
    return "<0.001" if p < 0.001 else f"{p:.3f}"


@register.simple_tag(takes_context=True)
def learning_picture(context, name: str, query: str, stamp: str, alt: str) -> SafeString:
    """A chart's picture in the reader's theme (the system's own when none was chosen)."""
    address, theme = reverse(name), context["request"].COOKIES.get("theme")
    light, dark = (f"{address}?{query}&theme={one}&v={stamp}" for one in ("light", "dark"))
    if theme in THEMES:
        chosen = dark if theme == "dark" else light
        return format_html('<img src="{}" alt="{}" width="900" height="380">', chosen, alt)
    return format_html(
        '<picture><source srcset="{}" media="(prefers-color-scheme: dark)">'
        '<img src="{}" alt="{}" width="900" height="380"></picture>',
        dark, light, alt,
    )  # fmt: skip
