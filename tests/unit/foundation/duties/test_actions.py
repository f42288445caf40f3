"""Duties come round once, to the right person; evidence finishes them; reminders climb; the office excuses."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.unit.foundation.duties.conftest import MONDAY
from tests.unit.foundation.duties.samples import written
from zhikong.foundation.access.scope import scoped
from zhikong.foundation.calendar.rules import WorkingCalendar
from zhikong.foundation.duties import actions, queries
from zhikong.foundation.duties.evidence import Arrival
from zhikong.foundation.duties.models import Occurrence, Proof
from zhikong.foundation.duties.rules import State
from zhikong.foundation.notices.models import Notice, Receipt
from zhikong.foundation.organisation.models import Body, Membership, Person
from zhikong.foundation.packstore import shelf
from zhikong.foundation.tasks.models import Task

DAY = timedelta(days=1)


@pytest.fixture
def people(hospital, make_user, pack):
    """Head nurse and quality officer of cardiology, and the quality office."""
    cardiology = hospital.departments["CARD"]
    return {
        "head_nurse": make_user("head_nurse", cardiology, name="周护士长"),
        "qc_officer": make_user("qc_officer", cardiology, name="钱质控"),
        "office": make_user("quality_office", name="王敏"),
    }


@pytest.fixture
def opened(people):
    return actions.open_occurrences(now=MONDAY)


@pytest.fixture
def committee(hospital):
    return Body.objects.create(
        institution_id=hospital.id, kind="quality_committee", name="质量委员会", valid_from=date(2020, 1, 1)
    )


def one(duty_id, **where):
    return Occurrence.objects.get(duty_id=duty_id, **where)


def arrival(hospital, **changes):
    return Arrival(
        **{
            "kind": "form",
            "ref": "crash_cart_round",
            "key": "sheet:1",
            "dated_on": date(2026, 11, 18),
            "title": "急救车检查",
            "department_id": hospital.departments["CARD"].id,
            **changes,
        }
    )


class TestOpening:
    def test_every_department_of_the_kind_gets_the_running_period(self, opened, hospital):
        found = {(o.place_name, o.period) for o in Occurrence.objects.filter(duty_id="monthly_self_check")}
        assert found == {(name, "2026-11") for name in ("心血管内科", "普通外科", "儿科")}
        weekly = one("weekly_round")
        assert (weekly.period, weekly.due_on, weekly.department_id) == (
            "2026-W47",
            date(2026, 11, 20),
            hospital.departments["CARD"].id,
        )

    def test_running_again_changes_nothing(self, opened):
        before = Occurrence.objects.count(), Task.objects.count(), Notice.objects.count()
        again = actions.open_occurrences(now=MONDAY + DAY)
        assert (again.opened, again.assigned) == (0, 0)
        assert before[:2] == (Occurrence.objects.count(), Task.objects.count())

    def test_the_task_goes_to_the_role_with_the_sentence(self, opened, people):
        task = Task.objects.get(source_kind="duty", source_key=str(one("weekly_round").pk))
        assert task.owner == people["head_nurse"]
        assert task.due_reason == "每周一次：本周周五前，即 2026-11-20。"
        assert task.url == f"/duties/{one('weekly_round').pk}/"

    def test_without_the_role_the_head_stands_in(self, people, hospital, make_user):
        surgeon = make_user("department_head", hospital.departments["GSUR"])
        actions.open_occurrences(now=MONDAY)
        assert queries.owner_of(one("monthly_self_check", place_name="普通外科")) == surgeon
        assert queries.owner_of(one("monthly_self_check", place_name="心血管内科")) == people["qc_officer"]

    def test_departments_without_accounts_are_one_task_and_one_notice_for_the_office(
        self, people, hospital, make_user
    ):
        round_ = actions.open_occurrences(now=MONDAY)
        assert {o.place_name for o in round_.unowned} == {"普通外科", "儿科"}
        task = Task.objects.get(source_key="unowned")
        assert (task.owner, task.due_on) == (people["office"], date(2026, 11, 23))
        assert "儿科：科室每月自查" in Notice.objects.get(source_key="unowned").text
        actions.open_occurrences(now=MONDAY + timedelta(minutes=10))
        assert Notice.objects.filter(source_key="unowned").count() == 1
        heads = [make_user("department_head", hospital.departments[code]) for code in ("GSUR", "PAED")]
        actions.open_occurrences(now=MONDAY + DAY)
        task.refresh_from_db()
        assert task.state == Task.State.DONE
        assert queries.owner_of(one("monthly_self_check", place_name="儿科")) == heads[1]

    def test_a_hospital_without_any_account_still_opens(self, hospital, pack):
        actions.open_occurrences(now=MONDAY)
        assert one("weekly_round").is_open
        assert not Task.objects.exists()

    def test_an_interrupted_run_is_healed(self, opened):
        Task.objects.filter(source_kind="duty").update(source_kind="gone")
        assert actions.open_occurrences(now=MONDAY).assigned == opened.assigned > 0

    def test_the_next_period_is_opened_when_it_begins(self, opened):
        actions.open_occurrences(now=MONDAY + 7 * DAY)
        assert set(Occurrence.objects.filter(duty_id="weekly_round").values_list("period", flat=True)) == {
            "2026-W47",
            "2026-W48",
        }

    def test_weeks_that_the_server_slept_through_are_opened_and_have_no_evidence(self, opened):
        now = MONDAY + 22 * DAY
        actions.open_occurrences(now=now)
        rows = Occurrence.objects.filter(duty_id="weekly_round").order_by("starts_on")
        assert [o.period for o in rows] == ["2026-W47", "2026-W48", "2026-W49", "2026-W50"]
        assert [queries.state(o, date(2026, 12, 8)) for o in rows][:3] == [State.MISSING] * 3

    def test_nobody_begins_with_a_duty_that_was_due_before(self, people):
        actions.open_occurrences(now=MONDAY + 5 * DAY)  # Saturday: this week's Friday has passed
        assert not Occurrence.objects.filter(duty_id="weekly_round").exists()
        actions.open_occurrences(now=MONDAY + 7 * DAY)
        assert one("weekly_round").period == "2026-W48"

    def test_a_new_version_counts_from_the_next_period_on(self, opened, pack):
        changed = written(id="monthly_self_check", version="2", due="{working_day: 3, of: following}")
        (pack / "monthly_self_check.yaml").write_text(changed, "utf-8")
        shelf.forget()
        actions.open_occurrences(now=MONDAY + 15 * DAY)
        rows = Occurrence.objects.filter(duty_id="monthly_self_check", place_name="儿科").order_by(
            "starts_on"
        )
        assert [(o.period, o.duty_version) for o in rows] == [("2026-11", 1), ("2026-12", 2)]
        assert [queries.definition(o).due.number for o in rows] == [5, 3]

    def test_a_department_that_ended_owes_nothing_any_more(self, opened, hospital):
        from zhikong.foundation.organisation import actions as organisation

        organisation.close_department(
            by=None, department_id=hospital.departments["PAED"].id, on=date(2026, 11, 18)
        )
        assert actions.open_occurrences(now=MONDAY + 3 * DAY).ended == 1
        ended = one("monthly_self_check", place_name="儿科")
        assert "撤销" in ended.excused_reason
        assert queries.owner_of(ended) is None

    def test_an_account_that_was_closed_gives_its_duties_back(self, opened, people, hospital, make_user):
        people["head_nurse"].is_active = False
        people["head_nurse"].save()
        successor = make_user("head_nurse", hospital.departments["CARD"])
        actions.open_occurrences(now=MONDAY + DAY)
        assert queries.owner_of(one("weekly_round")) == successor

    @pytest.mark.proves("ORG-05")
    def test_a_committee_duty_goes_to_its_secretary_when_the_account_sees_the_hospital(
        self, people, committee, hospital, make_user
    ):
        secretary = make_user("medical_affairs", name="孙秘书")
        secretary.person = Person.objects.create(institution_id=hospital.id, staff_number="S1", name="孙秘书")
        secretary.save()
        Membership.objects.create(
            institution_id=hospital.id, body=committee, person=secretary.person, seat="secretary",
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
        actions.open_occurrences(now=MONDAY)
        found = one("committee_meeting")
        assert (found.place_name, found.needed, found.department_id) == ("质量委员会", 2, None)
        assert queries.owner_of(found) == secretary


class TestEvidence:
    def test_a_sheet_finishes_its_week_and_the_task(self, opened, hospital):
        (proof,) = actions.arrive(arrival(hospital), now=MONDAY + 2 * DAY)
        weekly = one("weekly_round")
        assert (proof.occurrence, weekly.done_on) == (weekly, date(2026, 11, 18))
        assert queries.state(weekly, date(2026, 11, 19)) is State.DONE
        assert not Task.objects.filter(source_key=str(weekly.pk), state="open").exists()

    def test_the_same_sheet_twice_is_one_proof(self, opened, hospital):
        actions.arrive(arrival(hospital), now=MONDAY + 2 * DAY)
        actions.arrive(arrival(hospital), now=MONDAY + 3 * DAY)
        assert Proof.objects.count() == 1

    def test_another_form_or_department_is_no_evidence(self, opened, hospital):
        other = arrival(hospital, department_id=hospital.departments["GSUR"].id)
        nobody = arrival(hospital, department_id=None)
        for one_ in (other, nobody, arrival(hospital, ref="something_else")):
            assert actions.arrive(one_, now=MONDAY + 2 * DAY) == []

    def test_evidence_before_the_job_ran_opens_the_period_itself(self, people, hospital):
        actions.arrive(arrival(hospital), now=MONDAY + 2 * DAY)
        assert one("weekly_round").done_on == date(2026, 11, 18)

    def test_what_is_handed_in_by_the_due_date_belongs_to_the_month_before(self, opened, hospital, pack):
        text = written(evidence="{form: self_check}")
        (pack / "monthly_self_check.yaml").write_text(text, "utf-8")
        shelf.forget()
        december = MONDAY + 16 * DAY  # 2 December
        actions.open_occurrences(now=december)
        sheet = arrival(hospital, ref="self_check", dated_on=date(2026, 12, 2), key="sheet:9")
        (first,) = actions.arrive(sheet, now=december)
        (second,) = actions.arrive(
            arrival(hospital, ref="self_check", dated_on=date(2026, 12, 3), key="sheet:10"),
            now=december + DAY,
        )
        assert (first.occurrence.period, second.occurrence.period) == ("2026-11", "2026-12")

    def test_a_period_that_the_sheet_names_is_believed(self, opened, hospital):
        actions.open_occurrences(now=MONDAY + 7 * DAY)
        late = arrival(hospital, dated_on=date(2026, 11, 24), period="2026-W47")
        (proof,) = actions.arrive(late, now=MONDAY + 8 * DAY)
        assert proof.occurrence.period == "2026-W47"
        assert queries.state(proof.occurrence, date(2026, 11, 24)) is State.LATE_DONE

    def test_work_begun_from_an_occurrence_belongs_to_it(self, opened, hospital):
        actions.open_occurrences(now=MONDAY + 7 * DAY)
        first = one("weekly_round", period="2026-W47")
        late = arrival(hospital, dated_on=date(2026, 11, 24), occurrence_id=first.pk)
        (proof,) = actions.arrive(late, now=MONDAY + 8 * DAY)
        assert proof.occurrence == first

    def test_a_withdrawn_sheet_no_longer_counts(self, opened, hospital, people):
        actions.arrive(arrival(hospital), now=MONDAY + 2 * DAY)
        assert actions.lapse(kind="form", key="sheet:1", now=MONDAY + 3 * DAY, reason="已撤回") == 1
        weekly = one("weekly_round")
        assert weekly.done_on is None
        assert queries.owner_of(weekly) == people["head_nurse"]
        assert Proof.objects.get().withdrawn_reason == "已撤回"
        actions.arrive(arrival(hospital, dated_on=date(2026, 11, 19)), now=MONDAY + 3 * DAY)
        weekly.refresh_from_db()
        assert weekly.done_on == date(2026, 11, 19)
        assert Proof.objects.get().withdrawn_at is None

    def test_a_fact_of_the_hospital_proves_the_hospitals_duty(self, opened, hospital):
        fact = arrival(
            hospital, kind="fact", ref="month_closed", key="2026-11", department_id=None, period="2026-11",
            dated_on=date(2026, 12, 9),
        )  # fmt: skip
        actions.arrive(fact, now=MONDAY + 23 * DAY)
        assert one("close_the_month", period="2026-11").done_on == date(2026, 12, 9)

    @pytest.mark.proves("ORG-05", "ORG-08")
    def test_a_meeting_and_a_decision_are_linked_by_hand(self, people, committee):
        actions.open_occurrences(now=MONDAY)
        meeting, office = one("committee_meeting"), people["office"]
        for number, kind in enumerate(("meeting", "decision")):
            actions.add_proof(
                meeting, by=office, now=MONDAY + DAY, kind=kind, title=f"第 {number + 1} 次会议",
                dated_on=date(2026, 11, 16), url="https://oa/1",
            )  # fmt: skip
            assert meeting.is_open is (number == 0)  # two are needed
        assert meeting.done_on == date(2026, 11, 16)

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"kind": "gossip"}, "类别"),
            ({"title": " x "}, "名称"),
            ({"dated_on": date(2026, 11, 18)}, "晚于今天"),
            ({"dated_on": date(2026, 9, 30)}, "早于本期"),
            ({"url": "javascript:alert(1)"}, "https"),
        ],
    )
    def test_what_cannot_be_evidence_is_refused(self, people, committee, changes, words):
        actions.open_occurrences(now=MONDAY)
        values = {"kind": "meeting", "title": "会议记录", "dated_on": date(2026, 11, 16), **changes}
        with pytest.raises(ValidationError, match=words):
            actions.add_proof(one("committee_meeting"), by=people["office"], now=MONDAY, **values)
        assert not Proof.objects.exists()

    def test_only_the_department_or_the_office_links_evidence(self, opened, hospital, make_user, people):
        weekly = one("weekly_round")
        values = {"kind": "meeting", "title": "会议记录", "dated_on": date(2026, 11, 16)}
        stranger = make_user("department_head", hospital.departments["GSUR"])
        for who in (stranger, make_user("hospital_leader")):
            with pytest.raises(PermissionDenied):
                actions.add_proof(weekly, by=who, now=MONDAY, **values)
        actions.add_proof(weekly, by=people["head_nurse"], now=MONDAY, **values)
        assert weekly.done_on

    def test_a_mistake_is_taken_back_by_who_made_it_with_a_reason(self, opened, people):
        weekly = one("weekly_round")
        proof = actions.add_proof(
            weekly,
            by=people["head_nurse"],
            now=MONDAY,
            kind="report",
            title="别的记录",
            dated_on=date(2026, 11, 16),
        )
        with pytest.raises(PermissionDenied):
            actions.withdraw_proof(proof, by=people["qc_officer"], now=MONDAY, reason="看错了")
        with pytest.raises(ValidationError, match="理由"):
            actions.withdraw_proof(proof, by=people["head_nurse"], now=MONDAY, reason=" ")
        actions.withdraw_proof(proof, by=people["head_nurse"], now=MONDAY, reason="登记错了科室")
        weekly.refresh_from_db()
        assert weekly.is_open
        assert queries.owner_of(weekly) == people["head_nurse"]
        with pytest.raises(ValidationError, match="已经撤回"):
            actions.withdraw_proof(proof, by=people["head_nurse"], now=MONDAY, reason="再撤一次")


class TestReminders:
    def remind(self, days, hour=0):
        return actions.remind(now=MONDAY + days * DAY + timedelta(hours=hour))

    def boxes(self, user):
        return list(Receipt.objects.filter(user=user).order_by("pk").values_list("notice__title", flat=True))

    @pytest.fixture
    def only_weekly(self, people, pack):
        for file in pack.glob("*.yaml"):
            if file.stem != "weekly_round":
                file.unlink()
        shelf.forget()
        actions.open_occurrences(now=MONDAY)
        return people

    @pytest.mark.proves("ORG-05")
    def test_each_step_is_told_once_to_the_owner_and_then_higher(self, only_weekly):
        nurse, office = only_weekly["head_nurse"], only_weekly["office"]
        assert [self.remind(day) for day in range(0, 10)] == [0, 0, 0, 1, 0, 0, 0, 1, 0, 1]
        titles = self.boxes(nurse)
        assert titles[0].startswith("职责快到期：每周巡查（心血管内科 2026-W47）")
        assert titles[1].startswith("本期没有证据")
        assert len(titles) == 3
        assert self.boxes(office) == [titles[2]]

    def test_nobody_is_reminded_at_night(self, only_weekly):
        assert self.remind(3, hour=-4) == 0  # six in the morning
        assert self.remind(3) == 1

    def test_after_a_standstill_only_the_highest_step_is_told(self, only_weekly):
        assert self.remind(30) == 1
        assert len(self.boxes(only_weekly["head_nurse"])) == 1
        assert one("weekly_round").reminded == 3

    def test_what_is_done_or_excused_is_not_reminded(self, only_weekly):
        actions.excuse(one("weekly_round"), by=only_weekly["office"], now=MONDAY, reason="病区装修")
        assert self.remind(30) == 0

    def test_a_step_without_anybody_goes_to_the_office(self, only_weekly):
        only_weekly["head_nurse"].role_assignments.update(valid_to=date(2026, 11, 17))
        self.remind(7)
        assert len(self.boxes(only_weekly["office"])) == 1

    def test_many_at_once_are_one_notice(self, people):
        actions.open_occurrences(now=MONDAY)
        self.remind(60)
        titles = self.boxes(people["office"])
        assert len([t for t in titles if "项周期职责：" in t]) == 1


class TestExcusing:
    def test_the_office_excuses_with_a_reason_and_takes_it_back(self, opened, people):
        weekly = one("weekly_round")
        with pytest.raises(PermissionDenied):
            actions.excuse(weekly, by=people["head_nurse"], now=MONDAY, reason="忙不过来")
        with pytest.raises(ValidationError, match="理由"):
            actions.excuse(weekly, by=people["office"], now=MONDAY, reason="")
        actions.excuse(weekly, by=people["office"], now=MONDAY, reason="病区装修停诊")
        assert queries.state(weekly, date(2026, 12, 1)) is State.EXCUSED
        assert queries.owner_of(weekly) is None
        with pytest.raises(ValidationError, match="已免报"):
            actions.excuse(weekly, by=people["office"], now=MONDAY, reason="再来一次")
        actions.restore(weekly, by=people["office"], now=MONDAY)
        assert queries.owner_of(weekly) == people["head_nurse"]
        with pytest.raises(ValidationError, match="没有免报"):
            actions.restore(weekly, by=people["office"], now=MONDAY)

    def test_an_excused_period_takes_no_evidence_by_hand(self, opened, people):
        weekly = one("weekly_round")
        actions.excuse(weekly, by=people["office"], now=MONDAY, reason="病区装修停诊")
        with pytest.raises(ValidationError, match="已免报"):
            actions.add_proof(
                weekly,
                by=people["office"],
                now=MONDAY,
                kind="report",
                title="记录",
                dated_on=date(2026, 11, 16),
            )


class TestCalendar:
    def test_a_new_day_off_moves_the_due_date_and_the_task(self, opened, people):
        off = WorkingCalendar({date(2026, 11, 20): (False, "本院停诊日")}, frozenset({2026}))
        moved = actions.recalculate(off, frozenset({2026}))
        weekly = one("weekly_round")
        assert weekly.due_on == date(2026, 11, 19)
        assert (date(2026, 11, 20), date(2026, 11, 19)) in {(m.before, m.after) for m in moved}
        task = Task.objects.get(source_key=str(weekly.pk), state="open")
        assert (task.due_on, task.owner) == (date(2026, 11, 19), people["head_nurse"])
        assert "本院停诊日" in task.due_reason
        assert actions.recalculate(off, frozenset({2026})) == []


class TestScope:
    def test_a_department_sees_its_own_and_another_hospital_nothing(self, opened, hospital, other_hospital):
        own = hospital.scope(departments=frozenset({hospital.departments["CARD"].id}))
        with scoped(own):
            assert {o.place_name for o in Occurrence.objects.all()} == {"心血管内科"}
        with scoped(other_hospital.scope()):
            assert not Occurrence.objects.exists()


class TestFacts:
    def test_an_announced_month_close_proves_the_hospitals_duty(self, opened):
        from zhikong.foundation.outbox import actions as outbox
        from zhikong.hospital.functions.indicators.facts import MonthClosed

        outbox.announce(MonthClosed(month="2026-11"), now=MONDAY)
        outbox.deliver_pending(now=MONDAY)
        proof = one("close_the_month").proofs.get()
        assert (proof.key, proof.kind_word, proof.url) == (
            "2026-11",
            "系统记录",
            "/indicators/months/2026-11/",
        )
        assert one("close_the_month").done_on == date(2026, 11, 16)


class TestPapersThatArrive:
    """A meeting that was held in the system is evidence without anybody linking it."""

    @pytest.fixture
    def meetings(self, committee, people, pack):
        only = {"title": "{zh: 差错分析鉴定小组会议}", "body": "hospital", "who": "{role: quality_office}"}
        (pack / "error_meeting.yaml").write_text(
            written(id="error_meeting", **only, every="quarter", due="{working_day: -1}",
                    evidence="{hand: [meeting]}", says="每季度召开差错分析鉴定小组会议"), "utf-8",
        )  # fmt: skip
        (pack / "body_meeting.yaml").write_text(
            written(id="body_meeting", title="{zh: 委员会季度会议}", body="committee",
                    who="{role: quality_office, committee: quality_committee}", every="quarter",
                    due="{working_day: -1}", evidence="{hand: [meeting]}", says="每季一次"), "utf-8",
        )  # fmt: skip
        shelf.forget()

    def paper(self, **changes):
        given = {"kind": "hand", "ref": "meeting", "key": "meeting:5", "dated_on": date(2026, 11, 12),
                 "title": "第四季度会议", **changes}  # fmt: skip
        return Arrival(**given)

    def test_a_committees_meeting_proves_what_asks_for_a_meeting_and_nothing_else(self, meetings, committee):
        proofs = actions.arrive(self.paper(body_id=committee.pk), now=MONDAY)
        assert [(p.occurrence.duty_id, p.kind) for p in proofs] == [("body_meeting", "meeting")]
        assert one("body_meeting").done_on == date(2026, 11, 12)

    def test_a_meeting_of_the_hospital_is_known_by_its_title(self, meetings):
        assert actions.arrive(self.paper(title="质量分析例会"), now=MONDAY) == []
        found = actions.arrive(self.paper(title="第四季度医疗差错分析鉴定小组会议"), now=MONDAY)
        assert [p.occurrence.duty_id for p in found] == ["error_meeting"]

    def test_what_says_which_duty_it_is_for_counts_for_it_alone(self, meetings, committee):
        said = self.paper(body_id=committee.pk, ref="decision", duty_ids=("committee_meeting",))
        assert [p.occurrence.duty_id for p in actions.arrive(said, now=MONDAY)] == ["committee_meeting"]
