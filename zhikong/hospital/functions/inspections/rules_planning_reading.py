"""A programme's text -> a ProgrammeDefinition, or what is wrong with it, by line. Nothing is raised for bad content."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import located, shapes
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.access.roles import ROLES
from zhikong.hospital.functions.inspections.rules_planning import Kind, Notice
from zhikong.hospital.functions.inspections.rules_planning_programmes import (
    EVERY,
    POOLS,
    FormFor,
    ProgrammeDefinition,
    When,
    Where,
    Who,
)
from zhikong.hospital.functions.inspections.rules_planning_visits import METHODS, SampleRule, StopPlan

OF = ("patient", "record", "place", "person")
FIX = "请对照 packs/national/inspection_programmes 里其他计划的写法。"
WAYS = ("every", "before_holiday", "surprise", "days", "on_demand")
DEPARTMENT_KINDS = ("clinical", "medtech", "functional", "ward")
_texts = shapes.list_of(shapes.text)
_some = shapes.list_of(shapes.text, least=1)
_role = shapes.one_of(*ROLES)
_few = shapes.whole(1, 20)
_when_shape = shapes.Record(
    {},
    {
        "every": shapes.one_of(*EVERY), "weekday": shapes.whole(1, 7), "working_day": shapes.whole(-250, 250),
        "before_holiday": _few, "surprise": _few, "on_demand": shapes.flag,
        "days": shapes.list_of(shapes.matching(r"\d{2}-\d{2}", " MM-DD，例如 04-05"), least=1),
    },
)  # fmt: skip
_who_shape = shapes.Record(
    {"pool": shapes.one_of(*POOLS), "roles": shapes.list_of(_role, least=1)},
    {"each": shapes.whole(1, 6), "months_apart": shapes.whole(0, 120), "says": shapes.words},
)
_where_shape = shapes.Record(
    {},
    {
        "kinds": shapes.list_of(shapes.one_of(*DEPARTMENT_KINDS), least=1), "words": _texts, "key_only": shapes.flag,
        "at_once": shapes.whole(0, 1000),
    },
)  # fmt: skip
_sample_shape = shapes.Record(
    {"of": shapes.one_of(*OF)},
    {
        "n": shapes.whole(1, 50), "method": shapes.one_of(*METHODS), "by": shapes.words, "only": shapes.words, "form": shapes.words,
    },
)  # fmt: skip
_stop_shape = shapes.Record({"title": shapes.text, "ask": _some}, {"at": _texts, "form": shapes.text})
_example_shape = shapes.Record(
    {"from": shapes.day, "to": shapes.day, "days": shapes.list_of(shapes.day)}, open=True
)
SHAPE = shapes.Record(
    {
        **shapes.HEAD, "kind": shapes.one_of(*Kind), "owner": _role, "checker": _role, "purpose": shapes.text,
        "says": shapes.text, "when": _when_shape, "who": _who_shape,
    },
    {
        "forms": _texts, "forms_for": shapes.list_of(shapes.Record({"words": _some, "form": shapes.text})),
        "themes": shapes.map_of(
            shapes.Record({"title": shapes.text, "forms": _some}),
            keys=shapes.either(shapes.whole(1, 12), shapes.matching("[1-9]|1[0-2]", "月份 1 到 12")),
        ),
        "window": shapes.whole(0, 366), "where": _where_shape, "notice": shapes.one_of(*Notice), "night": shapes.flag,
        "sample": shapes.list_of(_sample_shape), "stops": shapes.list_of(_stop_shape), "path": shapes.flag,
        "report": shapes.flag, "duty": shapes.words, "permanent": shapes.flag,
        "examples": shapes.list_of(_example_shape),
    },
)  # fmt: skip


def parse(text: str, *, file: Path) -> ProgrammeDefinition | list[Problem]:
    """Read one programme."""
    found = located.read_text(text, file=file)
    if isinstance(found, Problem):
        return [found]
    if problems := shapes.problems(found, SHAPE, FIX):
        return problems
    return [*_whens(found, found.data["when"]), *_means(found, found.data)] or _build(found.data)


def _whens(found, when: dict[str, Any]) -> Iterator[Problem]:
    if len([way for way in WAYS if way in when]) != 1:
        yield found.problem(
            ("when",), f"when 要写且只写一种：{'、'.join(WAYS)}（every 可带 weekday 或 working_day）。", FIX
        )
    if when.get("working_day", 1) == 0:
        yield found.problem(
            ("when", "working_day"), "working_day 不能是 0。", "第一个工作日写 1，最后一个写 -1。"
        )


def _means(found, data: dict[str, Any]) -> Iterator[Problem]:
    if not any(data.get(name) for name in ("forms", "forms_for", "themes", "stops", "path")):
        yield found.problem((), "没有写用什么检查：forms、forms_for、themes、stops 或 path 至少一种。", FIX)


def _build(data: dict[str, Any]) -> ProgrammeDefinition:
    source, when, who, where = data["source"], data["when"], data["who"], data.get("where", {})
    return ProgrammeDefinition(
        id=data["id"],
        version=data["version"],
        kind=Kind(data["kind"]),
        title=data["title"]["zh"],
        titles=dict(data["title"]),
        purpose=data["purpose"],
        document=source["document"],
        clause=str(source.get("clause", "")),
        mark=source["mark"],
        owner=data["owner"],
        checker=data["checker"],
        next_review=data["next_review"],
        says=data["says"],
        forms=tuple(data.get("forms", ())),
        forms_for=tuple(FormFor(tuple(one["words"]), one["form"]) for one in data.get("forms_for", ())),
        themes={int(m): (one["title"], tuple(one["forms"])) for m, one in data.get("themes", {}).items()},
        when=_when(when),
        window=data.get("window", 5),
        who=Who(
            who["pool"],
            tuple(who["roles"]),
            who.get("each", 1),
            who.get("months_apart", 12),
            who.get("says", ""),
        ),
        where=Where(
            tuple(where.get("kinds", ("clinical",))),
            tuple(where.get("words", ())),
            where.get("key_only", False),
            where.get("at_once", 0),
        ),
        notice=Notice(data.get("notice", "announced")),
        night=data.get("night", False),
        sample=tuple(SampleRule.from_data(one) for one in data.get("sample", ())),
        stops=tuple(_stop(one) for one in data.get("stops", ())),
        path=data.get("path", False),
        report=data.get("report", False),
        duty=data.get("duty", ""),
        permanent=data.get("permanent", True),
        examples=tuple(data.get("examples", ())),
    )


def _when(data: dict[str, Any]) -> When:
    return When(
        every=data.get("every", ""),
        weekday=data.get("weekday", 0),
        working_day=data.get("working_day", 1),
        before_holiday=data.get("before_holiday", 0),
        surprise=data.get("surprise", 0),
        days=tuple(str(one) for one in data.get("days", ())),
    )


def _stop(data: dict[str, Any]) -> StopPlan:
    return StopPlan(
        title=data["title"],
        questions=tuple(data["ask"]),
        form_id=data.get("form", ""),
        words=tuple(data.get("at", ())),
    )
