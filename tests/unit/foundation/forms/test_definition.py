"""Each deliberately wrong form is told with its line, what is wrong and what to write; good forms survive a round trip."""

from pathlib import Path

import pytest

from zhikong.foundation.forms.definition import FormDefinition, read, to_text

PACKS = Path(__file__).resolve().parents[4] / "zhikong" / "packs"
GOOD = """\
id: small
version: 1
kind: checklist
title: {zh: 小表}
purpose: 用于测试
source: {document: 测试, mark: memory}
owner: nursing
checker: quality_office
next_review: 2027-10-31
full_score: 15
pass_score: 12
grades: [{at_least: 12, name: 甲}, {at_least: 0, name: 乙}]
sections:
  - id: first
    title: 第一部分
    items:
      - {id: ok, type: yes_no, text: 完好, score: {full: 10}}
      - {id: why, type: text, text: 原因, show_if: "ok = 'no'"}
      - {id: grade, type: choice, text: 情况, options: [{code: good, text: 好, score: 5}, {code: bad, text: 差, score: 0}]}
      - {id: pressure, type: number, text: 压力, unit: MPa, min: 0, max: 25, decimals: 1}
      - {id: rows, type: table, text: 清点, columns: [{id: name, type: text, text: 名称}]}
"""
OK, WHY, GRADE, PRESSURE, ROWS = 17, 18, 19, 20, 21


def problems(old, new, text=GOOD):
    assert old in text
    found = read(text.replace(old, new, 1), file=Path("small.yaml"))
    assert isinstance(found, list), "this form should be refused"
    return found


WRONG = [
    ("kind: checklist", "kind: list", 3, "kind 的值不对", "checklist"),
    ("version: 1", "version: 0", 2, "version 小于 1", "第一版写 1"),
    ("id: small", "id: other", 1, "文件名是 small.yaml", "相同"),
    ("owner: nursing", "ownr: nursing", 1, "缺少字段 owner", "owner"),
    ("owner: nursing", "owner: nursing\nownr: x", 8, "没有字段 ownr", "owner"),
    ("checker: quality_office", "checker: nursing", 8, "负责岗位与复核岗位相同", "另一个岗位"),
    ("mark: memory", "mark: hearsay", 6, "mark 没有取值 hearsay", "verified"),
    ("purpose: 用于测试", "purpose: ' '", 5, "purpose 是空的", "一句话"),
    ("{zh: 小表}", "{en: Small}", 4, "title 缺少 zh", "zh"),
    ("version: 1", "version: 1\nfill: [nurse, cook]", 3, "没有岗位 cook", "可用"),
    ("version: 1", "version: 1\nnumber: 'A-{name}'", 3, "只能用", "JJC"),
    ("version: 1", "version: 1\nnumber: 'A-{serial:09999999d}'", 3, "位数", "JJC"),
    ("id: why", "id: ok", WHY, "ok 用了两次", "只用一次"),
    ("id: why", "id: Why Not", WHY, "写法不对", "小写英文字母"),
    ("id: why", "id: today", WHY, "另有用处", "换一个"),
    ("id: why", "id: why__not", WHY, "写法不对", "单个下划线"),
    ("text: 原因", "text: ''", WHY, "text 是空的", "文字"),
    ("text: 原因", "text: " + "长" * 301, WHY, "超过 300 个字", "短一些"),
    ("type: text, text: 原因", "type: textbox, text: 原因", WHY, "type 的值不对", "long_text"),
    ("text: 原因", "text: 原因, unit: 支", WHY, "类型 text 没有 unit", "number"),
    ("ok = 'no'", "okk = 'no'", WHY, "没有 okk", "是否想写 ok"),
    ("ok = 'no'", "ok = 'never'", WHY, "没有取值 'never'", "yes"),
    ("ok = 'no'", "grade = 'good'", WHY, "没有 grade", "前面的条目"),
    ("ok = 'no'", "ok", WHY, "这里需要是/否条件", "比较"),
    ("ok = 'no'", "ok = 'no", WHY, "写法不完整", "引号"),
    ("score: {full: 10}", "score: {full: 10}, required: false", OK, "不能是选填", "required: false"),
    ("score: {full: 10}", "score: {full: 9}", 10, "满分写的是 15，各部分加起来是 14", "full_score"),
    ("score: {full: 10}", "score: {full: 10, when_no: 11}", OK, "在 0 和满分之间", "改正"),
    ("score: {full: 10}", "score: {full: 10, each: 1}", OK, "each 只用于数字", "0.5"),
    ("score: {full: 10}", "score: {full: ten}", OK, "full 的值不对", "数字"),
    ("score: {full: 10}", "score: {ful: 10}", OK, "没有字段 ful", "full"),
    ("type: text, text: 原因", "type: text, text: 原因, score: {full: 1}", WHY, "不能计分", "yes_no"),
    ("unit: MPa, min: 0", "unit: MPa, score: {full: 5}", PRESSURE, "要写最小值", "min: 0"),
    ("full_score: 15\npass_score: 12\ngrades: [{at_least: 12, name: 甲}, {at_least: 0, name: 乙}]\n", "", 10, "没有写 full_score", "full_score: 15"),
    ("pass_score: 12", "pass_score: 16", 11, "合格分 16 不在", "改正"),
    ("at_least: 12, name: 甲}, {at_least: 0", "at_least: 0, name: 甲}, {at_least: 12", 12, "从高到低", "从大到小"),
    ("at_least: 0, name: 乙", "at_least: 5, name: 乙", 12, "没有从 0 开始", "at_least: 0"),
    ("title: 第一部分", "title: 第一部分\n    cap: 16", 16, "cap 是 16，而各项共 15 分", "不超过"),
    ("{code: bad, text: 差, score: 0}", "{code: bad, text: 差}", GRADE, "有的选项有分", "score"),
    ("{code: bad, text: 差, score: 0}", "{code: good, text: 差, score: 0}", GRADE, "good 用了两次", "只用一次"),
    (", {code: bad, text: 差, score: 0}", "", GRADE, "选项太少", "两个选项"),
    ("score: 0}]", "score: -1}]", GRADE, "小于 0", "最低写 0"),
    ("min: 0, max: 25", "min: 26, max: 25", PRESSURE, "大于最大值", "对调"),
    ("decimals: 1", "decimals: 9", PRESSURE, "小数位数不对", "0 到 6"),
    ("max: 25", "max: 1.0e+12", PRESSURE, "max 太大", "换一个单位"),
    ("columns: [{id: name, type: text, text: 名称}]", "columns: []", ROWS, "表格没有列", "至少写一列"),
    ("{id: name, type: text, text: 名称}", "{id: name, type: photo, text: 名称}", ROWS, "表格里不能用 photo", "表格外面"),
    ("{id: name, type: text, text: 名称}", "{id: name, type: text, text: 名称, show_if: \"ok = 'no'\"}", ROWS, "列没有 show_if", "单独的条目"),
    ("columns: [", "rows: {min: 5, max: 2}, columns: [", ROWS, "行数不对", "min"),
    ("columns: [", "rows: {max: 2}, fixed: [甲], columns: [", ROWS, "行已由 fixed 给定", "只写一个"),
    ("columns: [", "fixed: [甲, 甲], columns: [", ROWS, "两行同名", "只用一次"),
    ("text: 原因", "text: 原因, veto: fail", WHY, "单项否决只能用在是/否条目上", "veto"),
    ("score: {full: 10}", "score: {full: 10}, veto: kill", OK, "没有取值 kill", "fail"),
    ("score: {full: 10}", "score: {full: 10}, veto: cap", OK, "缺少分数", "cap: 60"),
    ("score: {full: 10}", "score: {full: 10}, veto: {fail: 3}", OK, "veto 的写法不对", "deduct"),
    ("score: {full: 10}", "score: {full: 10}, veto: {cap: -1}", OK, "分数不对", "正数"),
    ("text: 原因", "text: 原因, severity: major", WHY, "没有“否”可言", "severity"),
    ("text: 完好", "text: 完好, severity: grave", OK, "severity 的值不对", "major"),
    ("text: 完好", "text: 完好, check: smell", OK, "check 的值不对", "look"),
    ("text: 完好", "text: 完好, mark: hearsay", OK, "mark 的值不对", "memory"),
    ("{id: name, type: text, text: 名称}", "{id: name, type: text, text: 名称, check: look}", ROWS, "列没有 check", "单独的条目"),
    ("text: 原因", "text: 原因, evidence: when_no", WHY, "只能用在是/否条目上", "always"),
    ("type: text, text: 原因", "type: photo, text: 原因, evidence: always", WHY, "不用附证据", "evidence"),
    ("type: text, text: 原因, show_if: \"ok = 'no'\"", "type: note, text: 原因, required: true", WHY, "说明文字不用填写", "required"),
    ("    items:", "    items: []\n    old:", 17, "没有字段 old", "items"),
    ("id: small\n", "id: small\nid: small\n", 2, "字段 id 写了两次", "保留一处"),
    ("  - id: first", " - id: first\n   x", 16, "YAML 格式不对", "缩进"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "message", "remedy"), WRONG)
def test_a_wrong_form_is_told_with_line_reason_and_remedy(old, new, line, message, remedy):
    found = problems(old, new)
    matching = [p for p in found if message in p.message]
    assert matching, [str(p) for p in found]
    assert matching[0].line == line
    assert remedy in matching[0].remedy


def test_the_good_form_is_good():
    found = read(GOOD, file=Path("small.yaml"))
    assert isinstance(found, FormDefinition)
    assert found.item("grade").required  # it is scored
    assert not found.item("why").required
    assert found.item("why").condition.names == {"ok"}


def test_an_item_says_how_grave_a_no_is_how_it_is_looked_at_and_how_sure_it_is():
    text = GOOD.replace("text: 完好", "text: 完好, severity: major, check: try, mark: verified")
    found = read(text.replace("version: 1", "version: 1\nnotes: 用前核对"), file=Path("small.yaml"))
    item = found.item("ok")
    assert (item.severity, item.check, found.mark_of(item)) == ("major", "try", "verified")
    assert found.mark_of(found.item("why")) == "memory"  # the form's own
    assert found.notes == "用前核对"
    assert read(to_text(found), file=Path("small.yaml")) == found


def test_texts_that_are_no_form_are_problems_not_crashes():
    for text in ("", "[]", "3", "id: [", "sections: 5", "a: &a [*a]", "id: small\nsections: [3, {items: x}]"):
        assert read(text, file=Path("small.yaml"))


def test_a_form_too_long_to_fill_is_refused():
    many = "\n".join(f"      - {{id: i{n}, type: text, text: 条目}}" for n in range(101))
    found = read(f"{GOOD.rstrip()}\n{many}\n", file=Path("small.yaml"))
    assert "超过 100 个" in found[0].message


@pytest.mark.parametrize("file", sorted(PACKS.glob("*/forms/*.yaml")), ids=lambda file: file.stem)
def test_every_published_form_can_be_read_and_written_again(file):
    found = read(file.read_text(encoding="utf-8"), file=file)
    assert isinstance(found, FormDefinition), [str(p) for p in found]
    assert read(to_text(found), file=file) == found
