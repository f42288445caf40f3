"""Every record rule of the packs: its examples hold, and it is shown to pass and to fail.

Both judges are asked by `make test-all`; in the quick suite the plain one here, and both by the test of check-packs.
"""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.packs import loaded
from zhikong.engine.definitions.examples import examples_file
from zhikong.engine.record_rules import Verdict
from zhikong.engine.record_rules.examples import BACKENDS, Example, example_problems, failure, load_examples

RULES = {rule.id: rule for rules, _ in loaded.record_rules() for rule in rules}
JUDGES = BACKENDS if os.environ.get("ZHIKONG_TEST_ALL") else BACKENDS[-1:]


def test_every_rule_can_be_read_and_the_forty_of_the_front_page_are_there():
    assert [str(p) for _, problems in loaded.record_rules() for p in problems] == []
    assert {f"fp{n:02d}" for n in range(1, 41)} <= set(RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_its_examples_hold_and_show_it_to_pass_and_to_fail(rule):
    examples = load_examples(examples_file(rule.file))
    assert [e for e in examples if not isinstance(e, Example)] == []
    told = {(e.name, backend): failure(rule, e, backend) for e in examples for backend in JUDGES}
    assert {where: wrong for where, wrong in told.items() if wrong} == {}
    assert {Verdict.PASS, Verdict.FAIL} <= {example.verdict for example in examples}


def test_a_wrong_example_and_a_missing_file_are_told(tmp_path):
    rule = RULES["fp02"]
    lonely = replace(rule, file=tmp_path / "fp02.yaml")
    assert [p.message for p in example_problems(lonely)] == ["规则 fp02 没有示例。"]
    text = examples_file(rule.file).read_text("utf-8").replace("verdict: pass", "verdict: fail")
    Path(tmp_path / "fp02.examples.yaml").write_text(text, "utf-8")
    told = [p.message for p in example_problems(lonely)]
    assert told[0] == "示例“住了两天”不成立（duckdb）：应为 fail，得到 pass。"
    assert told[-1] == "规则 fp02 的示例没有同时写明通过和不通过。"
