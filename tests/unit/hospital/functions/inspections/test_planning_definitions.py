"""Packaged programmes: each reads well, comes round on its days, names what exists; bad ones are explained by line."""

from datetime import date
from pathlib import Path

import pytest

from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.calendar.rules import WorkingCalendar
from zhikong.hospital.functions.inspections.rules_planning import KIND_NAMES, Kind
from zhikong.hospital.functions.inspections.rules_planning_days import breaks, occasions, spread
from zhikong.hospital.functions.inspections.rules_planning_programmes import ProgrammeDefinition, When
from zhikong.hospital.functions.inspections.rules_planning_reading import parse

NATIONAL = Path(__file__).resolve().parents[5] / "zhikong" / "packs" / "national"
FILES = sorted((NATIONAL / "inspection_programmes").glob("*.yaml"))
CALENDAR = WorkingCalendar()


def read(file):
    return parse(file.read_text(encoding="utf-8"), file=file)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_packaged_programme_reads_well_and_comes_round_on_its_days(file):
    found = read(file)
    assert isinstance(found, ProgrammeDefinition), [str(one) for one in found]
    assert found.id == file.stem
    assert found.says
    assert found.document
    assert {found.owner, found.checker, *found.who.roles} <= set(ROLES)
    for example in found.examples:
        made = occasions(found.when, example["from"], example["to"], CALENDAR, window=found.window, seed="x")
        assert [one.first_on for one in made] == example["days"]


@pytest.mark.proves(
    "INS-01",
    "INS-02",
    "INS-06",
    "INS-09",
    "INS-10",
    "INS-13",
    "INS-15",
    "INS-17",
    "INS-22",
    "INS-25",
    "INS-28",
)
def test_every_type_of_the_seeds_is_there():
    found = {one.stem: read(one) for one in FILES}
    assert {one.kind for one in found.values()} == set(KIND_NAMES)
    assert "L366" in found["quarterly_safety_inspection"].clause
    assert found["department_weekly_self_check"].permanent
    assert not found["campaign_supervision"].permanent
    assert found["walk_through"].when.days == ("04-05", "06-05")
    assert len(found["key_infection_departments"].forms_for) == 8


def test_the_checklists_that_programmes_name_exist():
    known = {file.stem for folder in ("checklists", "forms") for file in (NATIONAL / folder).glob("*.yaml")}
    lacking = {}
    for file in FILES:
        found = read(file)
        named = {*found.forms, *(one.form for one in found.forms_for), *(s.form_id for s in found.stops)} - {
            ""
        }
        named |= {form for _title, forms in found.themes.values() for form in forms}
        lacking |= {file.stem: named - known} if named - known else {}
    assert not lacking


@pytest.mark.proves("INS-03")
def test_before_holidays_the_calendar_opens_the_inspection():
    found = occasions(When(before_holiday=3), date(2026, 1, 1), date(2026, 12, 31), CALENDAR)
    told = {one.last_on: one.why[:2] for one in found}
    assert told[date(2026, 9, 30)] == "国庆"
    assert told[date(2026, 2, 14)] == "春节"
    assert all(
        CALENDAR.is_working_day(one.first_on) and CALENDAR.is_working_day(one.last_on) for one in found
    )
    beyond = occasions(When(before_holiday=3), date(2029, 9, 1), date(2029, 10, 31), CALENDAR)
    assert [one.last_on for one in beyond] == [date(2029, 9, 28)]
    assert "尚未公布" in beyond[0].why


def test_a_break_that_began_before_is_found_whole():
    assert list(breaks(date(2026, 10, 3), date(2026, 10, 4), CALENDAR)) == [(date(2026, 10, 1), "国庆节")]


def test_surprises_are_known_to_the_seed_only():
    def days(seed):
        return [
            one.first_on
            for one in occasions(When(surprise=2), date(2026, 11, 1), date(2026, 12, 31), CALENDAR, seed=seed)
        ]

    assert len(days("a")) == 4
    assert days("a") == days("a") != days("b")


@pytest.mark.parametrize(
    ("count", "days"),
    [
        (0, []),
        (1, ["23"]),
        (6, ["23", "23", "24", "25", "26", "27"]),
        (10, ["23", "23", "24", "24", "25", "25", "26", "26", "27", "27"]),
    ],
)
def test_visits_are_spread_over_the_working_days(count, days):
    made = spread(count, date(2026, 11, 23), date(2026, 11, 29), CALENDAR)
    assert [f"{day:%d}" for day in made] == days


GOOD = (NATIONAL / "inspection_programmes" / "night_round.yaml").read_text(encoding="utf-8") if FILES else ""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: night", "kind: nigth", "是否想写 night"),
        ("surprise: 2", "surprise: 2, every: week", "只写一种"),
        ("pool: leaders", "pool: everyone", "pool 不能写"),
        ("owner: medical_affairs", "owner: medical_affair", "是否想写 medical_affairs"),
        ("of: patient", "of: patients", "是否想写 patient"),
        ("window: 1", "windows: 1", "没有 windows 这一项"),
        ("mark: verified", "mark: sure", "mark"),
        ("forms: [night_round]\n", "", "没有写用什么检查"),
        ("purpose: ", "porpose: ", "缺少 purpose"),
    ],
)
def test_a_bad_programme_is_explained(old, new, said):
    assert old in GOOD
    problems = parse(GOOD.replace(old, new), file=Path("night_round.yaml"))
    assert isinstance(problems, list)
    assert any(said in str(one) for one in problems)


def test_kinds_have_words():
    assert set(KIND_NAMES) == set(Kind)
