"""Targets of a plan become rows of the target book: with level, first month and the plan's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.engine.definitions import Definition
from zhikong.foundation.organisation.queries import names
from zhikong.hospital.functions.indicators.actions import set_target
from zhikong.hospital.functions.indicators.catalogue import definitions, packaged_presets
from zhikong.hospital.functions.indicators.models import IndicatorTarget, MonthClose
from zhikong.hospital.functions.indicators.months import month_of
from zhikong.hospital.functions.indicators.queries.targets import target_book
from zhikong.hospital.functions.indicators.rules import Target
from zhikong.hospital.overviews.adopting.models import AdoptedThing
from zhikong.hospital.overviews.adopting.rules.levels import for_others
from zhikong.hospital.overviews.adopting.rules.steps import Kind, Made, Outcome, Step, Way
from zhikong.hospital.overviews.adopting.rules.units import in_unit
from zhikong.hospital.overviews.adopting.rules.wishes import Paper, Wish

KIND = Kind.TARGET
AS_DUTY = "duty"
LOW, HIGH = (">=", ">", "="), ("<=", "<", "=")


@dataclass(frozen=True)
class Wanted:
    """What is written: bounds in the indicator's unit, from a month on, for a department or the hospital."""

    indicator: str
    low: Decimal | None
    high: Decimal | None
    department: int | None
    valid_from: date
    hospital_only: bool
    reason: str


def takes(wish: Wish, paper: Paper) -> bool:
    if wish.kind in ("target", "quota") and wish.link[0] == "indicator":
        return True
    return wish.kind == "target" and paper.choices.get(wish.item) != AS_DUTY


def plan(wishes: Sequence[Wish], paper: Paper) -> list[Step]:
    """One step for each indicator and department; several bounds of one indicator are one target."""
    if not wishes:
        return []
    unlinked = [wish for wish in wishes if wish.link[0] != "indicator" or wish.link[1] not in definitions()]
    grouped: dict[tuple[str, int | None], list[Wish]] = {}
    for wish in wishes:
        if wish not in unlinked:
            grouped.setdefault((wish.link[1], wish.department or paper.department), []).append(wish)
    steps = [_no_indicator(wish, paper) for wish in unlinked]
    return steps + [
        _step(definitions()[indicator], place, of, paper) for (indicator, place), of in grouped.items()
    ]


def _no_indicator(wish: Wish, paper: Paper) -> Step:
    ways = (
        Way(_("作为全院职责，每季度报告一次"), AS_DUTY),
        Way(_("回到核对页，关联一个已有的指标"), url=paper.url),
        Way(_("在内容库里新建指标"), url=reverse("indicators:library")),
    )
    why = _("还没有对应的指标，数算不出来。可以关联已有指标、新建指标，或先作为职责按季度人工报告。")
    return Step(KIND, Outcome.IMPOSSIBLE, (wish,), wish.subject or wish.text, why, key=f"text:{wish.subject}", ways=ways)  # fmt: skip


def _step(definition: Definition, place: int | None, wishes: list[Wish], paper: Paper) -> Step:
    if elsewhere := [(w, name) for w in wishes if (name := for_others(w.word("level"), paper.level))]:
        if len(elsewhere) == len(wishes):
            why = _("这是%(level)s医院的目标，不适用于本院。") % {"level": elsewhere[0][1]}
            return _told(Outcome.NOTE, definition, place, wishes, why)
        wishes = [w for w in wishes if w not in [one for one, _name in elsewhere]]
    bounds = _bounds(definition, wishes)
    if isinstance(bounds, str):
        ways = (Way(_("回到核对页更正"), url=paper.url),)
        return _told(Outcome.IMPOSSIBLE, definition, place, wishes, bounds, ways=ways)
    return _compared(definition, place, wishes, bounds, paper)


def _bounds(definition: Definition, wishes: list[Wish]) -> Target | str:
    """The band that the wishes come to, or why they come to none."""
    lows, highs = set(), set()
    for wish in wishes:
        if wish.says("relative"):
            return _("计划写的是与过去相比的变化，要先在核对页换算成具体数值（可参考上年结果）。")
        value = wish.value
        if value is None or not wish.word("operator"):
            return _("没有读到数值，请在核对页补上。")
        found = in_unit(value, wish.word("unit"), definition.unit)
        if found is None:
            return _("计划的单位与指标的单位“%(unit)s”对不上，请在核对页更正。") % {"unit": definition.unit}
        lows |= {found} if wish.word("operator") in LOW else set()
        highs |= {found} if wish.word("operator") in HIGH else set()
    if len(lows) > 1 or len(highs) > 1 or (lows and highs and min(lows) > max(highs)):
        return _("计划里对同一指标写了互相矛盾的数值，请在核对页只保留一个。")
    return Target(next(iter(lows), None), next(iter(highs), None))


def _compared(
    definition: Definition, place: int | None, wishes: list[Wish], wanted: Target, paper: Paper
) -> Step:
    first = first_month(definition, place, paper)
    found = target_book().of(definition, place, month_of(first))
    own = found.row is not None and found.row.department_id == place and found.origin != "hospital_only"
    became, before = wanted.text(definition.unit), found.target.text(definition.unit)
    reason = "；".join(dict.fromkeys(mark for wish in wishes if (mark := pass_mark(wish))))
    data = Wanted(
        definition.id, wanted.low, wanted.high, place, first, _hospital_only(definition, place), reason
    )
    if own and found.target == wanted:
        return _told(
            Outcome.SAME, definition, place, wishes, _("已经是这个目标值。"), was=before, becomes=became
        )
    if own:
        why = _("目标值由 %(old)s 改为 %(new)s。") % {"old": before, "new": became}
        return _told(Outcome.CHANGED, definition, place, wishes, why, was=before, becomes=became, data=data)
    why = (
        _("本院还没有自己的目标值。") if found.target.empty else _("此前按 %(old)s 判断。") % {"old": before}
    )
    return _told(Outcome.NEW, definition, place, wishes, why, becomes=became, data=data)


def _told(outcome: Outcome, definition: Definition, place: int | None, wishes, why: str, **more) -> Step:
    where = f"（{names(on=date.max).get(place, '')}）" if place else ""
    data = more.get("data")
    if data is not None:
        why = _("%(why)s自 %(month)s 起。") % {"why": why, "month": f"{data.valid_from:%Y-%m}"}
    return Step(
        KIND, outcome, tuple(wishes), f"{definition.title()}{where}", why + (f"{data.reason}。" if data and data.reason else ""),
        key=f"{definition.id}:{place or ''}", url=reverse("indicators:detail", args=[definition.id]), **more,
    )  # fmt: skip


def first_month(definition: Definition, place: int | None, paper: Paper) -> date:
    """January of the plan's year, or the month from which a target of that year was set already: the later one counts.

    A month that is closed keeps the targets by which it was judged (MonthClose.last_target).
    """
    january, end = date(paper.year, 1, 1), date(paper.year, 12, 1)
    rows = IndicatorTarget.objects.filter(
        indicator_id=definition.id, department_id=place, valid_from__lte=end
    )
    latest = rows.order_by("-valid_from").values_list("valid_from", flat=True).first()
    return max(january, latest or january)


def pass_mark(wish: Wish) -> str:
    """合格线 75 分（满分 100）, when the item was read with a pass mark."""
    found = wish.fields.get("pass_mark")
    if isinstance(found, dict) and found.get("value") is not None:
        of = f"（满分 {found['of']}）" if found.get("of") else ""
        return f"合格线 {found['value']} 分{of}"
    return ""


def _hospital_only(definition: Definition, place: int | None) -> bool:
    """Bed occupancy and the like make sense for the hospital as a whole: as the packaged sets of targets say."""
    said = [preset.targets.get(definition.id) for preset in packaged_presets().values()]
    return place is None and any(one is not None and one.hospital_only for one in said)


def write(step: Step, *, by, now: datetime, paper: Paper) -> Made:
    wanted: Wanted = step.data
    book = target_book()
    before = book.of(definitions()[wanted.indicator], wanted.department, month_of(wanted.valid_from)).row
    row = set_target(
        by=by, now=now, indicator_id=wanted.indicator, valid_from=wanted.valid_from, at_least=wanted.low,
        at_most=wanted.high, department_id=wanted.department, hospital_only=wanted.hospital_only,
        source=paper.quote(step.wishes[0]), reason=wanted.reason[:200],
    )  # fmt: skip
    kept = before if before is not None and before.department_id == wanted.department else None
    return Made(step.key, step.title, step.url, {"row": row.pk, "before": kept and kept.pk})


def used(thing: AdoptedThing) -> list[str]:
    """Months that were closed by it, and targets that people set after it."""
    row = IndicatorTarget.objects.get(pk=thing.data["row"])
    months = MonthClose.objects.filter(month__gte=month_of(row.valid_from), last_target__gte=row.pk)
    said = [_("%(month)s 已按它结账") % {"month": one.month} for one in months.order_by("month")[:3]]
    later = IndicatorTarget.objects.filter(
        indicator_id=row.indicator_id, department_id=row.department_id, pk__gt=row.pk
    )
    if found := later.order_by("-pk").first():
        said.append(_("目标值此后又改为 %(text)s") % {"text": found.target.text()})
    return said


def undo(thing: AdoptedThing, *, by, now: datetime, reason: str) -> None:
    """What held before holds again from the same month on; rows are only added, so the history shows both."""
    row = IndicatorTarget.objects.get(pk=thing.data["row"])
    before = IndicatorTarget.objects.filter(pk=thing.data["before"]).first() if thing.data["before"] else None
    set_target(
        by=by, now=now, indicator_id=row.indicator_id, valid_from=row.valid_from,
        at_least=before and before.at_least, at_most=before and before.at_most, department_id=row.department_id,
        hospital_only=before.hospital_only if before else False, source=before.source if before else "",
        reason=_("撤销采纳：%(reason)s")[:200] % {"reason": reason[:180]},
    )  # fmt: skip
