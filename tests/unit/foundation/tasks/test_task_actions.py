"""Tasks: given once, finished by the step they stand for, moved with a reason, handed on to who can see them."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from zhikong.foundation.calendar.rules import WorkingCalendar
from zhikong.foundation.notices.models import Notice
from zhikong.foundation.tasks import actions, queries
from zhikong.foundation.tasks.models import Task, TaskEvent

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DUE = date(2026, 12, 11)


@pytest.fixture
def head(make_user, hospital):
    return make_user("department_head", hospital.departments["CARD"])


@pytest.fixture
def office(make_user):
    return make_user("quality_office")


@pytest.fixture
def give(hospital, head, office):
    def assign(title="一件事", **changes):
        values = {
            "by": office,
            "now": NOW,
            "owner": head,
            "title": title,
            "due_on": DUE,
            "due_reason": "十四个工作日内",
            "source_kind": "test",
            "source_key": "1",
            "department_id": hospital.departments["CARD"].id,
        }
        return actions.assign(**{**values, **changes})

    return assign


def test_the_same_open_thing_is_given_once(give):
    assert give() == give()
    assert give("另一件事") != give()


def test_a_done_thing_can_be_given_again(give, head):
    first = give()
    actions.complete(first, by=head, now=NOW)
    assert give() != first


@pytest.mark.parametrize("changes", [{"due_reason": " "}, {"department_id": None}])
def test_a_task_that_says_nothing_or_nobody_sees_is_refused(give, changes):
    with pytest.raises(ValidationError):
        give(**changes)
    assert not Task.objects.exists()


def test_a_task_for_someone_of_another_department_is_refused(give, make_user, hospital):
    stranger = make_user("physician", hospital.departments["GSUR"])
    with pytest.raises(ValidationError, match="看不到"):
        give(owner=stranger)


def test_only_the_owner_completes_and_only_once(give, head, office):
    task = give()
    with pytest.raises(PermissionDenied):
        actions.complete(task, by=office, now=NOW)
    actions.complete(task, by=head, now=NOW)
    with pytest.raises(ValidationError):
        actions.complete(task, by=head, now=NOW)


def test_finishing_a_source_finishes_all_its_open_tasks(give, head):
    give(), give("另一件事")
    assert actions.complete_for(source_kind="test", source_key="1", by=head, now=NOW) == 2
    assert queries.open_count(user=head) == 0
    assert list(queries.done_tasks(user=head)) != []


def test_cancelling_leaves_the_reason(give, office, head):
    give()
    actions.cancel_for(source_kind="test", source_key="1", by=office, now=NOW, reason="已撤销")
    assert TaskEvent.objects.get().text == "已撤销"
    assert queries.open_count(user=head) == 0


def test_extension_needs_the_giver_a_reason_and_a_later_day(give, head, office):
    task = give()
    with pytest.raises(PermissionDenied):
        actions.extend(task, by=head, now=NOW, due_on=date(2027, 1, 5), reason="忙")
    with pytest.raises(ValidationError, match="晚于"):
        actions.extend(task, by=office, now=NOW, due_on=DUE, reason="忙")
    with pytest.raises(ValidationError, match="理由"):
        actions.extend(task, by=office, now=NOW, due_on=date(2027, 1, 5), reason=" ")
    actions.extend(task, by=office, now=NOW, due_on=date(2027, 1, 5), reason="等设备")
    assert "等设备" in Task.objects.get().due_reason
    assert TaskEvent.objects.get().what == "extended"


def test_reminding_sends_a_notice_to_the_owner(give, head, office):
    actions.remind(give(), by=office, now=NOW, text="请尽快")
    notice = Notice.objects.get()
    assert notice.title.startswith("催办：一件事")
    assert [r.user for r in notice.receipts.all()] == [head]


def test_the_first_owner_stays_on_record_when_a_task_is_handed_on_twice(give, head, make_user, hospital):
    one = make_user("physician", hospital.departments["CARD"])
    two = make_user("nurse", hospital.departments["CARD"])
    task = give()
    actions.delegate(task, by=head, now=NOW, to=one)
    actions.delegate(task, by=one, now=NOW, to=two)
    assert (task.owner, task.delegated_from) == (two, head)
    with pytest.raises(PermissionDenied):
        actions.delegate(task, by=head, now=NOW, to=one)


def test_a_new_calendar_moves_only_tasks_that_count_working_days(give):
    counted = give(due_on=date(2026, 11, 30), due_from=date(2026, 11, 23), working_days=5)
    fixed = give("另一件事", due_on=date(2026, 11, 30))
    moved = actions.recalculate(WorkingCalendar({date(2026, 11, 25): (False, "院庆")}), frozenset({2026}))
    assert [(m.before, m.after) for m in moved] == [(date(2026, 11, 30), date(2026, 12, 1))]
    fixed.refresh_from_db()
    counted.refresh_from_db()
    assert (counted.due_on, fixed.due_on) == (date(2026, 12, 1), date(2026, 11, 30))


@pytest.mark.parametrize(("today", "late"), [(DUE, 0), (date(2026, 12, 12), 1)])
def test_due_today_is_not_overdue(give, today, late):
    give()
    assert queries.overdue(today=today).count() == late


def test_done_without_a_time_is_refused_by_the_database(give):
    give()
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.update(state="done")
