"""Analyses with their team, sealed people, causes, measures and guards, as the database keeps them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.access.scope import scoped
from zhikong.foundation.findings.models import Finding
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.actions.analysis import (
    finishing,
    light,
    measuring,
    opening,
    people,
    working,
)
from zhikong.hospital.functions.incidents.actions.reporting import place
from zhikong.hospital.functions.incidents.models.analysis import Analysis, CasePersonIdentity
from zhikong.hospital.functions.incidents.models.analysis_work import Measure
from zhikong.hospital.functions.incidents.queries.analysis import (
    closing_obstacles,
    closing_sentences,
    reading,
)
from zhikong.hospital.functions.incidents.rules_reporting_report import Report

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)


@pytest.fixture
def incident(hospital):
    report = Report(
        privacy="anonymous", what="患者夜间如厕跌倒", occurred_on=date(2026, 11, 20),
        department_id=hospital.departments["CARD"].id, harm="F", category="",
    )  # fmt: skip
    made = place(now=NOW, report=report)
    made.level = "II"
    made.save(update_fields=["level"])
    return made


@pytest.fixture
def office(make_user):
    return make_user("quality_office", name="王敏")


@pytest.fixture
def head(make_user, hospital):
    return make_user("department_head", hospital.departments["CARD"], name="李建国")


@pytest.fixture
def surgeon(make_user, hospital):
    return make_user("department_head", hospital.departments["GSUR"], name="钱主任")


def acting(user):
    return scoped(scope_of(user, DAY))


@pytest.fixture
def rca(incident, office, surgeon, head):
    return opening.open_analysis(
        by=office,
        now=NOW,
        incidents=[incident],
        kind="rca",
        title="夜间如厕跌倒",
        leader=surgeon,
        members=[head],
    )


def measure_of(hospital, **changes):
    told = {
        "text": "呼叫铃固定在床栏内侧", "kind": "forcing", "department_id": hospital.departments["PAED"].id,
        "owner_post": "head_nurse", "due_on": DAY + timedelta(days=20), "sample": "抽查 20 张床", "aim": "95% 以上",
        "measure_on": DAY + timedelta(days=60),
    }  # fmt: skip
    return told | changes


@pytest.mark.proves("EVT-19")
def test_a_leader_of_another_department_sees_this_case_and_no_other(
    rca, incident, surgeon, make_user, hospital
):
    with acting(surgeon):
        assert reading.analysis(rca.code) is not None
        assert [one.code for one in reading.incidents_of(rca)] == [incident.code]
    with acting(make_user("department_head", hospital.departments["PAED"], name="孙主任")):
        assert reading.analysis(rca.code) is None
    with acting(make_user("nurse", hospital.departments["CARD"], name="周护士")):
        assert reading.analysis(rca.code) is None, "a nurse of the ward is not of the team"
    pharmacist = make_user("pharmacy", name="药师")
    with acting(pharmacist):
        assert reading.analysis(rca.code) is None, "an office sees analyses of the cases that it handles"


def test_the_grave_case_has_forty_five_working_days_and_a_task_without_words(rca, surgeon):
    from zhikong.foundation.tasks.models import Task

    assert rca.due_on > DAY + timedelta(days=60)
    (task,) = Task.objects.filter(owner=surgeon)
    assert task.title == "不良事件办理"
    assert rca.code in task.url


@pytest.mark.proves("EVT-19")
def test_who_is_behind_a_label_is_sealed_and_for_the_leader_only(rca, surgeon, head, hospital):
    with acting(head):
        person = people.add_person(rca, by=head, now=NOW, group="nurse", name="周晓燕")
        assert person.label == "护士甲"
        assert people.add_person(rca, by=head, now=NOW, group="nurse").label == "护士乙"
        assert not CasePersonIdentity.objects.exists(), "who wrote it down cannot read it again"
        with pytest.raises(PermissionDenied):
            reading.name_of(person, by=head, now=NOW)
    row = CasePersonIdentity.objects.get()
    assert "周晓燕".encode() not in bytes(row.sealed)
    with acting(surgeon):
        assert reading.name_of(person, by=surgeon, now=NOW) == "周晓燕"


def test_a_measure_is_seen_by_the_post_that_owns_it_and_the_case_is_not(
    rca, head, office, make_user, hospital
):
    made = measuring.add_measure(rca, by=office, now=NOW, values=measure_of(hospital))
    stub = Finding.every.get(source_key=made.finding_key)
    assert made.text not in str([getattr(stub, field.attname) for field in stub._meta.concrete_fields])
    matron = make_user("head_nurse", hospital.departments["PAED"], name="儿科护士长")
    with acting(matron):
        assert reading.measure(made.pk) == made
        assert reading.analysis(rca.code) is None
        measuring.carry_out(made, by=matron, now=NOW, text="24 张床全部改装，验收单在科")
        with pytest.raises(PermissionDenied, match="不能判断自己"):
            measuring.judge(made, by=matron, now=NOW, judged="reached", result="合格", cases=20, hits=20)
    with acting(make_user("head_nurse", hospital.departments["CARD"], name="别科护士长")):
        assert reading.measure(made.pk) is None
    with pytest.raises(ValidationError, match="合格数不能超过"):
        measuring.judge(made, by=office, now=NOW, judged="reached", result="合格", cases=20, hits=21)
    measuring.judge(made, by=office, now=NOW, judged="not_reached", result="15 张合格", cases=20, hits=15)
    assert neutral.finding_state(key=made.finding_key) == "reopened"
    measuring.judge(made, by=office, now=NOW, judged="reached", result="19 张合格", cases=20, hits=19)
    assert neutral.finding_state(key=made.finding_key) == "closed"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"kind": "nothing"}, "种类"),
        ({"sample": ""}, "衡量效果"),
        ({"aim": ""}, "达到什么"),
        ({"due_on": DAY - timedelta(days=1)}, "已经过去"),
        ({"measure_on": DAY}, "不能早于完成日期"),
    ],
)
def test_a_measure_says_how_it_will_be_measured(rca, office, hospital, changes, word):
    with pytest.raises(ValidationError, match=word):
        measuring.add_measure(rca, by=office, now=NOW, values=measure_of(hospital, **changes))
    assert not Measure.objects.exists()


def full(rca, surgeon, office, hospital):
    """Everything that a full analysis needs, but the last word."""
    root = working.put_cause(
        rca, by=surgeon, now=NOW,
        values={"text": "呼叫铃够不着", "status": "confirmed", "root": True, "evidence": "现场测量 1.6 米"},
    )  # fmt: skip
    values = {"cause": "呼叫铃离床头 1.6 米", "effect": "患者自己下床", "event": "患者如厕途中跌倒"}
    working.put_statement(rca, by=surgeon, now=NOW, values=values, node=root)
    person = people.add_person(rca, by=surgeon, now=NOW, group="nurse")
    people.speak(person, by=surgeon, now=NOW, aware="reached", words="以后先问患者够不够得着呼叫铃再离开")
    measuring.add_measure(rca, by=surgeon, now=NOW, values=measure_of(hospital), node=root)
    finishing.conclude(rca, by=surgeon, now=NOW, clear=True, text="呼叫铃够不着，患者只能自己下床")
    return root


@pytest.mark.proves("EVT-19", "WF-07")
def test_the_case_closes_only_after_cause_awareness_measure_and_effect(
    rca, incident, surgeon, office, make_user, hospital
):
    codes = {one.code for one in closing_obstacles(incident, NOW)}
    assert codes == {"cause", "awareness", "strength"}
    with acting(surgeon):
        full(rca, surgeon, office, hospital)
        with pytest.raises(ValidationError, match="团队现有 2 人"):
            finishing.finish(rca, by=surgeon, now=NOW)
        for index in range(2):
            opening.join(
                rca, by=surgeon, now=NOW, user=make_user("physician", hospital.departments["LAB"], name=f"医{index}"),
                role="member", outside=True,
            )  # fmt: skip
        finishing.finish(rca, by=surgeon, now=NOW)
        with pytest.raises(PermissionDenied):
            finishing.approve(rca, by=surgeon, now=NOW)
    assert "根本原因分析还没有批准。" in closing_sentences(incident, now=NOW)
    finishing.approve(rca, by=office, now=NOW)
    assert {one.code for one in closing_obstacles(incident, NOW)} == {"effect"}
    made = Measure.objects.get()
    measuring.carry_out(
        made, by=make_user("head_nurse", hospital.departments["PAED"]), now=NOW, text="已改装完毕"
    )
    measuring.judge(made, by=office, now=NOW, judged="reached", result="合格", cases=20, hits=20)
    assert closing_obstacles(incident, NOW) == []


def test_a_finished_analysis_is_not_changed_and_is_opened_again_with_a_reason(
    rca, surgeon, office, hospital, make_user
):
    full(rca, surgeon, office, hospital)
    working.write(rca, by=surgeon, now=NOW, values={"team_reason": "小科室只有两人能参加，请了外科主任来"})
    finishing.finish(rca, by=surgeon, now=NOW)
    with pytest.raises(ValidationError, match="不能再改"):
        working.write(rca, by=surgeon, now=NOW, values={"summary": "补一句"})
    with pytest.raises(ValidationError, match="为什么重新分析"):
        finishing.reopen(rca, by=surgeon, now=NOW, reason="")
    finishing.reopen(rca, by=surgeon, now=NOW, reason="又发生了一起")
    assert working.write(rca, by=surgeon, now=NOW, values={"summary": "补一句"}).summary == "补一句"


@pytest.mark.proves("EVT-19")
def test_a_ward_analyses_a_light_case_on_one_page(incident, head, hospital, make_user):
    incident.level = "III"
    incident.save(update_fields=["level"])
    told = light.Light(
        title="输液外渗", summary="巡视时发现外渗", whys=("固定不牢", "敷料型号不合适"), factor="equipment_missing",
        evidence="库存记录：小号敷料断货 5 天", conclusion="小号敷料断货，改用大号固定不牢", nobody_reason="物资断货，没有当事人",
        measure=measure_of(hospital, department_id=hospital.departments["CARD"].id, kind="standard_equipment"),
    )  # fmt: skip
    with acting(head):
        made = light.analyse(by=head, now=NOW, incident=incident, told=told)
    assert made.state == Analysis.State.FINISHED
    assert {one.code for one in closing_obstacles(incident, NOW)} == {"effect"}
    with pytest.raises(ValidationError, match="已经有一项"):
        light.analyse(by=head, now=NOW, incident=incident, told=told)


def test_what_is_missing_on_the_light_page_keeps_nothing(incident, head, hospital):
    told = light.Light(
        title="输液外渗", summary="", whys=("固定不牢",), factor="", evidence="看过", conclusion="固定不牢"
    )
    with acting(head), pytest.raises(ValidationError):
        light.analyse(by=head, now=NOW, incident=incident, told=told)
    assert not Analysis.objects.exists()


def test_another_ward_does_not_analyse_it(incident, surgeon):
    with acting(surgeon), pytest.raises(PermissionDenied):
        opening.open_analysis(by=surgeon, now=NOW, incidents=[incident], kind="light", title="别科的事")
