"""Themes of the months: the hospital's own version of the theme calendar, one for all months that a plan sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.foundation.packstore import actions as packstore
from zhikong.foundation.packstore.comparing import data_of
from zhikong.foundation.packstore.models import Version
from zhikong.foundation.packstore.queries import Resolved, resolve
from zhikong.foundation.packstore.rules import State
from zhikong.hospital.functions.record_reviews.queries.sampling.themes import CALENDAR, CODE
from zhikong.hospital.overviews.adopting.models import AdoptedThing
from zhikong.hospital.overviews.adopting.rules import themes as rules
from zhikong.hospital.overviews.adopting.rules.steps import Kind, Made, Outcome, Step, Way
from zhikong.hospital.overviews.adopting.rules.wishes import Paper, Wish

KIND = Kind.THEME


@dataclass(frozen=True)
class Wanted:
    month: int
    theme: dict[str, Any]
    starts: date


def takes(wish: Wish, paper: Paper) -> bool:
    return wish.month is not None


def plan(wishes: Sequence[Wish], paper: Paper) -> list[Step]:
    """One step for each month; two themes for one month are one with both in its words."""
    if not wishes:
        return []
    starts = max(paper.today, date(paper.year, 1, 1))
    found = resolve(CODE, CALENDAR, on=starts)
    grouped: dict[int, list[Wish]] = {}
    for wish in wishes:
        grouped.setdefault(wish.month or 0, []).append(wish)
    return [_step(month, of, found, starts, paper) for month, of in sorted(grouped.items())]


def said_of(wishes: Sequence[Wish]) -> str:
    """The words of the month: subject and sentence tell it, whichever has more."""
    return "；".join(dict.fromkeys(w.subject if len(w.subject) > 3 else w.sentence for w in wishes))


def _step(month: int, wishes: list[Wish], found: Resolved | None, starts: date, paper: Paper) -> Step:
    title, key = _("%(month)d 月检查主题") % {"month": month}, f"{paper.year}:{month:02d}"
    if found is None:
        why = _("本院停用了主题日历；请先在内容库里启用它。")
        ways = (Way(_("打开内容库"), url=reverse("packstore:list")),)
        return Step(KIND, Outcome.IMPOSSIBLE, tuple(wishes), title, why, key=key, ways=ways)
    known, said = data_of(found.text)["themes"], said_of(wishes)
    current = next(one for one in known if one["month"] == month)
    url = reverse("packstore:definition", args=[CODE, CALENDAR])
    if rules.same(current, said):
        why = _("主题日历这个月已经是“%(title)s”。") % {"title": current["title"]}
        return Step(KIND, Outcome.SAME, tuple(wishes), title, why, key=key, becomes=current["title"], url=url)
    theme = rules.theme_of(month, said, known)
    why = _("由“%(old)s”改为“%(new)s”。") % {"old": current["title"], "new": theme["title"]}
    return Step(
        KIND, Outcome.CHANGED, tuple(wishes), title, why, key=key, was=current["title"], becomes=theme["title"], url=url,
        data=Wanted(month, theme, starts),
    )  # fmt: skip


def write_all(steps: Sequence[Step], *, by, now: datetime, paper: Paper) -> list[Made]:
    """One version of the calendar for all months; each month remembers it."""
    starts = steps[0].data.starts
    found = resolve(CODE, CALENDAR, on=starts)
    months = {step.data.month: step.data.theme for step in steps}
    text = rules.changed(data_of(found.text), months, paper.title, paper.quote(steps[0].wishes[0]))
    version = packstore.adopt_version(
        by=by,
        now=now,
        kind=CODE,
        definition_id=CALENDAR,
        text=text,
        reason=paper.title,
        effective_from=starts,
    )
    return [Made(step.key, step.title, step.url, {"version": version.pk}) for step in steps]


def used(thing: AdoptedThing) -> list[str]:
    """Samples drawn by the calendar's theme since it came into force, and versions that people wrote after it."""
    version = Version.objects.get(pk=thing.data["version"])
    if version.state != State.PUBLISHED:
        return []  # taken back already, with another month of the same calendar
    later = Version.objects.filter(kind=CODE, definition_id=CALENDAR, number__gt=version.number)
    return [_("主题日历此后又改过")] if later.exists() else []


def undo(thing: AdoptedThing, *, by, now: datetime, reason: str) -> None:
    version = Version.objects.get(pk=thing.data["version"])
    if version.state == State.PUBLISHED:
        packstore.take_back(version, by=by, now=now, reason=reason)
