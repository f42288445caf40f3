"""Checks of the later steps: implementation, effect, standard, review. No ORM."""

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
from zhikong.hospital.functions.improvements.rules_projects_checks_plan import day
from zhikong.hospital.functions.improvements.rules_projects_contents import rows
from zhikong.hospital.functions.improvements.rules_projects_facts import Facts, MeasureFacts, StepFacts, whole

BETTER = ("reached", "improved")


@check("doing_pdca", "每条对策一个 PDCA", "做了什么、看到了什么、之后怎么办：三样都有才算一轮。")
def doing_pdca(facts: Facts, step: StepFacts, params: Params):
    yield from unless(not facts.taken, "没有采纳的对策，谈不上实施。")
    for one in facts.taken:
        bare = [
            name
            for name, value in (
                ("实施情况", one.done_text), ("实际开始", one.done[0]), ("实际完成", one.done[1]), ("效果检查", one.check_text),
                ("处置", one.act_text),
            )
            if blank(value)
        ]  # fmt: skip
        yield from unless(bool(bare), f"“{one.title}”还缺：{'、'.join(bare)}。")
        yield from unless(one.state not in ("done", "dropped"), f"“{one.title}”还没有结束。")


@check("doing_numbers", "对策的效果数据", "逐条看数字，才知道是哪一条起了作用。")
def doing_numbers(facts: Facts, step: StepFacts, params: Params):
    bare = [one.title for one in facts.taken if _unknown(one)]
    return unless(bool(bare), f"没有实施前后的例数：{'、'.join(bare)}。")


def _unknown(one: MeasureFacts) -> bool:
    return None in (*one.before, *one.after) or not one.before[1] or not one.after[1]


@check("doing_evidence", "实施的证据", "照片、记录、文件：没有证据的实施，评审时等于没有做。")
def doing_evidence(facts: Facts, step: StepFacts, params: Params):
    bare = [one.title for one in facts.taken if one.files == 0]
    return unless(bool(bare), f"还没有上传证据：{'、'.join(bare)}。")


@check("effect_data", "改善后数据", "与改善前同一种查检、同一个分母，才能比。")
def effect_data(facts: Facts, step: StepFacts, params: Params):
    events, n = facts.after
    bare = lacking(step.content, (("from", "开始日期"), ("to", "结束日期"), ("place", "地点")))
    yield from unless(bool(bare), f"改善后的查检还缺：{'、'.join(bare)}。")
    if (events is None or not n) and not facts.values_after:
        yield "还没有填改善后的总数和例数（平均值类指标填逐例数值）。"
    elif events is not None and n is not None and events > n:
        yield f"例数 {events} 大于总数 {n}。"
    yield from unless(blank(step.content.get("same_way")), "请说明前后查检方法是否相同。")
    other = step.content.get("same_way") == "other" and blank(step.content.get("way_reason"))
    yield from unless(other, "查检方法不同：请写明差别在哪里、为什么仍可比。")


@check("effect_period", "改善后的时间", "对策还没有做完就查，查到的不是它的效果。")
def effect_period(facts: Facts, step: StepFacts, params: Params):
    start = day(step.content.get("from"))
    last = max((one.done[1] for one in facts.taken if one.done[1]), default=None)
    earlier = day(facts.content("as_is").get("to"))
    if start is None:
        return ["还没有填改善后查检的开始日期。"]
    return [
        *unless(bool(last and start < last), f"改善后的查检 {start} 开始，对策到 {last} 才做完。"),
        *unless(bool(earlier and start <= earlier), f"改善后的查检与现状把握（到 {earlier}）重叠。"),
    ]


@check("effect_honest", "结论与数据相符", "差别可能只是偶然；结论不能好于数据所能说明的。")
def effect_honest(facts: Facts, step: StepFacts, params: Params):
    claim = str(step.content.get("claim") or "")
    if not claim:
        return ["还没有选成效结论。"]
    if claim in BETTER and facts.verdict != "better":
        return [f"{rules.VERDICTS[facts.verdict]}结论请选“未能证明有改善”，或补充数据后再下结论。"]
    goal, result = facts.goal, facts.result
    if claim == "reached" and goal is not None and result is not None and not _reached(facts):
        return [f"改善后 {result:.2f}，没有达到目标值 {goal:.2f}。"]
    return []


def _reached(facts: Facts) -> bool:
    if facts.goal is None or facts.result is None:
        return False
    down = facts.direction == "down"
    return facts.result <= facts.goal if down else facts.result >= facts.goal


@check("effect_rates", "达成率", "太低说明对策不够，太高说明目标定得太容易；都值得弄清楚。")
def effect_rates(facts: Facts, step: StepFacts, params: Params):
    rate = facts.achievement
    if rate is None:
        return ["达成率还算不出来：缺现况值、目标值或改善后的值。"]
    odd = not 80 <= rate <= 150
    return unless(odd and blank(step.content.get("rate_reason")), f"达成率 {rate:.1f}%：请分析原因。")


@check("effect_intangible", "无形成果", "成员的成长也是成果；前后由同一批成员按同一张表评分。")
def effect_intangible(facts: Facts, step: StepFacts, params: Params):
    need = int(params.get("abilities", 4))
    named = [one for one in rows(step.content, "abilities") if not blank(one.get("name"))]
    yield from unless(len(named) < need, f"至少评 {need} 个方面，现在 {len(named)} 个。")
    for moment, label in (("before", "改善前"), ("after", "改善后")):
        yield from voted_enough(facts, step, params, moment, label)


@check("effect_side", "副作用", "只盯一个数，问题可能被推给了别的环节。")
def effect_side(facts: Facts, step: StepFacts, params: Params):
    return unless(
        blank(step.content.get("side")), "还没有写附带效果与副作用（没有也请写“未发现”和怎样看的）。"
    )


@check("standard_document", "标准书", "写成文件的做法才留得住；人走了，做法不能走。")
def standard_document(facts: Facts, step: StepFacts, params: Params):
    need = (
        ("name", "名称"),
        ("code", "编号"),
        ("scope", "适用范围"),
        ("from", "执行日期"),
        ("approver", "审定人"),
    )
    bare = lacking(step.content, need)
    yield from unless(bool(bare), f"标准书还缺：{'、'.join(bare)}。")
    yield from unless(step.standards == 0, "还没有上传标准书文件。")


@check("standard_training", "培训", "执行的人没有学过，标准书只是一张纸。")
def standard_training(facts: Facts, step: StepFacts, params: Params):
    held = [one for one in rows(step.content, "training") if day(one.get("on")) and whole(one.get("people"))]
    return unless(not held, "还没有培训记录（日期、对象、人数）。")


@check("review_steps", "逐步检讨", "把这一次的经验教训留给下一次。")
def review_steps(facts: Facts, step: StepFacts, params: Params):
    need = min(int(params.get("steps", 5)), len(facts.steps) - 1)
    done = [one for one in rows(step.content, "steps") if not lacking(one, (("good", ""), ("next", "")))]
    return unless(len(done) < need, f"至少检讨 {need} 个步骤（优点和努力方向），现在 {len(done)} 个。")


@check("review_next", "遗留问题与下一期", "改善是一轮接一轮的；没解决的要写明去向。")
def review_next(facts: Facts, step: StepFacts, params: Params):
    bare = lacking(step.content, (("left", "遗留问题"), ("next", "下一期主题")))
    return unless(bool(bare), f"还没有写：{'、'.join(bare)}。")


@check("review_watch", "效果跟踪", "结题后反弹的项目很多；要有人继续看数。")
def review_watch(facts: Facts, step: StepFacts, params: Params):
    bare = lacking(step.content, (("watch_until", "跟踪到哪一月"), ("watcher", "跟踪负责人")))
    return unless(bool(bare), f"效果跟踪还缺：{'、'.join(bare)}。")
