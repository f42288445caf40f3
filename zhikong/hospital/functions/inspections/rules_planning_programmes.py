"""What a packaged inspection programme says: who inspects whom, with which checklists, when. Plain values, no ORM."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from zhikong.hospital.functions.inspections.rules_planning import Kind, Notice
from zhikong.hospital.functions.inspections.rules_planning_visits import SampleRule, StopPlan

EVERY = ("week", "month", "quarter", "half_year", "year")
POOLS = ("own", "departments", "offices", "leaders")
POOL_WORDS = {
    "own": "本科室的人自查",
    "departments": "各科室的人互查，不查本科室",
    "offices": "职能科室的人检查",
    "leaders": "院领导带队，职能科室参加",
}


@dataclass(frozen=True)
class When:
    """How often. Exactly one way is set.

    every with weekday (1 Monday) or working_day (negative: from the end of the period); before_holiday: so many working
    days before each public holiday's break; surprise: so many days a month that only a seed knows; days: MM-DD of each
    year; none of them: whenever it is planned (on_demand).
    """

    every: str = ""
    weekday: int = 0
    working_day: int = 1
    before_holiday: int = 0
    surprise: int = 0
    days: tuple[str, ...] = ()

    @property
    def on_demand(self) -> bool:
        return not (self.every or self.before_holiday or self.surprise or self.days)


@dataclass(frozen=True)
class Who:
    """From which pool, which roles, how many a visit, and for how many months an earlier department stays closed."""

    pool: str = "offices"
    roles: tuple[str, ...] = ()
    each: int = 1
    months_apart: int = 12
    apart_says: str = ""


@dataclass(frozen=True)
class Where:
    """Which departments. words: a department whose name or alias holds one of them. key_only: marked key departments.

    at_once: how many a round takes (0 all): drawn by weight, so that key departments come more often (CLN-04, CLN-27).
    """

    kinds: tuple[str, ...] = ("clinical",)
    words: tuple[str, ...] = ()
    key_only: bool = False
    at_once: int = 0


@dataclass(frozen=True)
class FormFor:
    """The checklist of departments whose name or alias holds one of the words (INF-03: eight key departments)."""

    words: tuple[str, ...]
    form: str


@dataclass(frozen=True)
class ProgrammeDefinition:
    """One version of a packaged programme."""

    id: str
    version: int
    kind: Kind
    title: str
    titles: dict[str, str] = field(compare=False)
    purpose: str = ""
    document: str = ""
    clause: str = ""
    mark: str = "memory"
    owner: str = "quality_office"
    checker: str = "medical_affairs"
    next_review: date = date(2027, 12, 31)
    says: str = ""
    forms: tuple[str, ...] = ()
    forms_for: tuple[FormFor, ...] = ()
    themes: dict[int, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    when: When = When()
    window: int = 5
    who: Who = Who()
    where: Where = Where()
    notice: Notice = Notice.ANNOUNCED
    night: bool = False
    sample: tuple[SampleRule, ...] = ()
    stops: tuple[StopPlan, ...] = ()
    path: bool = False
    report: bool = False
    duty: str = ""
    permanent: bool = True
    examples: tuple[dict[str, Any], ...] = ()

    @property
    def source(self) -> str:
        return " ".join(part for part in (self.document, self.clause) if part)

    def with_settings(self, settings: dict[str, Any]) -> ProgrammeDefinition:
        """The definition as this hospital runs it: what it set otherwise stands first."""
        changes: dict[str, Any] = {}
        if "forms" in settings:
            changes["forms"] = tuple(settings["forms"])
        if settings.get("notice"):
            changes["notice"] = Notice(settings["notice"])
        if settings.get("window"):
            changes["window"] = int(settings["window"])
        if settings.get("when"):
            changes["when"] = replace(self.when, **settings["when"])
        if settings.get("who"):
            given = settings["who"]
            changes["who"] = replace(
                self.who, **(given | ({"roles": tuple(given["roles"])} if "roles" in given else {}))
            )
        if settings.get("at_once") is not None:
            changes["where"] = replace(self.where, at_once=int(settings["at_once"]))
        if "sample" in settings:
            changes["sample"] = tuple(SampleRule.from_data(one) for one in settings["sample"])
        return replace(self, **changes)

    def theme(self, month: int) -> tuple[str, tuple[str, ...]]:
        """Title and checklists of a month's theme; a month without one uses the programme's own."""
        return self.themes.get(month, ("", self.forms))

    def forms_of(self, names: tuple[str, ...], month: int) -> tuple[str, ...]:
        """The checklists for a department by its names: the month's theme, its own special one, or the programme's."""
        special = tuple(one.form for one in self.forms_for if any(w in n for w in one.words for n in names))
        return special or self.theme(month)[1]
