"""The line that says how fresh the data behind a page are, for every page that shows numbers."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhikong.foundation.access.scope import once
from zhikong.foundation.facts.freshness import Fresh, State, freshness
from zhikong.foundation.facts.models import Publication

register = template.Library()
MOST = 4  # sources named one by one; a line is read, a list is not


@register.simple_tag
def data_freshness(tables: Iterable[str] | None = None, until: datetime | str | None = None) -> SafeString:
    """“数据截至 11-21 23:59 · 病案首页 2 小时前 · 检验 3 天未到 ⚠”.

    tables: the contract's tables behind the numbers; None means all. until: when the shown data were published, if
    the page shows an older state than the newest; a moment, or in the page's own words.
    """
    found = freshness(tables)
    moment = until or _published_at()
    shown = [(one, words(one)) for one in found[:MOST]]
    said = moment if isinstance(moment, str) else _said(moment)
    context = {"until": said, "sources": shown, "more": len(found) - len(shown)}
    return render_to_string("components/freshness.html", context)


def _published_at() -> datetime | None:
    """When the newest facts were published: one query, asked once in a request."""
    newest = Publication.objects.order_by("-number").values_list("published_at", flat=True)
    return once("facts.published_at", newest.first)


def _said(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%m-%d %H:%M") if moment else ""


def words(one: Fresh) -> str:
    """A source in words: how long ago it came, or for how long it has not come."""
    if one.state is State.NEVER or one.lag is None:
        return _("%(source)s 从未到达") % {"source": one.source}
    if one.state is State.PAUSED:
        return _("%(source)s 已暂停") % {"source": one.source}
    if one.state is State.BROKEN:
        return _("%(source)s 出错，%(lag)s未到") % {"source": one.source, "lag": span(one.lag)}
    if one.state is State.LATE:
        return _("%(source)s %(lag)s未到") % {"source": one.source, "lag": span(one.lag)}
    return _("%(source)s %(lag)s前") % {"source": one.source, "lag": span(one.lag)}


def span(lag: timedelta) -> str:
    """A time in its largest sensible unit, rounded down: 3 天, 2 小时, 5 分钟."""
    minutes = max(int(lag.total_seconds() // 60), 0)
    if minutes >= 48 * 60:
        return ngettext("%(n)d 天", "%(n)d 天", minutes // 1440) % {"n": minutes // 1440}
    if minutes >= 60:
        return ngettext("%(n)d 小时", "%(n)d 小时", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d 分钟", "%(n)d 分钟", minutes) % {"n": minutes}
