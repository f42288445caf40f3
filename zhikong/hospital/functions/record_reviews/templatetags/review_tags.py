"""Scores, ranges, grades and days of reviews in templates."""

from datetime import date
from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhikong.hospital.functions.record_reviews import rules_reviewing as rules
from zhikong.web.templatetags.components import DASH, tag

register = template.Library()
TONES = {"甲": "ok", "乙": "warn", "丙": "bad", "合": "ok", "不": "bad"}


@register.filter
def shown(names, key):
    """What a mapping says of a key, or nothing."""
    return names.get(key, "")


@register.filter
def score(value: Decimal | None) -> str:
    """92.5; — when there is none."""
    return DASH if value is None or value == "" else f"{Decimal(value).normalize():f}"


@register.simple_tag
def span(low, high) -> str:
    """92.5, or 78～92.5; — when there is no score."""
    return rules.span(low, high) or DASH


@register.simple_tag
def grade(word: str) -> SafeString | str:
    """A grade as shape and word; a range of grades is not settled yet."""
    if not word:
        return ""
    return tag("none" if "～" in word else TONES.get(word[0], "info"), word)


@register.simple_tag
def due(day: date | None, today: date) -> SafeString | str:
    """A day; what is late is bold and says so."""
    if day is None:
        return DASH
    if day < today:
        return format_html('<span class="overdue">{} {}</span>', _("逾期"), f"{day:%m-%d}")
    return f"{day:%m-%d}"
