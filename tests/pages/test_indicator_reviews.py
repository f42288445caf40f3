"""A definition whose review is due becomes a task of whoever stands for it; done, the task is finished."""

from datetime import UTC, datetime, timedelta

import pytest

from zhikong.foundation.tasks.models import Task
from zhikong.hospital.functions.indicators import catalogue
from zhikong.hospital.functions.indicators.actions import reviewing

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture
def due(monkeypatch):
    """Two definitions of medical affairs that are due soon, and one that is not."""
    from dataclasses import replace

    known = catalogue.packaged_definitions()
    soon, later = NOW.date() + timedelta(days=60), NOW.date() + timedelta(days=61)
    found = {
        name: replace(known[name], owner="medical_affairs", next_review=day)
        for name, day in (("discharges", soon), ("bed_occupancy", soon), ("icu_share", later))
    }
    monkeypatch.setattr(reviewing, "definitions", lambda: found)
    return found


@pytest.mark.proves("IND-01")
def test_reviews_that_are_due_are_one_task_for_the_role_however_often_it_runs(hospital, make_user, due):
    owner = make_user("medical_affairs")
    assert reviewing.ask_for_reviews(now=NOW) == 1
    assert reviewing.ask_for_reviews(now=NOW + timedelta(hours=1)) == 1
    (task,) = Task.objects.filter(source_kind=reviewing.KIND)
    assert task.owner == owner
    assert task.due_on == due["discharges"].next_review
    assert "2027-01-21" in task.title
    assert task.url == "/indicators/library/?owner=medical_affairs"


def test_without_a_holder_the_quality_office_is_asked_and_without_both_nobody(hospital, make_user, due):
    assert reviewing.ask_for_reviews(now=NOW) == 0
    office = make_user("quality_office")
    assert reviewing.ask_for_reviews(now=NOW) == 1
    assert Task.objects.get(source_kind=reviewing.KIND).owner == office


def test_a_review_that_was_done_finishes_its_task(hospital, make_user, due, monkeypatch):
    make_user("medical_affairs")
    reviewing.ask_for_reviews(now=NOW)
    monkeypatch.setattr(reviewing, "definitions", lambda: {"icu_share": due["icu_share"]})
    assert reviewing.ask_for_reviews(now=NOW) == 0
    assert Task.objects.get(source_kind=reviewing.KIND).state == Task.State.DONE
