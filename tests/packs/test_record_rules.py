"""Every record rule of the packs: its examples hold on both judges, and it is shown to pass and to fail."""

from dataclasses import replace
from pathlib import Path

import pytest

from zhikong.engine.definitions import load_catalogue
from zhikong.engine.definitions.examples import examples_file
from zhikong.engine.record_rules import Verdict, load_rules
from zhikong.engine.record_rules.examples import BACKENDS, Example, example_problems, failure, load_examples
from zhikong.site.commands.check_packs import packaged

CODES = {name: one.ranges for name, one in load_catalogue(packaged()).codes.items()}
LOADED = [load_rules(pack, CODES) for pack in packaged()]
RULES = {rule.id: rule for rules, _ in LOADED for rule in rules}
EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.id}-{example.name}")
    for rule in RULES.values()
    for example in load_examples(examples_file(rule.file))
    if isinstance(example, Example)
]


def test_every_rule_can_be_read_and_the_forty_of_the_front_page_are_there():
    assert [str(p) for _, problems in LOADED for p in problems] == []
    assert {f"fp{n:02d}" for n in range(1, 41)} <= set(RULES)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_example(rule, example, backend):
    assert failure(rule, example, backend) is None


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_each_rule_is_shown_to_pass_and_to_fail(rule):
    shown = {example.verdict for example in load_examples(examples_file(rule.file))}
    assert {Verdict.PASS, Verdict.FAIL} <= shown


def test_a_wrong_example_and_a_missing_file_are_told(tmp_path):
    rule = RULES["fp02"]
    lonely = replace(rule, file=tmp_path / "fp02.yaml")
    assert [p.message for p in example_problems(lonely)] == ["规则 fp02 没有示例。"]
    text = examples_file(rule.file).read_text("utf-8").replace("verdict: pass", "verdict: fail")
    Path(tmp_path / "fp02.examples.yaml").write_text(text, "utf-8")
    told = [p.message for p in example_problems(lonely)]
    assert told[0] == "示例“住了两天”不成立（duckdb）：应为 fail，得到 pass。"
    assert told[-1] == "规则 fp02 的示例没有同时写明通过和不通过。"
