"""What a number is about when its own words name only a part: of a topic, of a row, of the name before it."""

import pytest

from zhikong.reading.reader import read


def items(text, kind):
    return [item for item in read(text).as_json()["items"] if item["kind"] == kind]


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("手卫生依从率：重点科室≥85%，其他科室≥75%", ["重点科室手卫生依从率", "其他科室手卫生依从率"]),
        (
            "病原学送检率≥50%，其中限制使用级≥60%、特殊使用级≥80%",
            ["病原学送检率", "限制使用级病原学送检率", "特殊使用级病原学送检率"],
        ),
        ("门诊处方合格率≥99%，抗菌药物处方比例＜20%", ["门诊处方合格率", "抗菌药物处方"]),
        ("泌尿系感染发病率≤2‰，肺炎发病率较2026年下降5个百分点", ["泌尿系感染发病率", "肺炎发病率"]),
        ("每百张床位不良事件上报不少于25例/年", ["不良事件上报"]),
        (
            "指标\t目标值\n大型设备检查阳性率\tCT≥70%、MRI≥75%",
            ["CT大型设备检查阳性率", "MRI大型设备检查阳性率"],
        ),
        ("现场提问答对率须在90%以上", ["现场提问答对率"]),
    ],
)
def test_a_part_is_completed_by_what_it_is_part_of(text, subjects):
    assert [one["subject"] for one in items(text, "target")] == subjects


def test_a_satisfaction_in_points_is_a_score_that_is_wanted():
    found = items("患者满意度：门诊≥92分，住院≥95分", "target")
    assert [(one["subject"], one["value"], one["unit"]) for one in found] == [
        ("门诊患者满意度", 92, "score"), ("住院患者满意度", 95, "score"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["每超0.1天扣0.5分", "每低1个百分点扣1分", "超1例扣2分", "每升高1%扣0.5分"])
def test_the_step_that_points_are_counted_by_is_no_item(text):
    said = read(text).as_json()
    assert [one["kind"] for one in said["items"]] == ["money"]
    assert [one["why"] for one in said["other_numbers"]] == ["扣分、奖励的计算单位"]


def test_a_weight_in_percent_stands_in_its_column():
    found = read("指标名称\t权重\t目标值\n四级手术比例\t8%\t≥20%").as_json()["items"]
    assert [(one["kind"], one["value"]) for one in found] == [("threshold", 8), ("target", 20)]


def test_what_a_pass_mark_defines_stays_a_target():
    found = read("三基考试合格率达到100%（80分为合格）").as_json()["items"]
    assert [(one["kind"], one["operator"], one["value"]) for one in found] == [
        ("target", "=", 100), ("threshold", ">=", 80),
    ]  # fmt: skip


def test_a_rate_per_device_days_may_say_so_after_it():
    (found,) = items("CRBSI发生率≤1.5‰（每千导管日）", "target")
    assert found["unit"] == "per_1000_device_days"


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("接诉后当日响应", {"value": 1, "unit": "day"}),
        ("特殊病例次日讨论", {"value": 1, "unit": "day"}),
        ("抢救记录补记时限为抢救结束后6小时", {"value": 6, "unit": "hour"}),
    ],
)
def test_limits_in_other_words(text, within):
    (found,) = items(text, "deadline")
    assert found["within"] == within


def test_each_committee_of_a_list_owes_its_own():
    found = items("医疗质量管理委员会每季度、药事管理与药物治疗学委员会每半年召开会议1次", "duty")
    assert [(one["department"], one["frequency"]["per"]) for one in found] == [
        ("医疗质量管理委员会", "quarter"), ("药事管理与药物治疗学委员会", "half_year"),
    ]  # fmt: skip


def test_so_many_cases_that_must_be_reported_set_something_off():
    found = read("疑似聚集性感染（3例以上）应于12小时内报告疾控中心").as_json()["items"]
    assert [(one["kind"], one["value"], one["within"]) for one in found] == [
        ("threshold", 3, None), ("deadline", None, {"value": 12, "unit": "hour"}),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("平均住院日降至5.5天以内", ("平均住院日", "<=", 5.5, "days", False)),
        ("四级手术占比力争突破18%", ("四级手术占比", ">", 18, "%", False)),
        ("急诊剖宫产（DDI）控制在30分钟内", ("急诊剖宫产(DDI", "<=", 30, "minutes", False)),
        ("7岁以下儿童健康管理率不低于95%", ("7岁以下儿童健康管理率", ">=", 95, "%", False)),
        ("门诊量同比增长百分之六", ("门诊量", "=", 6, "%", True)),
    ],
)
def test_targets_in_other_words(text, expected):
    (found,) = items(text, "target")
    shown = (found["subject"], found["operator"], found["value"], found["unit"], found.get("relative", False))
    assert shown == expected


def test_what_a_time_is_shortened_to_is_no_change_of_it():
    found = read("归档时间由7天缩短为3天").as_json()["items"]
    assert [(one["kind"], one["subject"], one["value"], one.get("relative", False)) for one in found] == [
        ("result", "归档时间", 7, False), ("target", "归档时间", 3, False),
    ]  # fmt: skip


def test_limits_beside_each_other_keep_to_their_own_words():
    found = items("孕产妇死亡24小时内报告区卫健局、7个工作日内完成院内评审", "deadline")
    assert [one["text"] for one in found] == ["孕产妇死亡24小时内报告区卫健局", "7个工作日内完成院内评审"]


@pytest.mark.parametrize("text", ["出生72小时后采集足跟血", "瞒报者给予待岗三个月处理"])
def test_what_may_not_begin_before_or_lasts_is_no_limit(text):
    assert items(text, "deadline") == []


def test_quotas_in_chinese_numerals_keep_their_pace():
    found = items("每月抽查每位医师运行病历三份、归档病历两份", "quota")
    assert [(one["value"], one["frequency"]["per"]) for one in found] == [(3, "month"), (2, "month")]


def test_a_year_in_chinese_numerals_is_a_year():
    said = read("二〇二七年工作计划\n第一季度修订制度").as_json()
    assert [(one["text"], one["why"]) for one in said["other_numbers"]] == [("二〇二七年", "年份")]
    assert [one["ends_on"] for one in said["items"]] == ["03-31"]


def test_points_that_add_up_to_a_consequence_set_it_off():
    (found,) = read("全年累计扣分超过20分的，取消评先资格").as_json()["items"]
    assert (found["kind"], found["operator"], found["value"], found["unit"]) == (
        "threshold",
        ">",
        20,
        "points",
    )


def test_what_was_reached_before_stands_in_brackets_after_its_target():
    found = read("2027版手册\n中医治疗率不少于70%（2026年为61.4%）。").as_json()["items"]
    assert [(one["kind"], one["subject"], one["value"]) for one in found] == [
        ("target", "中医治疗率", 70), ("result", "中医治疗率", 61.4),
    ]  # fmt: skip


def test_at_once_ends_where_the_next_limit_begins():
    found = items("急诊Ⅰ级患者即刻、Ⅱ级患者10分钟内、Ⅲ级30分钟内接诊", "deadline")
    assert [one["text"] for one in found] == ["急诊Ⅰ级患者即刻", "Ⅱ级患者10分钟内", "Ⅲ级30分钟内接诊"]


def test_the_whole_of_a_group_is_told_once():
    (found,) = items("质控小组由科主任、护士长、质控医师2人、质控护士1人组成，共5人。", "body")
    assert (found["subject"], found["value"]) == ("质控小组", 5)
    assert "质控医师2人" in found["members"]


def test_a_cap_of_what_is_paid_is_money():
    found = items("未完成的每项扣科室当月绩效2%，最高不超过10%。", "money")
    assert [(one["operator"], one["value"]) for one in found] == [("=", 2), ("<=", 10)]


def test_a_missed_target_of_last_year_is_no_target():
    assert not items("一、2026年工作总结\n剖宫产率41.3%，未达到≤40%的目标。", "target")


def test_what_is_taken_as_a_sample_is_a_quota():
    found = items("质控科每月抽查归档病历不少于出院病历的3%", "quota")
    assert [(one["operator"], one["value"], one["unit"]) for one in found] == [(">=", 3, "%")]


def test_what_was_done_so_often_last_year_is_a_result():
    text = "一、2026年工作总结\n坚持质控会，全年共召开52次。归档病历抽查120份，无丙级病历。"
    found = read(text).as_json()["items"]
    assert [(one["kind"], one["value"]) for one in found] == [("result", 52), ("result", 0), ("result", 120)]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("二线医师点评前一日新入院病历", []),  # when it was written, not by when
        ("一月内完成模板上线", ["deadline"]),  # within a month, not in January
        ("三季度末前覆盖率达100%", ["deadline", "target"]),
        ("二季度实现自动提醒", ["date_range"]),
        ("DNT≤40分钟", ["target"]),
    ],
)
def test_times_and_seasons_in_other_words(text, kinds):
    assert [one["kind"] for one in read(text).as_json()["items"]] == kinds


@pytest.mark.parametrize(
    ("text", "act"),
    [("每周三下午开展卒中质控例会", "开展卒中质控例会"), ("每月第二周进行死亡病例讨论", "进行死亡病例讨论")],
)
def test_the_weekday_is_no_part_of_what_is_owed(text, act):
    (found,) = items(text, "duty")
    assert found["subject"] == act


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("尿路感染≤1.5例/千导管日，CLABSI≤0.5‰，VAP≤5‰", ["尿路感染", "CLABSI", "VAP"]),
        ("职业暴露报告率100%，锐器伤较上年下降10%以上", ["职业暴露报告率", "锐器伤"]),
        ("新灯≥90μW/cm²，使用中≥70μW/cm²", ["新灯", "使用中"]),
        ("手消液每床日消耗量≥10ml", ["手消液每床日消耗量"]),
    ],
)
def test_names_that_stand_by_themselves(text, subjects):
    assert [one["subject"] for one in items(text, "target")] == subjects


def test_so_many_cases_that_are_reported_within_hours_set_it_off():
    found = read("3例以上同源感染病例12小时内报告").as_json()["items"]
    assert [(one["kind"], one["value"]) for one in found] == [("threshold", 3), ("deadline", None)]
