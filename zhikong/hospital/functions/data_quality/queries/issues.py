"""Issues as pages and exports show them: filtered, in words, with their effect on indicators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count as RowCount
from django.db.models import Q, QuerySet

from zhikong.engine.quality.effects import Effect
from zhikong.engine.quality.issues import HOSPITAL, Count
from zhikong.engine.quality.model import Kind
from zhikong.foundation.access.queries import users_with_role
from zhikong.foundation.facts import quality, quality_runs
from zhikong.foundation.facts.measured import definitions
from zhikong.hospital.functions.data_quality.library import readers, rulebook
from zhikong.hospital.functions.data_quality.models import Issue, Run
from zhikong.hospital.functions.data_quality.queries.choosing import place_names
from zhikong.hospital.functions.data_quality.queries.matrix import cube
from zhikong.hospital.functions.data_quality.rules import (
    KIND_WORDS,
    Owner,
    effect_sentence,
    field_name,
    owner_of,
    percent_text,
    sentence,
    table_name,
    tone,
)


@dataclass(frozen=True)
class Shown:
    """An issue in words."""

    issue: Issue
    sentence: str
    table: str
    field: str
    kind: str
    place: str
    percent: str
    tone: str
    owner_role: Owner


def issues(filters: Mapping[str, str]) -> QuerySet[Issue]:
    """The issues in the scope that fit: state, kind, table, department (code), present, q (words of a field)."""
    found = Issue.objects.select_related("owner", "judged_by")
    for name in ("state", "kind", "table"):
        if filters.get(name):
            found = found.filter(**{name: filters[name]})
    if filters.get("department"):
        found = found.filter(place=filters["department"])
    if filters.get("present") == "1":
        found = found.filter(present=True)
    return _worded(found, filters.get("q", "").strip())


def _worded(found: QuerySet[Issue], words: str) -> QuerySet[Issue]:
    """Fields whose Chinese name or code has the words."""
    if not words:
        return found
    pairs = {(i.table, i.column) for i in Issue.objects.only("table", "column")}
    fitting = [
        pair
        for pair in pairs
        if words in field_name(pair) or words in pair[1] or words in table_name(pair[0])
    ]
    if not fitting:
        return found.none()
    condition = Q()
    for table, column in fitting:
        condition |= Q(table=table, column=column)
    return found.filter(condition)


def shown(found: Iterable[Issue]) -> list[Shown]:
    """Issues in words, in the order given."""
    names, severe = place_names(), rulebook().thresholds.severe
    return [_shown(issue, names, severe) for issue in found]


def _shown(issue: Issue, names: Mapping[str, str], severe: float) -> Shown:
    kind, count = Kind(issue.kind), Count(issue.count, issue.base)
    place = names.get(issue.place, issue.place)
    return Shown(
        issue=issue,
        sentence=sentence(table=issue.table, column=issue.column, kind=kind, place_name=place, count=count),
        table=table_name(issue.table),
        field=field_name((issue.table, issue.column)),
        kind=str(KIND_WORDS[kind]),
        place=place,
        percent=percent_text(count),
        tone=tone(kind, count, severe=severe),
        owner_role=owner_of(issue.table, kind, issue.place),
    )


def tally() -> dict[str, int]:
    """State -> issues that the newest run still found, within the scope. One query."""
    rows = Issue.objects.filter(present=True).order_by().values_list("state").annotate(n=RowCount("pk"))
    return {state: 0 for state in Issue.State.values} | dict(rows)


@dataclass(frozen=True)
class EffectLine:
    """An indicator that an issue touches. affected of base cannot be assessed; None: it reads a value that may be wrong."""

    indicator: str
    name: str
    affected: int | None = None
    base: int | None = None

    @property
    def percent(self) -> str:
        return percent_text(None if self.base is None else Count(self.affected or 0, self.base))


def effects(issue: Issue, run: Run | None) -> list[EffectLine]:
    """What the issue does to indicators in its newest month, the most affected first."""
    known = definitions()
    if Kind(issue.kind) is Kind.MISSING and run is not None:
        by_field = quality_runs.effects_of(run.folder, month=issue.newest)
        found: list[Effect] = by_field.get(((issue.table, issue.column), issue.place), [])
        return [
            EffectLine(e.indicator, known[e.indicator].title(), e.affected, e.base)
            for e in found
            if e.indicator in known
        ]
    reading = readers().get((issue.table, issue.column), [])
    return [EffectLine(name, known[name].title()) for name in reading if name in known]


def effect_words(issue: Issue, lines: list[EffectLine]) -> str:
    """“这些病例无法计入 5 项指标：…”."""
    return effect_sentence([line.name for line in lines], kind=Kind(issue.kind))


@dataclass(frozen=True)
class MonthLine:
    """How an issue's count was in a month; over: above the limits."""

    month: str
    count: Count
    over: bool


def history(issue: Issue, run: Run) -> list[MonthLine]:
    """The issue's counts over the window, the newest first. Hospital-wide ones add up all departments."""
    kind = Kind(issue.kind)
    if kind in (Kind.SILENT, Kind.SET_ASIDE):
        return [MonthLine(m, Count(*c), True) for m, c in sorted(issue.months.items(), reverse=True)]
    return [
        MonthLine(month, count, month in issue.months)
        for month in reversed(run.months)
        if (count := _count_of(issue, run, month)) is not None
    ]


def _count_of(issue: Issue, run: Run, month: str) -> Count | None:
    kind, assessed = Kind(issue.kind), quality.assessed_of(run.folder)
    if (month, issue.table, issue.column, kind) not in assessed:
        return None
    counts = cube(run, department=None if issue.place == HOSPITAL else issue.place)
    conditional = kind is Kind.MISSING and (month, issue.table, issue.column, Kind.EXPECTED) in assessed
    below = (issue.column, Kind.EXPECTED) if conditional else ("", Kind.ROWS)
    return Count(
        counts.get((month, issue.table, issue.column, kind), 0),
        counts.get((month, issue.table, *below), 0),
    )


def possible_owners(issue: Issue, *, on) -> list:
    """People who could mend it: those of its nature first, then the others."""
    wanted = owner_of(issue.table, Kind(issue.kind), issue.place)
    found: dict[int, object] = {}
    for role in (wanted, *(role for role in Owner if role is not wanted)):
        for user in users_with_role(role=role, department_id=issue.department_id, on=on):
            found.setdefault(user.pk, user)
    return list(found.values())
