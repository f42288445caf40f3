"""What was delivered of the past: months, loads that failed, names of departments that nobody has assigned."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.foundation.facts import gateway
from zhikong.foundation.facts.models import Load, QuarantinedRow
from zhikong.foundation.organisation.importing import known, likeness
from zhikong.hospital.functions.datasources.queries import directory
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.overviews.starting.rules.steps import Found, Trouble, listed

WANTED = 24
ENOUGH = 12
UNKNOWN = "unknown_department"
SETTLED = (Load.State.PUBLISHED, Load.State.UNCHANGED)
BAD = (Load.State.REFUSED, Load.State.FAILED, Load.State.INTERRUPTED)
GOING = (Load.State.WAITING, Load.State.RUNNING)


@dataclass(frozen=True)
class Name:
    """A department's name in delivered rows: how many rows were set aside for it, and whom it may mean."""

    text: str
    rows: int
    likely: tuple[tuple[int, str, int], ...] = ()
    known: bool = False  # it means a department by now; its rows wait to be read again


def deliveries() -> list[Load]:
    """Loads of files, the newest first; one that was read again is shown by its newest reading."""
    rows = Load.objects.filter(feed="files").select_related("started_by").order_by("-pk")[:200]
    again = {load.replay_of_id for load in rows if load.replay_of_id and load.state not in BAD}
    return [load for load in rows if load.pk not in again]


def names(*, today: date) -> list[Name]:
    """The names that rows were set aside for, those that mean nothing yet first, the most rows first."""
    standing = [load.pk for load in deliveries() if load.state in SETTLED]
    rows = QuarantinedRow.objects.filter(load_id__in=standing, reason=UNKNOWN)
    counted: Counter[str] = Counter()
    for value, _load, _row in rows.values_list("value", "load_id", "row").distinct().order_by():
        counted[(value or "").strip()] += 1
    counted.pop("", None)
    means, world = directory(), known.world(on=today)
    found = [
        Name(text, n, () if text in means else likeness.likely(text, world), text in means)
        for text, n in counted.most_common()
    ]
    return sorted(found, key=lambda one: (one.known, -one.rows))


def waiting_again(found: list[Name]) -> list[Load]:
    """The deliveries that set rows aside for names that are known by now: to be read again."""
    texts = [one.text for one in found if one.known]
    standing = {load.pk: load for load in deliveries() if load.state in SETTLED}
    rows = QuarantinedRow.objects.filter(load_id__in=standing, reason=UNKNOWN, value__in=texts)
    return [standing[pk] for pk in sorted(set(rows.values_list("load_id", flat=True)))]


def grid(*, today: date) -> list[tuple[str, bool]]:
    """(month, whether it has discharges) of the two years before this month."""
    there = set(gateway.published().months())
    until = calendar.shifted(calendar.month_of(today), -1)
    return [(month, month in there) for month in calendar.last(WANTED, until)]


def of_history(*, today: date, unknown: list[Name]) -> Found:
    """Months that are there and that are not, deliveries that were refused, names that nobody assigned."""
    months, loads = grid(today=today), deliveries()
    there = [month for month, has in months if has]
    url = reverse("starting:history")
    lines = [_("近 24 个月里有 %(n)d 个月的出院数据") % {"n": len(there)}]
    if there:
        lines.append(_("%(first)s 至 %(last)s") % {"first": there[0], "last": there[-1]})
    troubles = [*_gaps(months, url), *_refused(loads), *_unassigned(unknown, url)]
    if any(load.state in GOING for load in loads):
        troubles.append(Trouble(_("正在导入，请稍候。"), url))
    return Found(bool(loads or there), tuple(lines), tuple(troubles))


def _gaps(months: list[tuple[str, bool]], url: str) -> list[Trouble]:
    absent = [month for month, has in months if not has]
    if not absent:
        return []
    few = len(months) - len(absent) < ENOUGH
    words = _("缺 %(n)d 个月：%(months)s。") % {"n": len(absent), "months": listed(absent, 6)}
    if few:
        words += _("不足 12 个月时没有同比，控制图的界限也不可靠。")
    return [Trouble(words, url, blocks=few)]


def _refused(loads: list[Load]) -> list[Trouble]:
    """The newest word on each file that did not come in."""
    seen: set[str] = set()
    found = []
    for load in loads:
        if load.source_name not in seen and load.state in BAD:
            words = f"{load.source_name}：{load.message}"
            found.append(Trouble(words, reverse("datasources:load", args=[load.pk])))
        seen.add(load.source_name)
    return found[:5]


def _unassigned(unknown: list[Name], url: str) -> list[Trouble]:
    troubles = []
    nobody = [one for one in unknown if not one.known]
    again = sum(one.rows for one in unknown if one.known)
    if nobody:
        words = _("首页里有 %(n)d 个科室名称没有人认领：%(names)s（%(rows)d 行被隔离）。") % {
            "n": len(nobody), "names": listed([one.text for one in nobody]), "rows": sum(one.rows for one in nobody),
        }  # fmt: skip
        troubles.append(Trouble(words, f"{url}#unknown"))
    if again:
        words = _("%(n)d 行的科室名称已认领，重新读入后才会补上。") % {"n": again}
        troubles.append(Trouble(words, f"{url}#unknown"))
    return troubles
