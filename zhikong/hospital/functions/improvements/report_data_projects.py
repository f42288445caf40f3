"""What the one-page report (A3) of a project says, block by block; Word and PDF lay out the same words."""

from __future__ import annotations

from dataclasses import dataclass, field

from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.improvements import rules_projects as rules
from zhikong.hospital.functions.improvements.models.projects import Project
from zhikong.hospital.functions.improvements.pictures_projects import PICTURES
from zhikong.hospital.functions.improvements.queries.projects import kinds, reading
from zhikong.hospital.functions.improvements.rules_projects_contents import rows
from zhikong.hospital.functions.improvements.rules_projects_facts import Facts

MOST = 260  # characters of a block's text on one page


@dataclass(frozen=True)
class Block:
    """One part of the page: lines of text, names of pictures that stand side by side, a table."""

    title: str
    lines: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = field(default=())


def number(value, unit: str = "", digits: int = 1) -> str:
    """A number with its unit, or a dash."""
    return "—" if value is None else f"{value:.{digits}f}{unit}"


def figures(project: Project, known: Facts) -> list[tuple[str, str]]:
    """The five figures of a project in words."""
    unit = project.unit
    return [
        ("现况值", number(known.current, unit)), ("目标值", number(known.goal, unit)), ("改善后", number(known.result, unit)),
        ("达成率", number(known.achievement, "%")), ("进步率", number(known.progress, "%")),
    ]  # fmt: skip


def target_words(project: Project, known: Facts) -> str:
    """The target's formula with its numbers."""
    if known.computed is None or known.focus is None or known.ability is None or known.current is None:
        return f"目标值 {number(known.goal, project.unit)}" if known.goal is not None else ""
    current, focus, ability = (f"{one:.2f}" for one in (known.current, known.focus, known.ability))
    if known.direction == "up":
        text = f"目标值 = 现况值 + (理想值 − 现况值) × 改善重点 × 圈能力，其中现况值 {current}、改善重点 {focus}、圈能力 {ability}"
    else:
        text = f"目标值 = 现况值 − 现况值 × 改善重点 × 圈能力 = {current} − {current} × {focus} × {ability}"
    text += f" = {known.computed:.2f}{project.unit}"
    if known.goal != known.computed:
        reason = str(known.content("target").get("deviation") or "")
        text += f"；采用 {number(known.goal, project.unit, 2)}（{reason}）"
    return text + "。"


def effect_words(project: Project, known: Facts) -> str:
    """The effect with intervals, as a sentence."""
    change = known.change
    if change is None:
        return "改善前或改善后的数据不全，效果不能判断。"
    sides = [
        f"{word} {side.value:.1f}{project.unit}（95% 区间 {side.low:.1f}～{side.high:.1f}，n={side.n:.0f}）"
        for word, side in (("改善前", change.before), ("改善后", change.after))
    ]
    rates = f"达成率 {number(known.achievement, '%')}，进步率 {number(known.progress, '%')}"
    return f"{'；'.join(sides)}；差别 {change.change:.1f}（{change.low:.1f}～{change.high:.1f}）。{rules.VERDICTS[known.verdict]}{rates}。"


def blocks(project: Project, known: Facts) -> tuple[list[Block], list[Block]]:
    """The left and the right column of the page."""
    left = [
        _background(project, known),
        _as_is(project, known),
        _target(project, known),
        _causes(project, known),
    ]
    right = [_measures(project, known), _effect(project, known), _hold(project, known)]
    return left, right


def head(project: Project) -> list[tuple[str, str]]:
    kind = kinds.kind_of(project)
    return [
        ("编号", project.number), ("类型", kind.short if kind else project.kind_id), ("科室", project.department_name),
        ("圈名", project.circle_name or "—"), ("负责人", str(project.leader or "—")),
        ("起止", f"{project.starts_on} 至 {project.ends_on}"), ("状态", project.get_state_display()),
    ]  # fmt: skip


def hospital() -> str:
    return institution().name


def _cut(text: object, most: int = MOST) -> str:
    words = " ".join(str(text or "").split())
    return words if len(words) <= most else words[: most - 1] + "…"


def _background(project: Project, known: Facts) -> Block:
    contents = [one.content for one in known.steps]
    said = [one.get("background") or one.get("question") or one.get("summary") for one in contents]
    text = next((one for one in said if one), project.why)
    lines = [_cut(text)] if text else []
    definition = next((one.get("definition") for one in contents if one.get("definition")), "")
    if definition:
        lines.append(f"指标：{_cut(definition, 140)}")
    return Block("1 背景与问题", tuple(lines))


def _drawn(project: Project, known: Facts, *names: str) -> tuple[str, ...]:
    """Those of some pictures that can be drawn."""
    return tuple(name for name in names if PICTURES[name](project, known) is not None)


def _as_is(project: Project, known: Facts) -> Block:
    found = known.content("as_is")
    where = "，".join(str(found.get(key)) for key in ("place", "method") if found.get(key))
    period = f"{found.get('from') or '—'} 至 {found.get('to') or '—'}"
    vital = "、".join(bar.name for bar in known.bars if bar.vital)
    lines = [f"查检 {period}：{_cut(where, 120)}"] if found else []
    if known.current is not None:
        lines.append(
            f"现况值 {number(known.current, project.unit)}" + (f"；改善重点：{vital}" if vital else "") + "。"
        )
    return Block("2 现状", tuple(lines), _drawn(project, known, "pareto"))


def _target(project: Project, known: Facts) -> Block:
    why = known.content("target").get("why")
    return Block("3 目标", tuple(filter(None, (target_words(project, known), _cut(why, 140)))))


def _causes(project: Project, known: Facts) -> Block:
    step = known.of("causes")
    checks = rows(step.content, "checks") if step else []
    lines = tuple(
        (
            known.causes.get(str(one.get("cause")), ""),
            _cut(one.get("how"), 40),
            f"{one.get('hits')}/{one.get('n')}",
        )
        for one in checks
        if one.get("true")
    )
    return Block(
        "4 原因（真因验证）",
        (),
        _drawn(project, known, "fishbone"),
        ("真因", "验证方法", "例数/查检数"),
        lines,
    )


def _measures(project: Project, known: Facts) -> Block:
    found = tuple(
        (
            one["row"].title, one["cause"] or "—", one["row"].responsible.name if one["row"].responsible else "—",
            str(one["row"].done_to or one["row"].planned_to or "—"), one["after"] or one["row"].get_state_display(),
        )
        for one in reading.measures(project, known)
        if one["row"].state not in ("idea", "left")
    )  # fmt: skip
    return Block(
        "5 对策与实施",
        (),
        _drawn(project, known, "gantt"),
        ("对策", "真因", "负责人", "完成", "实施后"),
        found,
    )


def _effect(project: Project, known: Facts) -> Block:
    content = known.content("effect")
    lines = [effect_words(project, known)] if known.change or content else ["尚未到效果确认。"]
    if side := content.get("side"):
        lines.append(f"副作用：{_cut(side, 120)}")
    if tangible := content.get("tangible"):
        lines.append(f"有形成果：{_cut(tangible, 120)}")
    return Block("6 效果", tuple(lines), _drawn(project, known, "before_after", "radar"))


def _hold(project: Project, known: Facts) -> Block:
    standard, review = known.content("standard"), known.content("review")
    lines = []
    if standard.get("name"):
        lines.append(
            f"标准书：{standard.get('name')}（{standard.get('code') or '无编号'}），自 {standard.get('from') or '—'} 执行；"
            f"适用：{_cut(standard.get('scope'), 80)}"
        )
    for label, key in (("遗留问题", "left"), ("下一期主题", "next"), ("效果跟踪到", "watch_until")):
        if review.get(key):
            lines.append(f"{label}：{_cut(review.get(key), 120)}")
    if project.judgement:
        lines.append(f"评审：{project.get_success_display()}。{_cut(project.judgement, 120)}")
    return Block("7 标准化与下一步", tuple(lines) or ("尚未标准化。",))
