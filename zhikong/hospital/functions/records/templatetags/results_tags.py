"""Cells, tags and pictures of the results' pages: shape, word and number, never colour alone."""

from functools import lru_cache

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhikong.hospital.functions.records import facets
from zhikong.hospital.functions.records.facets import Tally
from zhikong.web.charts.theme import THEMES
from zhikong.web.templatetags.components import SHAPES, number, tag

register = template.Library()
VERDICT_TONES = {
    "fail": "bad",
    "error": "bad",
    "not_assessable": "none",
    "pass": "ok",
    "not_applicable": "none",
}
STATE_TONES = {"active": "ok", "off": "none", "no_limit": "warn", "replaced": "info"}


@register.simple_tag
def rate(tally: Tally) -> SafeString | str:
    """Per cent of judged items that were kept, with the counts; an error is said whatever else there is."""
    if tally.error:
        return tag("bad", _("规则出错"))
    if tally.rate is None:
        return tag("none", _("无法评估")) if tally.not_assessable else "—"
    title = f"{number(tally.passed)} / {number(tally.judged)}"
    return format_html('<span class="is-{}" title="{}">{}%</span>', tally.tone, title, tally.rate)


@register.simple_tag
def heat(tally: Tally, url: str = "", label: str = "") -> SafeString:
    """A cell of a matrix: rate with its shape; a dot where nothing applied, a circle where nothing could be judged."""
    shown = _heat(tally.tone, tally.passed, tally.judged, tally.not_assessable, tally.error)
    if not url or not (tally.failed or tally.not_assessable or tally.error):
        return format_html('<td class="{}" data-label="{}">{}</td>', tally.tone, label, shown)
    return format_html(
        '<td class="{}" data-label="{}"><a href="{}">{}</a></td>', tally.tone, label, url, shown
    )


@lru_cache(maxsize=8192)
def _heat(tone: str, passed: int, judged: int, unknown: int, error: int) -> SafeString:
    if error:
        return format_html('<span title="{}">{} {}</span>', _("规则出错"), SHAPES["bad"], _("错"))
    if not judged:
        return format_html('<span title="{}">{}</span>', _("无法评估") if unknown else _("不适用"), SHAPES["none"] if unknown else "·")  # fmt: skip
    mark = "" if tone == "ok" else SHAPES[tone] + " "
    value = 100 * passed / judged
    words = "100" if passed == judged else f"{int(value * 10) / 10:g}"
    return format_html('<span title="{} / {}">{}{}</span>', number(passed), number(judged), mark, words)


@register.simple_tag
def verdict_tag(verdict: str, word: str) -> SafeString:
    """A verdict as shape and word."""
    return tag(VERDICT_TONES.get(verdict, "none"), word)


@register.simple_tag
def rule_state(state: str) -> SafeString:
    """Whether a rule judges, in a word."""
    words = {
        "active": _("执行中"),
        "off": _("未启用"),
        "no_limit": _("待设时限"),
        "replaced": _("由更严的规则替代"),
    }
    return tag(STATE_TONES.get(state, "none"), words.get(state, state))


@register.filter
def kind_word(rule) -> str:
    return str(facets.KINDS.get(facets.kind_of(rule), facets.kind_of(rule))) if rule else ""


@register.filter
def stage_word(rule) -> str:
    return str(facets.STAGES.get(facets.stage_of(rule), "")) if rule else ""


@register.filter
def aspect_word(rule) -> str:
    return str(facets.ASPECTS.get(facets.aspect_of(rule), "")) if rule else ""


@register.filter
def named(names: dict, code: str) -> str:
    """The name of a code; the code itself where none is known."""
    return names.get(code, code)


@register.simple_tag
def arrow(change) -> SafeString | str:
    """A change in percentage points with its direction in shape and sign."""
    if change is None:
        return "—"
    if not change:
        return "0"
    shape, sign, tone = ("▲", "+", "ok") if change > 0 else ("▼", "", "bad")
    return format_html('<span class="is-{}">{} {}{}</span>', tone, shape, sign, change)


@register.simple_tag(takes_context=True)
def pareto_picture(context, query: str, stamp: str, alt: str) -> SafeString:
    """The Pareto chart's picture in the reader's theme (the system's own when none was chosen)."""
    address, theme = reverse("records:pareto"), context["request"].COOKIES.get("theme")
    light, dark = (f"{address}?{query}&theme={name}&v={stamp}" for name in ("light", "dark"))
    if theme in THEMES:
        return format_html(
            '<img src="{}" alt="{}" width="900" height="380">', dark if theme == "dark" else light, alt
        )
    return format_html(
        '<picture><source srcset="{}" media="(prefers-color-scheme: dark)">'
        '<img src="{}" alt="{}" width="900" height="380"></picture>',
        dark, light, alt,
    )  # fmt: skip


@register.simple_tag
def cell(tally: Tally) -> SafeString:
    """The words of a matrix cell, without the cell."""
    return _heat(tally.tone, tally.passed, tally.judged, tally.not_assessable, tally.error)
