"""The demo hospital's disputes of the last months, each on another branch; one sealed record; what a year divides by."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.forms import actions as forms
from zhikong.foundation.organisation.queries import resolve
from zhikong.hospital.functions.complaints.actions.disputes import (
    appraising,
    closing,
    money,
    opening,
    routes,
    sealing,
    telling,
    writing,
    years,
)
from zhikong.hospital.functions.complaints.models.disputes import Dispute, DisputeBranch
from zhikong.site.demo.acting import acting, at

OFFICE, HEAD, DOCTOR = "yiwu", "keshi", "yishi"
DRAWN = [
    [80, 620, 180, 300, 260, 640, 330, 380, 420, 600],
    [500, 300, 520, 640],
    [470, 420, 640, 400, 700, 640],
]
WON = DisputeBranch.State.AGREED
LOST = DisputeBranch.State.FAILED
# department, days ago, matter, demand, yuan asked, class, cause
CASES = (
    ("CARD", 9, "急诊介入后猝死，家属认为监护不到位", "公布死因，赔偿", 900_000, "extraordinary", "treatment"),
    ("ORTH", 75, "内固定术后切口感染二次手术", "承担二次手术费用", 120_000, "general", "operation"),
    ("ORTH", 120, "术中神经损伤，足下垂", "赔偿并安排康复", 450_000, "major", "operation"),
    ("CARD", 55, "溶栓前风险告知不清", "道歉并减免费用", 30_000, "general", "communication"),
    ("GSUR", 14, "胆囊术后胆漏延长住院", "减免延长住院费用", None, "general", "operation"),
    ("CARD", 100, "家属认为住院费用清单有误", "解释收费", None, "general", "fee"),
    ("GSUR", 34, "术后镇痛泵用药后呼吸抑制", "请卫健委处理", 200_000, "major", "medication"),
    ("CARD", 0, "家属称护士交接遗漏用药", "要求说明", None, "", ""),
)  # fmt: skip


def tell(*, now: datetime) -> None:
    """Write them down as the office would have; nothing is told twice."""
    with acting(OFFICE, now) as office:
        if Dispute.objects.exists():
            return
        found = [_opened(office, now, one) for one in CASES]
        death, infection, nerve, consent, leak, fee, pump, _new = found
        _death(death, office, now)
        _negotiated(infection, office, now)
        _judged(nerve, office, now)
        _supervised(consent, office, now)
        _administrative(pump, office, now)
        years.tell_year(
            by=office, now=now, year=timezone.localdate(now).year, source="统计室、财务科年初至今报表",
            person_times=486_300, income_fen=61_250_000_000,
        )  # fmt: skip
    _explained(fee, now)
    with acting(OFFICE, now) as office:
        routes.plan_hearing(
            leak, by=office, now=now, kind="talk", starts_at=now + timedelta(days=2), place="医务科接待室",
            attends="医务科、普外科主任", head_attends=True,
        )  # fmt: skip
        money.tell_insurer(
            leak,
            by=office,
            now=at(now, -13),
            insurer="平安财险（医疗责任险）",
            policy="YLZR-2026-0088",
            report_number="BA0005",
        )
        telling.answer(leak, by=office, now=at(now, -11), text="已说明胆漏的原因和后续治疗，约定会谈。")


def _opened(office, now: datetime, one) -> Dispute:
    code, ago, title, demand, yuan, report_class, cause = one
    then = at(now, -ago, 9)
    made = opening.open_dispute(
        by=office, now=then, department_id=resolve(name_or_code=code, on=timezone.localdate(now)).id,
        origin="court" if title.startswith("术中") else "notice", title=title, demand=demand,
        claimed_fen=None if yuan is None else yuan * 100, report_class=report_class, cause=cause,
    )  # fmt: skip
    if report_class and ago > 14:
        _reported(made, office, then + timedelta(minutes=50))
    return made


def _reported(case: Dispute, office, then: datetime) -> None:
    """Told to the leader, the authority, the insurer; the family was answered."""
    telling.log_contact(
        case, by=office, now=then, party="leader", who="孙院长", way="电话", text="报告经过、类别和初步处置。"
    )
    clock = case.clocks.get(code="statutory_report", met_at=None, stopped=False)
    opening.meet_clock(clock, by=office, now=then, met_at=then, proof=f"卫健委回执 {case.number[-4:]}")
    money.tell_insurer(
        case, by=office, now=then, insurer="平安财险（医疗责任险）", policy="YLZR-2026-0088",
        report_number=f"BA{case.number[-4:]}",
    )  # fmt: skip
    if not case.title.startswith("急诊"):  # the newest of them still waits for its department
        clock = case.clocks.get(code="discussion", met_at=None, stopped=False)
        day = then + timedelta(days=5)
        opening.meet_clock(clock, by=office, now=day, met_at=day, proof="科室讨论报告原件存医务科")
    telling.answer(case, by=office, now=then, text="已当面说明诊疗经过，告知协商、调解、行政和诉讼四种途径。")


def _death(case: Dispute, office, now: datetime) -> None:
    then = at(now, -9, 10)
    opening.note_death(case, by=office, now=then, died_at=then - timedelta(hours=5), frozen=True)
    telling.add_party(
        case, by=office, now=then, role="relative", name="赵晓梅", relation="女儿", phone="13800002222"
    )
    made = sealing.prepare(
        by=office, now=then, department_id=case.department_id, kind="record", patient="赵国强", stay_id="DEMO-JF-1",
        reason="家属要求封存病历", place="医务科会议室", seal_number="FT-2026-031", kept_at="医务科保险柜 2 号",
        copies_given=112, items=[{"name": "住院病历复制件（客观与主观）", "pages": 112},
                                 {"name": "介入影像光盘", "quantity": "1 张"}], dispute=case,
    )  # fmt: skip
    for side, name, relation in (
        ("hospital", "", "医务科"),
        ("patient", "赵晓梅", "女儿"),
        ("witness", "刘强", "保卫科"),
    ):
        strokes = None if side == "hospital" else DRAWN
        sealing.sign(
            made, by=office, now=then, act="seal", side=side, name=name, relation=relation, strokes=strokes
        )
    sealing.seal(made, by=office, now=then)
    _reported(case, office, then - timedelta(minutes=20))
    later = at(now, -6)
    opening.decide_autopsy(
        case,
        by=office,
        now=later,
        agreed=True,
        who="赵晓梅（女儿）",
        text="书面同意，告知书存医务科",
        at=at(now, -7),
    )
    branch = routes.start(
        case, by=office, now=later, route="mediation", opened_on=timezone.localdate(later),
        accepted_on=timezone.localdate(later), reference="医调 2026-57",
    )  # fmt: skip
    appraisal = appraising.apply_appraisal(
        case, by=office, now=later, kind="damage", body="省医学会医疗损害鉴定办公室", asked_by_side="both",
        applied_on=timezone.localdate(later), branch=branch,
    )  # fmt: skip
    appraising.accept_appraisal(
        appraisal, by=office, now=at(now, -3), accepted_on=timezone.localdate(at(now, -3))
    )
    routes.plan_hearing(
        case, by=office, now=now, kind="mediation", starts_at=now + timedelta(days=6), place="市医调委第二调解室",
        attends="医务科、心内科主任", head_attends=True, branch=branch,
    )  # fmt: skip
    writing.ask_statement(
        case,
        by=office,
        now=now,
        writer=User.objects.get(username=DOCTOR),
        ask="请说明 2 时至 3 时的监护与处置，以及何时告知家属。",
    )


def _end(case: Dispute, office, then: datetime, route: str, state: str, fen=None, paper: str = "", **more):
    on = timezone.localdate(then)
    branch = routes.start(case, by=office, now=then, route=route, opened_on=on, **more)
    if paper:
        routes.file_paper(
            case,
            by=office,
            now=then,
            title="结果文书",
            dated_on=on,
            code=paper,
            branch=branch,
            kept_at="医务科档案柜",
        )
    return routes.end(
        branch,
        by=office,
        now=then,
        state=state,
        ended_on=on,
        result="金额差距大" if state == LOST else "双方签收",
        agreed_fen=fen,
    )


def _negotiated(case: Dispute, office, now: datetime) -> None:
    then = at(now, -50)
    _end(case, office, then, "negotiation", WON, fen=4_500_000, paper="agreement")
    insurance = case.insurances.get()
    money.claim(insurance, by=office, now=then, claimed_fen=3_000_000, claimed_on=timezone.localdate(then))
    money.decide_claim(
        insurance, by=office, now=at(now, -30), decided_fen=2_800_000, decided_on=timezone.localdate(at(now, -30)),
        decision="扣除免赔额 2,000 元",
    )  # fmt: skip
    closing.settle(
        case, by=office, now=at(now, -49), outcome="agreed", text="医院承担二次手术费用，双方和解。"
    )
    for payer, fen, paid in (("insurer", 2_800_000, False), ("hospital", 1_700_000, True)):
        share = money.set_share(case, by=office, now=at(now, -28), payer=payer, amount_fen=fen)
        if paid:
            money.pay(
                share,
                by=office,
                now=at(now, -20),
                amount_fen=fen,
                paid_on=timezone.localdate(at(now, -20)),
                voucher="记-1121",
            )


def _judged(case: Dispute, office, now: datetime) -> None:
    _end(case, office, at(now, -100), "negotiation", LOST)
    _end(case, office, at(now, -90), "mediation", LOST)
    branch = routes.start(
        case, by=office, now=at(now, -12), route="judicial", opened_on=timezone.localdate(at(now, -12)), instance="一审",
        body="区人民法院", reference="（2026）民初 4412 号", accepted_on=timezone.localdate(at(now, -12)),
    )  # fmt: skip
    routes.plan_hearing(
        case, by=office, now=now, kind="court", starts_at=now + timedelta(days=11), place="区人民法院第六法庭",
        attends="医务科、代理律师、骨科副主任", head_attends=True, branch=branch,
    )  # fmt: skip


def _supervised(case: Dispute, office, now: datetime) -> None:
    _end(case, office, at(now, -40), "mediation", WON, fen=800_000, paper="agreement")
    closing.settle(
        case, by=office, now=at(now, -40), outcome="mediated", text="减免费用 8,000 元，科室致歉。"
    )
    share = money.set_share(case, by=office, now=at(now, -39), payer="hospital", amount_fen=800_000)
    money.pay(
        share, by=office, now=at(now, -38), amount_fen=800_000, paid_on=timezone.localdate(at(now, -38)),
        voucher="减免-2026-17", kind="waived",
    )  # fmt: skip
    writing.ask_measure(
        case, by=office, now=now, title="溶栓前风险告知无书面记录", detail="知情同意书缺少替代方案和风险；请修订模板并抽查 20 份。",
        due_on=timezone.localdate(now) + timedelta(days=14),
    )  # fmt: skip


def _administrative(case: Dispute, office, now: datetime) -> None:
    _end(case, office, at(now, -25), "negotiation", LOST)
    routes.start(
        case, by=office, now=at(now, -20), route="administrative", opened_on=timezone.localdate(at(now, -20)),
        accepted_on=timezone.localdate(at(now, -20)), reference="卫医调 2026-9",
    )  # fmt: skip


def _explained(case: Dispute, now: datetime) -> None:
    """The one that is closed: the department discussed, the family accepted the explanation."""
    with acting(HEAD, now) as head:
        sheet = writing.open_discussion(case, by=head, now=at(now, -95))
        answers = {
            "course": "住院 6 天，冠脉造影，未植入支架。", "condition": "已出院，恢复好。", "measures_now": "调取费用清单核对。",
            "demand": "解释收费。", "responsibility": "none", "responsibility_words": "收费与医嘱、执行记录一致。",
            "cause": "communication", "cause_words": "出院结算时没有逐项解释。", "suggestion": "当面逐项解释。",
            "discussed_on": timezone.localdate(at(now, -94)).isoformat(), "present": "李建国、王护士长",
        }  # fmt: skip
        forms.save_answers(sheet, by=head, now=at(now, -94), raw=answers)
        forms.submit(sheet, by=head, now=at(now, -94))
    with acting(OFFICE, now) as office:
        closing.settle(
            case, by=office, now=at(now, -92), outcome="explained", text="逐项解释后家属接受，签字。"
        )
        closing.close(case, by=office, now=at(now, -60))
