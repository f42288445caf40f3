"""What the rules of content say on their own failing examples: a sentence, and the place in the text that it stands on."""

from functools import cache

import pytest

from tests.packs.test_record_rules import RULES
from zhikong.engine.definitions.examples import examples_file
from zhikong.engine.record_rules.examples import given, load_examples
from zhikong.engine.record_rules.model import Verdict
from zhikong.engine.record_rules.texts.model import ContentRule

CONTENT = [rule for rule in RULES.values() if isinstance(rule, ContentRule)]
REQUIRED = {"REC-04": 20, "REC-20": 10, "REC-21": 3, "REC-23": 1, "REC-24": 4, "REC-25": 10, "REC-26": 4, "REC-30": 6,
            "REC-36": 8, "REC-37": 5, "CLN-06": 6}  # fmt: skip
"""Requirement -> how many rules of content at least answer it."""


@cache
def failing_of(rule_id):
    """What the rule says on its failing examples."""
    rule = RULES[rule_id]
    examples = [e for e in load_examples(examples_file(rule.file)) if e.verdict is Verdict.FAIL]
    return [(example, given(rule, example, "vector")) for example in examples]


@pytest.mark.parametrize("row", [pytest.param(row, marks=pytest.mark.proves(row)) for row in REQUIRED])
def test_rules_of_a_requirement_fail_with_a_sentence_and_a_place(row):
    rules = [rule for rule in CONTENT if row in rule.rows]
    assert len(rules) >= REQUIRED[row]
    for rule in rules:
        for example, told in failing_of(rule.id):
            assert told["verdict"] == "fail", (rule.id, example.name)
            assert told["reason"], (rule.id, example.name)
            assert told["subject"], (rule.id, example.name)


def test_a_place_is_exactly_what_the_text_says_there():
    placed = 0
    for rule in CONTENT:
        for example, told in failing_of(rule.id):
            if told["span_start"] is None or rule.table != "stays":
                continue
            rows = example.tables["document_sections"]
            texts = [
                row["text"] for row in rows
                if (row["document_id"], row["section"]) == (told["span_document"], told["span_section"])
            ]  # fmt: skip
            assert len(texts) == 1, (rule.id, example.name)
            assert 0 <= told["span_start"] <= told["span_end"] <= len(texts[0] or "")
            placed += told["span_start"] < told["span_end"]
    assert placed > 60
