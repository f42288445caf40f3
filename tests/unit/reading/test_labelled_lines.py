"""Lines headed by how often: ▲每月：质控小组会1次；分析不良事件. All that the line asks for is owed that often."""

from zhikong.reading.reader import read


def items(text):
    return read(text).as_json()["items"]


def told(text):
    return [
        (one["kind"], one["subject"], one["frequency"]["count"], one["frequency"]["per"])
        for one in items(text)
    ]


def test_every_act_of_the_line_has_its_pace():
    assert told("▲每日：质控医师抽查病历2份；护士长查看交班本。") == [
        ("quota", "质控医师抽查病历", 1, "day"), ("duty", "护士长查看交班本", 1, "day"),
    ]  # fmt: skip
    assert told("每季度：护理方案评价1次；抗菌药物应用分析2次。") == [
        ("duty", "护理方案评价", 1, "quarter"), ("duty", "抗菌药物应用分析", 2, "quarter"),
    ]  # fmt: skip


def test_a_pace_of_its_own_and_a_day_stay():
    found = items("★每年：1月份制订年度计划；心肺复苏考核2次/年；每月小结1次。")
    assert [(one["kind"], one["frequency"] and one["frequency"]["per"]) for one in found] == [
        ("date_range", None), ("duty", "year"), ("duty", "month"),
    ]  # fmt: skip


def test_the_same_pace_in_brackets_is_no_second_duty():
    assert told("◇每月：质控小组会1次（每月第一周）。") == [("duty", "质控小组会", 1, "month")]


def test_a_line_without_such_a_head_owes_nothing_by_it():
    assert not items("查看：护士长查看交班本。")
    assert not items("每月：")
