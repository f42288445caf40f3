"""Cells and pictures of the results' pages: shape, word and number, never colour alone."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhikong.hospital.functions.inspections.rules_results import CHANGE_NAMES, Change, Count
from zhikong.web.charts.theme import THEMES
from zhikong.web.templatetags.components import SHAPES, number, tag

register = template.Library()
GOOD, FAIR = 95, 85
CHANGE_TONES = {
    Change.NEW: "bad", Change.STILL: "bad", Change.WORSE: "warn", Change.MENDED: "ok", Change.BETTER: "ok",
    Change.SAME: "none", Change.NOT_COMPARED: "none",
}  # fmt: skip


def tone(count: Count) -> str:
    if count.rate is None:
        return "none"
    return "ok" if count.rate >= GOOD else "warn" if count.rate >= FAIR else "bad"


def _words(count: Count) -> str:
    """A rate below 100 is never rounded up to it."""
    if count.conforming == count.applicable:
        return "100"
    return f"{min(count.rate or 0.0, 99.9):.1f}"


@register.simple_tag
def compliance(count: Count | None) -> SafeString | str:
    """Per cent with its counts; a dash where nothing applied."""
    if count is None or count.rate is None:
        return "—"
    title = f"{number(count.conforming)} / {number(count.applicable)}"
    return format_html('<span title="{}">{}%</span>', title, _words(count))


@register.simple_tag
def part(count: Count | None) -> str:
    """Conforming of applicable."""
    return (
        "—"
        if count is None or not count.applicable
        else f"{number(count.conforming)}/{number(count.applicable)}"
    )


@register.simple_tag
def heat_cell(count: Count, url: str = "") -> SafeString:
    """A cell of the heat map; a dot where nobody looked or nothing applied."""
    kind = tone(count)
    if count.rate is None:
        return format_html('<td class="none"><span title="{}">·</span></td>', _("没有检查或不适用"))
    mark = "" if kind == "ok" else f"{SHAPES[kind]} "
    title = f"{number(count.conforming)} / {number(count.applicable)}"
    shown = format_html('<span title="{}">{}{}</span>', title, mark, _words(count).split(".")[0])
    if url:
        return format_html('<td class="{}"><a href="{}">{}</a></td>', kind, url, shown)
    return format_html('<td class="{}">{}</td>', kind, shown)


@register.simple_tag
def change_tag(change: str) -> SafeString:
    """What became of an item since the last visit."""
    return tag(CHANGE_TONES[Change(change)], CHANGE_NAMES[Change(change)])


@register.simple_tag(takes_context=True)
def results_picture(context, name: str, arguments: str, query: str, stamp: str, alt: str) -> SafeString:
    """A chart's picture in the reader's theme (the system's own when none was chosen). arguments: separated by blanks."""
    address, theme = reverse(name, args=arguments.split()), context["request"].COOKIES.get("theme")
    light, dark = (f"{address}?{query}&theme={one}&v={stamp}" for one in ("light", "dark"))
    if theme in THEMES:
        return format_html(
            '<img src="{}" alt="{}" width="900" height="380">', dark if theme == "dark" else light, alt
        )
    return format_html(
        '<picture><source srcset="{}" media="(prefers-color-scheme: dark)">'
        '<img src="{}" alt="{}" width="900" height="380"></picture>',
        dark, light, alt,
    )  # fmt: skip
