"""How a dispute begins, by which routes it goes and what its clocks demand (CMP-09, EVT-04, X-22)."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from tests.unit.hospital.functions.complaints import disputing as case_of
from tests.unit.hospital.functions.complaints.disputing import NOW, TODAY, later
from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.access.scope import scoped
from zhikong.foundation.notices.models import Notice
from zhikong.foundation.tasks.models import Task
from zhikong.hospital.functions.complaints.actions.disputes import opening, routes, telling, warning
from zhikong.hospital.functions.complaints.models.disputes import Dispute, DisputeBranch, DisputeClock

Agreed, Failed = DisputeBranch.State.AGREED, DisputeBranch.State.FAILED


@pytest.fixture
def who(hospital, make_user):
    return case_of.people(hospital, make_user)


@pytest.fixture
def case(who):
    return case_of.dispute(who)


def due(case, code):
    return case.clocks.get(code=code, stopped=False).due_at


@pytest.mark.proves("EVT-04")
@pytest.mark.parametrize(
    ("report_class", "inside", "outside"), [("general", 72, 360), ("major", 6, 12), ("extraordinary", 1, 2)]
)
def test_each_class_is_reported_within_its_hours_from_when_the_dispute_was_known(
    who, report_class, inside, outside
):
    case = case_of.dispute(who, known_at=NOW - timedelta(minutes=10))
    opening.classify(case, by=who.office, now=NOW, report_class=report_class, cause="treatment")
    known = NOW - timedelta(minutes=10)
    assert due(case, "internal_report") == known + timedelta(hours=inside)
    assert due(case, "statutory_report") == known + timedelta(hours=outside)
    titles = Task.objects.filter(source_kind="dispute_clock", state=Task.State.OPEN).values_list(
        "title", flat=True
    )
    assert f"{case.number} 向卫生健康行政部门报告" in titles


def test_a_graver_class_shortens_the_clock_and_a_sent_report_stays_sent(case, who):
    opening.classify(case, by=who.office, now=NOW, report_class="general", cause="treatment")
    opening.classify(case, by=who.office, now=later(hours=1), report_class="major")
    assert due(case, "statutory_report") == NOW + timedelta(hours=12)
    clock = case.clocks.get(code="statutory_report")
    opening.meet_clock(clock, by=who.office, now=later(hours=2), met_at=later(hours=2), proof="回执 1")
    opening.classify(case, by=who.office, now=later(hours=3), report_class="extraordinary")
    assert case.clocks.filter(code="statutory_report").count() == 1
    with pytest.raises(ValidationError, match="已经完成"):
        opening.meet_clock(clock, by=who.office, now=later(hours=3), met_at=NOW, proof="再报一次")


def test_a_clock_is_met_with_proof_between_its_start_and_now_and_a_report_is_never_waved_away(case, who):
    opening.classify(case, by=who.office, now=NOW, report_class="major", cause="nursing")
    clock = case.clocks.get(code="statutory_report")
    for at, proof in ((NOW - timedelta(seconds=1), "回执"), (later(hours=2), "回执"), (NOW, "")):
        with pytest.raises(ValidationError):
            opening.meet_clock(clock, by=who.office, now=later(hours=1), met_at=at, proof=proof)
    with pytest.raises(ValidationError, match="不能取消"):
        opening.stop_clock(clock, by=who.office, now=NOW, reason="觉得不用报")


def test_death_starts_the_clocks_of_autopsy_and_mortuary(case, who):
    died = NOW - timedelta(hours=3)
    opening.note_death(case, by=who.office, now=NOW, died_at=died, frozen=False)
    assert due(case, "autopsy") == died + timedelta(hours=48)
    opening.note_death(case, by=who.office, now=NOW, died_at=died, frozen=True)
    assert not case.clocks.filter(code="autopsy", stopped=False).exists()
    assert timezone.localtime(due(case, "autopsy_frozen")).strftime("%m-%d %H:%M") == "11-30 23:59"
    assert timezone.localtime(due(case, "body")).strftime("%m-%d %H:%M") == "12-07 23:59"
    opening.decide_autopsy(
        case, by=who.office, now=NOW, agreed=False, who="赵女（女儿）", text="书面不同意，告知书在案"
    )
    stopped = case.clocks.get(code="autopsy_frozen")
    assert stopped.stopped
    assert "不同意尸检" in stopped.proof


@pytest.mark.proves("CMP-09")
def test_each_route_has_its_clocks_and_demands_its_paper(case, who):
    branch = routes.start(case, by=who.office, now=NOW, route="negotiation", opened_on=TODAY)
    with pytest.raises(ValidationError, match="书面和解协议"):
        routes.end(
            branch, by=who.office, now=NOW, state=Agreed, ended_on=TODAY, result="同意", agreed_fen=100
        )
    routes.end(branch, by=who.office, now=NOW, state=Failed, ended_on=TODAY, result="金额差距大")
    mediation = routes.start(
        case, by=who.office, now=NOW, route="mediation", opened_on=TODAY, accepted_on=TODAY
    )
    clock = case.clocks.get(code="mediation_end")
    assert (
        timezone.localtime(clock.due_at).date().isoformat() == "2027-01-05"
    )  # 30 working days, New Year between
    routes.end(mediation, by=who.office, now=NOW, state=Failed, ended_on=TODAY, result="调解不成")
    clock.refresh_from_db()
    assert clock.met_at is not None
    case_of.ended(case, who, "administrative", Failed)
    court = routes.start(
        case, by=who.office, now=NOW, route="judicial", opened_on=TODAY, accepted_on=TODAY, instance="一审"
    )
    assert timezone.localtime(due(case, "defence")).date().isoformat() == "2026-12-08"
    routes.file_paper(
        case,
        by=who.office,
        now=NOW,
        title="判决书",
        dated_on=TODAY,
        code="judgment",
        branch=court,
        kept_at="医务科",
    )
    routes.end(
        court, by=who.office, now=NOW, state=Agreed, ended_on=TODAY, result="判赔", agreed_fen=5_000_000
    )
    assert timezone.localtime(due(case, "appeal")).date().isoformat() == "2026-12-08"
    assert case.clocks.get(code="defence").stopped  # the judgment came first


def test_a_lawsuit_ends_what_was_open_and_stands_alone(case, who):
    first = routes.start(case, by=who.office, now=NOW, route="negotiation", opened_on=TODAY)
    with pytest.raises(ValidationError, match="还没有结束"):
        routes.start(case, by=who.office, now=NOW, route="mediation", opened_on=TODAY)
    routes.start(case, by=who.office, now=NOW, route="judicial", opened_on=TODAY)
    first.refresh_from_db()
    assert (first.state, first.result) == (Failed, "转入诉讼")
    with pytest.raises(ValidationError, match="诉讼正在进行"):
        routes.start(case, by=who.office, now=NOW, route="mediation", opened_on=TODAY)


def test_no_more_than_five_speak_for_a_side_and_no_talk_is_over_before_it_began(case, who):
    branch = routes.start(case, by=who.office, now=NOW, route="negotiation", opened_on=TODAY)
    told = {"kind": "talk", "starts_at": later(days=1), "place": "医务科", "branch": branch}
    with pytest.raises(ValidationError, match="不超过 5 人"):
        routes.plan_hearing(case, by=who.office, now=NOW, attends="甲、乙、丙、丁、戊、己", **told)
    talk = routes.plan_hearing(
        case, by=who.office, now=NOW, attends="周敏、李建国", head_attends=True, **told
    )
    with pytest.raises(ValidationError, match="还没有到"):
        routes.end_hearing(talk, by=who.office, now=NOW, outcome="谈完")
    assert routes.end_hearing(talk, by=who.office, now=later(days=2), outcome="分歧 20 万元").held_at


def test_only_the_offices_handle_and_only_the_department_and_the_offices_see(case, who):
    with pytest.raises(PermissionDenied):
        telling.answer(case, by=who.head, now=NOW, text="科室自己答复")
    for user, seen in ((who.head, 1), (who.officer, 1), (who.quality, 1), (who.stranger, 0), (who.doctor, 0)):
        with scoped(scope_of(user, TODAY)):
            assert Dispute.objects.filter(pk=case.pk).count() == seen, user
            assert DisputeClock.objects.filter(dispute_id=case.pk).exists() == bool(seen), user


def test_contacts_lie_sealed_and_agents_bring_their_authority(case, who):
    with pytest.raises(ValidationError, match="委托书"):
        telling.add_party(case, by=who.office, now=NOW, role="agent", name="郑律师")
    made = telling.add_party(
        case, by=who.office, now=NOW, role="relative", name="赵女", relation="女儿", phone="13800001111"
    )
    assert b"13800001111" not in bytes(made.contact)
    from zhikong.hospital.functions.complaints.queries.disputes.reading import contact_of

    assert contact_of(made, by=who.office)["phone"] == "13800001111"
    assert contact_of(made, by=who.head) == {}


def test_a_clock_is_told_of_once_before_its_end_and_once_after_it_to_the_leader_too(case, who):
    opening.classify(case, by=who.office, now=NOW, report_class="extraordinary", cause="treatment")
    assert (
        warning.warn(now=later(minutes=10)) == 1
    )  # an hour inside the house is nearly over from its beginning
    assert warning.warn(now=later(minutes=20)) == 0
    assert warning.warn(now=later(hours=2)) == 2  # the inner one is over, the outer one ends now
    assert warning.warn(now=later(hours=2, minutes=1)) == 1
    assert warning.warn(now=later(hours=3)) == 0
    title = f"{case.number} 向卫生健康行政部门报告：逾期 1 分钟"
    late = Notice.objects.get(title=title)
    assert {one.user for one in late.receipts.select_related("user")} == {who.office, who.leader}
