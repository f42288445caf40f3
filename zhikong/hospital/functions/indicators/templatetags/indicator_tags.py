"""Small pieces of the indicator pages that are drawn often, made in Python because a page has many of them."""

from datetime import datetime
from functools import cache

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from zhikong.engine.definitions import Definition
from zhikong.engine.plan.needs import needs_of
from zhikong.foundation.facts.quality_notes import notes
from zhikong.foundation.facts.reported import REPORTED
from zhikong.foundation.facts.templatetags.fact_tags import data_freshness
from zhikong.hospital.functions.indicators import rules
from zhikong.hospital.functions.indicators.charting import Chart
from zhikong.hospital.functions.indicators.models import Alert
from zhikong.hospital.functions.indicators.queries.board import Line, why_not
from zhikong.hospital.functions.indicators.queries.counting import Pair
from zhikong.hospital.functions.indicators.queries.figures import Frame
from zhikong.hospital.functions.indicators.queries.revisions import revision_of
from zhikong.hospital.functions.indicators.queries.targets import InForce
from zhikong.hospital.functions.indicators.rules import Target
from zhikong.hospital.functions.indicators.selection import Selection
from zhikong.web.charts.theme import THEMES
from zhikong.web.templatetags.components import sparkline, tag, tag_state

register = template.Library()

ROW = (
    '<tr><th scope="row"><a href="{url}">{name}</a></th><td data-label="{l_origin}">{origin}</td><td class="wide-only" data-label="{l_place}">{place}</td>'
    '<td class="num" data-label="{l_target}">{target}</td><td class="num" data-label="{l_value}">{value}</td>'
    '<td class="num" data-label="{l_change}">{change}</td><td data-label="{l_trend}">{spark}</td>'
    '<td data-label="{l_state}">{state}</td><td class="wide-only" data-label="{l_owner}">{owner}</td></tr>'
)


@cache
def _labels(_language: str) -> dict[str, SafeString]:
    """The cells' labels in a language, ready for a page: a long list asks for them hundreds of times."""
    words = {
        "l_origin": _("来源"),
        "l_place": _("科室"),
        "l_target": _("目标"),
        "l_value": _("本月值"),
        "l_parts": _("分子 / 分母"),
        "l_change": _("环比"),
        "l_trend": _("走势"),
        "l_state": _("状态"),
        "l_owner": _("责任"),
    }
    return {name: escape(word) for name, word in words.items()}


@register.simple_tag
def board_row(line: Line, chosen: Selection, owners: dict[str, str], twins: dict | None = None) -> SafeString:
    """One line of the indicator list; cells carry their label because rows become cards on a phone."""
    url = reverse("indicators:detail", args=[line.definition.id])
    twin = (twins or {}).get(line.definition.id)
    return format_html(
        ROW,
        url=f"{url}?{chosen.query(status='', q='')}",
        name=line.name,
        origin=origin_tag(line.origin),
        place=chosen.name_of(line.place),
        target=line.target_text,
        value=value_cell(line, twin),
        change=change_cell(line),
        spark=sparkline(line.trend, _("%(name)s近 12 个月走势") % {"name": line.name}),
        state=state_cell(line) + quality_tag(line, chosen),
        owner=owners.get(line.definition.owner, line.definition.owner),
        **_labels(get_language()),
    )


@register.simple_tag
def value_cell(line: Line, twin: Pair | None = None) -> SafeString | str:
    """The value with its unit; when it cannot be computed a dash that says why.

    twin: the same thing counted by others; its value stands below with the difference, never in place of this one.
    """
    if line.value is None:
        return format_html('<span title="{}">{}</span>', why_not(line.figure), line.hidden or "—")
    own = f"{line.shown} {line.unit}"
    if twin is None or twin.difference is None or line.origin == REPORTED:
        return own
    other = rules.shown(twin.by_department.value)
    said = _("填报 %(value)s，差 %(by)s") % {"value": other, "by": twin.difference_text}
    return format_html('{}<br><span class="help">{}</span>', own, said)


@register.simple_tag
def origin_tag(origin: str) -> SafeString:
    """Where the numbers come from: typed by departments, or computed from the systems' data."""
    return tag("info" if origin == REPORTED else "none", rules.ORIGIN_WORDS[origin])


@register.simple_tag
def change_cell(line: Line) -> SafeString | str:
    """环比 with a word for readers who see no colour: 好转 or 变差."""
    good = line.favourable
    if good is None:
        return line.change_text
    word = _("好转") if good else _("变差")
    kind = "ok" if good else "bad"
    return format_html(
        '<span class="is-{}" title="{}">{}<span class="visually-hidden">（{}）</span></span>',
        kind,
        word,
        line.change_text,
        word,
    )


@register.simple_tag
def state_cell(line: Line) -> SafeString:
    """The state, and beside it that the chart shows a signal."""
    state = tag_state(line.status.value)
    if not line.found:
        return state
    words = "；".join(found.sentence for found in line.found)
    return format_html('{} <span title="{}">{}</span>', state, words, tag("info", _("信号")))


@register.simple_tag
def freshness(shown: Frame, month: str, definition: Definition | None = None) -> SafeString | str:
    """“数据截至 11-21 23:50 · 病案首页 2 小时前”: when the data behind the month were published, and their sources (F-32).

    definition: only the sources of the tables that it reads.
    """
    run = shown.computation(month)
    if run is None:
        return _("尚无数据")
    tables = None if definition is None else needs_of(definition)
    return data_freshness(tables, run.data_until or run.computed_at)


@register.simple_tag
def quality_notes(definition: Definition, chosen: Selection) -> SafeString:
    """What is known against the number: gaps in the data behind it, each leading to where they are counted."""
    found = notes(month=chosen.month, place=chosen.place).get(definition.id, ())
    lines = ((note.severity, _("数据质量："), note.sentence, note.url, _("看数据质量")) for note in found)
    return format_html_join("", '<div class="note {}"><p>{}{}。<a href="{}">{}</a></p></div>', lines)


@register.simple_tag
def revised_note(definition: Definition, chosen: Selection, shown: Frame) -> SafeString | str:
    """“已发布 …，按 … 重新计算为 …”: what later data say of a published figure, beside it."""
    closed = chosen.month in shown.closed
    found = revision_of(definition.id, chosen.place, chosen.month) if closed else None
    if found is None:
        return ""
    url = f"{reverse('indicators:month', args=[chosen.month])}#revision"
    words = _("公布的数值没有改变，绩效不会因此自动重开。")
    return format_html(
        '<div class="note warn"><p>{}{} <a href="{}">{}</a></p></div>',
        found.sentence,
        words,
        url,
        _("看本月修订"),
    )


def quality_tag(line: Line, chosen: Selection) -> SafeString:
    """A word beside the state when data behind the number are missing."""
    found = notes(month=chosen.month, place=chosen.place).get(line.definition.id, ())
    if not found:
        return SafeString("")  # a plain text beside it would be escaped with it
    words = "；".join(note.sentence for note in found)
    return format_html(' <span title="{}">{}</span>', words, tag("warn", _("缺数据")))


@register.filter
def at_place(names: dict[int, str], place: int | None) -> str:
    """A department's name; 全院 for none."""
    return _("全院") if place is None else names.get(place, f"#{place}")


ORIGINS = {
    "department": gettext_lazy("科室目标"),
    "hospital": gettext_lazy("全院目标"),
    "definition": gettext_lazy("定义默认值"),
    "hospital_only": gettext_lazy("只考核全院"),
    "none": gettext_lazy("未设目标"),
    "not_counted": gettext_lazy("仅供对照"),
}


@register.simple_tag
def target_text(in_force: InForce, definition: Definition) -> str:
    return in_force.target.text(definition.unit)


@register.simple_tag
def target_origin(in_force: InForce) -> str:
    return ORIGINS[in_force.origin]


@register.simple_tag
def bounds_text(target: Target, definition: Definition) -> str:
    return _("不设目标") if target.empty else target.text(definition.unit)


DEPARTMENT_ROW = (
    '<tr>{box}<th scope="row"><a href="{url}">{name}</a></th><td class="num" data-label="{l_value}">{value}</td>'
    '<td class="wide-only">{bar}</td><td class="num" data-label="{l_parts}">{parts}</td>'
    '<td class="num" data-label="{l_target}">{target}</td><td class="num" data-label="{l_change}">{change}</td>'
    '<td data-label="{l_state}">{state}</td></tr>'
)
BOX = '<td><input type="checkbox" name="department" value="{}" aria-label="{}"{}></td>'


@register.simple_tag
def department_row(line: Line, chosen: Selection, scale: float, may_raise: bool) -> SafeString:
    """A department in the comparison; the box picks it for a finding, ticked where the target was missed."""
    name = chosen.name_of(line.place)
    figure = line.figure
    parts = figure.parts
    box = format_html(BOX, line.place, _("勾选 %(name)s") % {"name": name}, "") if may_raise else ""
    url = reverse("indicators:detail", args=[line.definition.id])
    return format_html(
        DEPARTMENT_ROW,
        box=box,
        url=f"{url}?{chosen.query(department=line.place, status='', q='')}",
        name=name,
        value=line.shown,
        bar=bar(line, scale),
        parts=parts,
        target=line.target_text,
        change=change_cell(line),
        state=state_cell(line),
        **(_labels(get_language()) | {"l_value": _("值")}),
    )


BAR = 96


def bar(line: Line, scale: float) -> SafeString | str:
    """The value as a bar and the target as a mark, both on one scale; decoration beside the figures."""
    if line.value is None or not scale:
        return ""
    target = line.in_force.target
    bound = target.low if target.low is not None else target.high
    mark = ""
    if bound is not None:
        at = min(float(bound) / scale, 1.0) * BAR
        mark = format_html('<line x1="{0}" x2="{0}" y1="0" y2="14" stroke="currentColor"/>', f"{at:.1f}")
    width = max(0.0, min(float(line.value) / scale, 1.0)) * BAR
    return format_html(
        '<svg class="bar is-{}" width="{}" height="14" aria-hidden="true">'
        '<rect y="3" width="{}" height="8" fill="currentColor" opacity=".45"/>{}</svg>',
        line.tone,
        BAR + 2,
        f"{width:.1f}",
        mark,
    )


ALERT_TONES = {"red": "bad", "amber": "warn", "note": "info"}


@register.simple_tag
def alert_tag(alert: Alert) -> SafeString:
    """Tier and state of an alert in one tag."""
    tone = ALERT_TONES[alert.tier]
    return tag(tone, f"{alert.get_tier_display()} · {alert.get_state_display()}")


@register.filter
def wall_time(value: datetime | None) -> str:
    """A moment of the facts: local wall time without a zone, shown as it was recorded."""
    return "—" if value is None else f"{value:%Y-%m-%d %H:%M}"


PICTURE = (
    '<picture><source srcset="{dark}" media="(prefers-color-scheme: dark)">'
    '<img src="{light}" alt="{alt}" width="753" height="383"></picture>'
)


@register.simple_tag(takes_context=True)
def chart_picture(context, chart: Chart, indicator_id: str, query: str) -> SafeString:
    """The control chart in the reader's theme; the system's own when none was chosen."""
    chosen = context["request"].COOKIES.get("theme")
    return picture_of(chart, indicator_id, query, theme=chosen if chosen in THEMES else "")


def picture_of(chart: Chart, indicator_id: str, query: str, *, theme: str = "") -> SafeString:
    """The picture's element. query: month and department of the page."""
    address = reverse("indicators:chart", args=[indicator_id])
    light, dark = (f"{address}?{query}&theme={name}&v={chart.stamp}" for name in ("light", "dark"))
    alt = f"{chart.data.title}。{chart.data.subtitle}"
    if theme:
        source = dark if theme == "dark" else light
        return format_html('<img src="{}" alt="{}" width="753" height="383">', source, alt)
    return format_html(PICTURE, light=light, dark=dark, alt=alt)
