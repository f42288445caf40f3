"""Opinions, licences and complaints of the demo hospital, each in another hand, told by ordinary acts."""

from datetime import datetime, timedelta

from django.utils import timezone

from zhikong.foundation.flows import actions
from zhikong.foundation.flows.models import Case
from zhikong.foundation.organisation.queries import resolve
from zhikong.site.demo.acting import acting, at

OFFICER, HEAD, LEADER, MEDICAL, NURSING, NURSE = "tousu", "keshi", "yuanzhang", "yiwu", "huli", "hushi"
CARDIOLOGY, ORTHOPAEDICS = "CARD", "ORTH"


def tell(*, now: datetime) -> bool:
    """Tell the story once, in the scope of a whole hospital; False when it was told before."""
    if Case.objects.exists():
        return False
    _opinions(now)
    _licences(now)
    _complaints(now)
    actions.sweep(now=now)
    return True


def _open(username: str, now: datetime, flow_id: str, title: str, code: str, answers: dict) -> Case:
    with acting(username, now) as user:
        department = resolve(name_or_code=code, on=timezone.localdate(now))
        return actions.open_case(
            by=user, now=now, flow_id=flow_id, title=title, department_id=department.id, answers=answers
        )


def _act(case: Case, username: str, now: datetime, transition: str, **given) -> None:
    with acting(username, now) as user:
        actions.act(case, by=user, now=now, transition=transition, **given)


# ---- the patient-opinion book -------------------------------------------------------------------------------------

BOOK = "patient_opinions"


def _opinion(now: datetime, title: str, kind: str, about: list[str], content: str) -> Case:
    answers = {
        "given_on": timezone.localdate(now).isoformat(),
        "kind": kind,
        "channel": "book",
        "about": about,
        "content": content,
        "who": "patient",
        "wants_reply": "no",
    }
    return _open(NURSE, now, BOOK, title, CARDIOLOGY, answers)


def _answer(now: datetime, finding: str, measure: str) -> dict:
    day = timezone.localdate(now).isoformat()
    return {"finding": finding, "justified": "yes", "measure": measure, "told": "posted", "told_on": day}


def _opinions(now: datetime) -> None:
    praise = _opinion(
        at(now, -12), "感谢夜班护士", "praise", ["manner"], "夜里胸闷，护士五分钟就到，一直守着。"
    )
    _act(praise, HEAD, at(now, -11), "file")
    closed = _opinion(
        at(now, -11), "病房空调太冷", "suggestion", ["environment"], "夜里空调关不掉，老人受凉。"
    )
    answer = _answer(at(now, -9), "温控面板失灵。", "后勤当日修复，每周巡查一次温控面板。")
    _act(closed, HEAD, at(now, -9), "answer", answers=answer)
    _act(closed, NURSING, at(now, -8), "confirm")
    waiting = _opinion(
        at(now, -5), "检查等候时间长", "criticism", ["waiting"], "约了上午的心脏彩超，等到下午两点。"
    )
    answer = _answer(
        at(now, -2), "当日一台机器停机检修，未提前告知。", "检修提前一天通知病区，本月底前落实。"
    )
    _act(waiting, HEAD, at(now, -2), "answer", answers=answer)
    _opinion(
        at(now, -3),
        "出院带药没讲清楚",
        "criticism",
        ["communication"],
        "三种药怎么吃没听明白，回家又打电话问。",
    )


# ---- licences ---------------------------------------------------------------------------------------------------------


def _licences(now: datetime) -> None:
    """One far from its day, one within 90 days, one within 30, one that has expired."""
    opened = at(now, -20)
    for title, days, about in (
        (
            "心导管室 DSA 配置许可证",
            700,
            {"about": "equipment", "equipment_kind": "large", "equipment": "DSA-01"},
        ),
        (
            "心电监护仪计量检定",
            75,
            {"about": "equipment", "equipment_kind": "metrology", "equipment": "监护仪 12 台"},
        ),
        ("放射诊疗许可证校验", 21, {"about": "hospital", "hospital_kind": "radiology"}),
        (
            "除颤仪计量检定",
            -3,
            {"about": "equipment", "equipment_kind": "metrology", "equipment": "除颤仪 2 台"},
        ),
    ):
        expires = (timezone.localdate(now) + timedelta(days=days)).isoformat()
        answers = {**about, "number": f"ZZ{abs(days):04d}", "expires_on": expires}
        _open(MEDICAL, opened, "licences", title, CARDIOLOGY, answers)
    for _rung in range(4):  # a sweep takes one step of each case
        actions.sweep(now=at(now, -1))


# ---- complaints -------------------------------------------------------------------------------------------------------


def _complaint(now: datetime, title: str, category: str, content: str, *, code: str = CARDIOLOGY) -> Case:
    answers = {
        "received_at": timezone.localtime(now).strftime("%Y-%m-%dT%H:%M"),
        "channel": "phone",
        "category": category,
        "content": content,
        "demand": "说明原因并答复。",
        "who": "anonymous",
        "told": ["days", "paths"],
    }
    return _open(OFFICER, now, "complaint_desk", title, code, answers)


def _verified(now: datetime, found: str) -> dict:
    return {
        "sources": ["staff", "record"],
        "found": found,
        "informed_on": timezone.localdate(now).isoformat(),
    }


def _stated(cause: str) -> dict:
    return {
        "staff": "石医师 D0012",
        "statement": "当时在抢救另一名患者，没有向家属说明等候的原因。",
        "course": "冠心病，稳定，按计划出院。",
        "responsibility": "flaw",
        "cause": "communication",
        "cause_words": cause,
        "measures": "抢救时由二线或护士向等候的家属说明，列入科室交班。",
        "suggestion": "由科主任当面致歉说明。",
    }


def _complaints(now: datetime) -> None:
    _closed_complaint(now)
    leader = _complaint(
        at(now, -6), "家属等候两小时无人说明病情", "communication", "下午两点到四点没有医生来说明病情。"
    )
    _act(leader, OFFICER, at(now, -5), "verify", answers=_verified(now, "值班医师在抢救，未安排人员说明。"))
    _act(leader, HEAD, at(now, -3), "state", answers=_stated("抢救时没有安排人员向等候家属说明。"))
    late = _complaint(at(now, -13), "换药不及时", "treatment", "周末两天没有人换药。", code=CARDIOLOGY)
    _act(late, OFFICER, at(now, -12), "verify", answers=_verified(now, "换药记录缺两次。"))
    _complaint(at(now, -1), "收费清单看不懂", "fee", "材料费一项两千多，没有明细。", code=ORTHOPAEDICS)
    gone = _complaint(at(now, -8), "电梯等候", "process", "电梯坏了一部，等二十分钟。", code=ORTHOPAEDICS)
    _act(gone, OFFICER, at(now, -7), "withdraw", reason="投诉人来电撤回，电梯当日已修好")


def _closed_complaint(now: datetime) -> None:
    case = _complaint(at(now, -18), "护士态度生硬", "manner", "问用药时间被顶了回来。")
    _act(
        case,
        OFFICER,
        at(now, -17),
        "verify",
        answers=_verified(at(now, -17), "情况属实，当班护士连续两个夜班。"),
    )
    _act(case, HEAD, at(now, -15), "state", answers=_stated("连续夜班，疲劳。"))
    decided = {"way": "apologise", "opinion": "护士长当面致歉，调整排班。"}
    _act(case, LEADER, at(now, -14), "decide", answers=decided)
    day = timezone.localdate(at(now, -13)).isoformat()
    reply = {
        "replied_on": day,
        "replied_by": "not_reachable",
        "words": "匿名投诉，已在病区公示处理结果。",
        "told_department_on": day,
    }
    _act(case, OFFICER, at(now, -13), "reply", answers=reply)
