"""A project as the checks read it: plain values, made by queries from the rows. No ORM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from zhikong.hospital.functions.improvements import rules_projects as rules
from zhikong.hospital.functions.improvements.rules_projects_contents import CATALOGUE, rows


@dataclass(frozen=True)
class StepFacts:
    """One step: contents names what it asks for; files, standards: how many are attached."""

    key: str
    contents: str
    phase: str
    state: str = "open"
    content: Mapping[str, Any] = field(default_factory=dict)
    planned_from: date | None = None
    planned_to: date | None = None
    files: int = 0
    standards: int = 0
    title: str = ""


@dataclass(frozen=True)
class MeasureFacts:
    """One countermeasure. before, after: (events, n), None while unknown; files: of evidence."""

    id: str
    title: str
    cause: str = ""
    state: str = "idea"
    override: str = ""
    how: str = ""
    place: str = ""
    responsible: str = ""
    planned: tuple[date | None, date | None] = (None, None)
    done: tuple[date | None, date | None] = (None, None)
    done_text: str = ""
    check_text: str = ""
    act_text: str = ""
    before: tuple[int | None, int | None] = (None, None)
    after: tuple[int | None, int | None] = (None, None)
    files: int = 0
    strength: str = ""

    @property
    def is_taken(self) -> bool:
        return self.state in ("taken", "doing", "done", "dropped")


@dataclass(frozen=True)
class Facts:
    """The whole project. voters: how many of the team vote; ballots: step → round → one mapping a member."""

    steps: Sequence[StepFacts] = ()
    voters: int = 0
    leaders: int = 0
    tutors: int = 0
    circle_name: str = ""
    circle_meaning: str = ""
    measured: str = ""
    direction: str = "down"
    unit: str = "%"
    measures: Sequence[MeasureFacts] = ()
    ballots: Mapping[str, Mapping[str, Sequence[Mapping[str, Mapping[str, int]]]]] = field(
        default_factory=dict
    )
    partners: int = 0
    starts_on: date | None = None
    ends_on: date | None = None

    def of(self, *contents: str) -> StepFacts | None:
        """The first step with one of these contents."""
        return next((step for step in self.steps if step.contents in contents), None)

    def content(self, *contents: str) -> Mapping[str, Any]:
        found = self.of(*contents)
        return found.content if found else {}

    def votes(self, step: StepFacts, moment: str = "") -> dict[str, rules.Sum]:
        """The sums of a step's votes by item id."""
        asked = CATALOGUE[step.contents].votes
        if asked is None:
            return {}
        items = (
            [one.id for one in self.measures] if asked.items == "measures" else self.ids(step, asked.items)
        )
        criteria = [code for code, _ in asked.criteria]
        return rules.sums(items, criteria, self.ballots.get(step.key, {}).get(moment, ()), max(asked.points))

    def ids(self, step: StepFacts, table: str) -> list[str]:
        """The ids of a table's rows that somebody has named."""
        return [one["id"] for one in rows(step.content, table) if one.get("name")]

    @cached_property
    def bars(self) -> list[rules.Bar]:
        """The defects before, from the greatest to the smallest."""
        return pareto(self.content("as_is"))

    @cached_property
    def before(self) -> tuple[int | None, int | None]:
        return whole(self.content("as_is").get("events")), whole(self.content("as_is").get("n"))

    @cached_property
    def after(self) -> tuple[int | None, int | None]:
        return whole(self.content("effect").get("events")), whole(self.content("effect").get("n"))

    @cached_property
    def values_before(self) -> list[Decimal]:
        return rules.numbers(self.content("as_is").get("values"))

    @cached_property
    def values_after(self) -> list[Decimal]:
        return rules.numbers(self.content("effect").get("values"))

    @cached_property
    def current(self) -> Decimal | None:
        """现况值: the share in per cent, or the mean of single values."""
        return _figure(self.before, self.values_before)

    @cached_property
    def focus(self) -> Decimal | None:
        return rules.focus(self.bars)

    @cached_property
    def ability(self) -> Decimal | None:
        """圈能力, 0 to 1: the members' points of the target step; else the ability criterion of the chosen theme."""
        step = self.of("target")
        own = rules.mean(self.votes(step).values()) if step else None
        if own is not None:
            return own / 5
        theme = self.of("theme_matrix")
        chosen = self.votes(theme).get(str(theme.content.get("chosen", ""))) if theme else None
        if chosen is None or not chosen.voters:
            return None
        return Decimal(chosen.by["ability"]) / chosen.voters / 5

    @cached_property
    def computed(self) -> Decimal | None:
        """The target by the formula."""
        ceiling = rules.dec(self.content("target").get("ceiling"))
        if ceiling is None and self.direction == rules.Direction.UP and self.unit != "%":
            return None  # without an ideal value nobody knows how much can be improved
        return rules.target(self.current, self.focus, self.ability, self.direction, ceiling)

    @cached_property
    def goal(self) -> Decimal | None:
        """The target that is worked for: the one that was set, else the computed one."""
        set_by_hand = rules.dec(self.content("target").get("set"))
        return self.computed if set_by_hand is None else set_by_hand

    @cached_property
    def result(self) -> Decimal | None:
        return _figure(self.after, self.values_after)

    @cached_property
    def change(self) -> rules.Change | None:
        return rules.compared(self.before, self.after) or rules.compared_values(
            self.values_before, self.values_after
        )

    @cached_property
    def verdict(self) -> str:
        return rules.verdict(self.change, self.direction)

    @cached_property
    def achievement(self) -> Decimal | None:
        return rules.achievement(self.current, self.result, self.goal)

    @cached_property
    def progress(self) -> Decimal | None:
        return rules.progress(self.current, self.result, self.direction)

    @cached_property
    def causes(self) -> dict[str, str]:
        """The true causes (or points of attack) that measures may answer: id → words."""
        step = self.of("causes", "task_gap")
        if step is None:
            return {}
        if step.contents == "task_gap":
            return {
                one["id"]: str(one.get("name", "")) for one in rows(step.content, "causes") if one.get("true")
            }
        names = {one["id"]: str(one.get("name", "")) for one in rows(step.content, "causes")}
        true = [str(one.get("cause", "")) for one in rows(step.content, "checks") if one.get("true")]
        return {key: names[key] for key in true if key in names}

    @property
    def taken(self) -> list[MeasureFacts]:
        return [one for one in self.measures if one.is_taken]


def _figure(counted: tuple[int | None, int | None], values: Sequence[Decimal]) -> Decimal | None:
    found = rules.percent(*counted)
    return sum(values, Decimal(0)) / len(values) if found is None and values else found


def pareto(content: Mapping[str, Any]) -> list[rules.Bar]:
    """The defects of a step's content as bars."""
    named = [one for one in rows(content, "items") if one.get("name") and whole(one.get("count")) is not None]
    return rules.vital_few(
        (str(one["name"]), whole(one["count"]) or 0, bool(one.get("vital"))) for one in named
    )


def whole(value: object) -> int | None:
    """A whole number as it was typed, or None."""
    return int(str(value)) if str(value if value is not None else "").strip().isdigit() else None
