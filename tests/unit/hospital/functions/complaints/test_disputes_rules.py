"""Deadlines at their edges, the words for what is left, and rules that a hospital may write wrongly. No database."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from zhikong.foundation.calendar.rules import WorkingCalendar
from zhikong.hospital.functions.complaints import rules_disputes_clocks as timing
from zhikong.hospital.functions.complaints.rules_disputes import Period, parse
from zhikong.hospital.functions.complaints.rules_disputes_figures import compensation_share, incidence
from zhikong.hospital.functions.complaints.rules_disputes_sealing import missing_sides, strokes_of

ZONE = ZoneInfo("Asia/Shanghai")
FILE = Path("zhikong/packs/national/dispute_rules/disputes.yaml")
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def due(period, start):
    found = timing.due(period, start, calendar=WorkingCalendar(), zone=ZONE)
    return found.astimezone(ZONE)


def test_the_moment_itself_is_in_time_and_the_next_is_not():
    end = NOW + timedelta(hours=2)
    assert timing.standing(NOW, end, end) == "warn"
    assert timing.standing(NOW, end, end + timedelta(microseconds=1)) == "bad"
    assert timing.standing(NOW, end, NOW, met_at=end) == "ok"
    assert timing.standing(NOW, end, NOW, met_at=end + timedelta(microseconds=1)) == "bad"


def test_hours_run_to_the_minute_and_days_end_at_midnight_without_counting_the_first():
    start = datetime(2026, 11, 23, 23, 59, tzinfo=ZONE)
    assert due(Period("a", "a", "", "memory", hours=48), start) == start + timedelta(hours=48)
    assert due(Period("a", "a", "", "memory", days=7), start).date() == date(2026, 11, 30)
    assert due(Period("a", "a", "", "memory", days=7), start).hour == 23
    friday = datetime(2026, 11, 27, 9, 0, tzinfo=ZONE)
    assert due(Period("a", "a", "", "memory", working_days=5), friday).date() == date(2026, 12, 4)


def test_a_seal_of_a_leap_day_is_over_on_the_first_of_march():
    assert timing.seal_over(datetime(2028, 2, 29, 9, tzinfo=ZONE), 3, zone=ZONE).date() == date(2031, 3, 1)
    assert timing.seal_over(NOW, 3, zone=ZONE).date() == date(2029, 11, 23)


def test_what_is_left_is_said_in_words():
    assert timing.left(NOW + timedelta(days=3, hours=4), NOW) == "还有 3 天 4 小时"
    assert timing.left(NOW - timedelta(minutes=20), NOW) == "逾期 20 分钟"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("internal_hours: 6", "internal_hours: 60", "院内期限不能晚于法定期限"),
        ("least: 60, most: 90", "least: 95, most: 90", "least 不能大于 most"),
        (
            "{code: body, title: 遗体移出太平间, days: 14",
            "{code: body, title: 遗体移出太平间, days: 14, hours: 3",
            "中的一个",
        ),
        ("{code: supplement,", "{code: later,", "缺少期限 supplement"),
        ("{code: fee, title: 收费}", "{code: treatment, title: 收费}", "重复"),
        ("retention_years: 30", "retention_years: 长期", "retention_years"),
    ],
)
def test_rules_that_cannot_be_meant_are_told_in_words(old, new, said):
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    problems = parse(text.replace(old, new), file=FILE)
    assert isinstance(problems, list)
    assert any(said in one.message for one in problems), [one.text for one in problems]


def test_figures_are_judged_by_whole_numbers_and_unknown_is_not_zero():
    assert compensation_share(200_000_000, 100_000_000_000).met is True
    assert compensation_share(200_000_001, 100_000_000_000).met is False
    assert incidence(3, None).value is None
    assert incidence(0, 10_000).value == 0


def test_both_sides_sign_and_a_notary_stands_in_for_who_refuses():
    assert missing_sides(["hospital", "patient"]) == []
    assert missing_sides(["hospital"], refused=True) == ["notary"]
    assert missing_sides(["hospital", "notary"]) == ["patient"]
    with pytest.raises(Exception, match="笔迹不对"):
        strokes_of([[1, 2, 3]])
    with pytest.raises(Exception, match="笔迹不对"):
        strokes_of([[1, 2000]])
