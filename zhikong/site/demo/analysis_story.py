"""The demo hospital's analyses: one root cause analysis to its effect, one under way, lessons, alerts, key patients, defects."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.organisation.queries import resolve
from zhikong.hospital.functions.incidents.actions.analysis import (
    finishing,
    measuring,
    opening,
    people,
    working,
)
from zhikong.hospital.functions.incidents.models.analysis import Analysis
from zhikong.hospital.functions.incidents.models.analysis_wards import KeyPatient
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.site.demo import analysis_wards_story
from zhikong.site.demo.acting import at

OFFICE, MEDICAL, NURSING, HEAD, ORTHOPAEDIST, MATRON, PHARMACY, EQUIPMENT, LEADER, NURSE, DOCTOR = (
    "zhikong", "yiwu", "huli", "keshi", "guke", "hushizhang", "yaoxue", "zhuangbei", "yuanzhang", "hushi", "yishi",
)  # fmt: skip
# hours before the fall, who (index of PERSONS or None), what, what should have been, source, gap
FALL = (
    (-9, None, "入院评估跌倒风险 55 分（高危），腕带贴防跌倒标识", "", "record", False),
    (-3, 1, "22 时给予利尿药", "高危患者利尿药应在 18 时前给", "record", False),
    (-2, 0, "巡视：患者安静入睡，床栏拉起", "", "record", False),
    (-1, None, "", "", "interview", True),
    (0, 2, "患者自行下床，在卫生间门口跌倒，左髋着地", "", "interview", False),
    (0.2, 0, "听到响声赶到，患者平卧，通知值班医师", "", "interview", False),
    (1, None, "X 线：左股骨颈骨折", "", "record", False),
)
# parent (index), text, factor, status, root, evidence
CAUSES = (
    (None, "患者夜间独自如厕", "patient_behaviour", "confirmed", False, "患者访谈：尿急，等不及"),
    (0, "够不着呼叫铃", "equipment_design", "confirmed", False, "现场测量：铃绳离枕头 1.6 米"),
    (
        1,
        "呼叫铃固定在墙上，床位移动后没有跟着移",
        "environment_layout",
        "confirmed",
        True,
        "24 张床抽查，11 张够不着",
    ),
    (0, "夜间尿急", "patient_condition", "confirmed", False, "病程：入院后利尿治疗"),
    (3, "利尿药 22 时给", "task_aid", "confirmed", True, "医嘱系统默认给药时间为 22 时"),
    (None, "地面湿滑", "environment_physical", "ruled_out", False, "事发后查看地面干燥"),
)


def tell(*, now: datetime) -> None:
    """Once; a second start finds everything there."""
    if Analysis.objects.exists() or KeyPatient.objects.exists():
        return
    users = {user.username: user for user in User.objects.filter(is_active=True)}
    _finished(users, now)
    _running(users, now)
    analysis_wards_story.tell(users, _place, now=now)


def _place(code: str, now: datetime) -> int:
    return resolve(name_or_code=code, on=timezone.localdate(now)).id


def _case(
    category: str, now: datetime, oldest: int, newest: int, *, out: tuple[str, ...] = ()
) -> Incident | None:
    today = timezone.localdate(now)
    rows = Incident.objects.filter(
        category=category, occurred_on__gte=today - timedelta(days=oldest), occurred_on__lte=today - timedelta(days=newest),
        department__isnull=False,
    ).exclude(state__in=["reported", "returned", "merged", *out])  # fmt: skip
    return rows.order_by("level", "occurred_on", "pk").first()


def _finished(users, now: datetime) -> None:
    incident = _case("fall", now, 360, 70)
    if incident is None:
        return
    leader, begun = users[ORTHOPAEDIST], at(now, -62, 9)
    one = opening.open_analysis(
        by=users[OFFICE], now=begun, incidents=[incident], kind="rca", title="高危患者夜间如厕跌倒致骨折", leader=leader,
        members=[users[MATRON], users[NURSING]],
    )  # fmt: skip
    for name, role, outside in (
        (EQUIPMENT, "expert", True),
        (PHARMACY, "member", True),
        (LEADER, "sponsor", False),
    ):
        opening.join(one, by=users[OFFICE], now=begun, user=users[name], role=role, outside=outside)
    working.write(
        one, by=leader, now=begun,
        values={"summary": "一名高危跌倒患者夜间尿急，自行下床如厕时跌倒，致左股骨颈骨折，已手术治疗。", "lesson_text": "呼叫铃是否够得着，请各病区自查。"},
    )  # fmt: skip
    persons = [
        people.add_person(one, by=leader, now=begun, group=group) for group in ("nurse", "doctor", "patient")
    ]
    happened = at(now, -70, 1)
    for hours, who, what, expected, source, gap in FALL:
        working.put_event(
            one, by=leader, now=at(now, -58, 10), person=None if who is None else persons[who],
            values={"at": happened + timedelta(hours=hours), "about": gap, "what": what, "expected": expected, "source": source, "gap": gap},
        )  # fmt: skip
    roots = _causes(one, leader, now)
    _statements(one, leader, now, roots)
    for hazard, barrier, kind, worked, why in (
        ("患者独自下床", "呼叫铃", "physical", "failed", "离枕头 1.6 米，够不着"),
        ("患者独自下床", "床栏", "physical", "bypassed", "床栏只拉起一侧"),
        ("夜间尿急", "给药时间", "system", "absent", "系统默认睡前给药"),
    ):
        values = {"hazard": hazard, "barrier": barrier, "kind": kind, "worked": worked, "why": why}
        working.put_barrier(one, by=leader, now=at(now, -50, 10), values=values)
    _spoken(persons, users, leader, now)
    _measures(one, users, leader, now, roots)
    finishing.conclude(
        one,
        by=leader,
        now=at(now, -44, 16),
        clear=True,
        text="呼叫铃够不着，加上睡前给利尿药，使高危患者夜间独自下床。",
    )
    finishing.finish(one, by=leader, now=at(now, -44, 16))
    finishing.approve(one, by=users[LEADER], now=at(now, -43, 10), text="同意，设备科统一改装。")


def _causes(one: Analysis, leader, now: datetime) -> list:
    made = []
    for parent, text, factor, status, root, evidence in CAUSES:
        values = {"text": text, "factor": factor, "status": status, "root": root, "evidence": evidence}
        above = None if parent is None else made[parent]
        made.append(working.put_cause(one, by=leader, now=at(now, -52, 10), values=values, parent=above))
    return [row for row in made if row.root]


def _statements(one: Analysis, leader, now: datetime, roots) -> None:
    told = (
        ("呼叫铃固定在墙上，床移动后离枕头 1.6 米", "患者夜间尿急时自己下床", "患者在卫生间门口跌倒骨折"),
        ("医嘱系统把利尿药的默认时间设在 22 时", "高危患者夜间多次起床如厕", "患者在卫生间门口跌倒骨折"),
    )
    for node, (cause, effect, event) in zip(roots, told, strict=True):
        values = {"cause": cause, "effect": effect, "event": event}
        working.put_statement(one, by=leader, now=at(now, -50, 11), values=values, node=node)


def _spoken(persons, users, leader, now: datetime) -> None:
    said = (
        (
            persons[0],
            "以后离开床旁之前，先请患者自己按一次呼叫铃；够不着就挪到手边。",
            "当班后安排了一次心理支持谈话",
        ),
        (persons[1], "高危跌倒患者的利尿药我会改到傍晚，开医嘱时看跌倒评分。", ""),
    )
    for person, words, support in said:
        people.speak(person, by=leader, now=at(now, -48, 15), aware="reached", words=words, support=support)


def _measures(one: Analysis, users, leader, now: datetime, roots) -> None:
    today = timezone.localdate(now)
    card = _place("CARD", now)
    rows = (
        (roots[0], "呼叫铃改为床栏内侧固定，随床移动", "forcing", "抽查 24 张床，患者能自己按到", "不少于 95%", 24, 24, "reached"),
        (roots[1], "系统把利尿药默认时间改为 16 时，夜间开立时提示跌倒评分", "software", "抽查 30 份利尿药医嘱，18 时前给药", "不少于 90%", 30, 28, "reached"),
        (roots[0], "病区每班交接时请高危患者演示呼叫铃", "double_check", "抽查 20 次交接", "不少于 90%", None, None, ""),
    )  # fmt: skip
    for node, text, kind, sample, aim, cases, hits, judged in rows:
        values = {
            "text": text, "kind": kind, "department_id": card, "owner_post": "head_nurse", "sample": sample, "aim": aim,
            "due_on": today - timedelta(days=25) if judged else today + timedelta(days=6),
            "measure_on": today - timedelta(days=5) if judged else today + timedelta(days=20),
        }  # fmt: skip
        made = measuring.add_measure(one, by=leader, now=at(now, -46, 10), values=values, node=node)
        if judged:
            measuring.carry_out(
                made, by=users[MATRON], now=at(now, -26, 16), text="已全部完成，验收单和截图存科室"
            )
            told = f"抽查 {cases}，合格 {hits}。"
            measuring.judge(
                made,
                by=users[NURSING],
                now=at(now, -4, 10),
                judged=judged,
                result=told,
                cases=cases,
                hits=hits,
            )


def _running(users, now: datetime) -> None:
    incident = _case("medication", now, 360, 5, out=("closed",))
    if incident is None:
        return
    leader = users[PHARMACY]
    one = opening.open_analysis(
        by=users[OFFICE], now=at(now, -6, 10), incidents=[incident], kind="rca", title="给药环节差错：为什么没有被拦住",
        leader=leader, members=[users[NURSING], users[DOCTOR]],
    )  # fmt: skip
    nurse = people.add_person(one, by=leader, now=at(now, -5, 10), group="nurse")
    day = at(now, -8, 7)
    for hours, what, source in (
        (0, "摆药：按医嘱摆药完毕", "record"),
        (0.5, "一人发药，推车走到病房", "interview"),
        (6, "发现差错，停用并观察", "record"),
    ):
        working.put_event(
            one, by=leader, now=at(now, -4, 9), person=nurse if source == "interview" else None,
            values={"at": day + timedelta(hours=hours), "what": what, "source": source},
        )  # fmt: skip
    first = working.put_cause(
        one, by=leader, now=at(now, -3, 9), values={"text": "发药时没有扫腕带", "factor": "equipment_fault"}
    )
    working.put_cause(
        one,
        by=leader,
        now=at(now, -3, 9),
        values={"text": "扫码枪经常扫不出", "factor": "equipment_fault"},
        parent=first,
    )
    values = {"cause": "护士责任心不强，没有扫腕带", "effect": "给错药的可能", "event": "发药差错"}
    working.put_statement(one, by=leader, now=at(now, -2, 9), values=values)
