"""Checks of the planning steps: team, theme, plan, as-is, target. No ORM.

Source: the ten steps of 品管圈 (domain/reference.md (i)); limits are parameters of the kind's file.
"""

from __future__ import annotations

from datetime import date

from zhikong.hospital.functions.improvements import rules_projects as rules
from zhikong.hospital.functions.improvements.rules_projects_checking import (
    Params,
    blank,
    check,
    lacking,
    unless,
    voted_enough,
)
from zhikong.hospital.functions.improvements.rules_projects_facts import Facts, StepFacts

PHASES = {"plan": "计划", "do": "实施", "check": "确认", "act": "处置"}
SHARES = {"plan": 30, "do": 40, "check": 20, "act": 10}


@check("team", "小组组成", "人太少做不了分工和评分，太多开不成会；没有负责人的事没人推。")
def team(facts: Facts, step: StepFacts, params: Params):
    low, high = int(params.get("min", 4)), int(params.get("max", 10))
    yield from unless(not low <= facts.voters <= high, f"成员应为 {low}–{high} 人，现在 {facts.voters} 人。")
    yield from unless(facts.leaders != 1, "应有且只有一名负责人（圈长）。")
    yield from unless(
        bool(params.get("tutor")) and facts.tutors == 0, "还没有辅导员：请请一位熟悉方法的人指导。"
    )


@check("circle", "圈名与含义", "圈名是团队自己起的，含义写得出来，成员才认同。")
def circle(facts: Facts, step: StepFacts, params: Params):
    yield from unless(blank(facts.circle_name), "还没有圈名。")
    yield from unless(blank(facts.circle_meaning), "还没有写圈名与圈徽的含义。")


@check("theme_votes", "主题评分", "由全体成员按同一把尺子评分，选出来的才是大家认可、做得到的主题。")
def theme_votes(facts: Facts, step: StepFacts, params: Params):
    yield from voted_enough(facts, step, params, label="备选主题")


@check("theme_chosen", "主题选定", "选分数最高的，或者说清楚为什么不选它；否则评分只是走过场。")
def theme_chosen(facts: Facts, step: StepFacts, params: Params):
    votes, chosen = facts.votes(step), str(step.content.get("chosen", ""))
    if chosen not in votes:
        return ["还没有选定主题。"]
    best = max(one.total for one in votes.values())
    lower = votes[chosen].total < best
    return unless(
        lower and blank(step.content.get("reason")),
        f"选定的主题得 {votes[chosen].total} 分，最高分是 {best} 分：请写明不选最高分的理由。",
    )


@check("theme_measured", "衡量指标", "没有定义清楚的指标，改善前后就没法比。")
def theme_measured(facts: Facts, step: StepFacts, params: Params):
    yield from unless(blank(facts.measured), "还没有写用什么指标衡量（在“基本信息”里填写）。")
    yield from unless(blank(step.content.get("definition")), "还没有写指标的定义（分子、分母）。")
    yield from unless(blank(step.content.get("background")), "还没有写选题的背景与理由。")


@check("plan_dates", "起止日期", "每一步都有日期，才看得出是否拖期。")
def plan_dates(facts: Facts, step: StepFacts, params: Params):
    bare = [one.title for one in facts.steps if one.planned_from is None or one.planned_to is None]
    if bare:
        return [f"还没有排日期：{'、'.join(bare)}。"]
    wrong = [
        later.title
        for earlier, later in zip(facts.steps, facts.steps[1:], strict=False)
        if later.planned_from < earlier.planned_from
    ]
    beyond = [
        one.title
        for one in facts.steps
        if (facts.starts_on and one.planned_from < facts.starts_on)
        or (facts.ends_on and one.planned_to > facts.ends_on)
    ]
    return [
        *unless(bool(wrong), f"开始得比前一步还早：{'、'.join(wrong)}。"),
        *unless(bool(beyond), f"超出项目起止日期：{'、'.join(beyond)}。"),
    ]


@check("plan_people", "每步负责人", "写到人，而不是写“全体圈员”。")
def plan_people(facts: Facts, step: StepFacts, params: Params):
    who = step.content.get("who") or {}
    bare = [one.title for one in facts.steps if blank(who.get(one.key))]
    return unless(bool(bare), f"还没有写负责人：{'、'.join(bare)}。")


@check(
    "plan_shares",
    "时间分配",
    "计划 30%、实施 40%、确认 20%、处置 10%：计划太长、确认太短，是品管圈做不出效果的常见原因。",
)
def plan_shares(facts: Facts, step: StepFacts, params: Params):
    dated = [(one.phase, one.planned_from, one.planned_to) for one in facts.steps]
    found = rules.shares_of_time(dated)
    if found is None:
        return ["日期排齐之后才能核对时间分配。"]
    off = [
        f"{PHASES[phase]} {found.get(phase, 0):.0f}%（通常 {usual}%）"
        for phase, usual in SHARES.items()
        if abs(found.get(phase, 0) - usual) > 10
    ]
    return unless(bool(off) and blank(step.content.get("share_reason")), f"{'、'.join(off)}：请写明原因。")


@check("as_is_flow", "现行流程", "先画出现在怎么做，才知道在哪一步出错。")
def as_is_flow(facts: Facts, step: StepFacts, params: Params):
    lines = [line for line in str(step.content.get("flow") or "").splitlines() if line.strip()]
    return unless(len(lines) < 3 and step.files == 0, "现行流程至少写三步，或上传流程图。")


@check("as_is_sheet", "查检表", "谁、何时、在哪里、怎么看、看了多少：缺一样，数据就不能复核。")
def as_is_sheet(facts: Facts, step: StepFacts, params: Params):
    need = (
        ("method", "查检方法"),
        ("place", "地点"),
        ("checker", "查检人"),
        ("from", "开始日期"),
        ("to", "结束日期"),
    )
    bare = lacking(step.content, need)
    yield from unless(bool(bare), f"查检表还缺：{'、'.join(bare)}。")
    start, end = (day(step.content.get(key)) for key in ("from", "to"))
    yield from unless(bool(start and end and end < start), "查检的结束日期早于开始日期。")


@check("as_is_data", "现况数据", "现况值是目标和效果的起点；例数太少，起点本身就不可靠。")
def as_is_data(facts: Facts, step: StepFacts, params: Params):
    events, n = facts.before
    if facts.values_before:
        events, n = 0, len(facts.values_before)
    if events is None or not n:
        return ["还没有填查检总数和例数（平均值类指标填逐例数值）。"]
    if events > n:
        return [f"例数 {events} 大于总数 {n}。"]
    least = int(params.get("least", 30))
    return unless(
        n < least and blank(step.content.get("few_reason")),
        f"只查了 {n} 例，不足 {least} 例：请补查或写明原因。",
    )


@check("as_is_vital", "改善重点", "抓住少数关键的几项（约占八成），力气才不分散。")
def as_is_vital(facts: Facts, step: StepFacts, params: Params):
    if facts.focus is None:
        return ["缺陷分项还没有例数，画不出柏拉图。"]
    low = facts.focus < rules.VITAL and blank(step.content.get("vital_reason"))
    return unless(low, f"选中的改善重点只占 {facts.focus * 100:.1f}%，不到 80%：请补选或写明理由。")


@check(
    "target_formula", "目标值的计算", "目标由现况、改善重点和圈能力算出来，不是拍脑袋；不按公式就要有依据。"
)
def target_formula(facts: Facts, step: StepFacts, params: Params):
    if facts.computed is None:
        known = (("现况值", facts.current), ("改善重点", facts.focus), ("圈能力", facts.ability))
        bare = [name for name, value in known if value is None] or ["理想值"]
        return [f"还算不出目标值，缺：{'、'.join(bare)}。"]
    set_by_hand = rules.dec(step.content.get("set"))
    differs = set_by_hand is not None and abs(set_by_hand - facts.computed) > rules.dec(
        params.get("within", "0.05")
    )
    return unless(
        differs and len(str(step.content.get("deviation") or "").strip()) < 5,
        f"采用的目标值 {set_by_hand} 与公式算出的 {facts.computed:.2f} 不同：请写明理由。",
    )


@check("target_direction", "目标的方向", "目标必须比现况好。")
def target_direction(facts: Facts, step: StepFacts, params: Params):
    goal, current = facts.goal, facts.current
    if goal is None or current is None:
        return ["现况值或目标值还不知道。"]
    better = goal < current if facts.direction == "down" else goal > current
    return unless(not better, f"目标值 {goal:.2f} 并不比现况值 {current:.2f} 好。")


@check("target_why", "目标设定说明", "别人要能看懂这个目标为什么合适。")
def target_why(facts: Facts, step: StepFacts, params: Params):
    return unless(blank(step.content.get("why")), "还没有写目标设定说明。")


@check("target_set", "目标值", "没有量化的目标，最后就无法判断成败。")
def target_set(facts: Facts, step: StepFacts, params: Params):
    yield from unless(facts.goal is None, "还没有目标值。")
    yield from unless(blank(step.content.get("why")), "还没有写目标设定的依据。")
    if facts.goal is not None:
        yield from target_direction(facts, step, params)


@check("partners", "多部门参与", "多因素、多环节的问题，一个科室解决不了。")
def partners(facts: Facts, step: StepFacts, params: Params):
    need = int(params.get("partners", 1))
    return unless(
        facts.partners < need, f"至少要有 {need} 个协作科室，现在 {facts.partners} 个（在“基本信息”里添加）。"
    )


def day(value: object) -> date | None:
    """A date as it was stored, or None."""
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
