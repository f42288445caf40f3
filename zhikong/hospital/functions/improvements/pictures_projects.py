"""The pictures of a project, drawn from what its steps say; equal figures give equal pictures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.utils import timezone

from zhikong.hospital.functions.improvements import rules_projects as rules
from zhikong.hospital.functions.improvements.models.projects import Project
from zhikong.hospital.functions.improvements.rules_projects_contents import rows
from zhikong.hospital.functions.improvements.rules_projects_facts import Facts, pareto
from zhikong.web.charts.fishbone import Bone, Cause, fishbone_svg
from zhikong.web.charts.gantt import GanttData, GanttRow, gantt_svg
from zhikong.web.charts.pareto_line import Columns, ParetoLineData, pareto_columns
from zhikong.web.charts.radar import RadarData, radar_svg
from zhikong.web.charts.stratified import BeforeAfterData, before_after_chart

Picture = dict | str


def gantt(project: Project, facts: Facts, theme: str = "light") -> Picture | None:
    """Planned and actual dates of the steps; None until one is planned."""
    done = {
        one.key: (one.started_at, one.finished_at)
        for one in project.steps.all()
    }  # fmt: skip
    who = facts.content("plan_gantt").get("who") or {}
    planned = [one for one in facts.steps if one.planned_from and one.planned_to]
    if not planned:
        return None
    found = tuple(
        GanttRow(
            one.title, one.planned_from, one.planned_to, _local(done[one.key][0]), _local(done[one.key][1]),
            str(who.get(one.key, "")),
        )
        for one in planned
    )  # fmt: skip
    title, subtitle = f"活动计划：{project.title}", f"{project.starts_on} 至 {project.ends_on}"
    return gantt_svg(GanttData(title, subtitle, found, timezone.localdate()), theme=theme)


def _local(moment) -> date | None:
    return timezone.localdate(moment) if moment else None


def pareto_picture(project: Project, facts: Facts, theme: str = "light") -> Picture | None:
    """Defects before and, once they are known, after."""
    before, after = facts.bars, pareto(facts.content("effect"))
    if not before:
        return None
    charts = [_columns("改善前" if after else "", before), *([_columns("改善后", after)] if after else [])]
    low = facts.content("as_is")
    subtitle = f"查检 {low.get('from') or '—'} 至 {low.get('to') or '—'}，n={facts.before[1] if facts.before[1] else '—'}"
    data = ParetoLineData(f"柏拉图：{facts.measured or project.title}", subtitle, "例数", charts)
    return pareto_columns(data, theme=theme)


def _columns(name: str, bars: list[rules.Bar]) -> Columns:
    return Columns(
        name, [bar.name for bar in bars], [bar.count for bar in bars],
        [round(float(bar.cumulated * 100), 1) for bar in bars], [bar.vital for bar in bars],
    )  # fmt: skip


def fishbone(project: Project, facts: Facts, theme: str = "light") -> Picture | None:
    """Causes by bone, chief and true ones marked."""
    step = facts.of("causes")
    named = [one for one in rows(step.content, "causes") if one.get("name")] if step else []
    if step is None or not named:
        return None
    bones: dict[str, dict[str, list[Cause]]] = {}
    for one in named:
        mark = "true" if one["id"] in facts.causes else "chief" if one.get("chief") else ""
        middle = str(one.get("middle") or "")
        bones.setdefault(str(one.get("bone") or "其他"), {}).setdefault(middle, []).append(
            Cause(str(one["name"]), mark)
        )
    found = [Bone(bone, _hung(causes)) for bone, causes in bones.items()]
    return fishbone_svg(str(step.content.get("effect") or project.title), found, theme=theme)


def _hung(causes: dict[str, list[Cause]]) -> tuple[Cause, ...]:
    """Marked causes stand for themselves; the others may stand as words below their middle cause."""
    found: list[Cause] = []
    for middle, small in causes.items():
        marked = [one for one in small if one.mark]
        plain = [one for one in small if not one.mark]
        if middle and plain:
            found.append(Cause(middle, "", tuple(one.text for one in plain)))
        else:
            found += plain
        found += marked
    return tuple(found)


def radar(project: Project, facts: Facts, theme: str = "light") -> Picture | None:
    """Mean points of the members before and after; None until both are known."""
    step = facts.of("effect")
    named = [one for one in rows(step.content, "abilities") if one.get("name")] if step else []
    if step is None or len(named) < 3:
        return None
    before, after = (facts.votes(step, moment) for moment in ("before", "after"))
    if not all(votes[one["id"]].voters for votes in (before, after) for one in named):
        return None
    means = [[_mean(votes[one["id"]]) for one in named] for votes in (before, after)]
    voters = min(votes[one["id"]].voters for votes in (before, after) for one in named)
    subtitle = f"{voters} 名成员评分的平均值（1–5 分）"
    return radar_svg(RadarData("无形成果", subtitle, [one["name"] for one in named], *means), theme=theme)


def _mean(found: rules.Sum) -> float:
    return found.total / found.voters / len(found.by)


def before_after(project: Project, facts: Facts, theme: str = "light") -> Picture | None:
    """The measured value before and after with intervals, and the target."""
    change = facts.change
    if change is None:
        return None
    periods = tuple(
        (f"{word}\n{_period(content)}", side.value, side.low, side.high)
        for word, side, content in (
            ("改善前", change.before, facts.content("as_is")), ("改善后", change.after, facts.content("effect")),
        )
    )  # fmt: skip
    goal = round(float(facts.goal), 2) if isinstance(facts.goal, Decimal) else None
    axis = f"{facts.measured or project.title}（{facts.unit}）"
    data = BeforeAfterData("改善前后对比", rules.VERDICTS[facts.verdict], axis, periods, goal)
    return before_after_chart(data, theme=theme)


def _period(content) -> str:
    return f"{content.get('from') or ''}～{content.get('to') or ''}".strip("～")


PICTURES: dict[str, Callable[..., Picture | None]] = {
    "gantt": gantt,
    "pareto": pareto_picture,
    "fishbone": fishbone,
    "radar": radar,
    "before_after": before_after,
}
OF_CONTENTS = {
    "plan_gantt": ("gantt",),
    "as_is": ("pareto",),
    "causes": ("fishbone",),
    "effect": ("before_after", "pareto", "radar"),
}
WORDS = {
    "gantt": "甘特图", "pareto": "柏拉图", "fishbone": "要因图", "radar": "雷达图", "before_after": "改善前后对比图",
}  # fmt: skip
