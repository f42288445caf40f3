"""The demo hospital's safety committee: a meeting held, with its minutes and resolutions, and one that is called.

What was decided then is under way now and stands on the drawn agenda of the coming meeting, as it does in a hospital
whose committee meets each quarter.
"""

from datetime import datetime, time, timedelta

from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.organisation.models import Body
from zhikong.foundation.organisation.queries import department, resolve
from zhikong.hospital.functions.meetings import (
    actions,
    actions_minutes,
    actions_resolutions,
    queries_sitting,
    rules_sitting,
)
from zhikong.hospital.functions.meetings import actions_sitting as sitting
from zhikong.hospital.functions.meetings.models import Meeting, Minutes, Resolution, Sitting
from zhikong.hospital.functions.meetings.queries import bodies
from zhikong.site.demo.acting import acting, at

OFFICE, MEDICAL, NURSING, PHARMACY, HEAD = "zhikong", "yiwu", "huli", "yaoxue", "keshi"
HELD, COMING = -80, 9  # days from now; moved to a working day
PLACE = "行政楼三楼会议室"
WARDS = ("CARD", "ORTH", "GSUR", "EMER")
TALKED = (
    ("住院患者跌倒的防范", "护理部报告上季度跌倒情况，多发生在夜间如厕途中。委员认为评估做了，措施没有落到床边。"),
    ("危急值报告的及时性", "医务科通报抽查结果，夜间和节假日处置记录偏晚。检验科建议由系统提醒。"),
)  # fmt: skip
# topic, text, owner, days from now until it is due, what its owner reports
DECIDED = (
    (0, "护理部组织各病区核查夜间照明、呼叫铃和床栏，报告整改情况。", NURSING, -30,
     "三十二个病区全部核查，更换夜灯四十六处，呼叫铃维修九处，记录已存护理部。"),
    (1, "医务科每月抽查危急值处置记录五十份，在质量例会通报。", MEDICAL, 6, ""),
)  # fmt: skip


def tell(*, now: datetime) -> bool:
    """Tell the story once; False when it was told before or the committee is not there."""
    body = bodies(on=timezone.localdate(now)).filter(kind=Body.Kind.SAFETY_COMMITTEE).first()
    if body is None or Sitting.objects.exclude(invited_at=None).exists():
        return False
    held = _held(body, now)
    _decided_work(now)
    _minutes(held, now)
    _coming(body, now)
    return True


def _day(now: datetime, days: int) -> datetime:
    """Three in the afternoon of the working day at or after so many days from now."""
    day = timezone.localdate(now) + timedelta(days=days)
    day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
    return datetime.combine(day, time(15), tzinfo=timezone.get_default_timezone())


def _held(body: Body, now: datetime) -> Meeting:
    """Called ten days before; all but one came, most signed in by the code."""
    when = _day(now, HELD)
    told = when - timedelta(days=10)
    with acting(OFFICE, told) as office:
        made = actions.plan_meeting(by=office, now=told, body=body, on=timezone.localdate(when), place=PLACE)
        sitting.invite(made, by=office, now=told, begins_at=time(15))
        for title, _said in TALKED:
            sitting.propose(made, by=office, now=told, title=title)
    away = list(made.attendees.filter(seat="member").order_by("pk"))[-1]
    with acting(OFFICE, when) as office:
        sitting.answer(away, by=office, now=told, answer="no", reason="外出参加学术会议")
    _sign(made, away, when)
    with acting(OFFICE, when) as office:
        for topic, (_title, said) in zip(made.topics.order_by("pk"), TALKED, strict=True):
            sitting.discuss(topic, by=office, now=when, discussion=said)
        _decide(made, office, when, now)
        count = queries_sitting.presence(made).present
        actions.hold(made, by=office, now=when + timedelta(hours=2), chaired_by=_chair(made), present=count)
    return made


def _sign(meeting: Meeting, away, when: datetime) -> None:
    accounts = {user.person_id: user for user in User.objects.filter(is_active=True, person__isnull=False)}
    key = queries_sitting.sitting(meeting).key
    for minute, one in enumerate(meeting.attendees.exclude(pk=away.pk).order_by("pk")):
        moment = when - timedelta(minutes=12 - minute)
        if (user := accounts.get(one.person_id)) is not None:
            with acting(user.username, moment) as member:
                sitting.sign_in(meeting, by=member, now=moment, code=rules_sitting.code(key, moment))
        else:
            with acting(OFFICE, moment) as office:
                sitting.sign_by_hand(one, by=office, now=moment)


def _decide(meeting: Meeting, office, when: datetime, now: datetime) -> None:
    topics = list(meeting.topics.order_by("pk"))
    for index, text, owner, days, _proof in DECIDED:
        actions_resolutions.resolve(
            meeting, by=office, now=when, text=text, topic=topics[index], owner=User.objects.get(username=owner),
            due_on=timezone.localdate(now) + timedelta(days=days),
        )  # fmt: skip


def _chair(meeting: Meeting) -> str:
    return meeting.attendees.get(seat="chair").person.name


def _decided_work(now: datetime) -> None:
    """One owner has reported what was done; the committee has not judged it yet. The other is at it."""
    for _index, text, owner, days, proof in DECIDED:
        if proof:
            with acting(owner, at(now, days - 3)) as user:
                actions_resolutions.prove(
                    Resolution.objects.get(text=text), by=user, now=at(now, days - 3), proof=proof
                )


def _minutes(meeting: Meeting, now: datetime) -> None:
    """Sent round, one objection answered, confirmed, published; a department answers."""
    when = _day(now, HELD)
    known = [resolve(name_or_code=code, on=timezone.localdate(now)) for code in WARDS]
    places = [one.id for one in known if one is not None]
    with acting(OFFICE, when) as office:
        made = actions_minutes.draft_minutes(meeting, by=office, now=when + timedelta(hours=3))
        until = timezone.localdate(when) + timedelta(days=3)
        actions_minutes.circulate(made, by=office, now=when + timedelta(hours=4), until=until)
    with acting(MEDICAL, when) as doctor:
        said = actions_minutes.object_to(
            made, by=doctor, now=when + timedelta(days=1), text="建议写明抽查覆盖夜间和节假日的危急值。"
        )
    with acting(OFFICE, when) as office:
        later = when + timedelta(days=2)
        actions_minutes.reply(said, by=office, now=later, answer="抽查时按时段分层，纪要文字按会上议定不变。")
        actions_minutes.confirm(made, by=office, now=later + timedelta(days=2))
        actions_minutes.publish(made, by=office, now=later + timedelta(days=2), departments=places)
    with acting(HEAD, now) as head:
        actions_minutes.feed_back(
            Minutes.objects.get(pk=made.pk), by=head, now=at(now, HELD + 12),
            text="本科室已核查夜间照明和呼叫铃，两处床栏已更换。", department=department(department_id=places[0]),
        )  # fmt: skip


def _coming(body: Body, now: datetime) -> None:
    """Called and drawn; some have answered, one proposes a matter, one comes as a guest."""
    when = _day(now, COMING)
    told = at(now, -4, 9)
    with acting(OFFICE, told) as office:
        made = actions.plan_meeting(by=office, now=told, body=body, on=timezone.localdate(when), place=PLACE)
        sitting.invite(made, by=office, now=told, begins_at=time(15))
        sitting.add_guest(made, by=office, now=told, person=User.objects.get(username=HEAD).person)
        sitting.draw(made, by=office, now=told)
    answers = ((MEDICAL, "yes", ""), (PHARMACY, "yes", ""), (NURSING, "no", "参加省护理学会年会"))
    for username, answer, reason in answers:
        with acting(username, now) as user:
            own = queries_sitting.attends(user, made)
            if own is not None:
                sitting.answer(own, by=user, now=at(now, -2), answer=answer, reason=reason)
    with acting(MEDICAL, now) as doctor:
        sitting.propose(
            made,
            by=doctor,
            now=at(now, -2),
            title="转运途中患者的交接",
            text="近两月转运交接单漏填较多，请护理部和急诊科一起研究。",
        )
