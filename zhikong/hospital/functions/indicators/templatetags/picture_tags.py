"""Pictures of charts in the reader's theme (the system's own when none was chosen), and words of targets."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zhikong.hospital.functions.indicators.funnels import Drawn
from zhikong.hospital.functions.indicators.templatetags.indicator_tags import ORIGINS
from zhikong.web.charts.theme import THEMES

register = template.Library()


@register.simple_tag(takes_context=True)
def funnel_picture(context, drawn: Drawn, indicator_id: str, query: str) -> SafeString:
    """The funnel's picture element. query: month and period of the page."""
    address, theme = (
        reverse("indicators:funnel_picture", args=[indicator_id]),
        context["request"].COOKIES.get("theme"),
    )
    light, dark = (f"{address}?{query}&theme={name}&v={drawn.stamp}" for name in ("light", "dark"))
    alt = f"{drawn.data.title}。{drawn.data.subtitle}。{drawn.sentence}"
    if theme in THEMES:
        source = dark if theme == "dark" else light
        return format_html('<img src="{}" alt="{}" width="753" height="420">', source, alt)
    return format_html(
        '<picture><source srcset="{}" media="(prefers-color-scheme: dark)">'
        '<img src="{}" alt="{}" width="753" height="420"></picture>',
        dark,
        light,
        alt,
    )


@register.simple_tag
def origin_word(origin: str) -> str:
    """Where a target comes from, in a word."""
    return ORIGINS[origin]
