"""A meeting from its notice to its published minutes: quorum, codes, topics, resolutions that come back, objections."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from zhikong.foundation.notices.models import Notice
from zhikong.foundation.organisation import agendas
from zhikong.foundation.organisation.models import Body, Membership, Person
from zhikong.foundation.tasks.models import Task
from zhikong.hospital.functions.meetings import (
    actions,
    actions_minutes,
    actions_resolutions,
    actions_sitting,
    queries_sitting,
    rules_sitting,
)
from zhikong.hospital.functions.meetings.models import Attendee, Meeting, Minutes, Resolution, Topic


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def office(as_role):
    return as_role("quality_office", name="王敏")


@pytest.fixture
def members(hospital, as_role):
    """A committee of four: a head who has an account, and three who have none."""
    body = Body.objects.create(
        institution_id=hospital.id, kind=Body.Kind.QUALITY_COMMITTEE, name="医疗质量管理委员会",
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
    head = as_role("department_head", hospital.departments["CARD"], name="李建国")
    people = [
        Person.objects.create(institution_id=hospital.id, staff_number=f"M{n}", name=f"委员{n}")
        for n in range(3)
    ]
    if head.user.person is None:
        head.user.person = Person.objects.create(
            institution_id=hospital.id, staff_number="LJG", name="李建国"
        )
        head.user.save(update_fields=["person"])
    for person, seat in zip(
        [head.user.person, *people], ("member", "chair", "member", "member"), strict=True
    ):
        Membership.objects.create(
            institution_id=hospital.id, body=body, person=person, seat=seat, valid_from=date(2020, 1, 1)
        )
    return body, head


@pytest.fixture
def meeting(office, members):
    body, _ = members
    now = timezone.now()
    made = actions.plan_meeting(
        by=office.user, now=now, body=body, on=timezone.localdate(now), place="第一会议室"
    )
    actions_sitting.invite(made, by=office.user, now=now)
    return made


def own(meeting, head) -> Attendee:
    return meeting.attendees.get(person=head.user.person)


def sign(meeting, office, count):
    for one in meeting.attendees.all()[:count]:
        actions_sitting.sign_by_hand(one, by=office.user, now=timezone.now())


def post(client, meeting, verb, **data):
    return client.post(f"/meetings/{meeting.pk}/sitting/act/", {"verb": verb, **data}, follow=True)


@pytest.mark.proves("MTG-07")
def test_members_are_told_and_answer(meeting, members):
    _, head = members
    assert meeting.attendees.count() == 4
    assert Notice.objects.filter(source_kind="meeting", source_key=str(meeting.pk)).exists()
    assert "医疗质量管理委员会" in text(head.get("/meetings/mine/"))
    told = text(post(head, meeting, "answer", **{"answer-answer": "no"}))
    assert "请假请写明理由" in told
    post(head, meeting, "answer", **{"answer-answer": "no", "answer-reason": "出差"})
    assert own(meeting, head).reason == "出差"


def test_a_code_signs_in_only_while_it_is_shown_and_only_who_is_invited(meeting, members, as_role):
    _, head = members
    now = timezone.now()
    code = rules_sitting.code(queries_sitting.sitting(meeting).key, now)
    old = rules_sitting.code(queries_sitting.sitting(meeting).key, now - timedelta(minutes=3))
    assert "签到码已过期" in text(head.post(f"/meetings/{meeting.pk}/in/{old}/"))
    assert own(meeting, head).signed_at is None
    assert "签到成功" in text(head.post(f"/meetings/{meeting.pk}/in/{code}/", follow=True))
    assert own(meeting, head).by_code
    stranger = as_role("physician", name="旁人")
    assert "不在参会名单" in text(stranger.post(f"/meetings/{meeting.pk}/in/{code}/"))


def test_the_screen_shows_a_code_and_is_for_who_keeps_the_meeting(meeting, office, members):
    page = text(office.get(f"/meetings/{meeting.pk}/screen/"))
    assert "<svg" in page
    assert "人数不足" in page
    assert members[1].get(f"/meetings/{meeting.pk}/screen/").status_code == 403


@pytest.mark.parametrize(("seats", "needed"), [(0, 0), (1, 1), (4, 3), (5, 3), (9, 5)])
def test_more_than_half_of_the_real_members_decide(seats, needed):
    assert rules_sitting.quorum(seats) == needed


def test_without_a_quorum_nothing_is_decided(meeting, office):
    sign(meeting, office, 2)
    with pytest.raises(ValidationError, match="法定人数"):
        actions_resolutions.resolve(meeting, by=office.user, now=timezone.now(), text="增设转床床位")
    actions.hold(meeting, by=office.user, now=timezone.now(), chaired_by="孙院长", present=2)
    assert queries_sitting.sitting(meeting).as_talk
    made = actions_minutes.draft_minutes(meeting, by=office.user, now=timezone.now())
    assert "本次为讨论会，不作决议" in made.text


@pytest.fixture
def resolution(meeting, office, members):
    sign(meeting, office, 3)
    return actions_resolutions.resolve(
        meeting, by=office.user, now=timezone.now(), text="每月抽查危急值登记", owner=members[1].user,
        due_on=timezone.localdate() + timedelta(days=10),
    )  # fmt: skip


@pytest.mark.proves("MTG-07")
def test_a_resolution_is_a_task_and_comes_back_until_it_is_accepted(resolution, meeting, office, members):
    body, head = members
    task = Task.objects.get(source_kind="resolution", source_key=str(resolution.pk))
    assert (task.owner, task.due_on) == (head.user, resolution.due_on)
    now = timezone.now()
    actions.hold(meeting, by=office.user, now=now, chaired_by="孙院长", present=3)
    later = actions.plan_meeting(
        by=office.user, now=now, body=body, on=timezone.localdate(now) + timedelta(days=90)
    )
    actions_sitting.draw(later, by=office.user, now=now)
    assert later.topics.get(kind=Topic.Kind.DECISION).title == "每月抽查危急值登记"
    head.post(f"/meetings/resolutions/{resolution.pk}/", {"verb": "prove", "proof": "已抽查两次，登记完整。"})
    resolution.refresh_from_db()
    task.refresh_from_db()
    assert (resolution.state, task.state) == ("proven", "done")
    actions_resolutions.judge(
        resolution,
        by=office.user,
        now=now,
        accepted=False,
        verdict="请附记录",
        due_on=timezone.localdate(now),
    )
    assert (
        Task.objects.filter(source_key=str(resolution.pk), source_kind="resolution", state="open").count()
        == 1
    )
    actions_resolutions.judge(resolution, by=office.user, now=now, accepted=True, verdict="认可")
    assert resolution.state == Resolution.State.ACCEPTED
    assert not queries_sitting.unsettled(body.pk).exists()


def test_the_agenda_draws_what_apps_offer_and_each_once(meeting, office, monkeypatch):
    monkeypatch.setattr(
        agendas, "_offers", {"x": lambda on: [agendas.Offered("los:2026-10", "平均住院日未达标")]}
    )
    assert actions_sitting.draw(meeting, by=office.user, now=timezone.now()) == 1
    assert actions_sitting.draw(meeting, by=office.user, now=timezone.now()) == 0
    assert "平均住院日未达标" in text(office.get(f"/meetings/{meeting.pk}/sitting/"))


def test_a_member_proposes_and_a_stranger_does_not(meeting, members, as_role):
    post(members[1], meeting, "propose", **{"propose-title": "夜间会诊流程"})
    assert meeting.topics.get().title == "夜间会诊流程"
    assert as_role("physician", name="旁人").get(f"/meetings/{meeting.pk}/sitting/").status_code == 403


@pytest.fixture
def minutes(resolution, meeting, office):
    now = timezone.now()
    actions.hold(meeting, by=office.user, now=now, chaired_by="孙院长", present=3)
    return actions_minutes.draft_minutes(meeting, by=office.user, now=now)


def test_minutes_are_filled_with_what_is_known(minutes):
    assert "应到 4 人，实到 3 人" in minutes.text
    assert "（1）每月抽查危急值登记（李建国" in minutes.text
    assert "请假：" in minutes.text


def test_objections_are_answered_before_the_minutes_are_confirmed_and_published(
    minutes, meeting, office, members, hospital
):
    _, head = members
    now = timezone.now()
    with pytest.raises(ValidationError, match="先送参会人核对"):
        actions_minutes.confirm(minutes, by=office.user, now=now)
    actions_minutes.circulate(minutes, by=office.user, now=now, until=timezone.localdate(now))
    post(head, meeting, "object", **{"say-text": "抽查应为每两周"})
    said = minutes.objections.get()
    with pytest.raises(ValidationError, match="还有意见没有答复"):
        actions_minutes.confirm(minutes, by=office.user, now=now)
    actions_minutes.reply(said, by=office.user, now=now, answer="按会上议定为每月")
    actions_minutes.confirm(minutes, by=office.user, now=now)
    actions_minutes.publish(minutes, by=office.user, now=now, departments=[hospital.departments["CARD"].id])
    with pytest.raises(ValidationError, match="已经确认"):
        actions_minutes.edit_minutes(minutes, by=office.user, now=now, text="改")
    post(head, meeting, "feedback", **{"say-text": "科室已布置"})
    assert minutes.objections.filter(kind="feedback").get().department_id == hospital.departments["CARD"].id


def test_a_draft_is_not_shown_to_members(minutes, meeting, members):
    assert "应到 4 人" not in text(members[1].get(f"/meetings/{meeting.pk}/sitting/"))


def test_only_who_keeps_the_meeting_runs_it(meeting, members):
    with pytest.raises(PermissionDenied):
        actions_sitting.draw(meeting, by=members[1].user, now=timezone.now())
    assert post(members[1], meeting, "draw").status_code == 403
    assert not Minutes.objects.exists()


def test_a_body_beyond_its_cycle_is_told_of_once(members, office):
    now = datetime(2027, 3, 31, 20, tzinfo=UTC)
    Meeting.objects.create(
        institution_id=members[0].institution_id, body=members[0], on=date(2026, 9, 1), state="held",
        planned_at=now, held_at=now, held_by=office.user,
    )  # fmt: skip
    assert actions_sitting.warn_late(now=now) == 1
    assert actions_sitting.warn_late(now=now) == 0
    assert "会议已超过周期" in Notice.objects.get(source_kind="cycle").title


def test_nobody_finds_the_own_work_done(meeting, office):
    sign(meeting, office, 3)
    now = timezone.now()
    own = actions_resolutions.resolve(
        meeting,
        by=office.user,
        now=now,
        text="汇总抽查结果",
        owner=office.user,
        due_on=timezone.localdate(now),
    )
    actions_resolutions.prove(own, by=office.user, now=now, proof="已汇总并通报")
    with pytest.raises(ValidationError, match="其他人判断"):
        actions_resolutions.judge(own, by=office.user, now=now, accepted=True, verdict="认可")
    assert "退回继续落实" not in text(office.get(f"/meetings/resolutions/{own.pk}/"))
