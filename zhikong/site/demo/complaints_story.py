"""The demo hospital's complaints of a year: some thirty of every way and kind, by ordinary acts, at every stage today.

Most are closed; some wait for the department, the leader or the answer, one is late, one came over the page without
login. Days count back from today, so that the board is alive whenever the demo starts.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace

from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.access.scope import current_scope, job_scope, scoped
from zhikong.foundation.forms import actions as forms
from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.organisation.queries import departments
from zhikong.hospital.functions.complaints.actions.intake import (
    accepting,
    adopting,
    answering,
    arranging,
    deciding,
    handing,
    keeping,
    verifying,
)
from zhikong.hospital.functions.complaints.actions.intake.registering import (
    Told,
    register,
    register_from_page,
)
from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.site.demo.acting import acting, at

OFFICER, MEDICAL, LEADER, NURSE, DOCTOR = "tousu", "yiwu", "yuanzhang", "hushi", "yishi"
# days ago, way in, category, department, what is said, demand, what came of it
LIGHT = (
    (352, "phone", "fee", "ORTH", "出院清单里有三天的陪护费，我们自己陪的。", "退还多收的费用", 9_000),
    (338, "in_person", "process", "CARD", "预约的造影改期两次，都没有提前通知。", "给个准话", 0),
    (321, "box", "environment", "GSUR", "三楼卫生间地面一直是湿的，老人差点滑倒。", "", 0),
    (
        289,
        "phone",
        "communication",
        "NEUR",
        "换了三个医生，每个人说的都不一样，听不懂。",
        "有一个医生讲清楚",
        0,
    ),
    (262, "phone", "fee", "CARD", "押金条丢了，结账处说不能退。", "退押金", 200_000),
    (247, "ward_book", "communication", "ORTH", "出院时没有说清楚什么时候拆线。", "", 0),
    (214, "phone", "environment", "ORTH", "病房空调坏了三天没人修。", "尽快修好", 0),
    (183, "letter", "process", "CARD", "复印病历要跑三个地方盖章。", "一次办完", 0),
    (171, "phone", "communication", "CARD", "手术推迟了没人说，空腹等到下午。", "道歉", 0),
    (140, "web", "process", "EMER", "夜里挂号机都关了，人工窗口没有人。", "", 0),
    (97, "in_person", "communication", "PEDI", "孩子做什么检查、为什么做，没有人解释。", "解释清楚", 0),
    (76, "web", "environment", "CARD", "陪护椅坏的太多，夜里没法坐。", "", 0),
    (58, "phone", "process", "GSUR", "约的床位到了又说没有。", "安排住院", 0),
    (41, "ward_book", "fee", "CARD", "一日清单看不懂，材料费没有名字。", "列出明细", 0),
)
GRAVE = (
    (330, "in_person", "treatment", "ORTH", "骨折术后切口感染，换药不及时。", "减免费用", "fault", "measure"),
    (236, "phone", "treatment", "CARD", "药开错了剂量，吃了两天才发现。", "说明原因", "fault", "measure"),
    (189, "petition", "discipline", "ORTH", "主刀医生暗示要表示表示。", "查处", "flaw", "discipline"),
    (147, "phone", "nursing", "CARD", "呼叫铃按了半小时没有人来。", "说明原因", "flaw", "measure"),
    (109, "web", "manner", "ORTH", "问几句就不耐烦，说忙着呢。", "道歉", "flaw", "measure"),
    (84, "in_person", "treatment", "CARD", "检查结果异常三天没有告知。", "说明原因", "flaw", "measure"),
    (36, "line_12345", "treatment", "CARD", "出院第二天又回来，说明没看好。", "说明原因", "none", "explain"),
)
OPEN = (  # days ago, way in, category, department, what is said, how far it is
    (16, "in_person", "treatment", "CARD", "支架手术后胸痛，怀疑没有放好。", "deciding"),
    (9, "phone", "manner", "ORTH", "查房的医生态度冷漠，问了不理。", "department"),
    (8, "web", "communication", "CARD", "换了药没有告知，家属看到清单才知道。", "answered"),
    (6, "line_12345", "fee", "ORTH", "多收了一次麻醉费用。", "answering"),
    (4, "phone", "nursing", "CARD", "夜里输液打空了没有人巡视。", "department"),
    (3, "in_person", "privacy", "GSUR", "在走廊里大声说我的病情，隐私都没了。", "verifying"),
    (2, "ward_book", "process", "CARD", "预约的检查排到下周，床位白住。", "handed"),
    (1, "box", "environment", "NEUR", "病房窗户关不上，夜里很冷。", "received"),
)
SURNAMES = "陈林黄何郭罗高郑梁谢宋唐许韩冯邓曹彭曾肖"


def tell(*, now: datetime) -> bool:
    """Tell the story once, in the scope of a whole hospital; False when it was told before."""
    if Complaint.objects.exists():
        return False
    places = {one.code: one.id for one in departments(on=timezone.localdate(now))}
    _arranged(now, places)
    for index, line in enumerate(LIGHT):
        _light(index, line, now, places)
    for index, line in enumerate(GRAVE, len(LIGHT)):
        _grave(index, line, now, places)
    for index, line in enumerate(OPEN, len(LIGHT) + len(GRAVE)):
        _going_on(index, line, now, places)
    _from_the_wall(now, places)
    with acting(OFFICER, now) as officer:
        adopting.adopt_all(by=officer, now=now)
    return True


def _arranged(now: datetime, places: dict[str, int]) -> None:
    values = {
        "address": "门诊楼一层 108 室（投诉接待处）", "telephone": "0571-8800 1234", "hours": "工作日 8:00–17:00，其余时间由总值班接待",
        "leader_day": "每周三下午，行政楼 301", "open": True,
    }  # fmt: skip
    with acting(OFFICER, now) as officer:
        arranging.save_setting(by=officer, now=now, values=values)
        for code in ("CARD", "ORTH", "GSUR", "NEUR", "PEDI", "EMER"):
            arranging.make_point(by=officer, now=at(now, -360), department_id=places[code], place="护士站")


def _told(
    index: int, when: datetime, channel: str, category: str, place: int, content: str, demand: str
) -> Told:
    """Every fifth family stays unnamed; two have one telephone: a repeated complaint."""
    named = index % 5 != 4
    authority = channel in ("line_12345", "health_commission")
    return Told(
        channel=channel, content=content, demand=demand, who="family" if named else "anonymous",
        name=f"{SURNAMES[index % len(SURNAMES)]}家属" if named else "", phone=f"1390{1 if index == 13 else index:07d}" if named else "",
        department_id=place, category=category, occurred_on=timezone.localdate(when), received_at=when,
        letter_number=f"GD{timezone.localdate(when):%Y%m}{index:03d}" if authority else "", told=("days", "paths"),
        letter_due_on=timezone.localdate(when) + timedelta(days=10) if authority else None,
    )  # fmt: skip


def _taken(index: int, line, now: datetime, places) -> SimpleNamespace:
    """Registered and accepted by the officer; gives the complaint with its days."""
    days, channel, category, code, content, demand = line[:6]
    when = at(now, -days)
    with acting(OFFICER, now) as officer:
        made = register(
            by=officer, now=when, told=_told(index, when, channel, category, places[code], content, demand)
        )
        accepting.accept(
            made.complaint, by=officer, now=at(now, -days, 14), category=category, departments=[places[code]],
            serious=category == "discipline",
        )  # fmt: skip
    return SimpleNamespace(complaint=made.complaint, days=days, place=places[code], category=category)


def _light(index: int, line, now: datetime, places) -> None:
    """Explained and answered within the days; every seventh answer comes late."""
    taken, refund = _taken(index, line, now, places), line[6]
    one, late = taken.complaint, 9 if index % 7 == 3 else 3
    with acting(OFFICER, now) as officer:
        deciding.explain_directly(
            one, by=officer, now=at(now, 1 - taken.days), reason="向投诉人逐项说明，当场认可处理办法。"
        )
        if refund:
            keeping.note_refund(
                one, by=officer, now=at(now, 2 - taken.days), amount_fen=refund, paid_on=_day(now, 2 - taken.days),
                voucher=f"TF{index:04d}", reason=line[4][:20],
            )  # fmt: skip
        _answered(
            one,
            officer,
            now,
            late - taken.days,
            "感谢您的意见。经核实，情况已向您说明，相关问题已改正。",
            3 + index % 3,
        )
        keeping.close(one, by=officer, now=at(now, late + 3 - taken.days))


def _day(now: datetime, days: int) -> date:
    return timezone.localdate(at(now, days))


def _answered(one: Complaint, officer: User, now: datetime, days: int, text: str, score: int) -> None:
    one.refresh_from_db()
    answering.answer(one, by=officer, now=at(now, days), text=text, way="phone")
    if one.who != "anonymous":
        answering.call(
            one, by=officer, now=at(now, days + 2), reached=True, satisfaction=score, words="已听取意见。"
        )


def _grave(index: int, line, now: datetime, places) -> None:
    """The long way: facts, statement, department's report, decision, measure or explanation, answer, end."""
    taken, (responsibility, branch) = _taken(index, line, now, places), line[6:]
    one, start = taken.complaint, -taken.days
    _verified(one, now, start + 1, ask=index % 3 == 0)
    _reported(one, now, start + 3, responsibility, taken.category)
    _decided(one, now, start + 4, responsibility, branch, taken.category)
    with acting(MEDICAL, now) as medical:
        if branch != "explain":
            keeping.raise_measure(
                one, by=medical, now=at(now, start + 4), department_id=taken.place, title=f"投诉反映的问题：{line[4][:14]}",
                detail="针对核实的问题制定措施，一个月内报落实情况。", severity="minor",
            )  # fmt: skip
    with acting(OFFICER, now) as officer:
        _answered(
            one, officer, now, start + 5, "经核实，我院工作有不足，科室已整改，向您致歉。", 2 + index % 4
        )
        keeping.close(one, by=officer, now=at(now, start + 8))


def _verified(one: Complaint, now: datetime, days: int, *, ask: bool) -> None:
    with acting(OFFICER, now) as officer:
        verifying.note_facts(
            one, by=officer, now=at(now, days), found="查阅病历和监控，询问当班人员，与投诉人所述基本一致。"
        )
        if ask:
            writer = User.objects.get(username=DOCTOR)
            statement = verifying.ask_statement(
                one,
                by=officer,
                now=at(now, days),
                writer=writer,
                matter="投诉涉及的诊疗经过",
                questions=["当时怎样处理？", "怎样向家属说明？"],
            )
        verifying.tell_departments(one, by=officer, now=at(now, days))
    if ask:
        with acting(DOCTOR, now) as doctor:
            verifying.submit_statement(
                statement, by=doctor, now=at(now, days + 1), course="当天收治多名患者，按顺序处理，没有及时向家属说明。",
                answers=["按医嘱处理，记录在病程中。", "口头说明过一次，没有确认家属是否明白。"],
            )  # fmt: skip


def _reported(one: Complaint, now: datetime, days: int, responsibility: str, category: str) -> None:
    """The department hands its report in; what follows from it is done by the job that hears of it."""
    day = timezone.localdate(at(now, days)).isoformat()
    answers = {
        "course": "按诊疗常规收治，经过平稳。", "condition": "病情稳定。", "measures_now": "继续观察，专人随访。", "demand": "说明原因并致歉。",
        "responsibility": responsibility, "responsibility_words": "对照制度逐条讨论。",
        "cause": "communication" if category in ("manner", "treatment") else "rules", "cause_words": "交接和告知没有落实到人。",
        "suggestion": "向家属说明并致歉。", "discussed_on": day, "present": "科主任、护士长、主管医师",
    } | ({} if responsibility == "none" else {"prevention": "交班时逐人交接告知事项，护士长每周抽查。"})  # fmt: skip
    sheet = Sheet.objects.get(pk=one.concerneddepartments.get().sheet_id)
    with acting(sheet.filler.username, now) as head:
        forms.save_answers(sheet, by=head, now=at(now, days), raw=answers)
        sheet.refresh_from_db()
        forms.submit(sheet, by=head, now=at(now, days))
    verifying.reported(sheet.pk, now=at(now, days))


def _decided(
    one: Complaint, now: datetime, days: int, responsibility: str, branch: str, category: str
) -> None:
    one.refresh_from_db()
    who = LEADER if one.serious else OFFICER
    with acting(who, now) as by:
        deciding.decide(
            one, by=by, now=at(now, days), branch=branch, cause="交接和告知没有落实到人。", decision="科室致歉，按措施整改，医务科跟踪。",
            verdict={"none": "unfounded", "flaw": "partly", "fault": "founded"}[responsibility],
            communication=category in ("manner", "treatment", "communication"),
        )  # fmt: skip


def _going_on(index: int, line, now: datetime, places) -> None:
    """What is open today, each at another stage."""
    days, channel, category, code, content, stage = line
    whole = (days, channel, category, code, content, "说明原因并答复")
    if stage in ("received", "handed"):
        _fresh(index, whole, now, places, handed=stage == "handed")
        return
    one = _taken(index, whole, now, places).complaint
    if stage == "verifying":
        return
    _verified(one, now, 1 - days, ask=stage == "department")
    if stage == "department":
        return
    _reported(one, now, 3 - days, "flaw", category)
    if stage == "deciding":
        return
    _decided(one, now, 4 - days, "flaw", "measure", category)
    if stage == "answered":
        with acting(OFFICER, now) as officer:
            one.refresh_from_db()
            answering.answer(
                one,
                by=officer,
                now=at(now, 5 - days),
                text="换药时没有告知家属，已向您致歉，并改为换药必告知。",
                way="page",
            )


def _fresh(index: int, line, now: datetime, places, *, handed: bool) -> None:
    days, channel, category, code, content, demand = line
    when = at(now, -days)
    with acting(NURSE if handed else OFFICER, now) as by:
        made = register(
            by=by, now=when, told=_told(index, when, channel, category, places[code], content, demand)
        )
        if handed:
            handing.hand_over(made.complaint, by=by, now=when, note="家属在护士站等回话")


def _from_the_wall(now: datetime, places: dict[str, int]) -> None:
    """A family scanned the code in the ward this morning and has added something since."""
    from zhikong.hospital.functions.complaints.models.intake import VoicePoint

    point = VoicePoint.objects.get(department_id=places["ORTH"])
    told = Told(
        channel="web",
        content="术后疼得睡不着，夜里叫了两次护士都说等医生，没有人解释。",
        demand="夜里有人管",
        who="family",
        name="苏家属",
        phone="13900099999",
    )
    with scoped(job_scope(current_scope().institution_id, job="demo.voice")):
        made = register_from_page(now=now - timedelta(hours=3), told=told, nonce="demo-voice", point=point)
        answering.add_facts(
            made.complaint, now=now - timedelta(hours=1), text="昨晚值班的护士胸牌没看清，大概两点钟。"
        )
