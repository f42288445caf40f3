"""The matrix, failure modes and plans as data: levels, limits, what is refused with its line."""

from datetime import date
from pathlib import Path

import pytest

from zhikong.hospital.functions.risks import rules_plans, rules_scale
from zhikong.site.discovery import PACKAGE

MATRIX = PACKAGE / "packs/national/risk_scales/hospital_risk_matrix.yaml"
PLANS = sorted((PACKAGE / "packs/national/emergency_plans").glob("*.yaml"))


@pytest.fixture(scope="module")
def scale():
    return rules_scale.parse(MATRIX.read_text("utf-8"), file=MATRIX)


def test_every_cell_of_the_matrix_has_its_level_and_more_is_never_less(scale):
    for likelihood in range(1, 6):
        for severity in range(1, 6):
            here = scale.level(likelihood, severity)
            for more in (
                scale.level(min(likelihood + 1, 5), severity),
                scale.level(likelihood, min(severity + 1, 5)),
            ):
                assert more.first >= here.first
    told = {
        cell: scale.level(*cell).code for cell in [(1, 4), (1, 5), (2, 5), (4, 4), (5, 5), (2, 2), (5, 1)]
    }
    assert told == {
        (1, 4): "low",
        (1, 5): "medium",  # 5 points by product and at least medium by severity
        (2, 5): "high",
        (4, 4): "high",
        (5, 5): "extreme",
        (2, 2): "low",
        (5, 1): "medium",
    }


def test_what_nobody_judged_has_no_level_and_is_looked_at_soon(scale):
    assert scale.level(None, 5) is None
    assert scale.level(3, None) is None
    assert rules_scale.review_by(None, today=date(2026, 11, 1)) == date(2026, 12, 1)
    assert rules_scale.review_by(scale.level(5, 5), today=date(2026, 11, 1)) == date(2026, 12, 1)
    assert rules_scale.review_by(scale.level(1, 1), today=date(2026, 11, 1)) == date(2027, 11, 1)


@pytest.mark.parametrize(
    ("numbers", "rpn", "demanded"),
    [
        ((5, 5, 5), 125, True),
        ((5, 5, 4), 100, False),
        ((9, 1, 1), 9, True),
        ((8, 3, 5), 120, False),
        ((9, None, 3), None, True),
        ((None, 5, 5), None, False),
    ],
)
def test_a_failure_mode_demands_a_measure_by_number_or_by_severity(scale, numbers, rpn, demanded):
    assert rules_scale.rpn(*numbers) == rpn
    assert rules_scale.needs_measure(scale, *numbers) is demanded


@pytest.mark.parametrize(
    ("after", "working", "word"),
    [
        ((2, 4), 0, "还没有落实"),
        ((2, 4), 1, ""),
        ((4, 4), 0, ""),
        ((5, 4), 3, "不能高于"),
        ((None, None), 0, ""),
    ],
)
def test_a_residual_risk_falls_only_when_something_holds_it(after, working, word):
    problem = rules_scale.lowering_problem((4, 4), after, working)
    assert (word in problem) if word else problem == ""


@pytest.mark.parametrize(
    ("old", "new", "line_of", "word"),
    [
        ("from: 10", "from: 4", "levels", "由低到高"),
        ("value: 3, title: 可能", "value: 7, title: 可能", "value: 7", "1 到 5"),
        ("accept: leader", "accept: anybody", "accept: anybody", "anybody"),
        ("rpn: 125", "rpn: 0", "rpn: 0", "1 到 1000"),
        ("mark: memory", "mark: heard", "mark: heard", "mark"),
    ],
)
def test_a_matrix_with_a_fault_is_refused_at_its_line(old, new, line_of, word):
    text = MATRIX.read_text("utf-8").replace(old, new, 1)
    (problem,) = rules_scale.parse(text, file=MATRIX)
    line = next(
        n
        for n, told in enumerate(text.splitlines(), 1)
        if told.startswith(f"{line_of}:") or (line_of in told and ": " in line_of)
    )
    assert word in problem.message
    assert problem.line == line


def test_every_plan_of_the_pack_is_whole_and_says_its_source():
    found = [rules_plans.parse(file.read_text("utf-8"), file=file) for file in PLANS]
    assert len(found) >= 12
    named = {one.id for one in found if "000-P7" in one.document}
    assert {
        "ambulance_accident",
        "violence_in_hospital",
        "inpatient_suicide",
        "critical_patient_rescue",
    } <= named
    for one, file in zip(found, PLANS, strict=True):
        assert one.id == file.stem
        assert sum(len(part.acts) for part in one.parts) >= 4


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("scope: hospital", "scope: world", "scope 不能写"),
        ("every_months: 12", "every_months: often", "every_months"),
        ("steps:\n", "steps: []\nrest:\n", "steps 应是列表，至少 1 项"),
        ("aim:", "goal:", "aim"),
    ],
)
def test_a_plan_with_a_fault_is_refused(old, new, word):
    file: Path = next(one for one in PLANS if one.stem == "ambulance_accident")
    found = rules_plans.parse(file.read_text("utf-8").replace(old, new, 1), file=file)
    assert isinstance(found, list)
    assert any(word in one.message for one in found)


def test_the_next_drill_is_due_some_months_after_the_last():
    assert rules_plans.due_on(date(2026, 8, 31), 6, since=date(2026, 1, 1)) == date(2027, 2, 28)
    assert rules_plans.due_on(None, 12, since=date(2026, 1, 1)) == date(2027, 1, 1)
