"""More time, other hands, one finding for two, a merged department, a committee, and what stays afterwards."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from zhikong.foundation.findings import actions, queries, referring
from zhikong.foundation.findings.actions import reviews
from zhikong.foundation.findings.models import Accountability, Finding, Referral
from zhikong.foundation.findings.rules import Act, State
from zhikong.foundation.organisation.models import Body, DepartmentVersion, Person
from zhikong.foundation.tasks.models import Task

from .conftest import NOW

CLAUSE = "crash_cart_round:oxygen"
LATER = date(2026, 12, 18)


def story(finding):
    return list(finding.steps.order_by("pk").values_list("act", flat=True))


# ---- the same clause again


@pytest.mark.proves("INS-16")
def test_the_same_clause_within_a_year_recurs(people, new_finding, corrected):
    first = corrected(clause_key=CLAUSE, clause_text="氧气瓶压力在规定范围")
    actions.verify(first, by=people.office, now=NOW, text="属实")
    actions.close(first, by=people.office, now=NOW)
    again = new_finding(clause_key=CLAUSE, now=NOW + timedelta(days=40))
    assert (again.recurrent, again.previous) == (True, first)
    assert again.office == "nursing"
    assert not new_finding(clause_key=CLAUSE, department="GSUR", now=NOW + timedelta(days=40)).recurrent
    assert not new_finding(clause_key="crash_cart_round:suction", now=NOW + timedelta(days=40)).recurrent
    assert list(queries.chain(again)) == [first]


@pytest.mark.parametrize(
    ("clause", "office"),
    [
        ("equipment_round:inspected_at", "medical_affairs"),  # the form's own office
        ("nothing_known:a", "quality_office"),
        ("operation-record-24h", "quality_office"),
    ],
)
def test_the_office_that_owns_the_form_accepts(new_finding, clause, office):
    assert new_finding(clause_key=clause).office == office


def test_three_months_in_a_row_demand_a_project(people, new_finding):
    found = [new_finding(clause_key=CLAUSE, now=NOW + timedelta(days=31 * n)) for n in range(3)]
    assert [Act.DEMAND_PDCA in story(one) for one in found] == [False, False, True]
    assert queries.must_improve(found[2], needed=3)
    assert "连续 3 个月" in found[2].steps.get(act=Act.DEMAND_PDCA).text


def test_a_month_without_it_breaks_the_row(people, new_finding):
    for months in (0, 2, 3):
        last = new_finding(clause_key=CLAUSE, now=NOW + timedelta(days=31 * months))
    assert queries.months_in_row(last) == 2


# ---- more time


@pytest.mark.proves("CAP-03")
def test_more_time_is_asked_for_and_granted(people, new_finding):
    finding = new_finding()
    before = finding.due_on
    asked = actions.ask_extension(finding, by=people.head, now=NOW, wanted_on=LATER, reason="等待配件")
    assert finding.due_on == before
    with pytest.raises(ValidationError, match="等待批复"):
        actions.ask_extension(finding, by=people.nurse, now=NOW, wanted_on=LATER, reason="再申请")
    actions.extend(finding, by=people.office, now=NOW, due_on=LATER, reason="同意")
    asked.refresh_from_db()
    assert (asked.granted, asked.granted_on, asked.decided_by) == (True, LATER, people.office)
    assert (finding.due_on, finding.extended_times) == (LATER, 1)
    assert "5 个工作日" in finding.due_reason
    assert story(finding)[-2:] == [Act.ASK_EXTENSION, Act.EXTEND]


def test_more_time_is_refused_with_a_reason(people, new_finding):
    finding = new_finding()
    before = finding.due_on
    actions.ask_extension(finding, by=people.head, now=NOW, wanted_on=LATER, reason="等待配件")
    actions.refuse_extension(finding, by=people.office, now=NOW, reason="配件已到")
    finding.refresh_from_db()
    assert (finding.due_on, finding.extended_times) == (before, 0)
    assert finding.extensions.get().granted is False
    with pytest.raises(ValidationError, match="已经有人批复"):
        actions.refuse_extension(finding, by=people.office, now=NOW, reason="再来一次")


def test_the_department_does_not_grant_itself_time(people, new_finding):
    with pytest.raises(PermissionDenied):
        actions.extend(new_finding(), by=people.head, now=NOW, due_on=LATER, reason="忙")


def test_extensions_have_an_end(people, new_finding):
    finding = new_finding()
    for n in range(2):
        actions.extend(
            finding,
            by=people.office,
            now=NOW,
            due_on=finding.due_on + timedelta(days=7 + n),
            reason="确有困难",
        )
    with pytest.raises(ValidationError, match="最多 2 次"):
        actions.ask_extension(
            finding, by=people.head, now=NOW, wanted_on=finding.due_on + timedelta(days=7), reason="还要"
        )


# ---- other hands


@pytest.mark.proves("INS-16", "CAP-15")
def test_the_owner_hands_on_and_stays_accountable(people, new_finding):
    finding = new_finding()
    actions.delegate(finding, by=people.head, now=NOW, to=people.doctor, text="请写原因")
    assert (finding.owner, finding.handler) == (people.head, people.doctor)
    assert Task.objects.get(state="open").owner == people.doctor
    actions.answer_cause(finding, by=people.doctor, now=NOW, cause="流程不清")
    with pytest.raises(ValidationError, match="不能办理"):
        actions.delegate(finding, by=people.head, now=NOW, to=people.other_head)


def test_who_left_is_shown_and_replaced(people, new_finding):
    finding = new_finding()
    people.head.is_active = False
    people.head.save()
    assert list(queries.left_behind(on=NOW.date())) == [finding]
    finding = Finding.objects.get()
    actions.delegate(finding, by=people.office, now=NOW, to=people.nurse, accountable=True)
    assert (finding.owner, finding.handler) == (people.nurse, None)
    assert not queries.left_behind(on=NOW.date()).exists()


def test_a_nurse_does_not_take_it_from_the_owner(people, new_finding, make_user, hospital):
    finding, other = new_finding(), make_user("nurse", hospital.departments["CARD"])
    with pytest.raises(PermissionDenied):
        actions.delegate(finding, by=other, now=NOW, to=other)


def merge_departments(hospital, code, into, on):
    version = DepartmentVersion.objects.get(department_id=hospital.departments[code].id)
    version.valid_to, version.successor_id = on, hospital.departments[into].id
    version.save()


@pytest.mark.proves("ORG-25")
def test_a_merged_department_is_followed(hospital, people, new_finding):
    finding = new_finding()
    merge_departments(hospital, "CARD", "GSUR", date(2026, 11, 25))
    later = NOW + timedelta(days=5)
    assert actions.follow_departments(scope=hospital.scope(), now=later) == 1
    finding.refresh_from_db()
    assert (finding.moved_from, finding.department_name) == ("心血管内科", "普通外科")
    assert (finding.owner, story(finding)[-1]) == (people.other_head, Act.MOVE)
    assert Task.objects.get(state="open").owner == people.other_head
    assert actions.follow_departments(scope=hospital.scope(), now=later) == 0


def test_a_finding_for_a_department_that_was_merged_goes_to_the_one_that_took_it_over(
    hospital, people, new_finding
):
    merge_departments(hospital, "CARD", "GSUR", date(2026, 11, 20))
    finding = new_finding()
    assert (finding.department_name, finding.moved_from, finding.owner) == (
        "普通外科",
        "心血管内科",
        people.other_head,
    )
    assert "已并入普通外科" in finding.steps.first().text


# ---- one finding for two


def test_equal_findings_become_one_and_are_parted_again(people, new_finding):
    stays, goes = new_finding(), new_finding("major", cases=["S1"])
    actions.merge(goes, by=people.office, now=NOW, into=stays, reason="同一件事")
    stays.refresh_from_db()
    assert (goes.state, goes.merged_into, stays.severity) == (State.MERGED, stays, "major")
    assert list(stays.merged.all()) == [goes]
    assert goes.cases.count() == 1
    today = NOW.date()
    assert list(queries.findings(today=today)) == [stays]
    assert not Task.objects.filter(source_key=str(goes.pk), state="open").exists()
    actions.unmerge(goes, by=people.office, now=NOW, reason="不是一件事")
    assert (goes.state, goes.merged_into) == (State.RAISED, None)
    assert Task.objects.filter(source_key=str(goes.pk), state="open").exists()


def test_the_earlier_date_of_two_holds(people, new_finding):
    stays, goes = new_finding(), new_finding(due_on=date(2026, 11, 27))
    actions.merge(goes, by=people.office, now=NOW, into=stays, reason="同一件事")
    stays.refresh_from_db()
    assert stays.due_on == date(2026, 11, 27)
    assert goes.number in stays.due_reason


def test_what_was_merged_before_follows(people, new_finding):
    first, second, third = new_finding(), new_finding(), new_finding()
    actions.merge(first, by=people.office, now=NOW, into=second, reason="同一件事")
    actions.merge(second, by=people.office, now=NOW, into=third, reason="同一件事")
    first.refresh_from_db()
    assert first.merged_into == third


def test_merging_has_limits(people, new_finding):
    finding, other = new_finding(), new_finding(department="GSUR")
    with pytest.raises(ValidationError, match="同一科室"):
        actions.merge(finding, by=people.office, now=NOW, into=other, reason="同一件事")
    with pytest.raises(ValidationError, match="同一科室"):
        actions.merge(finding, by=people.office, now=NOW, into=finding, reason="同一件事")
    with pytest.raises(PermissionDenied):
        actions.merge(finding, by=people.head, now=NOW, into=new_finding(), reason="同一件事")


# ---- a committee


@pytest.fixture
def body(hospital):
    return Body.objects.create(
        institution_id=hospital.id,
        kind=Body.Kind.QUALITY_COMMITTEE,
        name="医疗质量管理委员会",
        valid_from=date(2020, 1, 1),
    )


@pytest.mark.proves("CAP-07")
def test_a_committee_decides_and_the_decision_comes_back(people, new_finding, body, hospital):
    person = Person.objects.create(institution_id=hospital.id, staff_number="H1", name="李建国")
    people.head.person = person
    people.head.save()
    finding = new_finding()
    made = actions.refer(finding, by=people.office, now=NOW, body=body, question="是否增设床位")
    assert referring.describe("finding", made.source_key).title == finding.title
    with pytest.raises(ValidationError, match="正在等待讨论"):
        actions.refer(finding, by=people.office, now=NOW, body=body, question="再问一次")
    actions.bring_back(
        made, by=people.office, now=NOW, decision="同意增设 6 张", decided_on=NOW.date(),
        measures="改造 5 病区", responsible=person, due_on=LATER,
    )  # fmt: skip
    finding.refresh_from_db()
    assert story(finding)[-2:] == [Act.REFER, Act.DECIDE]
    assert "同意增设 6 张" in finding.steps.get(act=Act.DECIDE).text
    measure = finding.measures.get()
    assert (measure.from_decision, measure.who, measure.due_on) == (True, person, LATER)
    assert Task.objects.get(source_kind="finding_measure").owner == people.head
    with pytest.raises(ValidationError, match="已经有决议"):
        actions.bring_back(made, by=people.office, now=NOW, decision="又一次", decided_on=NOW.date())


def test_another_app_may_refer_and_is_told(people, body):
    told = []
    referring.register(
        "trial",
        referring.Kind("试验", lambda key: None, lambda referral, *, by, now: told.append(referral.decision)),
    )
    made = actions.refer_matter(
        by=people.office,
        now=NOW,
        body=body,
        source_kind="trial",
        source_key="7",
        title="一项",
        question="怎么办",
    )
    actions.bring_back(made, by=people.office, now=NOW, decision="照办", decided_on=NOW.date())
    referring.unregister("trial")
    assert told == ["照办"]


def test_a_decision_with_a_measure_has_a_date(people, new_finding, body):
    made = actions.refer(new_finding(), by=people.office, now=NOW, body=body, question="怎么办")
    with pytest.raises(ValidationError, match="完成期限"):
        actions.bring_back(
            made, by=people.office, now=NOW, decision="照办", decided_on=NOW.date(), measures="做"
        )
    actions.withdraw(made, by=people.office, now=NOW, reason="已解决")
    with pytest.raises(ValidationError, match="已经撤回"):
        actions.bring_back(made, by=people.office, now=NOW, decision="照办", decided_on=NOW.date())
    assert not Referral.objects.get().is_open


# ---- on the spot, and afterwards


@pytest.mark.proves("CAP-04")
def test_put_right_before_the_inspectors_eyes(people, new_finding):
    finding = new_finding(clause_key=CLAUSE, place="抢救室")
    actions.record_on_the_spot(
        finding, by=people.office, now=NOW, corrected_by=people.nurse, evidence="当场更换氧气瓶，压力 12 MPa"
    )
    finding.refresh_from_db()
    assert (finding.state, finding.on_the_spot, finding.corrected_by) == (State.CLOSED, True, people.nurse)
    with pytest.raises(ValidationError, match="受检科室"):
        actions.record_on_the_spot(
            new_finding(), by=people.office, now=NOW, corrected_by=people.office, evidence="我改的"
        )


@pytest.mark.proves("CAP-13", "CAP-15")
def test_what_stays_afterwards(hospital, people, corrected):
    finding = corrected()
    actions.verify(finding, by=people.office, now=NOW, text="属实")
    actions.close(finding, by=people.office, now=NOW)
    person = Person.objects.create(institution_id=hospital.id, staff_number="D1", name="周强")
    actions.name_accountable(finding, by=people.office, now=NOW, role="direct", person=person)
    actions.learn(
        finding, by=people.head, now=NOW, text="交接要有单", rule_title="床旁交接制度", rule_link="院发 12 号"
    )
    actions.follow_up(finding, by=people.office, now=NOW, held=True, text="抽查 5 次均有单")
    assert finding.accountable.get().get_role_display() == "直接责任人"
    assert finding.lessons.get().rule_title == "床旁交接制度"
    actions.follow_up(finding, by=people.office, now=NOW, held=False, text="又没有单了")
    assert (finding.state, finding.rounds) == (State.REOPENED, 2)


@pytest.mark.proves("CAP-15")
def test_who_answers_for_a_case_is_not_for_pay():
    from zhikong.foundation.access.protection import declared

    assert not declared(Accountability).performance
    assert not declared(Finding).performance


@pytest.mark.proves("CAP-03")
def test_a_grave_finding_climbs_its_own_ladder(hospital, people, new_finding):
    finding = new_finding("major", level="critical")
    assert finding.due_on == NOW.date() + timedelta(days=7)
    reviews.escalate_overdue(scope=hospital.scope(), now=NOW + timedelta(days=9))
    finding.refresh_from_db()
    assert finding.escalated == 2
    assert "孙院" in finding.steps.get(act=Act.ESCALATE).text


@pytest.mark.proves("CAP-05")
def test_last_months_measures_come_first(people, answered):
    finding = answered()
    card = finding.department_id
    assert list(queries.last_measures(department_id=card, month="2026-12")) == [finding]
    assert not queries.last_measures(department_id=card, month="2026-11").exists()
