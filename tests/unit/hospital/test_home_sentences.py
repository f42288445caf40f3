"""The home page in three sentences and one call (jobs.md, 院领导)."""

from datetime import date

from zhikong.hospital.overviews.home import sentences
from zhikong.hospital.overviews.home.sentences import Acting, Call, Moves, Off

LATE = Acting(
    "平均住院日超标", "骨科", "何龙平", date(2026, 10, 17), date(2026, 11, 14), True, "/findings/4/"
)
OPEN = Acting(
    "三日确诊率下降", "心血管内科", "陈玲娟", date(2026, 11, 18), date(2026, 12, 8), False, "/findings/5/"
)
WATCHED = Acting(
    "住院日", "骨科", "何龙平", date(2026, 8, 12), date(2026, 9, 11), False, "/findings/1/", date(2027, 3, 10)
)


def test_what_is_wrong_names_the_worst_two():
    off = [Off("甲", "80 %", "≥ 90 %"), Off("乙", "15 天", "≤ 14 天"), Off("丙", "1 %", "0 %")]
    said = sentences.wrong("全院", " 2026 年 10 月", 19, off)
    assert said == (
        "全院 2026 年 10 月 19 项有目标的指标中 3 项未达标，差距最大的是甲（80 %，目标 ≥ 90 %）、乙（15 天，目标 ≤ 14 天）。"
    )
    assert "全部达标" in sentences.wrong("全院", " 2026 年 10 月", 19, [])
    assert "还没有可以判断的指标" in sentences.wrong("全院", " 2026 年 10 月", 0, [])


def test_who_acts_and_since_when_overdue_first():
    said = sentences.acting([OPEN, WATCHED, LATE])
    assert said.startswith("正在整改 3 个问题，其中 1 个逾期：骨科 何龙平 自 10 月 17 日")
    assert "心血管内科 陈玲娟 自 11 月 18 日负责“三日确诊率下降”，期限 12 月 8 日" in said
    assert "观察至 2027-03-10" in sentences.acting([WATCHED])
    assert sentences.acting([]) == "目前没有正在整改的问题。"


def test_the_call_goes_to_the_longest_overdue_then_to_what_nobody_explains():
    nobody = Call("质控科", "病床使用率", "/indicators/bed_occupancy/")
    assert sentences.call([OPEN, LATE], nobody).whom == "骨科 何龙平"
    assert sentences.call([OPEN], nobody) is nobody
    assert sentences.call([OPEN], None) is None


def test_what_changed_counts_both_directions():
    said = sentences.changed(Moves(2, 3, 1, 4, 5))
    assert "新增未达标 2 项、恢复达标 3 项" in said
    assert "提出问题 4 个、关闭 5 个" in said
