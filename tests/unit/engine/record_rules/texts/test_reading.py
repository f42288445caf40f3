"""What is wrong with a rule of content is said in Chinese, with its line and what to write instead."""

import pytest

from tests.unit.engine.record_rules.texts.content import read


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ("document: [入院记录]\ncheck:\n  forbid: {word: [x]}\n", "text", "words"),
        ("document: [入院记录]\ncheck:\n  forbid: {words: [x], wrods: [y]}\n", "text", "wrods"),
        ("document: [入院证]\ncheck:\n  forbid: {words: [x]}\n", "text", "入院证"),
        ("document: [入院记录]\ncheck:\n  forbid: {patterns: ['(a{1,3}){1,3}']}\n", "text", "重复里又有重复"),
        ("document: [入院记录]\ncheck: {}\n", "text", "check"),
        ("document: [入院记录]\ncheck:\n  forbid: {words: [x]}\n  demand: {min_chars: 3}\n", "text", "check"),
        ("document: [入院记录]\ncheck:\n  guess: {words: [x]}\n", "text", "check"),
        ("document: [入院记录]\nwhere: \"age > 3\"\ncheck:\n  forbid: {words: [x]}\n", "text", "age"),
        ("document: [入院记录]\nrows: consents\nrequires: [{field: doctor}]\n", "complete", "document"),
        ("rows: consents\nrequires: [{field: docter}]\n", "complete", "docter"),
        ("rows: consents\nrequires: [{signature: true}]\n", "complete", "signature"),
        ("document: [入院记录]\nrequires: []\n", "complete", "requires"),
        ("document: [入院记录]\nrequires: [{section: 主诉, field: author}]\n", "complete", "每项要求写一种"),
        ("document: [入院记录]\nrequires: [{cosigned: [boss], authors: [intern]}]\n", "complete", "boss"),
        ("document: [入院记录]\nwhich: some\nrequires: [{section: 主诉}]\n", "complete", "some"),
        ("table: visit_records\ndocument: [入院记录]\nrequires: [{section: 主诉}]\n", "complete", "就诊"),
        ("table: visit_records\npasses: \"nothing = 1\"\n", "row", "nothing"),
        ("table: visit_records\n", "row", "passes"),
        ("document: [入院记录]\ncheck:\n  value: {patterns: ['\\d{1,3}岁'], against: stays.age_years}\n", "text", "括号"),
        ("document: [入院记录]\ncheck:\n  value: {patterns: ['(\\d{1,3})岁'], against: stays.agee}\n", "text", "against"),
        ("document: [入院记录]\ncheck:\n  copy: {scope: sections}\n", "text", "with"),
        ("document: [入院记录]\ncheck:\n  mention: {rows: results, at: item, within: \"3 d\", words: [x]}\n", "text", "时间列"),
        ("document: [入院记录]\ncheck:\n  mention: {rows: results, at: at, within: \"3 x\", words: [x]}\n", "text", "within"),
        ("document: [入院记录]\ncheck:\n  charged: {times: true}\n", "text", "收费项目"),
    ],
)  # fmt: skip
def test_each_fault_is_named(body, kind, said):
    found = read(body, kind=kind)
    assert isinstance(found, list), "the rule was read"
    problem = found[0]
    assert said in problem.message + problem.remedy
    assert problem.remedy
    assert problem.line >= 1


def test_the_hash_follows_the_meaning_and_not_the_prose():
    body = "document: [入院记录]\ncheck:\n  forbid: {words: [待查]}\n"
    one, other = read(body), read(body.replace("待查", "待排"))
    assert one.hash != other.hash
    assert read("notes: 例\n" + body).hash == one.hash
