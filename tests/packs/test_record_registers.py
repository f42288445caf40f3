"""The rules against what they were made from: every row of the two registers, the core systems, the documents to cover."""

import json
from datetime import UTC, datetime
from functools import cache

import pytest
import yaml

from tests.packs import loaded
from tests.packs.test_record_rules import RULES
from zhikong.engine.record_rules.clock.model import ClockRule
from zhikong.engine.record_rules.events import load_events
from zhikong.engine.record_rules.lists import list_of_text, load_lists, unknown_choices
from zhikong.engine.record_rules.systems import load_sets, set_of_text, unknown
from zhikong.site.commands.check_packs import packaged

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
HERE = "tests/packs/rows_without_rule.yaml"
NATIONAL = [f"T{n:02d}" for n in range(1, 46)]
SEEDS = [f"T-{n:02d}" for n in range(1, 25)]
SAID_ONLY = frozenset({
    "id", "version", "status", "title", "why", "source", "valid", "presets", "replaces", "owner", "checker", "next_review",
    "severity", "points", "stage", "aspect", "systems", "responsible", "message", "notes", "warn", "active",
})  # fmt: skip
"""Fields that say something of a rule but do not change on what it fires."""
PRESETS = frozenset({"seeds", "zhejiang_2021"})
OFFICIAL = [
    "首诊负责制度", "三级查房制度", "会诊制度", "分级护理制度", "值班和交接班制度", "疑难病例讨论制度", "急危重患者抢救制度",
    "术前讨论制度", "死亡病例讨论制度", "查对制度", "手术安全核查制度", "手术分级管理制度", "新技术和新项目准入制度",
    "危急值报告制度", "病历管理制度", "抗菌药物分级管理制度", "临床用血审核制度", "信息安全管理制度",
]  # fmt: skip
PLAN = [
    "首诊负责制", "三级医师查房制度", "危重疑难病例和死亡病例讨论制度", "手术安全核查制度", "手术前风险评估制度",
    "危重患者抢救制度", "术前讨论及手术分级审批制度", "医嘱制度", "分级护理制度", "查对制度", "病历书写制度及规范",
    "临床用血审核制度", "新技术和新项目准入制度",
]  # fmt: skip
TO_COVER = {
    "病案首页": "type = '32'",
    "入院记录": "type = '34'",
    "首次病程记录": "type = '37'",
    "日常病程记录": "type = '38'",
    "上级医师查房记录": "type = '39'",
    "手术记录": "type = '09'",
    "会诊记录": "type = '45'",
    "出院记录": "type = '49'",
    "死亡病例讨论记录": "type = '51'",
    "手术知情同意书": "kind = 'operation'",
}
"""Ten documents that a record consists of, and what names each in the vocabulary of events."""


@cache
def raw(rule_id: str) -> dict:
    return yaml.load(RULES[rule_id].file.read_text("utf-8"), Loader=LOADER)


@cache
def text(rule_id: str) -> str:
    return json.dumps(raw(rule_id), ensure_ascii=False, default=str)


@cache
def vocabulary() -> tuple[dict, list]:
    return load_events(packaged(), loaded.codes())


@cache
def sets() -> dict:
    found, problems = load_sets(packaged())
    assert problems == []
    return found


OURS = {name: rule for name, rule in RULES.items() if not name.startswith("fp")}
EVERY = pytest.mark.parametrize("rule_id", OURS)


@pytest.mark.proves("REC-01", "REC-02", "REC-03", "REC-05")
def test_every_row_of_both_registers_has_a_rule_or_the_reason_why_none_can_say_it(pytestconfig):
    without = yaml.safe_load((pytestconfig.rootpath / HERE).read_text("utf-8"))
    covered = {row for name in OURS for row in raw(name)["source"].get("rows", [])}
    assert [row for row in (*NATIONAL, *SEEDS) if row not in covered and row not in without] == []
    assert sorted(covered & without.keys()) == []
    assert [row for row, why in without.items() if len(why) < 10] == []


def test_a_row_without_a_number_ships_switched_off_until_the_hospital_sets_it():
    unset = {n for n, r in OURS.items() if isinstance(r, ClockRule) and r.needs_limit}
    assert unset
    assert not any(OURS[name].active for name in unset)
    rows = {row for name in unset for row in raw(name)["source"]["rows"]}
    assert {"T15", "T22", "T24", "T29", "T41", "T-02"} <= rows


def test_there_are_more_than_150_rules_and_no_two_fire_on_the_same():
    said = {}
    for name in RULES:
        meaning = {key: value for key, value in raw(name).items() if key not in SAID_ONLY}
        said.setdefault(json.dumps(meaning, sort_keys=True, default=str), []).append(name)
    assert [names for names in said.values() if len(names) > 1] == []
    assert len(said) >= 150
    assert sum(isinstance(rule, ClockRule) for rule in OURS.values()) >= 90


@EVERY
def test_it_says_where_it_comes_from_what_it_belongs_to_and_when_it_is_looked_at_again(rule_id):
    rule, data = RULES[rule_id], raw(rule_id)
    assert rule.source.document
    assert rule.source.clause
    assert rule.next_review > datetime.now(UTC).date()
    assert rule.stage
    assert rule.aspect
    assert rule.systems
    known = {system.id for each in sets().values() for system in each.systems}
    assert set(rule.systems) <= known
    assert set(rule.presets) <= PRESETS
    assert not rule.replaces or rule.replaces in RULES
    assert not (
        rule.source.mark == "memory" and "卫医" in rule.source.document and data.get("severity") is None
    )


def test_what_takes_the_place_of_another_rule_is_chosen_by_somebody():
    taking = {name: rule for name, rule in OURS.items() if rule.replaces}
    assert {name for name, rule in taking.items() if rule.active and not rule.presets} == set()


# ---- core systems ----------------------------------------------------------------------------------------------------


@pytest.mark.proves("CLN-01", "CLN-02")
def test_the_eighteen_and_the_thirteen_stand_as_their_documents_name_them():
    assert [system.title for system in sets()["core_systems_2018"].systems] == OFFICIAL
    assert [system.title for system in sets()["core_systems_plan_13"].systems] == PLAN
    classic, fifteen = sets()["core_systems_classic_13"], sets()["core_systems_plan_15"]
    assert len(classic.systems) == 13
    assert classic.source.mark == "memory"
    assert fifteen.systems == ()
    assert "由医院填写" in fifteen.notes


def test_every_point_is_checked_by_what_exists_or_by_people():
    indicators = {file.stem for pack in packaged() for file in (pack / "indicators").glob("*.yaml")}
    assert list(unknown(sets().values(), rules=RULES, indicators=indicators)) == []
    points = [point for system in sets()["core_systems_2018"].systems for point in system.points]
    assert sum(point.manual for point in points) >= 20
    assert sum(bool(point.rules) for point in points) >= 60


def test_a_system_that_is_only_named_has_the_points_of_the_list_that_explains_it():
    of_2018 = {system.id: system for system in sets()["core_systems_2018"].systems}
    joined = next(s for s in sets()["core_systems_plan_13"].systems if s.includes)
    assert joined.points == tuple(p for name in joined.includes for p in of_2018[name].points)


def test_what_is_wrong_with_a_list_is_told_with_its_line(tmp_path):
    good = (packaged()[-1].parent / "national/core_systems/core_systems_plan_15.yaml").read_text("utf-8")
    file = tmp_path / "core_systems_plan_15.yaml"
    bad = good.replace(
        "systems: []", "systems:\n  - {id: a, title: 甲, points: [{point: 看一看}]}\n  - {id: a, title: 乙}"
    )
    told = [(p.line, p.message) for p in set_of_text(bad, file=file)]
    assert told == [(11, "要点“看一看”由谁核对没有写清。"), (12, "制度 a 写了两次。")]
    told = [p.message for p in set_of_text(good.replace("purpose: ", "aim: "), file=file)]
    assert told == ["缺少字段 purpose（一句话：这份名单做什么用）。", "没有字段 aim。"]


# ---- events and documents --------------------------------------------------------------------------------------------


def test_the_vocabulary_can_be_read():
    events, problems = vocabulary()
    assert problems == []
    assert len(events) >= 200


@pytest.mark.parametrize("document", TO_COVER)
def test_each_of_the_ten_documents_of_a_record_has_rules_of_time_and_of_content(document):
    events, _ = vocabulary()
    named = [f'"{name}"' for name, event in events.items() if TO_COVER[document] in event.where_text]
    clocks = {name for name, rule in RULES.items() if isinstance(rule, ClockRule)}
    assert [name for name in clocks if any(event in text(name) for event in named)]
    assert [name for name in RULES.keys() - clocks if document in text(name)]


# ---- special checks --------------------------------------------------------------------------------------------------


def test_every_special_check_can_be_read_and_chooses_rules_that_exist():
    lists, problems = load_lists(packaged())
    assert [str(problem) for problem in problems] == []
    assert [str(problem) for problem in unknown_choices(lists, rules=RULES.values())] == []
    assert len(lists) >= 17


@pytest.fixture
def special(tmp_path):
    good = (packaged()[-1].parent / "national/record_lists/theme-talks.yaml").read_text("utf-8")
    file = tmp_path / "theme-talks.yaml"

    def told(old, new):
        found = list_of_text(good.replace(old, new), file=file)
        problems = found if isinstance(found, list) else unknown_choices([found], rules=RULES.values())
        return [(problem.line, problem.message) for problem in problems]

    return told


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", []),
        ("period:", "every: day\nperiod:", [(11, "没有字段 every。")]),
        ("months: [7]", "months: [13]", [(10, "months 的值 [13] 不对。")]),
        ("period: month", "period: week", [(11, "period 没有取值 week。")]),
        ("  rows: [T29,", "  row: [T29,", [(13, "choose 没有字段 row。")]),
        ("mark: paraphrased", "mark: heard", [(6, "source 要写 document 和 mark。")]),
        ("T30, T31", "T30, T99", [(13, "没有规则登记行 T99。")]),
        ("  words:", "  rules: [no_such_rule]\n  words:", [(14, "没有规则 no_such_rule。")]),
        ("  words:", "  systems: [astrology]\n  words:", [(14, "没有规则所属的核心制度 astrology。")]),
        ("  words:", "  stages: [moon]\n  words:", [(14, "没有诊疗环节 moon。")]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_special_check_is_told_with_its_line(special, old, new, expected):
    assert special(old, new) == expected


def test_a_special_check_that_chooses_nothing_is_told(tmp_path):
    text = (packaged()[-1].parent / "national/record_lists/charges.yaml").read_text("utf-8")
    found = list_of_text(text.replace("[收费, 费用, 计费]", "[占星]"), file=tmp_path / "charges.yaml")
    (problem,) = unknown_choices([found], rules=RULES.values())
    assert (problem.line, "没有选到任何规则" in problem.message) == (11, True)
