"""Words for what runs out, and for levels and categories."""

from __future__ import annotations

from datetime import timedelta

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.scope import once
from zhikong.foundation.organisation import queries as organisation
from zhikong.hospital.functions.incidents.queries.handling import packs
from zhikong.hospital.functions.incidents.queries.reporting import categories

register = template.Library()
HOUR, DAY = 3600, 86400


@register.filter
def long(value: timedelta | int | None) -> str:
    """A length of time in at most two units; — when it is not known."""
    if value is None:
        return "—"
    seconds = int(value.total_seconds()) if isinstance(value, timedelta) else int(value)
    seconds = abs(seconds)
    if seconds < HOUR:
        return _("%(n)d 分钟") % {"n": seconds // 60}
    if seconds < DAY:
        return _("%(h)d 小时 %(m)d 分") % {"h": seconds // HOUR, "m": seconds % HOUR // 60}
    return _("%(d)d 天 %(h)d 小时") % {"d": seconds // DAY, "h": seconds % DAY // HOUR}


@register.filter
def left(seconds: int) -> str:
    """“还剩 1 小时 20 分”, “已超过 2 天 3 小时”."""
    words = long(seconds)
    return _("还剩 %(t)s") % {"t": words} if seconds >= 0 else _("已超过 %(t)s") % {"t": words}


@register.filter
def level_word(code: str) -> str:
    """“Ⅱ级 不良后果事件”; the code itself when it is not in force."""
    found = packs.level(code)
    return found.title if found else code


@register.filter
def level_state(code: str) -> str:
    """How a level is drawn."""
    found = packs.level(code)
    return found.state if found else "none"


@register.filter
def category_word(code: str) -> str:
    return categories.title(code) or _("类别待定")


@register.filter
def department_word(department_id: int | None) -> str:
    """The name of a department of today; “科室不明” for none."""
    names = once("incidents.names", lambda: organisation.names(on=timezone.localdate()))
    return names.get(department_id, _("科室不明"))
