"""The demo hospital's lessons, alerts, key patients and the register of defects of one ward."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from zhikong.hospital.functions.incidents.actions.analysis import defects, lessons, patients
from zhikong.hospital.functions.incidents.models.analysis import Analysis
from zhikong.hospital.functions.incidents.models.analysis_lessons import Lesson, SafetyAlert
from zhikong.hospital.functions.incidents.models.analysis_wards import Defect
from zhikong.site.demo.acting import at

OFFICE, MEDICAL, NURSING, HEAD, ORTHOPAEDIST, MATRON, NURSE, DOCTOR = (
    "zhikong", "yiwu", "huli", "keshi", "guke", "hushizhang", "hushi", "yishi",
)  # fmt: skip
LESSONS = (
    (
        "呼叫铃够得着，才不会自己下床",
        "fall",
        "一名高危跌倒患者夜间尿急，够不着呼叫铃，自己下床时跌倒骨折。",
        "呼叫铃固定在墙上，床挪动之后铃没有跟着挪；利尿药按系统默认时间在睡前给药。",
        "呼叫铃改为床栏内侧固定；系统把利尿药的默认时间改到傍晚。",
        "离开床旁之前，请患者自己按一次呼叫铃。",
        ("environment_layout", "task_aid"),
    ),
    (
        "氯化钾不放在病区",
        "medication",
        "配药时把高浓度氯化钾当作生理盐水抽取，推注之前被同事发现。",
        "两种安瓿外观相似，放在同一格抽屉里。",
        "病区不再存放高浓度氯化钾，由静配中心按患者配送。",
        "看到两种长得像的药放在一起，马上分开并告诉药师。",
        ("equipment_design",),
    ),
    (
        "交接时说出“最担心的一件事”",
        "critical_value",
        "患者转科后两小时没有人处理已报告的高钾危急值。",
        "危急值由转出科室接听，口头转告时没有复述，转入科室以为已经处理。",
        "转科交接单增加“待处理危急值”一栏，双方签字。",
        "交接最后一句话说：这个患者我最担心什么。",
        ("communication_handover",),
    ),
    (
        "腕带扫不出来，先停下",
        "identification",
        "腕带条码磨损扫不出，改为手工输入床号，给错了患者。",
        "条码打印头老化，扫不出成了常事，大家习惯绕过。",
        "打印头每季度更换；扫码失败时系统不再允许手输床号。",
        "扫不出不是麻烦，是提醒：重新打印腕带再给药。",
        ("equipment_fault",),
    ),
    (
        "管道标识看得见来路",
        "tube",
        "翻身后误把引流管当作尿管夹闭，两小时后发现。",
        "两根管路颜色相同，标识贴在床下方看不见。",
        "管路标识统一贴在接口近端，颜色区分。",
        "操作之前从身体一端摸到管路末端。",
        ("equipment_design", "task_aid"),
    ),
    (
        "备用电池也要有人管",
        "equipment",
        "转运途中监护仪断电，备用电池没有电。",
        "备用电池没有列入充电责任，谁用谁充等于没有人充。",
        "充电座上墙，交接班清点并签名。",
        "推车出病房之前，按一下电池键看电量。",
        ("equipment_missing", "team_roles"),
    ),
)
# department, by, bed, reason, condition, family, days ago, how far: declared, followed, closed
PATIENTS = (
    (
        "CARD",
        NURSE,
        "07床",
        "dispute",
        "心衰反复加重，疗效不及预期",
        "家属多次质疑用药，情绪激动",
        1,
        "declared",
    ),
    (
        "CARD",
        HEAD,
        "19床",
        "critical",
        "急性心梗术后心源性休克，主动脉球囊反搏支持",
        "家属期望高，要求转院",
        5,
        "followed",
    ),
    (
        "ORTH",
        ORTHOPAEDIST,
        "03床",
        "complication",
        "关节置换术后切口渗液，拟再次手术",
        "家属对再次手术不理解",
        6,
        "followed",
    ),
    ("CARD", HEAD, "11床", "major_surgery", "多支病变拟行搭桥，合并肾功能不全", "已充分知情", 28, "closed"),
)
DEFECTS = (
    (
        2,
        "handover",
        "床旁交接漏交一条临时医嘱，接班护士核对时发现",
        "peer",
        False,
        ("communication_handover",),
    ),
    (6, "medication", "摆药多摆一片，发药核对时发现", "self", False, ("staff_attention",)),
    (9, "report", "心电图单夹错病历夹，查房时发现", "check", False, ("staff_attention", "task_aid")),
    (
        15,
        "communication",
        "术前谈话没有告知停药时间，患者当日仍服药，手术改期",
        "patient",
        True,
        ("communication_patient",),
    ),
    (21, "handover", "夜班未交待复查血钾，次日上午补查", "check", False, ("communication_handover",)),
)


def tell(users, place, *, now: datetime) -> None:
    """place(code, now) gives a department's id."""
    made = _lessons(users, now)
    _alerts(users, now, made)
    _patients(users, place, now)
    _defects(users, place, now)


def _lessons(users, now: datetime) -> list[Lesson]:
    made = []
    source = Analysis.objects.filter(state="approved").first()
    for number, (title, category, happened, why, changed, advice, factors) in enumerate(LESSONS):
        values = {
            "title": title, "category": category, "happened": happened, "why": why, "changed": changed, "advice": advice,
            "factors": list(factors),
        }  # fmt: skip
        then = at(now, -40 + 6 * number, 10)
        row = lessons.write(
            Lesson, by=users[NURSING], now=then, values=values, origin=source if number == 0 else None
        )
        if number < 5:
            lessons.send(row, by=users[NURSING], now=then)
            row = lessons.publish(row, by=users[OFFICE], now=then + timedelta(days=1))
        else:
            lessons.send(row, by=users[NURSING], now=then)
        made.append(row)
    return made


def _alerts(users, now: datetime, made: list[Lesson]) -> None:
    rows = (
        ("病区请立即检查：高浓度氯化钾", "medication", "近期发生一起误抽高浓度氯化钾的险情，推注之前被发现。", "今天之内清点病区药柜，高浓度氯化钾退回药房。", 1, -9),
        ("呼叫铃够不够得着，请今晚就查", "fall", "高危患者够不着呼叫铃自行下床，发生骨折。", "每张床请患者自己按一次呼叫铃；够不着的立即挪近并报修。", 0, -3),
    )  # fmt: skip
    for title, category, body, do_now, lesson, days in rows:
        values = {
            "title": title,
            "category": category,
            "body": body,
            "do_now": do_now,
            "lesson": made[lesson],
        }
        row = lessons.write(SafetyAlert, by=users[NURSING], now=at(now, days, 9), values=values)
        lessons.send(row, by=users[NURSING], now=at(now, days, 9))
        row = lessons.publish(row, by=users[OFFICE], now=at(now, days, 11))
        readers = (HEAD, MATRON, NURSE, DOCTOR, NURSING, MEDICAL) if days < -5 else (MATRON, NURSING)
        for hour, name in enumerate(readers):
            lessons.acknowledge(row, by=users[name], now=at(now, days, 12) + timedelta(hours=hour))


def _patients(users, place_of, now: datetime) -> None:
    for place, by, bed, reason, condition, family, days, far in PATIENTS:
        then = at(now, -days, 9)
        one = patients.declare(
            by=users[by], now=then, department_id=place_of(place, now), bed=bed, reason=reason, condition=condition,
            family=family, wish="请医务科组织会诊，一起与家属沟通",
        )  # fmt: skip
        if far == "declared":
            continue
        made = patients.arrange(
            one, by=users[MEDICAL], now=then + timedelta(hours=2), planned_at=then + timedelta(hours=6),
            people=[users[HEAD], users[NURSING]], others="重症医学科二线",
        )  # fmt: skip
        patients.hold(
            made, by=users[MEDICAL], now=then + timedelta(hours=7), guidance="明确诊断与风险分层，调整用药，必要时多学科会诊。",
            communication="科主任与医务科共同向家属说明病情、方案和可能的后果，家属表示理解。", conclusion="每日一次主任查房，三天后再评估。",
        )  # fmt: skip
        patients.note(
            one, by=users[by], now=then + timedelta(days=2), text="病情稳定，家属情绪平稳，继续观察"
        )
        if far == "closed":
            patients.close(
                one, by=users[MEDICAL], now=then + timedelta(days=16), outcome="better", text="术后恢复顺利，好转出院，无投诉",
                thanks="院周会表扬",
            )  # fmt: skip


def _defects(users, place_of, now: datetime) -> None:
    if Defect.objects.exists():
        return
    card, today = place_of("CARD", now), timezone.localdate(now)
    for days, kind, what, found, reached, causes in DEFECTS:
        defects.register(
            by=users[NURSE], now=now, department_id=card, occurred_on=today - timedelta(days=days), kind=kind, what=what,
            found=found, reached=reached, causes=causes, measure="当班已纠正",
        )  # fmt: skip
    last = today.replace(day=1) - timedelta(days=1)
    defects.review(
        by=users[HEAD], now=now, department_id=card, period=last.strftime("%Y-%m"),
        analysis="交接环节占一半，多发生在夜班到白班，口头转告没有落到单子上。", unsafe="交接靠记忆、没有固定格式",
        measures="床旁交接单增加“待办”一栏，护士长每周抽查 5 次", last_checked="上月的双签名抽查 10 次全部执行",
    )  # fmt: skip
