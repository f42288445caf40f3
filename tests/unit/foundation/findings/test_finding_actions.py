"""Every step as an action: who may, what the story says, whose turn it is next, what the database refuses."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, ProgrammingError, transaction

from zhikong.foundation.access.scope import rescope
from zhikong.foundation.findings import actions, queries
from zhikong.foundation.findings.models import Evidence, Finding, FindingStep
from zhikong.foundation.findings.rules import State, Verdict
from zhikong.foundation.notices.models import Receipt
from zhikong.foundation.outbox.models import Announcement
from zhikong.foundation.tasks.models import Task
from zhikong.foundation.tasks.queries import open_tasks

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def turn():
    """Whose task is open now: (owner, first words of the title)."""
    return [(task.owner, task.title.split("：")[0]) for task in open_tasks()]


@pytest.mark.proves("CAP-01", "CAP-02")
def test_the_full_way_of_a_minor_finding(people, new_finding):
    finding = new_finding()
    assert finding.number == "ZG-2026-0001"
    assert (finding.owner, finding.department_name) == (people.head, "心血管内科")
    assert turn() == [(people.head, "整改答复")]
    actions.answer_cause(finding, by=people.nurse, now=NOW, cause="床位周转慢")
    actions.propose_measure(finding, by=people.nurse, now=NOW, measure="每周五讨论超长住院")
    assert turn() == [(people.head, "审核整改措施")]
    actions.approve(finding, by=people.head, now=NOW)
    assert turn() == [(people.office, "受理整改措施")]
    actions.accept(finding, by=people.office, now=NOW, text="同意")
    assert turn() == [(people.head, "落实整改并提交证据")]
    actions.correct(finding, by=people.head, now=NOW, evidence="讨论记录四份", link="记录.pdf")
    assert turn() == [(people.office, "核实整改效果")]
    actions.verify(finding, by=people.office, now=NOW, text="查看记录属实")
    actions.close(finding, by=people.office, now=NOW)
    assert turn() == []
    finding.refresh_from_db()
    assert (finding.state, finding.closed_by, finding.verified_by) == ("closed", people.office, people.office)
    acts = list(FindingStep.objects.order_by("pk").values_list("act", flat=True))
    assert acts == [
        "raise",
        "answer_cause",
        "propose_measure",
        "approve",
        "accept",
        "correct",
        "verify",
        "close",
    ]
    assert list(Announcement.objects.order_by("pk").values_list("fact", flat=True)) == [
        "finding_raised",
        "finding_closed",
    ]


@pytest.mark.proves("CAP-01", "CAP-14")
def test_raising_tells_the_qc_group_and_explains_the_date(people, new_finding):
    finding = new_finding(indicator="average_length_of_stay", cases=["S1", "S2", "S1"])
    told = set(Receipt.objects.values_list("user", flat=True))
    assert told == {people.head.pk, people.nurse.pk}
    assert "14 个工作日" in finding.due_reason
    assert Task.objects.get().due_reason == finding.due_reason
    assert sorted(finding.cases.values_list("stay_id", flat=True)) == ["S1", "S2"]
    source = queries.of_source(source_kind="indicator", source_key="average_length_of_stay@2026-10")
    assert list(source) == [finding]


def test_several_departments_get_one_finding_each_of_one_batch(hospital, people):
    found = actions.raise_findings(
        by=people.office, now=NOW, departments=[hospital.departments["CARD"], hospital.departments["GSUR"]],
        title="抢救成功率下降", detail="见清单", severity="major", source_kind="manual", source_key="",
    )  # fmt: skip
    assert [one.owner for one in found] == [people.head, people.other_head]
    assert [f.number for f in found] == ["ZG-2026-0001", "ZG-2026-0002"]
    assert found[0].group_key == found[1].group_key != ""
    assert list(queries.same_batch(found[0])) == [found[1]]


def test_a_department_without_a_head_account_leaves_the_task_with_the_raiser(people, new_finding):
    finding = new_finding(department="PAED")
    assert finding.owner is None
    assert turn() == [(people.office, "科室尚无科主任账号，请线下转交并代办")]


def test_a_date_of_ones_own_names_who_set_it(people, new_finding):
    finding = new_finding(due_on=TODAY + timedelta(days=3))
    assert str(people.office) in finding.due_reason
    with pytest.raises(ValidationError, match="不能早于今天"):
        new_finding(due_on=TODAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("role", "step"),
    [
        ("office", lambda f, by: actions.answer_cause(f, by=by, now=NOW, cause="原因")),
        ("other_head", lambda f, by: actions.answer_cause(f, by=by, now=NOW, cause="原因")),
        ("doctor", lambda f, by: actions.answer_cause(f, by=by, now=NOW, cause="原因")),
        ("head", lambda f, by: actions.override_closure(f, by=by, now=NOW, reason="我觉得可以关闭")),
        (
            "doctor",
            lambda f, by: actions.override_closure(f, by=by, now=NOW, reason="我觉得可以关闭"),
        ),
        ("head", lambda f, by: actions.extend(f, by=by, now=NOW, due_on=date(2027, 3, 1), reason="太忙")),
    ],
)
def test_who_may_not(people, new_finding, role, step):
    finding = new_finding()
    with pytest.raises(PermissionDenied):
        step(finding, getattr(people, role))
    finding.refresh_from_db()
    assert finding.state == State.RAISED


def test_a_department_head_cannot_raise(hospital, people):
    with pytest.raises(PermissionDenied):
        actions.raise_finding(
            by=people.head, now=NOW, department=hospital.departments["CARD"], title="一项", detail="一项",
            severity="minor", source_kind="manual", source_key="",
        )  # fmt: skip


def test_empty_words_are_refused(people, new_finding):
    finding = new_finding()
    with pytest.raises(ValidationError, match="原因分析"):
        actions.answer_cause(finding, by=people.head, now=NOW, cause="  ")
    assert FindingStep.objects.filter(act="answer_cause").count() == 0


def test_a_measure_later_than_the_due_date_is_refused(people, new_finding):
    finding = actions.answer_cause(new_finding(), by=people.head, now=NOW, cause="原因")
    with pytest.raises(ValidationError, match="延期"):
        actions.propose_measure(
            finding,
            by=people.head,
            now=NOW,
            measure="措施",
            measure_due_on=finding.due_on + timedelta(days=1),
        )


@pytest.mark.proves("CAP-01")
def test_returned_measures_go_back_with_the_opinion(people, answered):
    finding = answered()
    actions.return_to_department(finding, by=people.office, now=NOW, text="措施不具体")
    assert (finding.state, finding.measure) == (State.RAISED, "每周五讨论超长住院")
    assert finding.approved_at is None
    assert turn() == [(people.head, "修改整改答复")]
    assert FindingStep.objects.get(act="return").text == "措施不具体"


def test_extension_moves_the_task_and_keeps_the_reason(people, new_finding):
    finding = new_finding()
    later = finding.due_on + timedelta(days=20)
    actions.extend(finding, by=people.office, now=NOW, due_on=later, reason="等待设备到货")
    task = open_tasks().get()
    assert (task.due_on, finding.due_on) == (later, later)
    assert "等待设备到货" in task.due_reason


@pytest.mark.proves("CAP-04")
def test_corrected_on_the_spot_needs_evidence_and_another_person(people, new_finding):
    finding = new_finding()
    actions.correct_on_the_spot(finding, by=people.nurse, now=NOW, evidence="已补签，照片存护士站")
    with pytest.raises(PermissionDenied):
        actions.verify(finding, by=people.nurse, now=NOW, text="好了")
    actions.verify(finding, by=people.office, now=NOW, text="属实")
    actions.close(finding, by=people.office, now=NOW)
    assert finding.state == State.CLOSED


def test_a_major_finding_is_not_corrected_on_the_spot(people, new_finding):
    with pytest.raises(ValidationError, match="不能当场纠正"):
        actions.correct_on_the_spot(new_finding("major"), by=people.head, now=NOW, evidence="已补签")
    assert Evidence.objects.count() == 0


def test_failed_verification_reopens_with_a_new_date(people, corrected):
    finding = corrected()
    actions.verify(finding, by=people.office, now=NOW, text="记录缺两周", passed=False)
    assert (finding.state, finding.corrected_at) == (State.REOPENED, None)
    assert "10 个工作日" in finding.due_reason
    assert turn() == [(people.head, "重新整改")]


@pytest.mark.proves("CAP-03", "CAP-08")
def test_major_needs_enough_items_and_all_compliant(people, corrected):
    finding = corrected("major", check_by="reinspection", items_required=10)
    with pytest.raises(ValidationError, match="仅凭证据不能关闭"):
        actions.verify(finding, by=people.office, now=NOW, text="看过了")
    with pytest.raises(ValidationError, match="复查份数不足"):
        actions.verify_by_items(finding, by=people.office, now=NOW, items_checked=9, items_passed=9, text="")
    actions.verify_by_items(finding, by=people.office, now=NOW, items_checked=10, items_passed=9, text="")
    assert finding.state == State.REOPENED


@pytest.mark.proves("CAP-08")
def test_the_chart_verifies_and_a_person_closes(people, corrected, chart):
    finding = corrected("major", indicator="average_length_of_stay")
    assert finding.check_by == "effect"
    actions.verify_by_effect(finding, by=people.office, now=NOW)
    assert finding.state == State.VERIFIED
    actions.close(finding, by=people.office, now=NOW)
    assert finding.closing_verification.check_by == "effect"


@pytest.mark.proves("CAP-08")
def test_too_little_data_is_observed_and_not_overdue(people, corrected, chart):
    chart.verdict = Verdict.NOT_ENOUGH_DATA
    finding = corrected("major", indicator="average_length_of_stay")
    actions.verify_by_effect(finding, by=people.office, now=NOW)
    assert (finding.state, finding.review_on) == (State.OBSERVATION, date(2027, 2, 8))
    much_later = finding.due_on + timedelta(days=300)
    assert not finding.is_overdue(much_later)
    assert list(queries.overdue_findings(today=much_later)) == []
    assert turn() == []


@pytest.mark.proves("CAP-08")
@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Verdict.IMPROVED, State.VERIFIED),
        (Verdict.NOT_SHIFTED, State.REOPENED),
        (Verdict.NOT_ENOUGH_DATA, State.OBSERVATION),
    ],
)
def test_the_review_judges_observations_whose_date_has_come(
    hospital, people, corrected, chart, verdict, state
):
    chart.verdict = Verdict.NOT_ENOUGH_DATA
    finding = corrected("major", indicator="average_length_of_stay")
    actions.verify_by_effect(finding, by=people.office, now=NOW)
    assert actions.review_effects(scope=hospital.scope(), now=NOW) == 0
    chart.verdict, chart.review_on = verdict, date(2027, 3, 8)
    later = NOW + timedelta(days=90)
    assert actions.review_effects(scope=hospital.scope(), now=later) == 1
    finding.refresh_from_db()
    assert finding.state == state
    assert actions.review_effects(scope=hospital.scope(), now=later) == 0


def test_when_the_job_verified_a_corrector_may_not_close(hospital, people, corrected, chart):
    chart.verdict = Verdict.NOT_ENOUGH_DATA
    finding = corrected("major", indicator="average_length_of_stay")
    actions.verify_by_effect(finding, by=people.office, now=NOW)
    chart.verdict = Verdict.IMPROVED
    actions.review_effects(scope=hospital.scope(), now=NOW + timedelta(days=90))
    finding.refresh_from_db()
    assert (finding.state, finding.verified_by) == (State.VERIFIED, None)
    finding.state, finding.closed_at, finding.closed_by = State.CLOSED, NOW, people.head
    with pytest.raises(ValidationError, match="换一位"):
        finding.save()


@pytest.mark.proves("CAP-08")
def test_an_override_is_a_recorded_act_of_a_named_role(people, new_finding):
    finding = new_finding("major")
    with pytest.raises(ValidationError, match="10 个字"):
        actions.override_closure(finding, by=people.leader, now=NOW, reason="算了")
    actions.override_closure(finding, by=people.leader, now=NOW, reason="该科室本月已撤销，问题不再存在")
    assert (finding.state, finding.closed_by) == (State.CLOSED, people.leader)
    assert finding.closing_verification.check_by == "override"
    assert FindingStep.objects.get(act="override").by == people.leader
    assert open_tasks().count() == 0


@pytest.mark.proves("CAP-08")
def test_the_same_matter_within_a_year_is_recurrent_and_strict(people, corrected, chart, new_finding):
    first = corrected(indicator="average_length_of_stay")
    actions.verify(first, by=people.office, now=NOW, text="属实")
    actions.close(first, by=people.office, now=NOW)
    again = new_finding(indicator="average_length_of_stay", now=NOW + timedelta(days=200))
    assert (again.recurrent, again.previous, again.is_strict) == (True, first, True)
    assert not new_finding(indicator="bed_occupancy").recurrent
    assert not new_finding(indicator="average_length_of_stay", now=NOW + timedelta(days=400)).recurrent


def test_reopening_forgets_the_old_proof(people, corrected):
    finding = corrected()
    actions.verify(finding, by=people.office, now=NOW, text="属实")
    actions.close(finding, by=people.office, now=NOW)
    later = NOW + timedelta(days=30)
    actions.reopen(finding, by=people.office, now=later, reason="十二月又发生")
    assert (finding.state, finding.closed_at, finding.verified_by) == (State.REOPENED, None, None)
    finding.state, finding.closing_verification = State.CLOSED, finding.verifications.first()
    finding.closed_at, finding.closed_by = later, people.office
    with pytest.raises(ValidationError, match="证据"):
        finding.save()


@pytest.mark.proves("CAP-03")
def test_the_overdue_ladder_tells_each_rung_once(hospital, people, new_finding):
    finding = new_finding()

    def told(days):
        Receipt.objects.all().delete()
        now = NOW + (finding.due_on - TODAY) + timedelta(days=days)
        number = actions.escalate_overdue(scope=hospital.scope(), now=now)
        return number, set(Receipt.objects.values_list("user", flat=True))

    assert told(0) == (0, set())
    assert told(1) == (1, {people.head.pk})
    assert told(2) == (0, set())
    assert told(3) == (1, {people.head.pk, people.office.pk})
    assert told(8) == (1, {people.leader.pk})
    assert told(9) == (0, set())


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "closed"},
        {"state": "closed", "closed_at": NOW},
        {"state": "observation"},
        {"approved_at": NOW},
        {"corrected_at": NOW},
    ],
)
def test_the_database_refuses_half_records(new_finding, changes):
    finding = new_finding()
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(**changes)


def test_the_database_refuses_a_verifier_who_corrected(people, corrected):
    finding = corrected()
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(verified_by=people.head)


def test_the_story_can_only_grow(new_finding):
    new_finding()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        FindingStep.objects.update(text="改写")


@pytest.mark.proves("ORG-02")
def test_a_narrow_scope_sees_its_own_findings(hospital, people, new_finding):
    mine, other = new_finding(), new_finding(department="GSUR")
    narrow = hospital.scope(
        departments=frozenset({mine.department_id}), user_id=people.head.pk, actor="keshi"
    )
    rescope(narrow)
    assert list(Finding.objects.all()) == [mine]
    assert not FindingStep.objects.filter(finding_id=other.pk).exists()
    assert not Task.objects.filter(source_key=str(other.pk)).exists()
    rescope(hospital.scope())
    assert Finding.objects.count() == 2


def test_findings_of_another_hospital_do_not_exist(hospital, other_hospital, new_finding):
    new_finding()
    rescope(other_hospital.scope())
    assert Finding.objects.count() == 0


def test_a_new_calendar_moves_due_dates_that_count_working_days(people, new_finding):
    from zhikong.foundation.calendar.rules import WorkingCalendar
    from zhikong.foundation.findings.actions import reviews

    finding, major = new_finding(), new_finding("major")
    free = {TODAY + timedelta(days=1): (False, "院庆")}
    moved = reviews.recalculate(WorkingCalendar(free), frozenset({2026}))
    assert [m.before for m in moved] == [finding.due_on]
    before = finding.due_on
    finding.refresh_from_db()
    assert finding.due_on > before
    assert Finding.objects.get(pk=major.pk).due_on == major.due_on
