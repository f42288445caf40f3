"""Formulas and checks of improvement projects: target, rates, votes, what each step lacks, kinds as data, the contest."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from zhikong.hospital.functions.improvements import rules_contest as contest
from zhikong.hospital.functions.improvements import rules_projects as rules
from zhikong.hospital.functions.improvements.rules_projects_checking import CHECKS, outcomes
from zhikong.hospital.functions.improvements.rules_projects_contents import CATALOGUE
from zhikong.hospital.functions.improvements.rules_projects_facts import Facts, MeasureFacts, StepFacts
from zhikong.hospital.functions.improvements.rules_projects_kinds import parse

KINDS = Path(__file__).parents[5] / "zhikong/packs/national/improvement_kinds"
D = Decimal


def step(contents, **more):
    return StepFacts(key=contents, contents=contents, phase="plan", title=contents, **more)


def lacks(check, facts, contents, **params):
    return list(CHECKS[check].rule(facts, facts.of(contents), params))


def ballots(key, item, criteria, points, voters):
    return {key: {"": [{item: dict.fromkeys(criteria, points)} for _ in range(voters)]}}


# ---- formulas ----------------------------------------------------------------------------------------------------


@pytest.mark.proves("QCC-01")
def test_the_target_is_the_formula_in_both_directions():
    assert rules.target(D(50), D("0.8"), D("0.7"), "down") == D("22.00")
    assert rules.target(D(60), D("0.8"), D("0.5"), "up") == D(76)
    assert rules.target(D(60), D("0.8"), D("0.5"), "up", D(90)) == D(72)
    assert rules.target(None, D("0.8"), D("0.5"), "down") is None
    assert rules.target(D(50), None, D("0.5"), "down") is None


def test_rates_of_achievement_and_progress():
    assert rules.achievement(D(50), D(22), D(22)) == 100
    assert rules.achievement(D(60), D(80), D(76)) == 125
    assert rules.achievement(D(50), D(50), D(50)) is None
    assert rules.progress(D(50), D(25)) == 50
    assert rules.progress(D(60), D(75), "up") == 25
    assert rules.progress(D(0), D(1)) is None
    assert rules.percent(3, 0) is None


def test_the_vital_few_reach_eighty_per_cent_unless_somebody_chose():
    items = [("A", 50, False), ("C", 10, False), ("B", 30, False), ("D", 10, False)]
    bars = rules.vital_few(items)
    assert [(bar.name, bar.vital) for bar in bars] == [("A", True), ("B", True), ("C", False), ("D", False)]
    assert rules.focus(bars) == D("0.8")
    chosen = rules.vital_few([("A", 50, True), ("B", 30, False)])
    assert rules.focus(chosen) == D(50) / 80
    assert rules.focus(rules.vital_few([])) is None


@pytest.mark.parametrize(
    ("before", "after", "direction", "said"),
    [
        ((58, 240), (19, 240), "down", "better"),
        ((58, 240), (19, 240), "up", "worse"),
        ((58, 240), (52, 240), "down", "unclear"),
        ((6, 10), (1, 10), "down", "too_few"),
        ((6, None), (1, 10), "down", "unknown"),
    ],
)
def test_what_the_numbers_can_say(before, after, direction, said):
    assert rules.verdict(rules.compared(before, after), direction) == said


def test_votes_count_whole_ballots_only():
    given = [{"a": {"x": 5, "y": 3}, "b": {"x": 1}}, {"a": {"x": 3, "y": 3}, "b": {"x": 5, "y": 5}}]
    found = rules.sums(["a", "b"], ["x", "y"], given, 5)
    assert (found["a"].total, found["a"].voters, found["a"].share) == (14, 2, D(14) / 20)
    assert (found["b"].total, found["b"].voters) == (10, 1)


def test_single_values_are_read_from_a_text():
    assert rules.numbers("12, 13.5，abc 14、-3") == [D(12), D("13.5"), D(14), D(-3)]


# ---- checks ------------------------------------------------------------------------------------------------------


def test_the_theme_with_fewer_points_needs_a_reason():
    criteria = ("policy", "feasible", "urgent", "ability")
    rows = [{"id": "c1", "name": "甲"}, {"id": "c2", "name": "乙"}]
    votes = {"theme_matrix": {"": [{"c1": dict.fromkeys(criteria, 5), "c2": dict.fromkeys(criteria, 3)}] * 5}}
    low = Facts(
        steps=[step("theme_matrix", content={"candidates": rows, "chosen": "c2"})], voters=5, ballots=votes
    )
    assert "请写明不选最高分的理由" in lacks("theme_chosen", low, "theme_matrix")[0]
    told = step("theme_matrix", content={"candidates": rows, "chosen": "c2", "reason": "上级指定"})
    assert not lacks("theme_chosen", replace(low, steps=[told]), "theme_matrix")
    assert not lacks("theme_votes", low, "theme_matrix")
    few = replace(low, voters=9)
    assert "不足 8 人" in lacks("theme_votes", few, "theme_matrix")[0]


def test_a_target_typed_freely_needs_a_reason():
    content = {
        "n": 200,
        "events": 100,
        "items": [{"id": "i1", "name": "x", "count": 80}, {"id": "i2", "name": "y", "count": 20}],
    }
    ability = ballots("target", "ab1", ["score"], 4, 5)
    base = {"ability": [{"id": "ab1", "name": "意愿"}]}
    facts = Facts(
        steps=[step("as_is", content=content), step("target", content=base)], voters=5, ballots=ability
    )
    assert facts.ability == D("0.8")
    assert facts.computed == D(50) - D(50) * D("0.8") * D("0.8")
    assert facts.goal == facts.computed
    assert not lacks("target_formula", facts, "target")
    free = replace(facts, steps=[facts.steps[0], step("target", content=base | {"set": "30"})])
    assert "请写明理由" in lacks("target_formula", free, "target")[0]
    worse = replace(
        facts,
        steps=[facts.steps[0], step("target", content=base | {"set": "60", "deviation": "上级规定的值"})],
    )
    assert not lacks("target_formula", worse, "target")
    assert "并不比现况值" in lacks("target_direction", worse, "target")[0]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"n": 40, "hits": 27}, ""),
        ({"n": 0, "hits": 0}, "真因必须有数据"),
        ({}, "真因必须有数据"),
        ({"n": 4, "hits": 3}, "不足 10 例"),
        ({"n": 40, "hits": 0}, "没有一例由它造成"),
        ({"n": 40, "hits": 41}, "大于查检数"),
    ],
)
def test_a_true_cause_is_proved_by_data_and_not_by_votes(row, said):
    check = {"id": "k1", "cause": "c1", "how": "旁观", "where": "一病区", "who": "甲", "true": True} | row
    content = {"causes": [{"id": "c1", "name": "没有标识", "chief": True}], "checks": [check]}
    found = lacks("causes_true", Facts(steps=[step("causes", content=content)]), "causes")
    assert (said in "".join(found)) if said else not found


def test_a_smaller_share_is_not_the_true_cause_while_a_greater_one_is_left():
    row = {"how": "旁观", "where": "一病区", "who": "甲", "n": 40}
    checks = [
        row | {"id": "1", "cause": "c1", "hits": 5, "true": True},
        row | {"id": "2", "cause": "c2", "hits": 30},
    ]
    causes = [{"id": f"c{i}", "name": f"因{i}", "chief": True} for i in (1, 2)]
    facts = Facts(steps=[step("causes", content={"causes": causes, "checks": checks})])
    assert "占比较低的判为真因" in "".join(lacks("causes_true", facts, "causes"))


def test_measures_answer_true_causes_and_are_taken_from_eighty_per_cent():
    causes = {"causes": [{"id": "c1", "name": "没有标识", "chief": True}, {"id": "c2", "name": "没人补", "chief": True}],
              "checks": [{"id": "k", "cause": key, "true": True} for key in ("c1", "c2")]}  # fmt: skip
    made = [
        MeasureFacts("1", "分色标识", cause="c1", state="taken"),
        MeasureFacts("2", "喊话", cause="x", state="taken"),
    ]
    points = ballots("measures", "1", ["feasible", "cost", "benefit"], 5, 5)
    for one in points["measures"][""]:
        one["2"] = {"feasible": 3, "cost": 3, "benefit": 3}
    facts = Facts(
        steps=[step("causes", content=causes), step("measures")], voters=5, measures=made, ballots=points
    )
    tied = "".join(lacks("measures_tied", facts, "measures"))
    assert "没有对应真因：喊话" in tied
    assert "还没有采纳的对策：没人补" in tied
    assert "“喊话”得分只有满分的 60%" in "".join(lacks("measures_voted", facts, "measures"))


@pytest.mark.proves("QCC-03")
@pytest.mark.parametrize(
    ("after", "claim", "said"),
    [
        ({"n": 240, "events": 19}, "reached", ""),
        ({"n": 240, "events": 52}, "improved", "还不能排除是偶然波动"),
        ({"n": 8, "events": 0}, "reached", "例数太少"),
        ({}, "reached", "缺少改善前或改善后的数据"),
        ({"n": 240, "events": 40}, "reached", "没有达到目标值"),
        ({"n": 240, "events": 52}, "not_shown", ""),
    ],
)
def test_the_conclusion_is_not_better_than_the_data(after, claim, said):
    facts = Facts(
        steps=[
            step("as_is", content={"n": 240, "events": 58}),
            step("target", content={"set": "10"}),
            step("effect", content=after | {"claim": claim}),
        ]
    )
    found = "".join(lacks("effect_honest", facts, "effect"))
    assert (said in found) if said else not found


def test_the_effect_is_looked_at_after_the_measures_are_done():
    made = [MeasureFacts("1", "x", state="done", done=(date(2026, 3, 1), date(2026, 5, 31)))]
    steps = [step("as_is", content={"to": "2026-02-28"}), step("effect", content={"from": "2026-05-01"})]
    assert "才做完" in lacks("effect_period", Facts(steps=steps, measures=made), "effect")[0]


def test_means_of_single_values_are_compared_where_there_is_no_share():
    before, after = (
        "90 95 88 92 91 94 89 93 90 92 91 95 90 88 94 92 91 90 93 92",
        "60 62 58 61 63 59 60 61 62 60 58 61 63 60 59 61 62 60 61 60",
    )
    facts = Facts(
        steps=[step("as_is", content={"values": before}), step("effect", content={"values": after})],
        unit="分钟",
    )
    assert facts.current == D("91.5")
    assert facts.verdict == "better"


def test_time_is_shared_as_planned_or_explained():
    plan = [("plan", 10), ("do", 10), ("check", 10), ("act", 10)]
    steps = [
        StepFacts(
            name,
            "plan_gantt",
            name,
            planned_from=date(2026, i + 1, 1),
            planned_to=date(2026, i + 1, n),
            title=name,
        )
        for i, (name, n) in enumerate(plan)
    ]
    found = lacks("plan_shares", Facts(steps=steps), "plan_gantt")
    assert "实施 25%" in found[0]


# ---- kinds -------------------------------------------------------------------------------------------------------


@pytest.mark.proves("CAP-11", "CAP-12", "CLN-18")
def test_every_packaged_kind_is_read_and_each_of_its_checks_can_fail():
    found = [parse(file.read_text(), file=file) for file in sorted(KINDS.glob("*.yaml"))]
    assert {one.id for one in found} == {
        "qcc_problem", "qcc_task", "special_task", "pdca", "focus_pdca", "rca2", "patient_need", "special_survey",
    }  # fmt: skip
    for kind in found:
        steps = [StepFacts(one.id, one.contents.id, one.phase, title=one.title) for one in kind.steps]
        facts = Facts(steps=steps)
        for one, row in zip(kind.steps, steps, strict=True):
            told = outcomes(facts, row, one.checks, one.contents, one.params)
            assert told, (kind.id, one.id)
            assert any(not each.holds for each in told), (kind.id, one.id)
            assert all(each.why for each in told)
    assert [one.title for one in next(k for k in found if k.id == "qcc_problem").steps] == [
        "主题选定", "活动计划拟定", "现状把握", "目标设定", "解析", "对策拟定", "对策实施与检讨", "效果确认", "标准化", "检讨与改进",
    ]  # fmt: skip


def test_a_kind_with_a_fault_is_told_by_line():
    text = (
        (KINDS / "pdca.yaml")
        .read_text()
        .replace("contents: target", "contents: goal")
        .replace("[team]", "[teem]")
    )
    found = parse(text, file=Path("pdca.yaml"))
    assert {"contents 不能写 'goal'。", "checks 不能写 'teem'。"} <= {one.message for one in found}
    assert all(one.line > 1 for one in found)


def test_contents_that_a_page_draws_have_names_of_their_own():
    for contents in CATALOGUE.values():
        ids = [one.id for one in (*contents.fields, *contents.tables)]
        assert len(ids) == len(set(ids))


# ---- the contest -------------------------------------------------------------------------------------------------


@pytest.mark.proves("QCC-01")
def test_judges_are_drawn_by_lot_and_never_judge_their_own():
    pool = [contest.Candidate(i, frozenset({i % 4})) for i in range(1, 9)]
    entries = [contest.Contender(i, i, frozenset({i % 4})) for i in range(1, 5)]
    lot = contest.draw(pool, entries, per_entry=3, seed="x")
    assert lot == contest.draw(list(reversed(pool)), entries, per_entry=3, seed="x")
    assert not lot.short
    own = {one.id: one.departments for one in pool}
    for entry in entries:
        assert len(set(lot.judges[entry.id])) == 3
        assert not any(own[judge] & entry.departments for judge in lot.judges[entry.id])
    load = [sum(judge in given for given in lot.judges.values()) for judge in own]
    assert max(load) - min(load) <= 1
    assert contest.draw(pool[:2], entries, per_entry=3, seed="x").short


def test_means_are_trimmed_places_are_shared_and_prizes_follow():
    scores = {1: [D(90), D(80), D(85), D(60), D(99)], 2: [D(85)] * 5, 3: [D(70), D(71)], 4: [D(60)] * 3}
    found = contest.ranking(scores, trim=1)
    assert [(one.entry, one.place, one.mean, one.trimmed) for one in found] == [
        (1, 1, D("85.00"), 1), (2, 1, D("85.00"), 1), (3, 3, D("70.50"), 0), (4, 4, D("60.00"), 0),
    ]  # fmt: skip
    assert contest.prizes(found, [("一等奖", 1), ("二等奖", 1)]) == {1: "一等奖", 2: "一等奖", 3: "二等奖"}
