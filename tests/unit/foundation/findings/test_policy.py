"""The policy of findings as data: what the packaged one says, and how a wrong one is told by line."""

from pathlib import Path

import pytest
import yaml

from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.findings import rules
from zhikong.foundation.findings.rules.policy import Policy
from zhikong.foundation.findings.rules.reading import parse

FILE = Path("standard.yaml")
TEXT = (Path(__file__).parents[4] / "zhikong/packs/national/action_policies/standard.yaml").read_text("utf-8")


def changed(**fields):
    return yaml.safe_dump(yaml.safe_load(TEXT) | fields, allow_unicode=True)


@pytest.fixture(scope="module")
def policy():
    found = parse(TEXT, file=FILE)
    assert isinstance(found, Policy), [str(problem) for problem in found]
    return found


@pytest.mark.proves("CAP-03")
def test_the_ladder_goes_from_the_owner_to_the_leader(policy):
    assert [(rung.days, rung.whom) for rung in policy.ladder] == [
        (1, "owner"),
        (3, "department_head"),
        (7, "hospital_leader"),
    ]
    assert (
        policy.ladder_sentence("minor", "minor")
        == "逾期 1 天通知责任人；逾期 3 天通知科主任；逾期 7 天通知分管院长"
    )
    assert policy.ladder_of("critical", "major")[-1].whom == "hospital_leader"


def test_a_level_decides_severity_and_time(policy):
    critical = policy.level("critical")
    assert (critical.severity, critical.days) == ("major", 7)
    assert policy.level("", "major").id == "major"
    assert policy.level("gone", "minor").id == "minor"


@pytest.mark.parametrize(
    ("given", "role"),
    [
        ({"source_kind": "visit", "clause_key": "hand_hygiene_observation:m1"}, "infection_control"),
        ({"source_kind": "visit", "clause_key": "drug_storage_check:cold_chain"}, "pharmacy"),
        ({"source_kind": "visit", "clause_key": "crash_cart_round:oxygen"}, "nursing"),
        ({"source_kind": "visit", "clause_key": "emergency_equipment_check:a"}, "equipment"),
        ({"source_kind": "visit", "clause_key": "critical_value_check:a"}, "medical_affairs"),
        ({"source_kind": "indicator", "indicator_id": "antibacterial_intensity"}, "pharmacy"),
        ({"source_kind": "manual"}, None),
    ],
)
def test_the_office_of_the_field_accepts(policy, given, role):
    assert policy.office_for(**given) == role


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ladder": []}, "至少 1 项"),
        ({"ladder": [{"days": 3, "tell": "owner"}, {"days": 1, "tell": "department_head"}]}, "一级比一级大"),
        ({"ladder": [{"days": 1, "tell": "nobody"}]}, "tell"),
        ({"ladder": [{"days": True, "tell": "owner"}]}, "days"),
        (
            {"levels": [{"id": "a", "title": "甲", "severity": "minor", "days": 1}]},
            "minor 的级别和一个为 major",
        ),
        ({"levels": [{"id": "a", "title": "甲", "severity": "minor", "days": 1, "working_days": 2}]}, "之一"),
        ({"levels": "none"}, "levels 应是列表"),
        ({"offices": [{"title": "无"}]}, "role"),
        ({"extensions": -1}, "extensions"),
        ({"categories": []}, "categories"),
        ({"source": {"document": "x", "mark": "sure"}}, "mark"),
    ],
)
def test_a_wrong_policy_is_told_with_its_line(fields, said):
    found = parse(changed(**fields), file=FILE)
    assert isinstance(found, list)
    assert all(isinstance(problem, Problem) and problem.line >= 1 for problem in found)
    assert said in " ".join(problem.message for problem in found)


@pytest.mark.parametrize("text", ["", "- 1\n", "id: [", "id: standard\nid: standard\n"])
def test_no_text_makes_the_reader_fail(text):
    assert isinstance(parse(text, file=FILE), list)


@pytest.mark.parametrize(
    ("months", "row"),
    [
        (["2026-11"], 1),
        (["2026-11", "2026-10", "2026-10", "2026-09"], 3),
        (["2026-11", "2026-09", "2026-08"], 1),
        (["2027-01", "2026-12", "2026-11"], 3),
        ([], 0),
    ],
)
def test_months_in_a_row(months, row):
    assert rules.months_in_row(months) == row
