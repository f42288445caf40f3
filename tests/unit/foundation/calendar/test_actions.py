"""Due dates move, with a notice, when a table arrives or the hospital sets a day."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied

from zhikong.foundation.access.scope import rescope
from zhikong.foundation.calendar import actions, queries, registry
from zhikong.foundation.calendar.registry import Moved
from zhikong.foundation.calendar.rules import announced_years
from zhikong.foundation.notices.models import Notice, Receipt
from zhikong.foundation.tasks.actions import assign

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
BEYOND = max(announced_years()) + 1


@pytest.fixture
def keeper():
    """Something that keeps a date: three working days after the last day of the announced year."""
    kept = {"due": None}

    def recompute(calendar, years):
        before, kept["due"] = kept["due"], calendar.add_working_days(date(BEYOND - 1, 12, 31), 3)
        kept["years"] = years
        return [Moved("整改 2026-001", before, kept["due"])] if before not in (None, kept["due"]) else []

    kept["due"] = queries.working_calendar().add_working_days(date(BEYOND - 1, 12, 31), 3)
    registry.register(recompute)
    yield kept
    registry.unregister(recompute)


def test_a_table_that_arrives_moves_due_dates_and_tells(hospital, make_user, keeper):
    office = make_user("quality_office")
    assert actions.recalculate(now=NOW) == []
    assert queries.known_years()[BEYOND] is True

    arrived = announced_years() | {BEYOND}
    actions.set_day(
        by=office, now=NOW, day=date(BEYOND, 1, 4), working=False, note="元旦调休"
    )  # as the table says
    moved = actions.recalculate(now=NOW, announced=arrived)

    assert BEYOND in keeper["years"]
    assert queries.known_years()[BEYOND] is False
    assert moved == []  # the setting had moved it already
    assert Notice.objects.filter(title__contains=f"{BEYOND} 年放假安排已公布").exists()
    assert actions.recalculate(now=NOW, announced=arrived) == []


def test_setting_a_day_moves_due_dates_and_unsetting_moves_them_back(hospital, make_user, keeper):
    office = make_user("quality_office")
    reader = make_user("administrator")
    before = keeper["due"]
    moved = actions.set_day(by=office, now=NOW, day=before, working=False, note="台风停诊")
    assert [m.before for m in moved] == [before]
    assert keeper["due"] > before
    assert Receipt.objects.filter(user=reader).count() == 1
    actions.unset_day(by=office, now=NOW, pk=queries.set_days(year=before.year)[0].pk)
    assert keeper["due"] == before


def test_a_physician_may_not_edit(hospital, make_user):
    physician = make_user("physician", hospital.departments["CARD"])
    with pytest.raises(PermissionDenied, match="维护工作日历"):
        actions.set_day(by=physician, now=NOW, day=date(2026, 12, 1), working=False, note="")


def test_settings_belong_to_one_hospital(hospital, other_hospital, make_user):
    actions.set_day(
        by=make_user("quality_office"), now=NOW, day=date(2026, 12, 1), working=False, note="院庆"
    )
    rescope(other_hospital.scope())
    assert queries.working_calendar().is_working_day(date(2026, 12, 1))


def test_a_task_due_in_january_of_a_year_that_is_not_announced(hospital, make_user):
    """Given now, it has a date; when December's days change, the date in January moves with a notice."""
    office, owner = make_user("quality_office"), make_user("physician", hospital.departments["CARD"])
    start, last = date(BEYOND - 1, 12, 28), date(BEYOND - 1, 12, 30)
    calendar = queries.working_calendar()
    due = calendar.add_working_days(start, 5)
    assert due.year == BEYOND
    assert calendar.is_provisional(due)
    task = assign(
        by=office,
        now=NOW,
        owner=owner,
        title="填写原因与措施",
        due_on=due,
        due_reason="自提出之日起 5 个工作日（年度放假安排未公布，暂定）",
        source_kind="finding",
        source_key="1",
        department_id=hospital.departments["CARD"].id,
        due_from=start,
        working_days=5,
    )
    moved = actions.set_day(
        by=office, now=NOW, day=last, working=not calendar.is_working_day(last), note="调整"
    )
    task.refresh_from_db()
    assert [m.after for m in moved] == [task.due_on]
    assert task.due_on == queries.working_calendar().add_working_days(start, 5) != due
    assert "填写原因与措施" in Notice.objects.get(kind="calendar").text
