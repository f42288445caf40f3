"""What the printed form promises: each convention of the reading, on the smallest text that shows it."""

import pytest

from zhikong.reading.reader import read


def items(text):
    return read(text).as_json()["items"]


def one(text, kind):
    found = [item for item in items(text) if item["kind"] == kind]
    assert len(found) == 1, found
    return found[0]


def value(item):
    return item["operator"], item["value"], item["unit"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("病床使用率≥92%", (">=", 92, "%")),
        ("病床使用率≧９２％", (">=", 92, "%")),
        ("床位使用率不低于百分之八十五", (">=", 85, "%")),
        ("无菌切口感染率不超过百分之一点五", ("<=", 1.5, "%")),
        ("平均住院日控制在8.5天以内", ("<=", 8.5, "days")),
        ("门诊平均候诊时间不超过三十分钟", ("<=", 30, "minutes")),
        ("三基考核合格率=100%", ("=", 100, "%")),
        ("技能考核合格率达到100%", ("=", 100, "%")),
        ("患者满意度达到95%", (">=", 95, "%")),
        ("投诉纠纷年发生率≤2/万", ("<=", 2, "per_10k")),
        ("年赔偿总额占医疗收入比例≤20/亿(万元)", ("<=", 20, "CNY_10k_per_CNY_100M")),
        ("不良事件报告例数每百张开放床位年报告≥20 件", (">=", 20, "per_100_beds")),
        ("导管相关血流感染发病率≤1例/千导管日", ("<=", 1, "per_1000_device_days")),
        ("住院患者跌倒发生率≤0.06‰", ("<=", 0.06, "‰")),
        ("低风险组死亡率≤1‱", ("<=", 1, "‱")),
        ("门诊患者满意度不低于92分", (">=", 92, "score")),
        ("漏报率为0", ("=", 0, "%")),
        ("重大医疗事故为零", ("=", 0, "count")),
        ("甲级病案率95%以上，无丙级病历", None),
    ],
)
def test_targets_are_read_with_operator_value_and_unit(text, expected):
    if expected is None:
        assert {value(item) for item in items(text)} == {(">=", 95, "%"), ("=", 0, "count")}
        return
    assert value(one(text, "target")) == expected


def test_a_change_against_the_past_is_relative():
    found = one("2026年计划\n住院患者投诉率较上年下降10%", "target")
    assert (found["relative"], value(found)) == (True, ("=", 10, "%"))
    points = one("患者满意度较上年提高2个百分点", "target")
    assert (points["relative"], points["unit"]) == (True, "pp")


def test_a_range_is_two_items_on_one_span():
    low, high = items("床位使用率：85～93%")
    assert [value(low), value(high)] == [(">=", 85, "%"), ("<=", 93, "%")]
    assert low["end"] == high["end"]
    assert [value(item) for item in items("床位使用率88%≤X≤95%")] == [(">=", 88, "%"), ("<=", 95, "%")]


def test_ranges_of_times_and_of_days_are_two_items():
    assert [one["frequency"]["count"] for one in items("护士长每月查房2-3次")] == [2, 3]
    assert [one["within"]["value"] for one in items("投诉3—5个工作日内反馈")] == [3, 5]


@pytest.mark.parametrize(
    ("text", "why"),
    [("平均住院日≤14%", "天数"), ("病床使用率≥92天", "比例"), ("药占比≤120%", "超过")],
)
def test_a_unit_that_does_not_fit_is_kept_and_asked_about(text, why):
    found = one(text, "target")
    assert found["needs_review"]
    assert why in found["why"]


def test_a_comparison_without_its_number_is_listed():
    found = read("病床使用率≥，甲级率≥90%").as_json()
    assert [one["text"] for one in found["unparsed"]] == ["病床使用率≥"]
    assert [one["value"] for one in found["items"]] == [90]


@pytest.mark.parametrize(
    ("text", "frequency", "within"),
    [
        ("科室每月5日前上报质控数据", (1, "month"), (5, "day")),
        ("结果于次月3日前公布", (1, "month"), (3, "day")),
        ("于每月月底前上报办公室", (1, "month"), None),
        ("每季度首月15日前报送总结", (1, "quarter"), (15, "day")),
        ("季度结束后5个工作日内上报", (1, "quarter"), (5, "workday")),
        ("急、危、重病人应即刻处理", None, (0, "minute")),
        ("病人入院30分钟内进行检查", None, (30, "minute")),
        ("会诊应在24h内完成", None, (24, "hour")),
        ("投诉五个工作日内答复", None, (5, "workday")),
        ("死亡病例一周内讨论", None, (7, "day")),
        ("不合格者一个月内补考", None, (1, "month")),
    ],
)
def test_limits_and_due_days(text, frequency, within):
    found = one(text, "deadline")
    got = found["frequency"] and (found["frequency"]["count"], found["frequency"]["per"])
    assert got == frequency
    assert (found["within"] and (found["within"]["value"], found["within"]["unit"])) == within


@pytest.mark.parametrize("text", ["首次病程记录当班完成", "不定期举行全员质量管理教育"])
def test_what_has_no_number_asks_for_a_review(text):
    (found,) = items(text)
    assert found["needs_review"]
    assert found["within"] is None
    assert found["frequency"] is None


@pytest.mark.parametrize(
    ("text", "count", "per"),
    [
        ("每季度召开一次委员会会议", 1, "quarter"),
        ("护士长每周自查两次", 2, "week"),
        ("科室安全学习一年不少于4次", 4, "year"),
        ("每两周督查一次", 0.5, "week"),
        ("每三个月轮换一次", 1, "quarter"),
        ("每天至少上、下午各巡诊一次", 2, "day"),
        ("病重患者至少2天记录一次", 0.5, "day"),
        ("双月召开一次药事会", 0.5, "month"),
        ("应急演练上、下半年各1次", 1, "half_year"),
        ("各科室质控活动≥1次/月", 1, "month"),
        ("每例死亡病例均应讨论", 1, "event"),
    ],
)
def test_frequencies(text, count, per):
    assert one(text, "duty")["frequency"] == {"count": count, "per": per}


def test_a_list_of_acts_shares_its_period():
    found = [
        (item["subject"], item["frequency"]["count"])
        for item in items("全年组织护理查房12次，业务学习24次，理论考试4次")
    ]
    assert [count for _, count in found] == [12, 24, 4]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("活动时间：2026年3月18日-4月18日", "2026-03-18", "2026-04-18"),
        ("活动时间：20XX年3月18日-20XX年4月18日", "03-18", "04-18"),
        ("四月一日至四月三十日报名", "04-01", "04-30"),
        ("7月中旬举办竞赛", "07-11", "07-20"),
        ("第二季度：组织实施", "04-01", "06-30"),
        ("自2026年1月1日起施行", "2026-01-01", None),
    ],
)
def test_dates_carry_a_year_only_where_it_is_written(text, first, last):
    found = one(text, "date_range")
    assert (found["starts_on"], found["ends_on"]) == (first, last)


@pytest.mark.parametrize(("text", "last"), [("6月底前完成", "06-30"), ("于2026年8月1日前报送", "2026-08-01")])
def test_a_day_by_which_something_is_due_is_a_deadline(text, last):
    found = one(text, "deadline")
    assert (found["starts_on"], found["ends_on"]) == (None, last)


def test_a_themed_month_carries_its_theme():
    found = one("3月份：对住院>30天的患者做大查房", "date_range")
    assert (found["theme_month"], found["starts_on"], found["ends_on"]) == (3, "03-01", "03-31")
    assert "大查房" in found["subject"]


def test_a_baseline_is_a_result_and_the_goal_a_target():
    base, goal = items("2026年目标\n医院感染发病率由3.2%降至2.5%以下")
    assert (base["kind"], base["value"]) == ("result", 3.2)
    assert (goal["kind"], *value(goal)) == ("target", "<=", 2.5, "%")


def test_achieved_results_are_told_from_targets():
    assert one("2025年，全院甲级病案率达到96.5%。2026年计划", "result")["operator"] == "="
    assert one("据统计，患者满意度提升到了95%", "result")["value"] == 95


def test_points_deducted_are_money_and_marks_thresholds():
    assert value(one("漏报一例扣5分", "money")) == ("=", 5, "points")
    assert value(one("逾期归档每份扣罚200元", "money")) == ("=", 200, "CNY")
    assert value(one("三基考核80分为合格", "threshold")) == (">=", 80, "points")
    assert value(one("合格率=100%(75/100分)", "threshold")) == (">=", 75, "points")
    assert value(one("住院超过30天的患者须组织讨论", "threshold")) == (">", 30, "days")
    assert value(one("一次用血2000ml以上须审批", "threshold"))[1:] == (2000, "ml")


def test_an_impossible_value_is_kept_and_asked_about():
    found = one("医疗装备完好率≥100%", "target")
    assert value(found) == (">=", 100, "%")
    assert found["needs_review"]
    assert "=100%" in found["why"]


def test_levels_of_institution():
    found = items("临床路径管理率三级医院50%、二级医院70%以上")
    assert [(item["level"], item["operator"], item["value"]) for item in found] == [
        ("三级", ">=", 50),
        ("二级", ">=", 70),
    ]


def test_a_truncated_sentence_is_listed_and_not_guessed():
    text = "1、继续开展全院性的医疗卫生法律法规、部门规章制度、医疗核心"
    found = read(text).as_json()
    assert found["items"] == []
    assert [one["text"] for one in found["unparsed"]] == [text]


def test_a_body_has_its_number_chair_and_members():
    found = one("医疗质量管理委员会由职能科室负责人共25人组成，主任委员由院长担任", "body")
    assert (found["value"], found["chair"]) == (25, "院长")
    assert "职能科室负责人" in found["members"]


def test_the_responsible_department_of_a_part_holds_for_its_sentences():
    found = one("（二）加强培训\n每季度组织一次培训。\n责任部门：质控科", "duty")
    assert found["department"] == "质控科"


def test_conditions_and_prohibitions_are_marked():
    assert one("如发生重大投诉，应立即上报", "deadline")["conditional"]
    assert one("严禁每月补写病历一次", "duty")["negated"]


def test_traditional_text_is_quoted_as_it_stands():
    text = "住院病人平均住院日數≦7日"
    found = one(text, "target")
    assert found["text"] in text
    assert value(found) == ("<=", 7, "days")


def test_a_span_tells_what_its_number_is_of():
    assert one("每差一例扣50元。", "money")["text"] == "每差一例扣50元"
    assert one("争取市级科研立项不少于6项", "quota")["text"].endswith("科研立项不少于6项")


def test_a_date_under_a_document_is_no_item():
    found = read("一、每月召开一次例会。\n\n质控科\n2026年1月8日").as_json()
    assert [item["kind"] for item in found["items"]] == ["duty"]
    assert any("落款" in other["why"] for other in found["other_numbers"])
