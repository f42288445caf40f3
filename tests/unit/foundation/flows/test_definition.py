"""Every way to write a flow wrongly is told in Chinese, with the line and what to write instead."""

from pathlib import Path

import pytest

from zhikong.engine.conditions import Name
from zhikong.engine.tables import Type
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.flows.definition import FlowDefinition, Kind, read_file, read_text

HERE = Path(__file__).parent
BAD = sorted((HERE / "bad").glob("*.yaml"))
NAMES = {"amount": Name(Type.INT, "金额"), "channel": Name(Type.TEXT, "途径", ("phone", "visit"))}
PACKAGED = sorted((HERE.parents[3] / "zhikong/packs/national/flows").glob("*.yaml"))


def forms(form_id):
    return NAMES if form_id == "intake" else None


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_a_bad_file_is_told_with_line_and_remedy(file):
    wanted = file.read_text("utf-8").splitlines()[0].removeprefix("# ")
    problems = read_file(file, forms=forms, roles_known=ROLES)
    assert isinstance(problems, list), "the file was taken for good"
    told = [problem for problem in problems if wanted in problem.message]
    assert told, [problem.message for problem in problems]
    assert all(problem.remedy and problem.line > 1 for problem in told)


def test_a_problem_points_at_its_line():
    [problem] = read_file(HERE / "bad/guard_with_unknown_item.yaml", forms=forms, roles_known=ROLES)
    line = (HERE / "bad/guard_with_unknown_item.yaml").read_text("utf-8").splitlines()[problem.line - 1]
    assert "amont" in line


def test_the_same_flow_without_the_fault_is_good():
    found = read_file(HERE / "good_small.yaml", forms=forms, roles_known=ROLES)
    assert isinstance(found, FlowDefinition), found
    assert (found.start.id, found.form_ids(), found.by_transition["go"].kind) == (
        "begun",
        ("intake",),
        Kind.FORWARD,
    )


def test_several_problems_are_told_at_once_in_the_order_of_lines():
    text = (
        (HERE / "good_small.yaml")
        .read_text("utf-8")
        .replace("to: second", "to: x")
        .replace("roles: [nurse], ", "")
    )
    lines = [problem.line for problem in read_text(text, file=Path("good_small.yaml"), forms=forms)]
    assert len(lines) == 2
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    "text", ["", "- 1", "a: b", "states: 3", "id: x\nstates: [1]\ntransitions: [{}]", "\t: ["]
)
def test_nonsense_is_told_not_raised(text):
    assert all(problem.message for problem in read_text(text, file=Path("x.yaml")))


@pytest.mark.parametrize("file", PACKAGED, ids=lambda file: file.stem)
def test_packaged_flows_are_good_and_name_source_and_review(file):
    from zhikong.foundation.flows.sheets import form_names

    found = read_file(file, forms=form_names, roles_known=ROLES)
    assert isinstance(found, FlowDefinition), [str(problem) for problem in found]
    assert found.id == file.stem
    assert found.source
    assert found.next_review
