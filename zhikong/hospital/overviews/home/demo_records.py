"""Monthly quality records of three demo departments: one prepared for its head's signature, one sent, one missing.

Cardiology's September was accepted; its measures stand to be answered before October is signed (job 4).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.access.scope import scoped
from zhikong.foundation.forms import actions as forms
from zhikong.foundation.organisation.models import Appointment, Person
from zhikong.foundation.organisation.queries import in_force, resolve
from zhikong.hospital.functions.indicators.queries.figures import frame
from zhikong.hospital.functions.indicators.selection import newest_month
from zhikong.hospital.functions.reporting import actions
from zhikong.hospital.functions.reporting.library import month_end
from zhikong.hospital.functions.reporting.models import MonthlyRecord
from zhikong.hospital.functions.reporting.queries import shifted
from zhikong.hospital.functions.reporting.record_queries import to_answer

OFFICE, CARDIOLOGY, OFFICER, ORTHOPAEDICS = "zhikong", "keshi", "zhikongyuan", "guke"
SILENT = "NEUR"
KEPT, GOES_ON = "出院前由质控员逐份核对病案首页主要诊断", "晨会通报前一日未审签病历"


def tell(*, now: datetime, password: str) -> bool:
    """Tell it once, in the scope of a whole hospital; password: of the demo's accounts, for the heads' signatures."""
    if MonthlyRecord.objects.exists() or frame().current is None:
        return False
    newest = newest_month(frame())
    before = shifted(newest, -1)
    for code in ("CARD", SILENT):
        for month in (before, newest):
            _open(code, month, now)
    _accepted("CARD", before, now, password)
    _prepared("CARD", newest, now)
    _sent("ORTH", newest, now, password)
    return True


def _open(code: str, month: str, now: datetime) -> MonthlyRecord:
    at = _at(month, 1, 8, now)
    department = resolve(name_or_code=code, on=timezone.localdate(at))
    return actions.open_record(by=None, now=at, department_id=department.id, month=month)


def _accepted(code: str, month: str, now: datetime, password: str) -> None:
    record = _open(code, month, now)
    measures = ((KEPT, 20), (GOES_ON, 25))
    _fill(
        record, OFFICER, _at(month, 4, 15, now), problems="甲级病案率、三日确诊率未达标。", measures=measures
    )
    with _acting(CARDIOLOGY, _at(month, 5, 17, now)) as head:
        actions.sign_and_submit(record, by=head, now=_at(month, 5, 17, now), password=password)
    with _acting(OFFICE, _at(month, 8, 10, now)) as office:
        actions.accept_record(record, by=office, now=_at(month, 8, 10, now))


def _prepared(code: str, month: str, now: datetime) -> None:
    """The officer has filled it and answered the first of last month's measures."""
    record, at = _open(code, month, now), _at(month, 4, 16, now)
    measures = (("入院第二天由主任医师查房明确诊断方向", 50), ("与影像科约定疑难心律失常急诊检查通道", 55))
    _fill(
        record, OFFICER, at, problems="三日确诊率连续两月低于目标；抢救车除颤仪电池老化。", measures=measures
    )
    with _acting(OFFICER, at) as officer:
        done = next(m for m in to_answer(record) if m.text == KEPT)
        actions.answer_measure(
            record, by=officer, now=at, measure=done, outcome="done", note="核对 40 份，缺陷由 6 份降到 1 份"
        )


def _sent(code: str, month: str, now: datetime, password: str) -> None:
    record, at = _open(code, month, now), _at(month, 5, 16, now)
    measures = (("术前检查前移，术前平均等待压到两天", 45),)
    _fill(record, ORTHOPAEDICS, at, problems="平均住院日高于目标。", measures=measures)
    with _acting(ORTHOPAEDICS, at) as head:
        actions.sign_and_submit(record, by=head, now=at, password=password)


def _fill(record: MonthlyRecord, username: str, at: datetime, *, problems: str, measures) -> None:
    with _acting(username, at) as user:
        people = _people(record.department_id, timezone.localdate(at))
        forms.save_answers(
            record.sheet, by=user, now=at, raw=_answers(record.month, people, problems, measures)
        )


def _answers(month: str, people: list[Person], problems: str, measures) -> dict[str, Any]:
    last = month_end(month)
    return {
        "checks": [
            {
                "what": "运行病历书写与审签",
                "checked": 20,
                "faulty": 2,
                "found": "两份上级医师审签超过 24 小时",
            },
            {"what": "三级查房记录", "checked": 10, "faulty": 1, "found": "一份缺主任医师查房分析"},
            {"what": "急救车与急救设备", "checked": 2, "faulty": 1, "found": "除颤仪备用电池电量不足"},
            {"what": "抗菌药物使用", "checked": 15, "faulty": 0},
        ],
        "problems": problems,
        "causes": "新入科医师轮转，对书写时限和确诊要求不熟；部分检查等待时间长；科内核对未落到人。",
        "measures": [
            {"measure": text, "owner": people[n % len(people)].pk, "due": f"{last + timedelta(days=days)}"}
            for n, (text, days) in enumerate(measures)
        ],
        "held_on": f"{last + timedelta(days=3)}",
        "place": "科室示教室",
        "host": people[0].pk,
        "attendance": [{"who": person.pk} for person in people[:5]],
        "minutes": "一、通报上月措施落实情况。二、逐项讨论未达标指标和检查发现的问题。三、确定本月改进措施、责任人和完成日期。",
    }


def _people(department_id: int, on) -> list[Person]:
    """The department's head first, then head nurse, quality officer and some physicians."""
    order = ("department_head", "head_nurse", "qc_officer", "physician")
    posts = Appointment.objects.filter(in_force(on), department_id=department_id, post__in=order)
    found = sorted(posts.select_related("person"), key=lambda post: (order.index(post.post), post.pk))
    return list(dict.fromkeys(post.person for post in found))[:6]


@contextmanager
def _acting(username: str, at: datetime) -> Iterator[User]:
    """A demo user at work: with their own scope and nothing more."""
    user = User.objects.get(username=username)
    with scoped(scope_of(user, timezone.localdate(at))):
        yield user


def _at(month: str, day: int, hour: int, now: datetime) -> datetime:
    """A moment in working time of the month after `month`, never later than now."""
    first = month_end(month) + timedelta(days=day)
    return min(datetime.combine(first, time(hour), tzinfo=timezone.get_default_timezone()), now)
