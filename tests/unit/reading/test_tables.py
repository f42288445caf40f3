"""Tables: rows whose cells speak of the row's name, whatever parts the cells."""

import pytest

from zhikong.reading.reader import read


def targets(text):
    return [item for item in read(text).as_json()["items"] if item["kind"] == "target"]


ROWS = "序号{0}指标名称{0}目标值{0}考核周期{0}责任科室\n1{0}平均住院日{0}≤7.8天{0}月{0}医务部\n2{0}甲级病案率{0}95%{0}季度{0}质控科"


@pytest.mark.parametrize("mark", ["\t", " | ", "｜", "     "])
def test_a_row_is_read_by_its_head(mark):
    found = targets(ROWS.format(mark))
    assert [(one["subject"], one["operator"], one["value"], one["unit"]) for one in found] == [
        ("平均住院日", "<=", 7.8, "days"), ("甲级病案率", "=", 95, "%"),
    ]  # fmt: skip
    assert [one["department"] for one in found] == ["医务部", "质控科"]
    assert [one["frequency"]["per"] for one in found] == ["month", "quarter"]


def test_departments_down_and_indicators_across():
    found = targets("科室\t平均住院日（天）\t药占比（%）\n心内科\t≤7\t≤25\n骨科\t≤9.5\t≤18")
    assert [(one["department"], one["subject"], one["value"], one["unit"]) for one in found] == [
        ("心内科", "平均住院日", 7, "days"), ("心内科", "药占比", 25, "%"),
        ("骨科", "平均住院日", 9.5, "days"), ("骨科", "药占比", 18, "%"),
    ]  # fmt: skip


def test_what_was_reached_last_year_stands_beside_the_target():
    found = read("指标\t2025年实际\t2026年目标\n甲级病案率\t94.2%\t≥96%").as_json()["items"]
    assert [(one["kind"], one["value"]) for one in found] == [("result", 94.2), ("target", 96)]


def test_a_day_in_the_column_of_deadlines_is_one():
    found = read("工作内容\t完成时间\t责任人\n修订核心制度汇编\t9月30日\t医务科").as_json()["items"]
    assert [(one["kind"], one["ends_on"], one["department"]) for one in found] == [
        ("deadline", "09-30", "医务科")
    ]


def test_numbers_of_names_and_of_rows_are_no_items():
    found = read("序号\t指标\t目标\n1\t入院三日确诊率\t≥90%").as_json()
    assert [one["value"] for one in found["items"]] == [90]
    assert {one["text"] for one in found["other_numbers"]} >= {"1"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("指标\t目标值（%）\n甲级病案率\t≥95\n三级查房及时率\t98", [(">=", 95, "%"), ("=", 98, "%")]),
        ("指标\t单位\t目标\n平均住院日\t天\t≤7.8\n药占比\t%\t≤28", [("<=", 7.8, "days"), ("<=", 28, "%")]),
        ("一、目标值（单位：%）\n序号\t项目\t目标值\n1\t基础护理合格率\t≥95\n2\t三基平均分\t≥88", [(">=", 95, "%"), (">=", 88, "score")]),
        ("项目\t目标值\n跌倒发生率（例/千床日）\t≤0.1\n上报率（件/百张床）\t≥20", [("<=", 0.1, "per_1000_device_days"), (">=", 20, "per_100_beds")]),
    ],
)  # fmt: skip
def test_a_bare_number_has_the_unit_of_its_column_row_name_or_heading(text, expected):
    assert [(one["operator"], one["value"], one["unit"]) for one in targets(text)] == expected


def test_of_columns_of_years_the_latest_is_wanted():
    found = read("指标\t2026年\t2027年\t权重\n甲级病案率\t93%\t≥95%\t10").as_json()["items"]
    assert [(one["kind"], one["value"]) for one in found] == [("result", 93), ("target", 95)]
    found = read("指标\t2025年\t2026年\t目标值\n甲级病案率\t92%\t93%\t≥95%").as_json()["items"]
    assert [(one["kind"], one["value"]) for one in found] == [("result", 92), ("result", 93), ("target", 95)]


def test_a_time_in_the_column_of_limits_is_the_rows_limit():
    rows = "项目\t时限\t责任人\n入院记录\t24小时\t住院医师\n抢救记录\t抢救结束后6小时\t参加抢救医师\n死亡讨论\t1周\t科主任"
    found = read(rows).as_json()["items"]
    assert [(one["kind"], one["subject"], one["within"], one["department"]) for one in found] == [
        ("deadline", "入院记录", {"value": 24, "unit": "hour"}, "住院医师"),
        ("deadline", "抢救记录", {"value": 6, "unit": "hour"}, "参加抢救医师"),
        ("deadline", "死亡讨论", {"value": 7, "unit": "day"}, "科主任"),
    ]


def test_months_of_a_list_are_each_a_date_of_the_row():
    found = read("工作任务\t完成时间\t责任人\n合理用药培训\t3、6、9、12月\t李某").as_json()["items"]
    assert [(one["subject"], one["starts_on"]) for one in found] == [
        ("合理用药培训", "03-01"), ("合理用药培训", "06-01"), ("合理用药培训", "09-01"), ("合理用药培训", "12-01"),
    ]  # fmt: skip


def test_the_last_week_of_each_quarter_is_a_deadline_that_comes_back():
    (found,) = read("工作任务\t完成时间\t责任人\n药事会\t每季度最后一周\t药学部").as_json()["items"]
    assert (found["kind"], found["subject"], found["frequency"]) == (
        "deadline",
        "药事会",
        {"count": 1, "per": "quarter"},
    )


def test_a_unit_that_is_none_of_ours_is_not_taken_for_a_department():
    rows = "指标名称\t单位\t2025年\t2026年1-10月\t目标值\t责任部门\n抗菌药物使用强度\tDDDs\t42.8\t40.1\t＜40\t药学部"
    found = read(rows).as_json()["items"]
    assert [(one["kind"], one["value"], one["department"]) for one in found] == [
        ("result", 42.8, "药学部"), ("result", 40.1, "药学部"), ("target", 40, "药学部"),
    ]  # fmt: skip


def test_the_number_of_a_point_is_no_month_of_a_list():
    found = read("3、9月份为患者安全月。").as_json()["items"]
    assert [one["starts_on"] for one in found] == ["09-01"]
