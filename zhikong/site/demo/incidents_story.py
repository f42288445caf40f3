"""The demo hospital's adverse events of a year: what wards tell, by name, in confidence and anonymously.

Only the reports are made here, through the ordinary actions; what became of them is told by the stories of handling,
analysis and learning. The year is the same at each start: a fixed seed, days counted back from today.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.organisation.queries import departments
from zhikong.hospital.functions.incidents.actions import reporting
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.reporting import typed
from zhikong.hospital.functions.incidents.rules_reporting import Privacy
from zhikong.hospital.functions.incidents.rules_reporting_report import Report

NURSE, DOCTOR, MATRON, ORTHOPAEDIST = "hushi", "yishi", "hushizhang", "guke"
ELSEWHERE = ("zhikongyuan", "huli", "bingan", "yaoxue", "zhuangbei", "yuangan", "yiwu")
PHARMACIST = "yaoxue"
MOST_DAYS = 360
# category, harm letters, shifts, place, wards, sentences
KINDS = (
    ("fall", "CDEF", ("night", "evening", "night", "morning"), "bathroom", ("CARD", "ORTH", "NEUR", "GERI"), (
        "夜间如厕时在卫生间滑倒，坐在地上，自述髋部疼痛，已拍片。",
        "下床取水杯时绊到输液架跌倒，额头擦伤，未用呼叫铃。",
        "翻越床栏坠床，右肘擦伤，当时夜班两名护士在抢救另一位患者。",
        "轮椅转移时刹车没踩住，患者滑坐到地面，无明显损伤。",
        "服用利尿药后频繁起夜，第三次如厕时滑倒，地面有水。")),
    ("medication", "ABCCDE", ("morning", "evening", "morning", "night"), "treatment", ("CARD", "GSUR", "ORTH", "PEDI", "NEUR"), (
        "配药时发现两种药名相似，差点拿错，核对时发现并更换。",
        "把 12 床的口服药发给了 13 床，服药前家属发现并退回。",
        "胰岛素剂量多打了 2 单位，监测血糖四次，无低血糖。",
        "医嘱开错剂量单位，药师审方拦下，医生已改。",
        "漏给药一次晨间降压药，血压 165/95，补服后正常。",
        "输液泵滴速过快，一小时输完两小时的量，观察后无不适。")),
    ("adr", "DDEF", ("morning", "afternoon"), "ward_room", ("CARD", "PEDI", "GSUR", "NEUR"), (
        "静滴头孢曲松 10 分钟后全身皮疹、瘙痒，停药并给抗过敏药，两小时后消退。",
        "用药后出现荨麻疹和面部肿胀，给氧、激素，转危为安。",
        "静滴左氧氟沙星后穿刺侧皮疹，减慢滴速后消退。",
        "口服他汀两周后转氨酶升高，考虑药物性肝损伤，不良反应已停药。")),
    ("pressure_injury", "DE", ("morning",), "ward_room", ("NEUR", "ORTH", "ICUD", "GERI"), (
        "晨间护理发现骶尾部皮肤压红，压之不褪色，已用减压贴。",
        "气管插管固定处器械压伤，唇角破溃 1 厘米。")),
    ("tube", "CDE", ("night", "evening"), "ward_room", ("ICUD", "NEUR", "GSUR"), (
        "患者躁动自行拔出胃管，无出血，重新置管成功。",
        "翻身时腹腔引流管滑脱，渗液增多，已通知医生处理。",
        "约束带松脱后患者拔管，面罩给氧后血氧稳定。")),
    ("identification", "BC", ("morning",), "nurse_station", ("CARD", "LABO", "PEDI"), (
        "两位同名患者同时做心电图，报告单夹反，发出前发现。",
        "腕带戴错，抽血前核对时发现，未造成后果。")),
    ("specimen", "BC", ("morning", "afternoon"), "laboratory", ("LABO", "GSUR", "PEDI"), (
        "血标本条码贴错，检验科接收时发现退回，重新抽血。",
        "病理标本送检时没有贴标签，核对手术通知单后补上。")),
    ("critical_value", "CD", ("night",), "nurse_station", ("CARD", "LABO", "NEUR"), (
        "血钾 6.6 的危急值电话打到病区没有人接，40 分钟后才处理。",
        "危急值接到后忘记登记，交班时补记。")),
    ("equipment", "ABC", ("evening", "night", "morning"), "ward_room", ("ICUD", "CARD", "ORTH"), (
        "监护仪报警不响，巡视时发现血氧 88%，更换设备。",
        "输液泵走速不准，暂停使用，贴故障牌送修。",
        "除颤仪电池没电，交接时发现，换备用机。")),
    ("transfusion", "DE", ("afternoon",), "ward_room", ("GSUR", "ORTH"), (
        "输血后 30 分钟发热 38.6 度、寒战，停止输血，保留血袋送检。",
        "取血时血袋与配血单姓名不符，当场退回血库。")),
    ("surgery", "BDF", ("afternoon", "morning"), "theatre", ("GSUR", "ORTH"), (
        "手术结束清点纱布少一块，C 臂透视后在敷料桶找到。",
        "术前核查发现手术部位标记在对侧，推迟 20 分钟重新确认。",
        "术后 24 小时切口渗血，再次手术止血。")),
    ("violence", "AC", ("evening", "afternoon"), "emergency", ("EMER", "PEDI"), (
        "家属因等候时间长辱骂并推搡分诊护士，保卫到场劝离。",
        "醉酒患者威胁值班医生，未动手。")),
    ("exposure", "C", ("morning", "evening"), "treatment", ("GSUR", "ICUD", "LABO"), (
        "拔针后针头扎到左手食指，已挤血冲洗，报院感科评估。",
        "吸痰时分泌物溅入眼睛，冲洗 10 分钟，登记职业暴露。")),
    ("infection", "EF", ("morning",), "icu", ("ICUD", "GSUR"), (
        "同病房三人三天内检出同一种耐药菌，已隔离并报院感科。",
        "中心静脉导管相关感染一例，拔管送培养。")),
    ("facility", "A", ("night", "morning"), "corridor", ("CARD", "ORTH", "EMER"), (
        "卫生间地漏堵塞，地面湿滑，已放警示牌报修。",
        "走廊应急灯有两盏不亮。")),
    ("information", "AB", ("morning",), "nurse_station", ("CARD", "LABO", "GSUR"), (
        "系统停机 25 分钟，改手工开单，恢复后发现一条医嘱丢失。",
        "扫码枪扫不出新腕带，改人工核对。")),
    ("missing", "C", ("afternoon",), "outside", ("NEUR", "GERI"), (
        "下午查房患者不在病房，电话关机，40 分钟后在住院楼下找到。",)),
    ("burn", "DE", ("evening",), "ward_room", ("GERI", "NEUR"), (
        "家属自带热水袋放在患者足边，烫出水疱 2 厘米。",)),
    ("aspiration", "F", ("evening",), "ward_room", ("NEUR",), (
        "鼻饲后呛咳，血氧降到 85%，吸痰后回升，转入监护室观察。",)),
    ("near_miss", "A", ("morning", "evening"), "treatment", ("CARD", "ORTH", "PEDI", "ICUD", "GSUR"), (
        "高浓度氯化钾与生理盐水放在同一层，容易拿错，是个隐患。",
        "抢救车里肾上腺素只剩一支，盘点时发现，差点影响抢救。",
        "平车护栏卡扣松动，幸好推之前试了一下。")),
)  # fmt: skip
TIMES = {"morning": time(10), "afternoon": time(15), "evening": time(20), "night": time(6)}
PLAN = {"fall": 9, "medication": 11, "adr": 6, "near_miss": 7, "tube": 5, "equipment": 4, "pressure_injury": 3, "specimen": 3, "identification": 3, "critical_value": 3, "surgery": 3}  # fmt: skip


def tell(*, now: datetime) -> None:
    """Once; a second start finds everything there."""
    if Incident.objects.exists():
        return
    dice = Random(8)
    known = {one.code: one.id for one in departments(on=timezone.localdate(now))}
    users = {user.username: user for user in User.objects.filter(is_active=True)}
    for kind in KINDS:
        for number in range(PLAN.get(kind[0], 2)):
            _tell_one(kind, number, dice, known, users, now)
    _newest(known, users, now)
    _reactions(users[PHARMACIST], now)


def _tell_one(kind, number: int, dice: Random, known, users, now: datetime) -> None:
    category, letters, shifts, place, wards, sentences = kind
    ward = dice.choice([code for code in wards if code in known] or ["CARD"])
    day = timezone.localdate(now) - timedelta(days=dice.randint(3, MOST_DAYS))
    shift = dice.choice(shifts)
    report = Report(
        privacy=dice.choices((Privacy.CONFIDENTIAL, Privacy.NAMED, Privacy.ANONYMOUS), (5, 3, 2))[0].value,
        what=sentences[number % len(sentences)],
        occurred_on=day,
        department_id=known.get(ward),
        shift=shift,
        harm=dice.choice(letters),
        category=category if dice.random() < 0.9 else "",
        place=place,
        source="demo",
    )
    told_at = _at(day, shift) + timedelta(hours=dice.choice((1, 1, 2, 5, 20, 50)))
    _send(report, _writer(ward, dice, users), min(told_at, now - timedelta(minutes=10)))


def _at(day: date, shift: str) -> datetime:
    return timezone.make_aware(datetime.combine(day, TIMES[shift]))


def _writer(ward: str, dice: Random, users):
    """Somebody who could have seen it; the demo has few accounts."""
    names = {"CARD": (NURSE, NURSE, DOCTOR, MATRON), "ORTH": (ORTHOPAEDIST,)}.get(ward, ELSEWHERE)
    return users[dice.choice(names)]


def _send(report: Report, writer, told_at: datetime) -> Incident:
    if report.privacy == Privacy.ANONYMOUS:
        hour = told_at.replace(minute=0, second=0, microsecond=0)
        return reporting.place(now=hour, report=report, reported_at=hour)
    return reporting.submit(by=writer, now=told_at, report=report)


def _newest(known, users, now: datetime) -> None:
    """Three of the last days, which nobody has taken up yet: a grave one, one in confidence, a hazard."""
    today = timezone.localdate(now)
    rows = (
        (users[NURSE], 1, "confidential", "fall", "F", "night", "bathroom",
         "80 岁患者凌晨自行如厕，在 3 号卫生间跌倒，左髋疼痛不能站立，拍片示股骨颈骨折。",
         "已平卧制动，通知值班医师和家属，请骨科会诊。"),
        (users[DOCTOR], 2, "named", "medication", "D", "evening", "treatment",
         "新入院患者的抗凝药与家中自带药重复，两天后药师发现，监测凝血未见出血。", "停用自带药，复查凝血。"),
        (users[NURSE], 0, "confidential", "near_miss", "A", "morning", "treatment",
         "新到的两种胰岛素外包装几乎一样，放在同一格，容易拿错。", "已分格存放并贴标识。"),
    )  # fmt: skip
    for by, days, privacy, category, harm, shift, place, what, done in rows:
        day = today - timedelta(days=days)
        report = Report(
            privacy=privacy, what=what, occurred_on=day, department_id=known["CARD"], shift=shift, harm=harm,
            category=category, place=place, done=done, source="demo",
        )  # fmt: skip
        _send(report, by, min(_at(day, shift) + timedelta(hours=1), now - timedelta(minutes=30)))


REACTION = {
    "sex": "f", "age": 52, "weight": 58.0, "primary": "社区获得性肺炎", "allergy": "none", "history": ["none"],
    "drugs": [{"name": "注射用头孢曲松钠", "how": "静脉滴注 2 克 每日一次", "begin": "2026-03-01", "reason": "抗感染"}],
    "onset": "2026-03-01T09:40", "after_minutes": 10, "symptoms": "全身散在皮疹，瘙痒，无呼吸困难", "system": ["skin"],
    "new_kind": "known", "severity": "mild", "course": "停药，口服氯雷他定，两小时后消退", "stop": "yes",
    "again": "not_used", "prognosis": "cured", "primary_effect": "none", "causality": "probable",
    "causality_unit": "probable",
}  # fmt: skip


def _reactions(pharmacist, now: datetime) -> None:
    """The pharmacy has completed the forms of three reactions; the others wait for the ward."""
    form = typed.form("incident_adr")
    for one in Incident.objects.filter(category="adr").order_by("occurred_on", "code")[:3]:
        day = one.occurred_on.isoformat()
        drug = REACTION["drugs"][0] | {"begin": day}
        raw = REACTION | {"drugs": [drug], "onset": f"{day}T09:40"}
        moment = min(one.reported_at + timedelta(days=1), now)
        reporting.fill(by=pharmacist, now=moment, incident=one, form=form, raw=raw, final=True)
