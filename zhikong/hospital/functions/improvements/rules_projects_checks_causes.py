"""Checks of the causes and of the measures that answer them. No ORM.

Source: steps 5 and 6 of 品管圈 (domain/reference.md (i)); limits are parameters of the kind's file.
"""

from __future__ import annotations

from zhikong.hospital.functions.improvements import rules_projects as rules
from zhikong.hospital.functions.improvements.rules_projects_checking import (
    Params,
    blank,
    check,
    lacking,
    unless,
    voted_enough,
)
from zhikong.hospital.functions.improvements.rules_projects_contents import rows
from zhikong.hospital.functions.improvements.rules_projects_facts import Facts, StepFacts, whole


@check("causes_fishbone", "原因分析", "只想到一两个方面，真正的原因往往漏掉。")
def causes_fishbone(facts: Facts, step: StepFacts, params: Params):
    named = [one for one in rows(step.content, "causes") if not blank(one.get("name"))]
    bones = {str(one.get("bone", "")).strip() for one in named} - {""}
    need, least = int(params.get("bones", 4)), int(params.get("causes", 10))
    yield from unless(len(bones) < need, f"至少从 {need} 个方面找原因，现在 {len(bones)} 个。")
    yield from unless(len(named) < least, f"至少列出 {least} 个小原因，现在 {len(named)} 个。")


@check("causes_chief", "要因圈选", "由成员投票，圈选得分最高的几项。")
def causes_chief(facts: Facts, step: StepFacts, params: Params):
    chief = {one["id"] for one in rows(step.content, "causes") if one.get("chief")}
    yield from voted_enough(facts, step, params, label="原因")
    if not chief:
        yield "还没有圈选要因。"
        return
    votes = facts.votes(step)
    low = min((votes[key].total for key in chief if key in votes), default=0)
    high = max((one.total for key, one in votes.items() if key not in chief), default=0)
    skipped = high > low and blank(step.content.get("chief_reason"))
    yield from unless(skipped, f"有得 {high} 分的原因没有圈选，圈选的却有只得 {low} 分的：请调整或写明理由。")


@check("causes_true", "真因验证", "投票只能说明大家怎么想；真因要到现场用数据证明。")
def causes_true(facts: Facts, step: StepFacts, params: Params):
    chief = {one["id"]: str(one.get("name")) for one in rows(step.content, "causes") if one.get("chief")}
    done = {str(one.get("cause", "")): one for one in rows(step.content, "checks")}
    bare = [name for key, name in chief.items() if key not in done]
    yield from unless(bool(bare), f"这些要因还没有验证：{'、'.join(bare)}。")
    for key, one in done.items():
        yield from _verified(chief.get(key, "（不是要因）"), one, int(params.get("verify", 10)))
    yield from unless(not any(one.get("true") for one in done.values()), "还没有判定真因。")
    yield from _consistent(step, done)


def _verified(name: str, one, least: int):
    n, hits = whole(one.get("n")), whole(one.get("hits"))
    bare = lacking(one, (("how", "验证方法"), ("where", "地点和期间"), ("who", "查检人")))
    yield from unless(bool(bare), f"“{name}”的验证还缺：{'、'.join(bare)}。")
    if n is None or hits is None or n == 0:
        yield f"“{name}”没有查检数和例数：真因必须有数据。"
    elif hits > n:
        yield f"“{name}”的例数 {hits} 大于查检数 {n}。"
    elif one.get("true") and n < least:
        yield f"“{name}”只查了 {n} 例，不足 {least} 例，不能判为真因。"
    elif one.get("true") and hits == 0:
        yield f"“{name}”查了 {n} 例，没有一例由它造成，不能判为真因。"


def _consistent(step: StepFacts, done) -> list[str]:
    """A cause with a smaller share must not be true while one with a greater share is not."""
    shares = {
        key: (whole(one.get("hits")) or 0) / n for key, one in done.items() if (n := whole(one.get("n")))
    }
    true = [shares[key] for key, one in done.items() if one.get("true") and key in shares]
    left = [shares[key] for key, one in done.items() if not one.get("true") and key in shares]
    crossed = bool(true and left and min(true) < max(left))
    return unless(
        crossed and blank(step.content.get("verify_reason")),
        "占比较低的判为真因、占比较高的没有判：请写明理由。",
    )


@check("causes_root", "根本原因", "停在“人不认真”上，换个人还会再犯；要问到制度、流程和环境。")
def causes_root(facts: Facts, step: StepFacts, params: Params):
    causes = rows(step.content, "causes")
    yield from unless(not facts.causes, "还没有确定根本原因。")
    people = [one for one in causes if str(one.get("bone", "")).strip() in ("人", "人员")]
    only = bool(causes) and len(people) == len([one for one in causes if not blank(one.get("name"))])
    yield from unless(only, "列出的原因全在“人”上：请再问制度、流程、设备和环境。")


@check("measures_tied", "对策对应真因", "没有对策的真因不会消失；没有真因的对策是白费力气。")
def measures_tied(facts: Facts, step: StepFacts, params: Params):
    if not facts.causes:
        return ["还没有真因，对策无从对应。"]
    if not facts.measures:
        return ["还没有提出对策。"]
    loose = [one.title for one in facts.measures if one.cause not in facts.causes]
    open_ones = [name for key, name in facts.causes.items() if all(m.cause != key for m in facts.taken)]
    return [
        *unless(bool(loose), f"没有对应真因：{'、'.join(loose)}。"),
        *unless(bool(open_ones), f"这些真因还没有采纳的对策：{'、'.join(open_ones)}。"),
    ]


@check("measures_voted", "对策评分", "可行性、经济性、效益性由全体成员评分，达到满分的 80% 才采纳。")
def measures_voted(facts: Facts, step: StepFacts, params: Params):
    yield from voted_enough(facts, step, params, label="对策")
    for one in facts.measures:
        share = facts.votes(step)[one.id].share
        if share is None or not blank(one.override):
            continue
        if one.is_taken and share < rules.TAKEN:
            yield f"“{one.title}”得分只有满分的 {share * 100:.0f}%，却采纳了：请写明理由。"
        elif not one.is_taken and one.state != "idea" and share >= rules.TAKEN:
            yield f"“{one.title}”得分达到满分的 {share * 100:.0f}%，却没有采纳：请写明理由。"
    idle = [one.title for one in facts.measures if one.state == "idea"]
    yield from unless(bool(idle), f"还没有决定是否采纳：{'、'.join(idle)}。")


@check("measures_planned", "对策的安排", "谁、何时、在哪里、怎么做：写不清楚的对策落实不了。")
def measures_planned(facts: Facts, step: StepFacts, params: Params):
    yield from unless(not facts.taken, "还没有采纳的对策。")
    for one in facts.taken:
        bare = [
            name
            for name, value in (
                ("具体做法", one.how), ("负责人", one.responsible), ("地点", one.place), ("开始日期", one.planned[0]),
                ("完成日期", one.planned[1]),
            )
            if blank(value)
        ]  # fmt: skip
        yield from unless(bool(bare), f"“{one.title}”还缺：{'、'.join(bare)}。")


@check("measures_strong", "措施强度", "培训和提醒是弱措施；只靠弱措施，同样的事件还会再来。")
def measures_strong(facts: Facts, step: StepFacts, params: Params):
    rated = [one.strength for one in facts.taken]
    yield from unless("" in rated or not rated, "请给每条采纳的措施评定强度（强、中、弱）。")
    yield from unless(
        bool(rated) and not set(rated) & {"strong", "medium"},
        "采纳的都是弱措施：至少要有一条强措施或中等措施。",
    )
