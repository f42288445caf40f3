"""Analyses as pure rules: what packs say, chains of whys, silent hours, causal statements, the guards."""

from datetime import UTC, datetime, timedelta

import pytest

from zhikong.hospital.functions.incidents import rules_analysis as rules
from zhikong.hospital.functions.incidents import rules_analysis_packs as packs
from zhikong.hospital.functions.incidents.rules_analysis_causation import Statement, broken
from zhikong.site.discovery import PACKAGE

NATIONAL = PACKAGE / "packs/national"
FACTORS = NATIONAL / "contributory_factors/hospital_contributory_factors.yaml"
HIERARCHY = NATIONAL / "action_hierarchies/hospital_action_hierarchy.yaml"
POLICY = NATIONAL / "incident_analysis/hospital_incident_analysis.yaml"


def read(parse, path, *changes):
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return parse(text, file=path)


def test_the_packaged_definitions_are_read():
    factors, hierarchy = read(packs.parse_factors, FACTORS), read(packs.parse_hierarchy, HIERARCHY)
    policy = read(packs.parse_policy, POLICY)
    assert factors.get("communication_handover").group == "communication"
    assert factors.title_of("gone_by_now") == "gone_by_now"
    assert hierarchy.get("forcing").strength == "strong"
    assert hierarchy.get("checklist").strength == "intermediate"
    assert hierarchy.get("double_check").strength == "weak"
    assert (policy.demand("I").kind, policy.demand("I").working_days) == ("rca", 45)
    assert policy.demand("III").kind == "light"
    assert policy.demand("").kind == "light", "what nobody confirmed is not free of analysis"
    assert policy.reason("dispute").round_hours == 24


@pytest.mark.parametrize(
    ("parse", "path", "old", "new", "word"),
    [
        (packs.parse_factors, FACTORS, "id: patient_language", "id: patient_condition", "不止一次"),
        (packs.parse_hierarchy, HIERARCHY, "code: weak", "code: feeble", "feeble"),
        (packs.parse_policy, POLICY, "team_least: 4", "team_least: 9", "team_least"),
        (packs.parse_policy, POLICY, "level: II,", "level: I,", "不止一次"),
        (packs.parse_policy, POLICY, "follow_days: 3", "follow_days: often", "follow_days"),
    ],
)
def test_a_wrong_definition_is_told_with_its_line(parse, path, old, new, word):
    (problem, *_more) = read(parse, path, (old, new))
    assert word in problem.message
    assert problem.line > 1


def node(number, parent, status="suspected", **more):
    return rules.Node(number, parent, f"原因{number}", status, **more)


def test_chains_of_whys_are_the_paths_from_the_event_to_each_last_why():
    nodes = [node(1, None), node(2, 1), node(3, 2), node(4, 1), node(5, None)]
    assert [[one.id for one in chain] for chain in rules.chains(nodes)] == [[1, 2, 3], [1, 4], [5]]
    assert rules.depth(nodes, 3) == 3
    assert rules.depth(nodes, 5) == 1


def test_hours_without_an_event_are_told_unless_somebody_marked_them():
    start = datetime(2026, 11, 1, 8, tzinfo=UTC)
    at = [start, start + timedelta(hours=1), start + timedelta(hours=5), None, start + timedelta(hours=9)]
    moments = [rules.Moment(number, moment) for number, moment in enumerate(at)]
    assert rules.silent(moments) == {2: timedelta(hours=4), 4: timedelta(hours=4)}
    moments[2] = rules.Moment(2, at[2], gap=True)
    assert rules.silent(moments) == {}


GOOD = Statement(
    "夜间护士站到 12 床之间没有视线且呼叫铃放在床头柜", "护士 10 分钟内发现患者起床", "患者如厕途中跌倒"
)


@pytest.mark.proves("EVT-19")
@pytest.mark.parametrize(
    ("change", "rules_broken"),
    [
        ({}, []),
        ({"effect": ""}, [1]),
        ({"effect": GOOD.cause}, [1]),
        ({"cause": "护士责任心不强，巡视不到位"}, [2]),
        ({"cause": "护士忘记拉起床栏"}, [3]),
        ({"cause": "护士忘记拉起床栏", "precedent": "转运时同时处理两名患者的报警"}, []),
        ({"cause": "护士违反双人核对制度"}, [4]),
        ({"cause": "护士违反双人核对制度", "precedent": "夜班只有一名护士在岗"}, []),
        ({"cause": "医师没有复查血钾"}, [5]),
        ({"cause": "医师没有复查血钾", "duty": "低钾补钾流程第三条要求两小时后复查"}, []),
    ],
)
def test_a_causal_statement_keeps_the_five_rules(change, rules_broken):
    statement = Statement(**(vars(GOOD) | change))
    assert [one.rule for one in broken(statement)] == rules_broken


ROOT = rules.Node(
    1, None, "呼叫铃够不着", "confirmed", root=True, evidence="现场测量 1.6 米", factor="environment_layout"
)
AWARE = rules.Person("护士甲", True, "reached")
ACTION = rules.Action("呼叫铃改为床栏内侧固定", "strong", aim="跌倒率", judged="reached")


def case(**changes):
    told = {
        "kind": "rca", "nodes": (ROOT,), "statements": 1, "cause_clear": True,
        "cause_text": "呼叫铃位置使患者够不着，只能自己下床", "persons": (AWARE,), "actions": (ACTION,),
        "members": 5, "outsiders": 1,
    }  # fmt: skip
    return rules.Case(**(told | changes))


@pytest.mark.proves("EVT-19", "WF-07")
@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"nodes": ()}, "已证实的根本原因"),
        ({"nodes": (rules.Node(1, None, "呼叫铃", "suspected", root=True, evidence="看过"),)}, "已证实"),
        ({"nodes": (rules.Node(1, None, "呼叫铃", "confirmed", root=True),)}, "没有写依据"),
        ({"statements": 0}, "五条规则"),
        ({"cause_clear": False}, "原因已查清"),
        ({"cause_text": "清楚"}, "原因已查清"),
    ],
)
def test_an_unclear_cause_does_not_let_go(changes, word):
    assert rules.cause_obstacles(case()) == []
    (told,) = rules.cause_obstacles(case(**changes))
    assert told.code == rules.CAUSE
    assert word in told.sentence


@pytest.mark.proves("EVT-19", "WF-07")
def test_who_has_not_understood_does_not_let_go():
    patient = rules.Person("患者甲", False)
    assert rules.awareness_obstacles(case(persons=(AWARE, patient))) == []
    waiting = [rules.Person("护士乙", True), rules.Person("医师甲", True, "not_reached")]
    told = rules.awareness_obstacles(case(persons=(AWARE, *waiting)))
    assert [one.sentence[:18] for one in told] == [
        "当事人认识不到位不放过：护士乙还没有",
        "当事人认识不到位不放过：医师甲的认识",
    ]
    assert rules.awareness_obstacles(case(persons=(rules.Person("护士丙", True, "excused"),))) == []
    (told,) = rules.awareness_obstacles(case(persons=()))
    assert told.code == rules.AWARENESS
    assert rules.awareness_obstacles(case(persons=(), nobody_reason="设备自身断电，无人操作")) == []


def test_only_weak_measures_need_a_reason():
    weak = rules.Action("全科培训一次", "weak", aim="抽考")
    assert rules.strength_obstacles(case()) == []
    assert rules.strength_obstacles(case(actions=(weak,)))[0].code == rules.STRENGTH
    reason = "上级部门统一采购，本院不能更换设备"
    assert rules.strength_obstacles(case(actions=(weak,), weak_reason=reason)) == []
    assert rules.strength_obstacles(case(actions=()))
    assert rules.strength_obstacles(case(actions=(weak, ACTION))) == []


def test_effects_are_measured_and_failing_ones_are_followed_by_others():
    unmeasured = rules.Action("新标识", "weak", aim="抽查 20 次")
    missed = rules.Action("新标识", "weak", aim="抽查 20 次", judged="not_reached")
    assert rules.effect_obstacles(case()) == []
    assert len(rules.effect_obstacles(case(actions=(ACTION, unmeasured)))) == 1
    assert rules.effect_obstacles(case(actions=(ACTION, missed))) == []
    assert "增加措施" in rules.effect_obstacles(case(actions=(missed,)))[0].sentence
    assert rules.aim_obstacles(case(actions=(rules.Action("没有目标", "strong"),)))


def test_a_team_has_a_size_and_somebody_who_was_not_there():
    asked = {"least": 4, "most": 6, "outsiders": 1}
    assert rules.team_obstacles(case(), **asked) == []
    assert len(rules.team_obstacles(case(members=3, outsiders=0), **asked)) == 2
    assert rules.team_obstacles(case(members=7, team_reason="涉及三个科室，各来两人"), **asked) == []
    assert rules.team_obstacles(case(kind="light", members=1, outsiders=0), **asked) == []
