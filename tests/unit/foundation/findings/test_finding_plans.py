"""The plan of a finding: chains of causes, measures in 5W2H, each with its own person and task."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from zhikong.foundation.findings import actions, queries
from zhikong.foundation.findings.actions import Chain, Planned
from zhikong.foundation.findings.rules import State
from zhikong.foundation.organisation.models import Person
from zhikong.foundation.tasks.models import Task

from .conftest import NOW

CHAINS = [
    Chain("people", ["交接不清", "没有固定流程", "科室没有制定交接单"], root=3, proof="现场查看 10 次交接"),
    Chain("equipment", ["推车坏了一辆"]),
]


@pytest.fixture
def nurse(hospital, people):
    """The head nurse as a person of the register."""
    person = Person.objects.create(institution_id=hospital.id, staff_number="N9", name="陈晓红")
    people.nurse.person = person
    people.nurse.save()
    return person


def measures(who=None):
    return [
        Planned(
            "印发交接单",
            date(2026, 11, 30),
            who,
            "没有交接单",
            "3 病区",
            "护士长每班抽查一次",
            Decimal("120.5"),
        ),
        Planned("修好推车", date(2026, 12, 2)),
    ]


@pytest.mark.proves("CAP-02")
def test_a_plan_becomes_the_answer(people, new_finding, nurse):
    finding = new_finding()
    actions.save_plan(finding, by=people.head, now=NOW, chains=CHAINS, measures=measures(nurse))
    assert finding.state == State.RAISED
    actions.submit_plan(finding, by=people.head, now=NOW)
    finding.refresh_from_db()
    assert finding.state == State.MEASURE
    assert (
        "人员：交接不清 ← 没有固定流程 ← 科室没有制定交接单（真因，依据：现场查看 10 次交接）"
        in finding.cause
    )
    assert "1. 印发交接单；负责人：陈晓红；完成日期：2026-11-30；地点：3 病区" in finding.measure
    assert "费用：120.50 元" in finding.measure
    assert (finding.responsible, finding.measure_due_on) == (nurse, date(2026, 12, 2))


def test_the_fishbone_keeps_the_order_of_the_policy(people, new_finding):
    finding = new_finding()
    actions.save_plan(finding, by=people.head, now=NOW, chains=CHAINS[::-1], measures=[])
    bones = queries.fishbone(finding)
    assert [bone.title for bone in bones] == ["人员", "设备"]
    assert [one.depth for one in bones[0].chains[0]] == [1, 2, 3]
    assert [one.is_root for one in bones[0].chains[0]] == [False, False, True]


@pytest.mark.parametrize(
    ("chains", "planned", "said"),
    [
        ([Chain("people", ["一"], root=0)], measures(), "真因"),
        ([Chain("people", ["一"], root=1)], [], "整改措施"),
    ],
)
def test_an_unfinished_plan_is_not_handed_in(people, new_finding, chains, planned, said):
    finding = new_finding()
    actions.save_plan(finding, by=people.head, now=NOW, chains=chains, measures=planned)
    with pytest.raises(ValidationError, match=said):
        actions.submit_plan(finding, by=people.head, now=NOW)


@pytest.mark.parametrize(
    ("chains", "planned", "said"),
    [
        ([Chain("weather", ["一"])], [], "类别"),
        ([Chain("people", ["一"] * 6)], [], "为什么"),
        ([Chain("people", ["一"], root=2)], [], "真因"),
        ([], [Planned("太晚", date(2027, 12, 31))], "不能晚于整改期限"),
        ([], [Planned("倒贴", date(2026, 11, 30), cost=Decimal(-1))], "负数"),
        ([], [Planned(" ", date(2026, 11, 30))], "做什么"),
    ],
)
def test_a_wrong_plan_is_refused(people, new_finding, chains, planned, said):
    with pytest.raises(ValidationError, match=said):
        actions.save_plan(new_finding(), by=people.head, now=NOW, chains=chains, measures=planned)


def test_another_department_does_not_plan(people, new_finding):
    with pytest.raises(PermissionDenied):
        actions.save_plan(new_finding(), by=people.other_head, now=NOW, chains=[], measures=[])


@pytest.mark.proves("INS-16")
def test_each_measure_has_its_person_task_and_end(people, new_finding, nurse):
    finding = new_finding()
    planned = [Planned("修好推车", date(2026, 12, 2)), *measures(nurse)[:1]]
    actions.save_plan(finding, by=people.head, now=NOW, chains=CHAINS, measures=planned)
    actions.submit_plan(finding, by=people.head, now=NOW)
    actions.approve(finding, by=people.head, now=NOW)
    actions.accept(finding, by=people.office, now=NOW)
    own = Task.objects.get(owner=people.nurse, source_kind="finding_measure")
    assert (own.due_on, own.state) == (date(2026, 11, 30), Task.State.OPEN)
    cart, form = finding.measures.all()
    actions.complete_measure(finding, form, by=people.nurse, now=NOW, text="交接单已用一周")
    own.refresh_from_db()
    assert own.state == Task.State.DONE
    with pytest.raises(ValidationError, match="已由"):
        actions.complete_measure(finding, form, by=people.head, now=NOW, text="再一次")
    actions.complete_measure(finding, cart, by=people.head, now=NOW, text="换了轮子")
    assert not finding.measures.filter(done_at=None).exists()


def test_measures_that_are_done_stay_when_the_plan_changes(people, new_finding):
    finding = new_finding()
    actions.save_plan(finding, by=people.head, now=NOW, chains=CHAINS, measures=measures())
    actions.submit_plan(finding, by=people.head, now=NOW)
    actions.approve(finding, by=people.head, now=NOW)
    actions.accept(finding, by=people.office, now=NOW)
    first = finding.measures.first()
    actions.complete_measure(finding, first, by=people.head, now=NOW, text="已印发")
    actions.reopen(finding, by=people.office, now=NOW + timedelta(days=1), reason="没有执行")
    actions.save_plan(
        finding, by=people.head, now=NOW, chains=CHAINS, measures=[Planned("重新培训", date(2026, 11, 30))]
    )
    assert [one.what for one in finding.measures.all()] == ["印发交接单", "重新培训"]
