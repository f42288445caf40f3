"""Small pieces of the grid: numbers as they were typed, a sheet's state."""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.hospital.functions.reporting import numbers, rules
from zhikong.hospital.functions.reporting.forms import Typed
from zhikong.hospital.functions.reporting.models import FigureSheet, Measure, MonthlyRecord
from zhikong.hospital.functions.reporting.queries import Row
from zhikong.hospital.functions.reporting.record_rules import OUTCOME_TONES
from zhikong.web.templatetags.components import tag

register = template.Library()

RECORD_STATES = {
    "draft": ("none", gettext_lazy("填写中")),
    "submitted": ("info", gettext_lazy("待审核")),
    "returned": ("warn", gettext_lazy("已退回")),
    "accepted": ("ok", gettext_lazy("已接收")),
}


@register.simple_tag
def typed_number(row: Row, typed: Typed | None, name: str) -> str:
    """The number as a person would type it, or the text that could not be read as one."""
    if typed is not None and name in typed.raw:
        return typed.raw[name]
    return numbers.written(getattr(row.cell, name), decimals=row.item.decimals)


@register.simple_tag
def file_count(row: Row) -> str:
    """What a data file delivered for the month: 19 / 20."""
    parts = (row.imported.numerator, row.imported.denominator)
    written = [numbers.written(n, decimals=row.item.decimals) for n in parts]
    return " / ".join(text for text in written if text)


@register.simple_tag
def sheet_state(sheet: FigureSheet, today) -> SafeString:
    """A sheet's state as a tag; past its date the tag says so."""
    if sheet.is_late(today):
        return tag("bad", _("逾期") if sheet.state == "draft" else _("退回后逾期"))
    return tag(rules.TONES[rules.State(sheet.state)], sheet.get_state_display())


@register.simple_tag
def record_state(record: MonthlyRecord, today) -> SafeString:
    """A monthly record's state as a tag; past its date the tag says so."""
    if record.is_late(today):
        return tag("bad", _("逾期") if record.state == "draft" else _("退回后逾期"))
    tone, word = RECORD_STATES.get(record.state, ("none", record.sheet.get_state_display()))
    return tag(tone, word)


@register.simple_tag
def outcome_tag(measure: Measure) -> SafeString:
    """已落实, 未落实 or 继续."""
    return tag(OUTCOME_TONES[measure.outcome], measure.get_outcome_display())
