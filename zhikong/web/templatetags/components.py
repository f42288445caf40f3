"""The house's small components for templates: icons, state tags, numbers, dates, tables, forms, pages."""

import datetime as dt
import logging
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

import lucide
from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

logger = logging.getLogger(__name__)
register = template.Library()

SHAPES = {"ok": "●", "warn": "■", "bad": "◆", "none": "○", "info": "▲"}
STATES = {
    "met": ("ok", gettext_lazy("达标")),
    "alert": ("warn", gettext_lazy("预警")),
    "missed": ("bad", gettext_lazy("未达标")),
    "pending": ("none", gettext_lazy("待上报")),
    "monitor": ("none", gettext_lazy("仅监测")),
    "small": ("none", gettext_lazy("例数少")),
    "unknown": ("none", gettext_lazy("无法计算")),
}
THEMES = ("light", "dark")
DENSITIES = ("compact", "roomy")
DASH = "—"
SPARK = (74, 20)


@lru_cache(maxsize=512)
def _icon(name: str, size: int) -> str:
    attributes = {"aria_hidden": "true", "focusable": "false", "stroke_width": "1.8"}
    try:
        return lucide._render_icon(name, size, **attributes)
    except lucide.IconDoesNotExist:
        # A page must not fail for a picture; a test goes through the names that templates and panels use.
        logger.warning("icon %s does not exist", name)
        return lucide._render_icon("circle", size, **attributes)


@register.simple_tag
def icon(name: str, size: int = 18) -> SafeString:
    """A lucide icon as inline SVG; it says nothing to a screen reader, so a word must stand beside it."""
    return mark_safe(_icon(name, size))


@register.simple_tag
def tag(kind: str, word: str) -> SafeString:
    """A state as shape and word, never colour alone. kind: ok, warn, bad, none, info."""
    kind = kind if kind in SHAPES else "none"
    return format_html('<span class="tag {}"><b aria-hidden="true">{}</b>{}</span>', kind, SHAPES[kind], word)


@register.simple_tag
def tag_state(state: str) -> SafeString:
    """The tag of an indicator's state: met, alert, missed, pending, monitor, small, unknown."""
    kind, word = STATES.get(state, STATES["unknown"])
    return tag(kind, word)


@register.simple_tag(takes_context=True)
def theme_attributes(context) -> SafeString:
    """The attributes of <html> that the user chose; read from cookies so that a page never flashes."""
    request = context.get("request")
    cookies = request.COOKIES if request is not None else {}
    chosen = [("theme", cookies.get("theme"), THEMES), ("density", cookies.get("density"), DENSITIES)]
    return format_html_join("", ' data-{}="{}"', [(n, v) for n, v, allowed in chosen if v in allowed])


@register.filter
def active_in(entries) -> bool:
    """Whether one of some menu entries is the page that is open."""
    return any(entry.active for entry in entries)


@register.filter
def number(value: object, digits: int | None = None) -> str:
    """A number with thousands separated; digits fixes the decimals (rounded half up); None is a dash."""
    if value is None or value == "":
        return DASH
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if digits is not None:
        exact = exact.quantize(Decimal(1).scaleb(-int(digits)), rounding=ROUND_HALF_UP)
    return f"{exact:,f}"


@register.simple_tag
def quantity(value: object, unit: str = "", digits: int | None = None) -> str:
    """A number with its unit: 96.3%, 7.9 天; per cent and per mille stand close, words after a space."""
    text = number(value, digits)
    if text == DASH or not unit:
        return text
    return f"{text}{unit}" if unit in ("%", "‰", "‱") else f"{text} {unit}"


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """2026-11-22; a moment is shown in the hospital's time."""
    if value is None:
        return DASH
    return _local(value).strftime("%Y-%m-%d")


@register.filter
def moment(value: dt.datetime | None) -> str:
    """2026-11-22 08:30 in the hospital's time."""
    return DASH if value is None else _local(value).strftime("%Y-%m-%d %H:%M")


@register.filter
def month(value: str | dt.date | None) -> str:
    """2026-10 becomes 2026 年 10 月 (in the language of the page)."""
    if not value:
        return DASH
    date = value if isinstance(value, dt.date) else dt.date.fromisoformat(f"{value}-01")
    return _("%(year)d 年 %(month)d 月") % {"year": date.year, "month": date.month}


@register.filter
def long_day(value: dt.date | None) -> str:
    return DASH if value is None else date_format(_local(value), "DATE_FORMAT")


def _local(value):
    return timezone.localtime(value) if isinstance(value, dt.datetime) and timezone.is_aware(value) else value


@register.simple_tag
def due(due_on: dt.date | None, today: dt.date | None = None, done: bool = False) -> SafeString | str:
    """A due date; when it has passed and the thing is not done: bold 逾期 and the date."""
    if due_on is None:
        return DASH
    if done or due_on >= (today or timezone.localdate()):
        return day(due_on)
    return format_html('<span class="overdue">{} {}</span>', _("逾期"), day(due_on))


@register.simple_tag
def sparkline(values: Sequence[float | Decimal | None], label: str = "") -> SafeString:
    """A small line of a series, oldest first; a missing value breaks the line. Colour comes from the page."""
    pieces = spark_lines(values)
    if not pieces:
        return format_html('<span class="muted" title="{}">{}</span>', label, DASH)
    strokes = format_html_join("", '<polyline points="{}" fill="none" stroke="currentColor"/>', pieces)
    return format_html(
        '<svg class="spark" width="{}" height="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        *(SPARK * 2),
        label or _("近期走势"),
        strokes,
    )


def spark_lines(values: Sequence[float | Decimal | None]) -> list[tuple[str]]:
    """Point lists of the unbroken stretches of a series, in pixels of a 74 by 20 picture."""
    known = [float(v) for v in values if v is not None]
    if len(known) < 2:
        return []
    low, span = min(known), (max(known) - min(known)) or 1.0
    step = (SPARK[0] - 4) / (len(values) - 1)
    stretches: list[list[str]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            stretches.append([])
            continue
        height = SPARK[1] - 2 - (float(value) - low) / span * (SPARK[1] - 4)
        stretches[-1].append(f"{2 + index * step:.1f},{height:.1f}")
    return [(" ".join(points),) for points in stretches if len(points) > 1]


@register.simple_block_tag
def table(content: str, label: str, kind: str = "") -> SafeString:
    """Wrap a <table>: a focusable, named region that scrolls, with a header that stays.

    Rows become cards on a phone when their cells carry ``data-label``; kind="keep" keeps the table instead.
    """
    return format_html(
        '<div class="table {}" role="region" aria-label="{}" tabindex="0">{}</div>', kind, label, content
    )


@register.simple_tag
def empty(reason: str, url: str = "", action: str = "", icon: str = "inbox") -> SafeString:
    """What to show where nothing is: the reason and the next step."""
    return render_to_string(
        "components/empty.html", {"reason": reason, "url": url, "action": action, "icon": icon}
    )


@register.simple_tag
def crumb(label: str, url: str = "") -> SafeString:
    """One step of the breadcrumb; without url it is the page itself."""
    if url:
        return format_html('<li><a href="{}">{}</a></li>', url, label)
    return format_html('<li aria-current="page">{}</li>', label)


@register.simple_tag
def render_form(form: BaseForm, two_columns: bool = False, helps: bool = True) -> SafeString:
    """All fields with labels, help and errors in the house's form, without <form> and buttons.

    helps: False drops the fields' own help texts, for forms of libraries whose help does not fit.
    """
    if not helps:
        for field in form.fields.values():
            field.help_text = ""
    return render_to_string("components/form.html", {"form": form, "two_columns": two_columns})


@register.simple_tag
def render_field(field: BoundField, short: bool = False) -> SafeString:
    return render_to_string("components/field.html", {"field": field, "short": short})


@register.simple_tag
def choices(field: BoundField) -> SafeString:
    """Radio buttons or check boxes in columns; a long list scrolls."""
    kind = "choices tall" if len(field) > 12 else "choices"
    items = format_html_join(
        "", "<label>{} <span>{}</span></label>", ((c.tag(), c.choice_label) for c in field)
    )
    return format_html('<div class="{}">{}</div>', kind, items)


@register.simple_tag
def with_query(request, **changes: object) -> str:
    """The page's own address with some query parameters changed; None removes one."""
    query = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return "?" + query.urlencode()


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context, page) -> dict:
    """Total and page links at the right bottom of a table."""
    numbers: Iterable = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return {"page": page, "numbers": list(numbers), "request": context["request"]}


@register.simple_tag
def training_mark() -> str:
    """On the training site, the line that no page is without; elsewhere nothing."""
    if not settings.TRAINING:
        return ""
    words = _("演练医院 · 仿真数据，与正式系统互不相通，不发出任何消息")
    return format_html('<p class="training-mark" role="note">{} {}</p>', icon("flask-conical", 16), words)
