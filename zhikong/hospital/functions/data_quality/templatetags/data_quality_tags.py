"""Cells that are drawn often on the pages of data quality: shape, word and number, never colour alone."""

from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhikong.engine.quality.issues import Count
from zhikong.hospital.functions.data_quality.queries.matrix import Cell
from zhikong.hospital.functions.data_quality.rules import KIND_WORDS, percent_text
from zhikong.web.templatetags.components import SHAPES, number, sparkline, tag

register = template.Library()
WORDS = {"ok": "未发现", "warn": "有问题", "bad": "严重", "none": "未检查"}


@register.simple_tag
def table_cell(cell: Cell, url: str, name: str) -> SafeString:
    """A kind of a table: share with its shape, and the small line of the last months."""
    if cell.count is None:
        return format_html(
            '<span class="cell is-none" title="{}">—</span>', _("没有检查这一项，不等于没有问题")
        )
    label = _("%(name)s %(kind)s %(n)s 处") % {
        "name": name,
        "kind": KIND_WORDS[cell.kind],
        "n": cell.count.count,
    }
    line = sparkline(cell.trend, _("近 12 个月走势")) if any(cell.trend) else ""
    return format_html(
        '<a href="{}" title="{}"><span class="is-{}"><span class="dq-mark" aria-hidden="true">{}</span> {}</span>{}</a>',
        url,
        label,
        cell.tone,
        SHAPES[cell.tone],
        percent_text(cell.count),
        line,
    )


@register.simple_tag
def heat_cell(cell: Cell) -> SafeString:
    """A cell of the heat table: the share; a dash when there was nothing to look at."""
    return _heat(cell.tone, *(cell.count or (0, 0)))


@lru_cache(maxsize=4096)
def _heat(tone: str, count: int, base: int) -> SafeString:
    """Drawn once for equal counts: a table has thousands of cells, most of them alike."""
    if not base:
        return format_html('<td class="none">{}</td>', "·")
    title = f"{number(count)} / {number(base)}"
    return format_html('<td class="{}" title="{}">{}</td>', tone, title, percent_text(Count(count, base)))


@register.simple_tag
def share(cell: Cell) -> SafeString | str:
    """Share of a field's cell with the counts behind it."""
    if cell.count is None:
        return "—"
    if not cell.count.count:
        return "0"
    parts = f"{number(cell.count.count)} / {number(cell.count.base)}"
    return format_html('<span class="is-{}" title="{}">{}</span>', cell.tone, parts, percent_text(cell.count))


@register.simple_tag
def tone_tag(tone: str, word: str = "") -> SafeString:
    """A colour of the matrix in words."""
    return tag(tone, word or _(WORDS[tone]))


@register.simple_tag
def state_tag(state: str, word: str, present: bool = True) -> SafeString:
    """The state of an issue."""
    kinds = {"open": "warn", "explained": "info", "false_positive": "none", "fixed": "ok"}
    return tag(kinds.get(state, "none"), word)


@register.filter
def percent(pair) -> str:
    """A count in words."""
    return percent_text(pair)
