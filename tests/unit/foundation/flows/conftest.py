"""A hospital with a complaint-like flow of its own, the people of its roles, and a way to change the flow."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday, 10:00 in the hospital
HEAD = """\
purpose: 一句话
source: {document: 医院规定, clause: 2026 年 1 号, mark: memory}
owner: quality_office
next_review: 2027-12-31
"""
INTAKE = f"""\
id: intake
version: 1
kind: register
title: {{zh: 投诉登记表}}
{HEAD}checker: medical_affairs
subject: none
sections:
  - id: main
    title: 登记
    items:
      - {{id: channel, type: choice, text: 途径, required: true, options: [{{code: phone, text: 电话}}, {{code: visit, text: 来访}}]}}
      - {{id: amount, type: number, text: 要求赔偿, unit: 元, min: 0}}
"""
DESK = f"""\
id: desk
version: 1
title: 投诉接待
{HEAD}number: TS-{{year}}-{{serial:04d}}
opens: {{roles: [complaint_officer, nurse], form: intake}}
demands_deadlines: true
states:
  - id: received
    title: 已受理
    owner: {{role: complaint_officer}}
    deadline: {{working_days: 2, from: entered, says: 医院规定：2 个工作日内转办}}
    warn: {{hours: 24}}
    escalate:
      - {{after: {{hours: 0}}, to: {{role: department_head, department: case}}}}
      - {{after: {{hours: 24}}, to: {{role: hospital_leader}}}}
  - id: asking
    title: 科室陈述
    owner: {{role: department_head, department: case}}
    deadline: {{hours: 48, from: entered, says: 医院规定：48 小时内陈述}}
    timeout: silent
  - id: checking
    title: 医务科核查
    owner: {{role: medical_affairs}}
    deadline: {{working_days: 5, from: opened, says: 医院规定：5 个工作日内核查}}
  - id: replying
    title: 待答复
    owner: {{role: complaint_officer}}
    deadline: {{working_days: 7, from: opened, says: 医院规定：7 个工作日内答复}}
  - {{id: closed, title: 已办结, end: true}}
  - {{id: withdrawn, title: 已撤回, end: true}}
transitions:
  - {{id: investigate, title: 调查, from: received, parallel: [asking, checking], join: replying, roles: [complaint_officer]}}
  - {{id: simple, title: 当场解决, from: received, to: closed, roles: [complaint_officer], needs_reason: true,
     guard: "amount < 1000", guard_says: 赔偿 1000 元以上不能当场解决}}
  - {{id: stated, title: 提交陈述, from: asking, to: replying, roles: [department_head], needs_reason: true}}
  - {{id: silent, title: 逾期未陈述, from: asking, to: replying}}
  - {{id: checked, title: 核查完毕, from: checking, to: replying, roles: [medical_affairs]}}
  - {{id: back, title: 退回重查, from: [replying, checking], to: received, owner: true, needs_reason: true, kind: return}}
  - {{id: reply, title: 答复并办结, from: replying, to: closed, owner: true, needs_reason: true}}
  - {{id: withdraw, title: 撤回, from: '*', to: withdrawn, needs_reason: true, kind: withdraw}}
"""


@pytest.fixture
def packs(tmp_path):
    """packs(desk=DESK) → the packaged flows are these and no others; packs again replaces them."""
    from zhikong.foundation.packstore import shelf

    folder = tmp_path / "packs" / "national"
    (folder / "flows").mkdir(parents=True)
    (folder / "pack.yaml").write_text('id: national\nversion: "1"\nname: {zh: 试验}\n', encoding="utf-8")

    def put(**texts):
        for name, text in texts.items():
            kind, _, name = name.rpartition("__")
            (folder / (kind or "flows")).mkdir(exist_ok=True)
            (folder / (kind or "flows") / f"{name}.yaml").write_text(text, encoding="utf-8")
        shelf.forget()

    with shelf.instead(tmp_path / "packs"):
        yield put


@pytest.fixture
def desk(packs):
    packs(forms__intake=INTAKE, desk=DESK)


@pytest.fixture
def people(hospital, make_user):
    card = hospital.departments["CARD"]
    return SimpleNamespace(
        officer=make_user("complaint_officer", name="刘投诉"),
        officer_two=make_user("complaint_officer", name="马接待"),
        medical=make_user("medical_affairs", name="周医务"),
        office=make_user("quality_office", name="王敏"),
        head=make_user("department_head", card, name="李建国"),
        leader=make_user("hospital_leader", name="孙院"),
        nurse=make_user("nurse", hospital.departments["GSUR"], name="陈护士"),
    )


@pytest.fixture
def open_desk(hospital, people, desk):
    """open_desk(by=…) → a case of the desk about cardiology."""
    from zhikong.foundation.flows import actions

    def make(*, by=None, now=NOW, amount=500, department="CARD", title="等候时间过长", **more):
        place = hospital.departments[department].id if department else None
        return actions.open_case(
            by=by or people.officer, now=now, flow_id="desk", title=title, department_id=place,
            answers={"channel": "phone", "amount": amount}, **more,
        )  # fmt: skip

    return make
