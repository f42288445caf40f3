"""What became of the demo hospital's reports: accepted, answered, analysed, measured, closed, each through its action.

The newest reports stay as they came, for whoever tries the product. Of the older ones some wait for the department,
some for the effect of a measure, and one was told to the authority in time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.hospital.functions.incidents.actions.handling import (
    answering,
    closing,
    investigating,
    levels,
    measures,
    receiving,
    steps,
    telling,
)
from zhikong.hospital.functions.incidents.models.handling import Handling
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.handling import running
from zhikong.hospital.functions.incidents.queries.reporting import categories

OFFICE, SECOND = "yiwu", "zhikong"
FRESH = timedelta(days=4)
"""Reports younger than this are left as they came."""
ANSWERS = {
    "fall": ("病区走廊和卫生间已加防滑条，夜间地灯已修好。", "卫生间门口加装感应地灯和扶手", "strong"),
    "medication": (
        "相似药名的药盒已分开放，并贴上醒目标识。",
        "相似药品分柜存放，扫码不符时不能取药",
        "strong",
    ),
    "adr": ("已上报药物监测，病历首页已标注过敏史。", "输注前皮试结果由系统核对后才可执行", "strong"),
    "tube": ("躁动患者的管路改用双重固定。", "管路固定用标准装置，班班核对长度", "intermediate"),
    "equipment": ("监护仪已全部检测，报警下限不能再关闭。", "监护仪报警下限由设备科锁定", "strong"),
    "near_miss": ("已采纳，相关物品重新摆放。", "高警示药品单独上锁存放", "strong"),
}
OTHER = ("已核实，科室已改进，谢谢您说出来。", "把核对写进交接班清单", "intermediate")


def tell(*, now: datetime) -> None:
    """Once; a second start finds everything there."""
    if Handling.objects.filter(accepted_at__isnull=False).exists():
        return
    for incident in Incident.objects.filter(handling=None, reported_at__lt=now - FRESH):
        receiving.open_case(incident)  # long ago: nobody is told of it today
    receiving.catch_up(now=now)
    users = {user.username: user for user in User.objects.filter(is_active=True)}
    old = (
        Incident.objects.filter(reported_at__lt=now - FRESH)
        .select_related("handling")
        .order_by("reported_at", "code")
    )
    grave = 0
    for number, incident in enumerate(old):
        is_grave = incident.level in ("I", "II")
        grave += is_grave
        _handle(incident, users, number=number, grave=grave if is_grave else 0, now=now)


def _handle(incident: Incident, users, *, number: int, grave: int, now: datetime) -> None:
    """Level III and IV are answered and closed; the grave ones go on to the department, as far as time has passed."""
    office, at = users[OFFICE], _clock(incident.reported_at, now)
    receiving.accept(incident, by=office, now=at(hours=1 + number % 9))
    if not incident.category:
        incident = levels.classify(incident, by=office, now=at(hours=9), category="other")
    level = incident.level or "III"
    levels.set_level(incident, by=office, now=at(hours=10), level=level, harm=incident.harm)
    if grave:
        levels.agree(incident, by=users[SECOND], now=at(hours=12))
    answer, measure, strength = ANSWERS.get(incident.category, OTHER)
    if not grave:
        answering.say(incident, by=office, now=at(hours=14 + number % 30), text=answer)
        if level == "III":
            _ask(incident, users, at)
            _analyse(incident, users, at, answer)
        _close(incident, office, at(days=6 + number % 8), answer)
        return
    answering.say(incident, by=office, now=at(hours=15), text="已去病区看过，正在请科室找原因。")
    _submit(incident, office, at)
    if grave % 4 == 0:
        return
    _ask(incident, users, at)
    if grave % 5 != 1:
        _analyse(incident, users, at, answer)
        _measure(incident, users, at, answer, measure, strength, last=grave % 3 == 0)


def _ask(incident: Incident, users, at) -> None:
    investigating.ask_department(incident, by=users[OFFICE], now=at(days=1))


def _analyse(incident: Incident, users, at, answer: str) -> None:
    """By the head where he has an account in the demo; else the office enters what the department wrote."""
    investigating.analyse(
        incident, by=_leader(incident, at) or users[OFFICE], now=at(days=4),
        course="核对了交接班和监控，经过与报告一致。",
        causes=f"流程和环境让它容易发生：{categories.title(incident.category)}相关的防护要靠人记住，夜间人少时做不到。",
        measures=answer, factors=["task", "environment"],
    )  # fmt: skip


def _leader(incident: Incident, at):
    """Who leads the department in the demo; None where nobody has an account."""
    return next(iter(steps.leaders(incident.department_id, at(days=4))), None)


def _post(leader, incident: Incident) -> str:
    """The post by which he leads it."""
    found = (
        g.role.code for g in leader.grants() if g.departments and incident.department_id in g.departments
    )
    return next(code for code in found if code in measures.DEPARTMENT_POSTS)


def _clock(start: datetime, now: datetime):
    """Moments after the report, never later than now."""
    return lambda **gone: min(start + timedelta(**gone), now)


def _submit(incident: Incident, office, at) -> None:
    """Statutory reports went out within their internal limit."""
    fresh = Incident.objects.select_related("handling").get(pk=incident.pk)
    for number, run in enumerate(running.unsubmitted(fresh)):
        sent = min(at(hours=30), run.internal or run.until)
        telling.submit(
            fresh, by=office, now=max(sent, at(hours=15)), clock_id=run.clock.id, submitted_at=sent,
            number=f"HZ-{fresh.code}-{number + 1}", way="直报系统",
        )  # fmt: skip


def _measure(incident: Incident, users, at, answer: str, measure: str, strength: str, *, last: bool) -> None:
    office, leader = users[OFFICE], _leader(incident, at)
    if leader is None:
        return
    made = measures.decide(
        incident, by=office, now=at(days=5), department_id=incident.department_id, text=measure, strength=strength,
        owner_post=_post(leader, incident), due_on=timezone.localdate(at(days=5)) + timedelta(days=21),
    )  # fmt: skip
    if last:
        return
    made = measures.done(made, by=leader, now=at(days=20), proof="已安装完成，护士长逐床查看，照片存科内。")
    measures.check(
        made, by=office, now=at(days=45), works=True, effect="一个月内抽查二十次，均按新做法执行，未再发生。"
    )
    _close(incident, office, at(days=46), answer)


def _close(incident: Incident, office, now: datetime, answer: str) -> None:
    """Closed where nothing stands in the way; else it stays with what is missing, as in a real hospital."""
    try:
        closing.close(incident, by=office, now=now, outcome=answer)
    except ValidationError:
        answering.say(incident, by=office, now=now, text="还在做根本原因分析，做完再告诉您结果。")
