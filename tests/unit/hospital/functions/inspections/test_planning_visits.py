"""A visit from its plan to its beginning: who sees it, what is drawn, who left, which department was merged meanwhile."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday, 10:00
FORM = "core_system_supervision_check"


@pytest.fixture
def people(hospital, make_user):
    """Who plans, two inspectors from other departments, and somebody of the inspected one."""
    found = hospital.departments
    return {
        "office": make_user("quality_office", name="王敏"),
        "surgeon": make_user("department_head", found["GSUR"], name="李刚"),
        "child": make_user("qc_officer", found["PAED"], name="赵敏"),
        "own": make_user("department_head", found["CARD"], name="陈一"),
    }


@pytest.fixture
def plan(hospital, people):
    """plan(notice="surprise") → a planned visit of cardiology by the surgeon and the paediatrician."""
    from zhikong.hospital.functions.inspections.actions import planning
    from zhikong.hospital.functions.inspections.rules_planning_visits import Named, VisitPlan

    def make(**changes):
        values = {
            "planned_on": date(2026, 11, 25),
            "inspectors": (Named(people["surgeon"].pk, lead=True), Named(people["child"].pk)),
            "department_id": hospital.departments["CARD"].id,
            "title": "交叉检查",
            "kind": "cross",
            "form_ids": (FORM,),
        }
        (made,) = planning.plan_visits(by=people["office"], now=NOW, plans=[VisitPlan(**values | changes)])
        return made

    return make


def as_user(user):
    from zhikong.foundation.access.queries import scope_of
    from zhikong.foundation.access.scope import scoped

    return scoped(scope_of(user, NOW.date()))


def sees(user, visit) -> bool:
    from zhikong.hospital.functions.inspections.queries.planning import visits

    with as_user(user):
        return visits.visit(visit.pk) is not None


@pytest.mark.proves("INS-04")
def test_a_cross_inspector_sees_the_visit_he_was_named_for_and_nothing_else(people, plan):
    from zhikong.foundation.tasks.models import Task

    named = plan()
    other = plan(inspectors=(_named(people["child"]),))
    assert sees(people["surgeon"], named)
    assert sees(people["child"], named)
    assert sees(people["own"], named)
    assert not sees(people["surgeon"], other)
    with as_user(people["surgeon"]):
        (task,) = Task.objects.filter(owner=people["surgeon"])
        assert task.title == "检查 心血管内科：交叉检查"
        assert task.due_on == date(2026, 11, 25)


def _named(user, lead=True):
    from zhikong.hospital.functions.inspections.rules_planning_visits import Named

    return Named(user.pk, lead=lead)


@pytest.mark.proves("INS-03")
@pytest.mark.parametrize(
    ("notice", "seen"), [("announced", (True, True)), ("surprise", (False, True)), ("covert", (False, False))]
)
def test_the_inspected_side_hears_of_a_surprise_when_it_begins(people, plan, notice, seen):
    from zhikong.hospital.functions.inspections.actions import planning

    visit = plan(notice=notice)
    before = sees(people["own"], visit)
    with as_user(people["surgeon"]):
        planning.start_visit(visit, by=people["surgeon"], now=NOW)
    sheet = visit.visit_sheets.get().sheet
    assert (before, sees(people["own"], visit)) == seen
    assert sheet.confidential == (not seen[1])
    assert sees(people["office"], visit)


def test_two_inspectors_fill_one_sheet_and_a_stranger_does_not(people, plan):
    from zhikong.foundation.forms.actions import save_item
    from zhikong.foundation.forms.queries import definition
    from zhikong.hospital.functions.inspections.actions import planning

    visit = plan()
    with as_user(people["surgeon"]):
        planning.start_visit(visit, by=people["surgeon"], now=NOW)
        planning.start_visit(visit, by=people["surgeon"], now=NOW)  # one phone twice: nothing doubles
    (line,) = visit.visit_sheets.all()
    item = next(one.id for one in definition(line.sheet).items() if one.type == "yes_no_na")
    with as_user(people["child"]):
        saved = save_item(line.sheet, by=people["child"], now=NOW, item=item, value="yes", revision=0)
        assert not saved.errors
        assert saved.changed == {item}
    with as_user(people["own"]), pytest.raises(PermissionDenied):
        save_item(line.sheet, by=people["own"], now=NOW, item=item, value="no", revision=1)
    assert [step.act for step in visit.steps.all()] == ["open", "planned"]


def test_a_merged_department_is_followed_and_explained(hospital, people, plan):
    from zhikong.foundation.organisation import actions as organisation
    from zhikong.hospital.functions.inspections.actions import planning

    places = hospital.departments
    visit = plan(department_id=places["CARD"].id, inspectors=(_named(people["child"]),))
    organisation.close_department(
        by=None, department_id=places["CARD"].id, on=date(2026, 11, 24), successor_id=places["GSUR"].id
    )
    with as_user(people["child"]):
        planning.start_visit(visit, by=people["child"], now=NOW + timedelta(days=2))
    assert (visit.department_id, visit.department_name) == (places["GSUR"].id, "普通外科")
    assert visit.notes == ["心血管内科已于 2026-11-24 并入普通外科，这次检查改为检查普通外科。"]
    assert visit.visit_sheets.get().sheet.department_id == places["GSUR"].id


def test_a_department_that_ended_without_successor_stops_the_visit_with_a_sentence(hospital, people, plan):
    from zhikong.foundation.organisation import actions as organisation
    from zhikong.hospital.functions.inspections.actions import planning

    visit = plan()
    organisation.close_department(by=None, department_id=visit.department_id, on=date(2026, 11, 24))
    with pytest.raises(ValidationError, match="撤销，没有并入其他科室"):
        planning.start_visit(visit, by=people["surgeon"], now=NOW + timedelta(days=2))


def test_who_left_inspects_no_more_and_what_he_wrote_stays(people, plan):
    from zhikong.foundation.tasks.models import Task
    from zhikong.hospital.functions.inspections.actions import planning
    from zhikong.hospital.functions.inspections.queries.planning import visits

    visit = plan()
    planning.start_visit(visit, by=people["surgeon"], now=NOW)
    people["surgeon"].is_active = False
    people["surgeon"].save(update_fields=["is_active"])
    planning.prepare_visit(visit, by=people["child"], now=NOW)
    assert visit.lead == people["child"]
    assert visit.notes == [
        "李刚 的账号已停用，不再参加这次检查；已经填写的内容保留。",
        "组长改由 赵敏 担任。",
    ]
    assert [one.left_reason for one in visits.left(visit)] == ["账号已停用（离职或调出）"]
    assert Task.objects.get(owner=people["surgeon"]).state == "cancelled"
    assert visit.visit_sheets.get().sheet is not None


def test_reassigning_cancelling_and_moving_want_a_reason(people, plan):
    from zhikong.hospital.functions.inspections.actions import planning

    visit = plan()
    with pytest.raises(ValidationError, match="请写明理由"):
        planning.cancel_visit(visit, by=people["office"], now=NOW, reason="")
    with as_user(people["surgeon"]), pytest.raises(PermissionDenied):
        planning.cancel_visit(visit, by=people["surgeon"], now=NOW, reason="不想去")
    planning.move_visit(visit, by=people["office"], now=NOW, planned_on=date(2026, 11, 27), reason="当天停电")
    planning.reassign(
        visit, by=people["office"], now=NOW, users=[people["child"]], lead=people["child"], reason="外出开会"
    )
    assert not sees(people["surgeon"], visit)
    planning.cancel_visit(visit, by=people["office"], now=NOW, reason="本周暂停")
    assert [step.act for step in visit.steps.all()] == ["cancelled", "reassigned", "moved", "planned"]
    with pytest.raises(ValidationError, match="不能"):
        planning.step(visit, "open", by=people["office"], now=NOW)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"form_ids": ()}, "至少选择一份检查表"),
        ({"form_ids": ("no_such_form",)}, "今天没有生效"),
        ({"department_id": None}, "请选择被检查的科室"),
        ({"inspectors": ()}, "一位组长"),
    ],
)
def test_what_a_plan_lacks_is_said(plan, changes, said):
    with pytest.raises(ValidationError, match=said):
        plan(**changes)
