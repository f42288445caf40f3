"""How obligations and defects read: countdown, state, light."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.records.models import Defect, Obligation
from zhikong.hospital.functions.records.rules_running import Countdown, span_parts
from zhikong.web.templatetags.components import tag

register = template.Library()


@register.inclusion_tag("records/running/_tabs.html", takes_context=True)
def running_tabs(context, tab: str) -> dict:
    """The tabs of the running check, those that the reader may open."""
    user = context["request"].user
    return {
        "tab": tab,
        "may_remind": can(user, Permission.REMIND_WRITERS),
        "may_set": can(user, Permission.MANAGE_RECORD_RULES),
    }


@register.simple_tag
def obligation_state(line) -> SafeString:
    """The state as of now, as shape and word."""
    return tag(line.tone, str(Obligation.State(line.state).label))


@register.simple_tag
def defect_state(line) -> SafeString:
    return tag(line.tone, str(Defect.State(line.state).label))


@register.filter
def span(minutes: int) -> str:
    """2 天 3 小时, 5 小时 20 分, 45 分钟."""
    days, hours, rest = span_parts(minutes)
    if days:
        return _("%(d)d 天 %(h)d 小时") % {"d": days, "h": hours}
    if hours:
        return _("%(h)d 小时 %(m)d 分") % {"h": hours, "m": rest}
    return _("%(m)d 分钟") % {"m": rest}


@register.simple_tag
def time_left(left: Countdown | None, open_one: bool = True) -> SafeString | str:
    """剩 2 小时 10 分, or in bold 逾期 3 小时 5 分; a dash for what has no time or is over."""
    if left is None or not open_one:
        return "—"
    if left.overdue:
        return format_html('<span class="overdue">{} {}</span>', _("逾期"), span(left.minutes))
    return _("剩 %(span)s") % {"span": span(left.minutes)}


@register.filter
def light_word(tone: str) -> str:
    """The word beside a light of the ward board."""
    words = {"bad": _("逾期"), "warn": _("注意"), "ok": _("正常"), "none": _("无要求")}
    return words.get(tone, "")


@register.filter
def bed_words(number: str) -> str:
    """12 床; hospitals that write 12床 themselves are left alone."""
    if not number:
        return _("无床位")
    return number if "床" in number else _("%(n)s 床") % {"n": number}
