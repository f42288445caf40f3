"""The board: pure arithmetic first, then its counts against findings made by the ordinary actions."""

from datetime import date, timedelta

import pytest

from zhikong.foundation.calendar.rules import WorkingCalendar
from zhikong.foundation.findings import actions, queries
from zhikong.foundation.findings.rules.board import Tally, WorkingDays, spread
from zhikong.foundation.findings.workbook import of_board

from .conftest import NOW

TODAY = date(2026, 11, 23)


def test_working_days_agree_with_the_calendar():
    calendar = WorkingCalendar({})
    first, last = date(2026, 9, 20), date(2026, 10, 20)
    days = WorkingDays(first, last, calendar.is_working_day)
    pairs = [
        (first + timedelta(days=a), first + timedelta(days=b)) for a in range(0, 25, 3) for b in range(30)
    ]
    assert [days.between(a, b) for a, b in pairs] == [calendar.working_days_between(a, b) for a, b in pairs]


@pytest.mark.parametrize(
    ("values", "median", "p90"),
    [([], None, None), ([4], 4, 4), ([1, 2, 3, 4], 2.5, 3.7), (list(range(11)), 5, 9)],
)
def test_median_and_ninetieth_percentile(values, median, p90):
    found = spread(reversed(values))
    assert (found.count, found.median) == (len(values), median)
    assert found.p90 == (None if p90 is None else pytest.approx(p90))


def test_rates_of_nothing_are_unknown():
    assert Tally().effective is None
    assert Tally().recurring is None
    assert (Tally(closed=4, proven=1) + Tally(closed=4, proven=3)).effective == 50


def close(finding, people, *, now):
    actions.verify_by_items(finding, by=people.office, now=now, items_checked=10, items_passed=10, text="")
    return actions.close(finding, by=people.office, now=now)


@pytest.mark.proves("CAP-14")
def test_the_board_counts_what_happened(hospital, people, new_finding, corrected):
    done = NOW + timedelta(days=7)
    close(corrected("major", items_required=10), people, now=done)
    evidence = corrected()
    actions.verify(evidence, by=people.office, now=done, text="属实")
    actions.close(evidence, by=people.office, now=done)
    actions.override_closure(new_finding(), by=people.office, now=done, reason="与另一院区重复，不再单独处理")
    new_finding(department="GSUR")
    made = queries.board(today=date(2026, 12, 31))
    total = made.total
    assert (total.raised, total.open, total.overdue, total.closed) == (4, 1, 1, 3)
    assert (total.proven, total.overridden) == (1, 1)
    assert total.effective == pytest.approx(100 / 3)
    by_department = {line.title: line.tally for line in made.departments}
    assert (by_department["普通外科"].overdue, by_department["心血管内科"].closed) == (1, 3)
    assert [line.key for line in made.months] == ["2026-11"]
    assert [(age.open, age.overdue) for age in made.ages] == [(0, 0), (0, 0), (0, 0), (1, 1), (0, 0)]
    assert (made.times["total"].count, made.times["total"].median) == (3, 5)
    assert queries.board(today=date(2026, 12, 31), severity="major").total.closed == 1
    assert (
        queries.board(today=date(2026, 12, 31), department_id=hospital.departments["GSUR"].id).total.raised
        == 1
    )


def test_the_board_needs_few_queries(people, new_finding, django_assert_max_num_queries):
    for department in ("CARD", "GSUR"):
        new_finding(department=department)
    with django_assert_max_num_queries(6):
        queries.board(today=TODAY)


def test_the_workbook_holds_texts_as_texts(people, new_finding):
    from io import BytesIO

    from openpyxl import load_workbook

    finding = new_finding()
    finding.title = "=1+1"
    finding.save()
    made = queries.board(today=TODAY)
    rows = queries.findings(today=TODAY, show="all")
    data = of_board(made, rows, names={}, steps={"total": "全程"}, by=people.office, now=NOW)
    book = load_workbook(BytesIO(data))
    assert book.sheetnames == ["概况", "按科室", "按来源", "按程度", "按月", "明细"]
    assert (book["明细"]["B2"].value, book["明细"]["B2"].data_type) == ("=1+1", "s")
