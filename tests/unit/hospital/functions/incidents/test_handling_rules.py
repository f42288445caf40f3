"""Clocks to the second, levels, SAC, states and duplicates: pure rules of handling."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from zhikong.foundation.calendar.rules import WorkingCalendar
from zhikong.hospital.functions.incidents import (
    rules_handling_clockfile,
    rules_handling_layout,
    rules_handling_levels,
    rules_handling_sac,
)
from zhikong.hospital.functions.incidents import rules_handling_clocks as clocks
from zhikong.hospital.functions.incidents import rules_handling_states as states
from zhikong.site import discovery

ZONE = ZoneInfo("Asia/Shanghai")
NATIONAL = discovery.PACKAGE / "packs" / "national"
WORKING = WorkingCalendar({date(2026, 10, day): (False, "国庆节") for day in range(1, 8)}).add_working_days
EIGHT = datetime(2026, 10, 1, 8, 0, tzinfo=ZONE)


def read(module, path, changed=lambda text: text):
    file = NATIONAL / path
    return module.parse(changed(file.read_text("utf-8")), file=file)


@pytest.fixture(scope="module")
def found():
    return read(rules_handling_clockfile, "incident_clocks/standard.yaml")


@pytest.fixture(scope="module")
def levels():
    return read(rules_handling_levels, "incident_levels/standard.yaml")


def runs(found, **facts):
    moments = {"known": EIGHT, "reported": EIGHT} | facts.pop("moments", {})
    return {
        one.clock.id: one
        for one in clocks.running(
            found.clocks, clocks.Facts(**facts, moments=moments), zone=ZONE, working=WORKING
        )
    }


# ---- the seeds' three classes, to the second --------------------------------------------------------------------------


@pytest.mark.proves("EVT-04")
@pytest.mark.parametrize(
    ("gone", "state"),
    [
        (timedelta(minutes=59, seconds=59), clocks.State.RUNNING),
        (timedelta(hours=1), clocks.State.RUNNING),  # the last second of the internal limit
        (timedelta(hours=1, seconds=1), clocks.State.SOON),
        (timedelta(hours=1, minutes=59, seconds=59), clocks.State.SOON),
        (timedelta(hours=2), clocks.State.SOON),  # within two hours: the second hour's end is in time
        (timedelta(hours=2, seconds=1), clocks.State.LATE),
    ],
)
def test_an_extraordinary_dispute_is_told_within_two_hours(found, gone, state):
    one = runs(found, dispute="extraordinary", level="I")["dispute_extraordinary"]
    assert one.state(EIGHT + gone) is state


@pytest.mark.proves("EVT-04", "X-22")
def test_a_major_one_has_twelve_hours_also_on_a_holiday_and_a_general_one_fifteen_days(found):
    major = runs(found, dispute="major", level="I")["dispute_major"]
    assert major.until == EIGHT + timedelta(hours=12)  # 1 October is a holiday, and the clock does not mind
    general = runs(found, dispute="general", level="II")["dispute_general"]
    assert general.until == datetime(2026, 10, 16, 23, 59, 59, tzinfo=ZONE)
    assert general.state(datetime(2026, 10, 16, 23, 59, 59, tzinfo=ZONE)) is not clocks.State.LATE
    assert general.state(datetime(2026, 10, 17, tzinfo=ZONE)) is clocks.State.LATE
    assert all(one.internal < one.until for one in (major, general))


@pytest.mark.proves("EVT-04")
def test_classes_of_disputes_do_not_run_for_other_events(found):
    assert not [id for id in runs(found, level="IV", harm="B") if id.startswith("dispute")]
    assert not [one for one in runs(found, level="IV", category="fall").values() if one.clock.statutory]
    serious = runs(found, level="II", harm="F", category="adr")
    assert serious["adr_serious"].until == datetime(2026, 10, 16, 23, 59, 59, tzinfo=ZONE)
    assert "adr_death" not in serious


def test_an_unknown_level_has_the_clock_of_acceptance_and_working_days_skip_the_holidays(found):
    one = runs(found)["accept"]
    assert one.until == datetime(2026, 10, 8, 23, 59, 59, tzinfo=ZONE)
    assert one.internal == EIGHT + timedelta(hours=8)  # hours do not skip them
    assert "accept_gravest" in runs(found, level="I")
    assert "accept" not in runs(found, level="I")


def test_a_clock_without_its_start_does_not_run_and_a_stopped_one_says_whether_it_was_kept(found):
    assert "classify" not in runs(found, level="II")
    kept = runs(found, level="I", moments={"accepted": EIGHT + timedelta(minutes=60)})["accept_gravest"]
    missed = runs(found, level="I", moments={"accepted": EIGHT + timedelta(minutes=60, seconds=1)})[
        "accept_gravest"
    ]
    late = EIGHT + timedelta(days=3)
    assert (kept.state(late), missed.state(late)) == (clocks.State.KEPT, clocks.State.MISSED)


def test_a_submission_stops_its_own_clock_only(found):
    facts = {"dispute": "major", "level": "II", "category": "adr", "harm": "F"}
    sent = {"submitted:dispute_major": EIGHT + timedelta(hours=1)}
    one = runs(found, **facts, moments=sent)
    assert one["dispute_major"].stopped == EIGHT + timedelta(hours=1)
    assert one["adr_serious"].stopped is None


def test_hours_are_elapsed_time_where_the_wall_clock_jumps():
    """Two hours are two hours on the night on which the clocks go forward."""
    zone = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 3, 29, 1, 30, tzinfo=zone)
    until = clocks.Limit("hours", 2).until(start, zone, WORKING)
    assert until.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=2)
    assert (until.hour, until.minute) == (4, 30)


def test_the_wall_time_of_the_institution_decides_which_day_it_is():
    start = datetime(2026, 10, 1, 17, 0, tzinfo=UTC)  # one o'clock on the second in China
    assert clocks.Limit("days", 15).until(start, ZONE, WORKING).date() == date(2026, 10, 17)


def test_an_internal_limit_is_never_later_than_the_limit(found):
    clock = replace(
        found.clock("accept"), limit=clocks.Limit("hours", 8), internal=clocks.Limit("working_days", 1)
    )
    (one,) = clocks.running((clock,), clocks.Facts(moments={"reported": EIGHT}), zone=ZONE, working=WORKING)
    assert one.internal == one.until == EIGHT + timedelta(hours=8)


def test_the_ladder_is_climbed_before_and_after_the_limit(found):
    one = runs(found, dispute="extraordinary", level="I")["dispute_extraordinary"]
    told = [
        [
            found.ladder[i].offset
            for i in clocks.rungs_due(found.ladder, one, one.until + timedelta(minutes=m))
        ]
        for m in (-61, -60, -15, 0, 1440)
    ]
    assert told == [[], [-60], [-60, -15], [-60, -15, 0], [-60, -15, 0, 1440]]
    day = runs(found, dispute="general", level="II")["dispute_general"]
    assert clocks.rungs_due(found.ladder, day, day.until - timedelta(minutes=1440)) == [2]
    assert clocks.rungs_due(found.ladder, replace(day, stopped=EIGHT), day.until) == []


@pytest.mark.proves("EVT-03")
def test_the_report_hops_from_staff_to_head_to_medical_affairs(found):
    assert [(hop.code, hop.until(EIGHT) - EIGHT) for hop in found.hops] == [
        ("head", timedelta(minutes=30)),
        ("medical_affairs", timedelta(minutes=60)),
    ]


# ---- the packs and their checks ---------------------------------------------------------------------------------------

PACKS = [
    (rules_handling_clockfile, "incident_clocks/standard.yaml"),
    (rules_handling_levels, "incident_levels/standard.yaml"),
    (rules_handling_sac, "sac_matrices/graded.yaml"),
    (rules_handling_sac, "sac_matrices/rca2.yaml"),
]


@pytest.mark.parametrize(("module", "path"), PACKS, ids=[path for _module, path in PACKS])
def test_the_worked_examples_hold_and_a_wrong_one_is_found(module, path, tmp_path):
    file = NATIONAL / path
    obj = read(module, path)
    assert module.examples(obj, file) == []
    copy = tmp_path / file.name
    beside = file.with_name(f"{file.stem}.examples.yaml").read_text("utf-8")
    wrong = (
        beside.replace("level: IV", "level: I")
        .replace("score: 3", "score: 2")
        .replace("10:00:00", "10:00:01")
    )
    assert wrong != beside
    copy.with_name(f"{file.stem}.examples.yaml").write_text(wrong, "utf-8")
    assert module.examples(obj, copy)
    assert "没有样例" in module.examples(obj, tmp_path / "other.yaml")[0].message


@pytest.mark.parametrize(
    ("module", "path", "was", "becomes", "told"),
    [
        (*PACKS[0], "limit: {hours: 2}", "limit: {hours: 0}", "正整数"),
        (*PACKS[0], "internal: {hours: 1}", "internal: {hours: 3}", "不能晚于"),
        (*PACKS[0], "from: known", "from: heard", "起算点"),
        (*PACKS[0], "dispute: [major]", "dispute: [huge]", "extraordinary"),
        (*PACKS[0], "done: submitted", "done: accepted", "法定上报"),
        (*PACKS[1], "level: IV, mark", "level: V, mark", "不在 levels"),
        (*PACKS[1], "second_person: true", "second_person: 是", "true 或 false"),
        (*PACKS[2], "cells: [2, 3, 3, 4, 4]", "cells: [2, 3, 3, 4]", "一样多"),
        (*PACKS[2], "cells: [1, 2, 3, 4, 4]", "cells: [1, 2, 1, 4, 4]", "不能更轻"),
        (*PACKS[3], "action: rca", "action: none", "action"),
    ],
)
def test_a_mistake_in_a_file_is_told_with_its_line(module, path, was, becomes, told):
    problems = read(module, path, lambda text: text.replace(was, becomes))
    assert isinstance(problems, list)
    assert told in problems[0].message
    assert problems[0].line > 1
    assert read(module, path, lambda text: "只是一句话") != []


@pytest.mark.proves("EVT-02")
def test_levels_follow_harm_and_the_unknown_is_not_the_lightest(levels):
    assert [levels.level_of_harm(one) for one in "ABCDEFGHI"] == [
        "IV",
        "IV",
        "III",
        "III",
        "II",
        "II",
        "I",
        "I",
        "I",
    ]
    assert levels.level_of_harm("") == ""
    assert levels.gravest("III", "I", "") == "I"
    assert levels.gravest("") == ""


def test_the_two_matrices_demand_a_root_cause_analysis_for_death_and_a_count_for_a_scratch(levels):
    for name, worst, least in (("graded", "death", "mild"), ("rca2", "catastrophic", "minor")):
        matrix = read(rules_handling_sac, f"sac_matrices/{name}.yaml")
        first, last = matrix.frequencies[0].code, matrix.frequencies[-1].code
        assert matrix.score(worst, first).action == "rca"
        assert matrix.score(least, last).action == "trend"
        assert matrix.score(worst, "") is None
        assert {matrix.severity_of_harm(one) for one in "ABCDEFGHI"} <= {
            one.code for one in matrix.severities
        }
        assert "" not in {matrix.severity_of_harm(one) for one in "ABCDEFGHI"}
    assert levels.sac == "graded"


# ---- states ----------------------------------------------------------------------------------------------------------


def test_a_grave_level_and_the_lowering_of_one_need_a_second_person(levels):
    assert states.needs_second(levels, "I", "")
    assert states.needs_second(levels, "III", "II")
    assert not states.needs_second(levels, "III", "IV")
    assert not states.needs_second(levels, "IV", "")


def test_acts_go_only_where_they_may():
    assert states.possible("accept", "reported")
    assert not states.possible("accept", "accepted")
    assert not states.possible("close", "reported")
    assert not states.possible("close", "analysing")  # the department still writes
    assert states.after("reopen", "closed") == "investigating"
    assert states.after("level", "accepted") == "accepted"


def test_duplicates_are_proposed_for_the_same_department_day_and_category_only():
    one = states.Like(1, 7, date(2026, 11, 2), "fall")
    others = [
        one,
        replace(one, id=2),
        replace(one, id=3, category="tube"),
        replace(one, id=4, occurred_on=date(2026, 11, 3)),
        replace(one, id=5, department_id=8),
    ]
    assert states.duplicates(one, others) == [2]
    assert states.duplicates(replace(one, category=""), [replace(one, id=9, category="")]) == []


GOOD = states.Stand(
    level="II", level_waits=False, compulsory=True, answered=True, asked=True, analysed=True, unsubmitted=(),
    open_measures=0, measures=1,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"level": ""}, "级别"),
        ({"level_waits": True}, "复核"),
        ({"answered": False}, "答复"),
        ({"analysed": False}, "科室"),
        ({"unsubmitted": ("上报",)}, "凭证"),
        ({"open_measures": 1}, "核查"),
        ({"measures": 0}, "至少要有一条"),
    ],
)
def test_each_missing_thing_keeps_a_case_open(changed, told):
    assert states.obstacles(GOOD) == []
    assert any(told in one for one in states.obstacles(replace(GOOD, **changed)))


def test_the_layout_is_well_formed_xml_that_leaves_out_what_is_unknown():
    from xml.etree import ElementTree as ET

    row = {"number": "K7M2-9QXD", "what": "摔倒 <头部>\x07 & 出血", "level": ""}
    root = ET.fromstring(rules_handling_layout.xml([row], made_at="2026-11-22T10:00"))
    space = f"{{{rules_handling_layout.NAMESPACE}}}"
    (event,) = root
    assert event.find(f"{space}what").text == "摔倒 <头部> & 出血"
    assert event.find(f"{space}level") is None
    assert rules_handling_layout.problems(row) == ["机构编码", "机构名称", "医院知道的时间"]
    assert len({one.id for one in rules_handling_layout.COLUMNS}) == len(rules_handling_layout.COLUMNS)


def test_the_files_are_where_the_kinds_look_for_them():
    assert all(Path(NATIONAL / path).is_file() for _module, path in PACKS)
