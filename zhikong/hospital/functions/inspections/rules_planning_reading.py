"""A programme's text -> a ProgrammeDefinition, or what is wrong with it, by line. Nothing is raised for bad content."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import located
from zhikong.engine.definitions.problems import Problem, suggestion
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

MARKS = ("verified", "paraphrased", "memory")
OF = ("patient", "record", "place", "person")
FIX = "请对照 packs/national/inspection_programmes 里其他计划的写法。"
NEEDED = {
    "id": str, "version": int, "kind": str, "title": dict, "purpose": str, "source": dict, "owner": str, "checker": str,
    "next_review": date, "says": str, "when": dict, "who": dict,
}  # fmt: skip
KNOWN = {
    *NEEDED, "forms", "forms_for", "themes", "window", "where", "notice", "night", "sample", "stops", "path", "report",
    "duty", "permanent", "examples",
}  # fmt: skip
WAYS = ("every", "before_holiday", "surprise", "days", "on_demand")
MONTHS = tuple(str(n) for n in range(1, 13))
DEPARTMENT_KINDS = ("clinical", "medtech", "functional", "ward")


def parse(text: str, *, file: Path) -> ProgrammeDefinition | list[Problem]:
    """Read one programme."""
    found = located.read_text(text, file=file)
    if isinstance(found, Problem):
        return [found]
    data = found.data
    if not isinstance(data, dict):
        return [found.problem((), "文件应是“键: 值”。", FIX)]
    problems = list(_heads(found, data)) or [*_whens(found, data), *_whos(found, data), *_rest(found, data)]
    return problems or _build(data)


def _heads(found, data: dict[str, Any]) -> Iterator[Problem]:
    for name, kind in NEEDED.items():
        if not isinstance(data.get(name), kind):
            yield found.problem((name,), f"缺少 {name}，或它的写法不对。", FIX)
    for name in data:
        if name not in KNOWN:
            yield found.problem((name,), f"没有 {name} 这一项。", suggestion(str(name), KNOWN))
    source, title = data.get("source"), data.get("title")
    if isinstance(source, dict) and (source.get("mark") not in MARKS or not source.get("document")):
        yield found.problem(("source",), "来源要写 document 和 mark（verified、paraphrased、memory）。", FIX)
    if isinstance(title, dict) and not title.get("zh"):
        yield found.problem(("title",), "title 要有 zh。", FIX)
    for name in ("owner", "checker"):
        if isinstance(data.get(name), str) and data[name] not in ROLES:
            yield found.problem((name,), f"没有角色 {data[name]}。", suggestion(data[name], ROLES))
    yield from _one_of(found, ("kind",), data.get("kind"), list(Kind))
    yield from _one_of(found, ("notice",), data.get("notice", "announced"), list(Notice))


def _one_of(found, where: tuple, value: Any, allowed) -> Iterator[Problem]:
    words = [str(one) for one in allowed]
    if value not in words:
        yield found.problem(where, f"{value!r} 不在允许的范围里。", suggestion(str(value), words))


def _whens(found, data: dict[str, Any]) -> Iterator[Problem]:
    when = data["when"]
    ways = [way for way in WAYS if way in when]
    if len(ways) != 1 or set(when) - {*WAYS, "weekday", "working_day"}:
        yield found.problem(
            ("when",), f"when 要写且只写一种：{'、'.join(WAYS)}（every 可带 weekday 或 working_day）。", FIX
        )
        return
    way, value = ways[0], when[ways[0]]
    if way == "every":
        yield from _one_of(found, ("when", "every"), value, EVERY)
        day = when.get("weekday", 1)
        if not isinstance(day, int) or not 1 <= day <= 7 or not isinstance(when.get("working_day", 1), int):
            yield found.problem(("when",), "weekday 是 1 到 7，working_day 是整数（负数从期末数起）。", FIX)
        elif when.get("working_day", 1) == 0:
            yield found.problem(
                ("when", "working_day"), "working_day 不能是 0。", "第一个工作日写 1，最后一个写 -1。"
            )
    elif way == "days":
        if not isinstance(value, list) or not all(re.fullmatch(r"\d{2}-\d{2}", str(one)) for one in value):
            yield found.problem(("when", "days"), "days 是 MM-DD 的列表。", '例如 days: ["04-05"]。')
    elif way != "on_demand" and (not isinstance(value, int) or not 1 <= value <= 20):
        yield found.problem(("when", way), f"{way} 应是 1 到 20 的整数。", FIX)


def _whos(found, data: dict[str, Any]) -> Iterator[Problem]:
    who = data["who"]
    yield from _one_of(found, ("who", "pool"), who.get("pool"), POOLS)
    for index, role in enumerate(who.get("roles", [])):
        if role not in ROLES:
            yield found.problem(("who", "roles", index), f"没有角色 {role}。", suggestion(str(role), ROLES))
    each, months = who.get("each", 1), who.get("months_apart", 12)
    if not who.get("roles") or not isinstance(each, int) or not 1 <= each <= 6 or not isinstance(months, int):
        yield found.problem(("who",), "who 要写 pool、roles，each 是 1 到 6，months_apart 是月数。", FIX)


def _rest(found, data: dict[str, Any]) -> Iterator[Problem]:
    if not (
        data.get("forms")
        or data.get("forms_for")
        or data.get("themes")
        or data.get("stops")
        or data.get("path")
    ):
        yield found.problem((), "没有写用什么检查：forms、forms_for、themes、stops 或 path 至少一种。", FIX)
    for index, kind in enumerate(data.get("where", {}).get("kinds", [])):
        yield from _one_of(found, ("where", "kinds", index), kind, DEPARTMENT_KINDS)
    for index, one in enumerate(data.get("sample", [])):
        yield from _one_of(found, ("sample", index, "of"), one.get("of"), OF)
        yield from _one_of(found, ("sample", index, "method"), one.get("method", "random"), METHODS)
        if not isinstance(one.get("n", 3), int) or not 1 <= one.get("n", 3) <= 50:
            yield found.problem(("sample", index, "n"), "n 应是 1 到 50。", FIX)
    for index, one in enumerate(data.get("stops", [])):
        if not one.get("title") or not isinstance(one.get("ask"), list) or not one["ask"]:
            yield found.problem(("stops", index), "每个追踪点要有 title 和至少一条 ask。", FIX)
    if isinstance(themes := data.get("themes", {}), dict):
        for month, one in themes.items():
            if str(month) not in MONTHS or not one.get("title") or not one.get("forms"):
                yield found.problem(("themes", month), "主题按月份 1 到 12，各有 title 和 forms。", FIX)
    for index, one in enumerate(data.get("examples", [])):
        if not all(isinstance(one.get(name), date) for name in ("from", "to")) or not isinstance(
            one.get("days"), list
        ):
            yield found.problem(("examples", index), "例子要有 from、to 和 days。", FIX)


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
