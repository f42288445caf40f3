"""A draft is told what rules object to in it: nothing of other documents, nothing that is not known yet."""

import pytest

from tests.unit.engine.record_rules.texts.content import NOW, document, rule, section, stay
from zhikong.engine.record_rules.texts.drafts import check_draft

FORBID = rule("document: [日常病程记录]\ncheck:\n  forbid: {in: [病程记录], words: [余同前]}\n", id="vague")
SIGNED = rule(
    "document: [日常病程记录]\nrequires:\n  - {section: 病程记录, min_chars: 8}\n  - {signature: true}\n",
    kind="complete",
    id="signed",
)
COPIED = rule(
    "document: [日常病程记录]\ncheck:\n  copy: {in: [病程记录], alike: 0.9, min_chars: 10}\n", id="copied"
)
RESULTS = rule(
    "document: [日常病程记录]\ncheck:\n  value: {patterns: ['(左|右)侧'], against: about.side, about: operations, map: {左: left, 右: right}}\n",
    id="side",
)
DRAFT = {"type": "38", "author": "D1"}


def told(rules, text, **how):
    found = check_draft(
        rules, stay=stay(discharged_at=None), document=DRAFT, sections=[{"section": "病程记录", "seq": 1, "text": text}],
        now=NOW, **how,
    )  # fmt: skip
    return {(one.rule, one.start, one.said) for one in found}


@pytest.mark.proves("REC-24")
def test_places_of_the_draft_are_told_and_a_signature_is_not_asked_yet():
    assert told([FORBID, SIGNED], "患者胸闷减轻，余同前，继续治疗。") == {("vague", 7, "余同前")}
    assert told([FORBID, SIGNED], "同前。") == {("signed", 0, "同前。")}


def test_faults_of_other_documents_are_not_told():
    children = {
        "documents": [document("d1", "38")],
        "document_sections": [section("d1", "病程记录", "余同前。")],
    }
    assert told([FORBID], "患者胸闷减轻，继续治疗。", children=children) == set()


def test_a_draft_is_compared_with_what_was_written_before():
    text = "患者胸闷减轻，心律齐，继续治疗。"
    children = {"documents": [document("d1", "38")], "document_sections": [section("d1", "病程记录", text)]}
    assert told([COPIED], text, children=children) == {("copied", 0, text)}


def test_rules_that_need_tables_not_at_hand_do_not_speak():
    assert told([RESULTS], "行左侧手术。") == set()
    operations = [{"stay_id": "s1", "seq": 1, "side": "right"}]
    assert told([RESULTS], "行左侧手术。", children={"operations": operations}) == {("side", 1, "左")}


def test_an_earlier_state_of_the_draft_is_left_aside():
    own = DRAFT | {"document_id": "d9"}
    text = "患者胸闷减轻，心律齐，继续治疗。"
    children = {"documents": [document("d9", "38")], "document_sections": [section("d9", "病程记录", text)]}
    found = check_draft(
        [COPIED], stay=stay(), document=own, sections=[{"section": "病程记录", "seq": 1, "text": text}],
        children=children, now=NOW,
    )  # fmt: skip
    assert found == []
