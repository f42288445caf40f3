"""Those who handle a dispute, and steps that several tests take."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

from zhikong.hospital.functions.complaints.actions.disputes import (
    money,
    opening,
    routes,
    sealing,
    telling,
    writing,
)

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday, 10:00 in the hospital
TODAY = date(2026, 11, 23)
LINE = [[100, 100, 300, 400, 500, 200]]


def people(hospital, make_user):
    card = hospital.departments["CARD"]
    return SimpleNamespace(
        office=make_user("medical_affairs", name="周敏"),
        officer=make_user("complaint_officer", name="吴芳"),
        leader=make_user("hospital_leader", name="孙院"),
        quality=make_user("quality_office", name="王敏"),
        head=make_user("department_head", card, name="李建国"),
        doctor=make_user("physician", card, name="陈医"),
        stranger=make_user("department_head", hospital.departments["GSUR"], name="钱主任"),
        card=card,
    )


def dispute(who, *, now=NOW, **more):
    told = {
        "department_id": who.card.id,
        "origin": "notice",
        "title": "术后死亡，家属认为抢救不及时",
        "demand": "赔偿并道歉",
        "claimed_fen": 80_000_000,
    } | more
    return opening.open_dispute(by=who.office, now=now, **told)


def reported(case, who, *, now=NOW, report_class="general", cause="treatment"):
    """Classed, told to the leader and the authority, the insurer told, the family answered."""
    opening.classify(case, by=who.office, now=now, report_class=report_class, cause=cause)
    telling.log_contact(case, by=who.office, now=now, party="leader", who="孙院", text="电话报告经过与类别")
    clock = case.clocks.get(code="statutory_report", met_at=None)
    opening.meet_clock(clock, by=who.office, now=now, met_at=now, proof="回执 WJ-2026-118")
    insurance = money.tell_insurer(
        case, by=who.office, now=now, insurer="平安财险", policy="YL2026-01", report_number="BA-1"
    )
    telling.answer(case, by=who.office, now=now, text="已当面说明诊疗经过，告知解决途径。")
    return insurance


def ended(case, who, route, state, *, on=TODAY, now=NOW, fen=None, paper="", **more):
    """A route from its beginning to its end, with the paper that it needs."""
    branch = routes.start(case, by=who.office, now=now, route=route, opened_on=on, **more)
    if paper:
        routes.file_paper(
            case,
            by=who.office,
            now=now,
            title="结果文书",
            dated_on=on,
            code=paper,
            branch=branch,
            kept_at="医务科",
        )
    return routes.end(
        branch, by=who.office, now=now, state=state, ended_on=on, result="见文书", agreed_fen=fen
    )


def sealed(who, *, now=NOW, stay="S-1", number="FT-001", case=None, **more):
    """A record sealed before both sides."""
    made = sealing.prepare(
        by=who.office, now=now, department_id=who.card.id, kind="record", patient="赵某", reason="家属要求封存",
        place="医务科会议室", seal_number=number, kept_at="医务科保险柜", stay_id=stay,
        items=[{"name": "住院病历复制件", "pages": 86}], dispute=case, **more,
    )  # fmt: skip
    signed(made, who, "seal", now=now)
    return sealing.seal(made, by=who.office, now=now)


def signed(made, who, act, *, now=NOW):
    sealing.sign(made, by=who.office, now=now, act=act, side="hospital", name="", relation="医务科")
    sealing.sign(
        made, by=who.office, now=now, act=act, side="patient", name="赵女", relation="女儿", strokes=LINE
    )


def written(case, who, kind="statement", *, now=NOW):
    """Asked, written by the doctor, accepted."""
    made = writing.ask_statement(
        case, by=who.office, now=now, writer=who.doctor, ask="请说明 3 时至 4 时的处置", kind=kind
    )
    writing.write_statement(
        made, by=who.doctor, now=now, text="3:10 到场抢救。", awareness="今后及时记录" * (kind != "statement")
    )
    return writing.accept_statement(made, by=who.office, now=now)


def later(**span):
    return NOW + timedelta(**span)
