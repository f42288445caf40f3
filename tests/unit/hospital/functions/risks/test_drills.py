"""Drills from plan to summary, and plans that are read through (EMR-01)."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.unit.hospital.functions.risks.conftest import NOW
from zhikong.foundation.findings.sources import describe
from zhikong.foundation.notices.models import Notice
from zhikong.foundation.tasks.models import Task
from zhikong.hospital.functions.risks.actions.plans import drilling
from zhikong.hospital.functions.risks.models.plans import Drill
from zhikong.hospital.functions.risks.queries.plans import plans as queries

TODAY = date(2026, 11, 23)
PLAN = "critical_patient_rescue"


@pytest.fixture
def planned(hospital, people):
    def make(plan=PLAN, kind="live", on=TODAY, **more):
        told = {
            "department_id": hospital.departments["CARD"].id,
            "by": people.head,
            "leader": people.head,
        } | more
        return drilling.plan_drill(
            now=NOW, plan_id=plan, kind=kind, planned_on=on, scenario="病区患者突发室颤", **told
        )

    return make


def held(drill, people, minutes=2):
    return drilling.hold(
        drill,
        by=people.head,
        now=NOW,
        held_on=TODAY,
        participants=8,
        minutes=minutes,
        course="按预案分工完成抢救",
    )


@pytest.mark.proves("EMR-01")
def test_a_drill_is_planned_held_and_summed_up(planned, people):
    drill = planned()
    assert Notice.objects.filter(source_kind="drill", source_key=str(drill.pk)).exists()
    drill = held(drill, people)
    titles = dict(Task.objects.filter(source_kind="drill").values_list("title", "state"))
    assert titles == {
        "组织演练：重危病人抢救应急预案": Task.State.DONE,
        "总结演练：重危病人抢救应急预案": Task.State.OPEN,
    }
    drill = drilling.sum_up(drill, by=people.head, now=NOW, good="到位快，分工清楚", problems="")
    assert (drill.state, drill.in_time) == (Drill.State.CLOSED, True)
    (standing,) = [one for one in queries.standings(since=date(2026, 1, 1)) if one.plan.id == PLAN]
    assert standing.last == drill
    assert standing.drill_due == date(2027, 2, 23)
    assert standing.drill_state(TODAY) == "ok"
    assert standing.drill_state(date(2027, 2, 1)) == "warn"
    assert standing.drill_state(date(2027, 3, 1)) == "bad"


def test_a_drill_that_took_too_long_must_say_why_and_becomes_a_finding(planned, people):
    drill = held(planned(), people, minutes=9)
    with pytest.raises(ValidationError, match="超过要求的 3 分钟"):
        drilling.sum_up(drill, by=people.head, now=NOW, good="到位快，分工清楚", problems="")
    drill = drilling.sum_up(drill, by=people.head, now=NOW, good="到位快", problems="除颤仪取用花了 4 分钟")
    told = describe("drill", str(drill.pk))
    assert "除颤仪取用花了 4 分钟" in told.detail
    assert "9 分钟" in told.detail
    assert told.departments == (drill.department_id,)


def test_no_time_taken_is_unknown_not_in_time(planned, people):
    assert held(planned(), people, minutes=None).in_time is None


def test_an_unannounced_drill_tells_nobody_but_its_leader(planned, people):
    drill = planned(kind="unannounced", on=TODAY + timedelta(days=3))
    assert not Notice.objects.filter(source_kind="drill", source_key=str(drill.pk)).exists()
    assert Task.objects.get(source_kind="drill").owner_id == people.head.pk


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"plan": "no_such_plan"}, "没有这个应急预案"),
        ({"on": TODAY - timedelta(days=1)}, "不能早于今天"),
        ({"kind": "dream"}, "形式"),
    ],
)
def test_a_drill_that_cannot_be_is_refused(planned, more, word):
    with pytest.raises(ValidationError, match=word):
        planned(**more)


def test_a_plan_of_departments_is_not_drilled_by_nobody(planned, people):
    with pytest.raises(ValidationError, match="请选择科室"):
        planned(department_id=None, by=people.office)
    with pytest.raises(PermissionDenied):
        planned(plan="power_failure", department_id=None)
    with pytest.raises(PermissionDenied):
        planned(by=people.surgeon)


def test_a_cancelled_drill_counts_as_none(planned, people):
    drilling.cancel(planned(), by=people.head, now=NOW, reason="当天有批量伤员")
    (standing,) = [one for one in queries.standings(since=date(2026, 1, 1)) if one.plan.id == PLAN]
    assert (standing.last, standing.planned) == (None, None)
    assert not Task.objects.filter(source_kind="drill", state=Task.State.OPEN).exists()


@pytest.mark.proves("EMR-01")
def test_a_plan_is_read_through_again_within_its_months(people):
    with pytest.raises(ValidationError, match="下次评审"):
        drilling.review_plan(
            by=people.office,
            now=NOW,
            plan_id=PLAN,
            fits=True,
            text="与现行制度一致",
            next_on=TODAY + timedelta(days=800),
        )
    made = drilling.review_plan(
        by=people.office,
        now=NOW,
        plan_id=PLAN,
        fits=False,
        text="电话号码要更新",
        next_on=TODAY + timedelta(days=90),
    )
    assert list(queries.reviews_of(PLAN)) == [made]
    with pytest.raises(PermissionDenied):
        drilling.review_plan(
            by=people.head, now=NOW, plan_id=PLAN, fits=True, text="可以", next_on=TODAY + timedelta(days=90)
        )
